import { describe, expect, it } from '@jest/globals';
import { type Command, commandOf, type Stroke } from '../../../visualizer/page/keyboard.ts';

const stroke = (key: string, more: Partial<Stroke> = {}): Stroke => ({
  key,
  alt: false,
  control: false,
  focus: 'other',
  ...more,
});

describe('keys of the keyboard', () => {
  it.each<[key: string, focus: Stroke['focus'], command: Command | undefined]>([
    ['7', 'other', { do: 'press', key: '7' }],
    ['7', 'button', { do: 'press', key: '7' }],
    ['Enter', 'other', { do: 'press', key: 'confirm' }],
    ['Escape', 'button', { do: 'press', key: 'cancel' }],
    ['Backspace', 'other', { do: 'press', key: 'clear' }],
    ['f', 'other', { do: 'press', key: 'function' }],
    ['Enter', 'button', undefined],
    ['Enter', 'pinPad', undefined],
    ['7', 'pinPad', { do: 'type', key: '7' }],
    ['Backspace', 'pinPad', { do: 'type', key: 'clear' }],
    ['f', 'pinPad', undefined],
    ['7', 'field', undefined],
    ['?', 'field', undefined],
    ['?', 'button', { do: 'help' }],
    ['[', 'other', { do: 'step', by: -1 }],
    [']', 'pinPad', { do: 'step', by: 1 }],
    ['{', 'other', { do: 'mark', by: -1 }],
    ['}', 'other', { do: 'mark', by: 1 }],
    ['l', 'other', { do: 'live' }],
    ['x', 'other', undefined],
    ['Tab', 'other', undefined],
  ])('%s with the focus on %s', (key, focus, command) => {
    expect(commandOf(stroke(key, { focus }))).toEqual(command);
  });

  it('leaves to the browser what is held with Alt or Control', () => {
    expect(commandOf(stroke('7', { alt: true }))).toBeUndefined();
    expect(commandOf(stroke('f', { control: true }))).toBeUndefined();
  });
});
