import type { ReactNode } from 'react';
import { act } from '../api.ts';
import { HandButton, Panel, useHands, useText } from '../parts.tsx';
import { useStore } from '../store.ts';
import type { TextId } from '../texts.ts';
import { QrCode } from './qr-code.tsx';

const PAD: readonly (readonly [key: string, label: string, kind: string])[] = [
  ['1', '1', 'digit'],
  ['2', '2', 'digit'],
  ['3', '3', 'digit'],
  ['cancel', 'cancel', 'cancel'],
  ['4', '4', 'digit'],
  ['5', '5', 'digit'],
  ['6', '6', 'digit'],
  ['clear', 'clear', 'clear'],
  ['7', '7', 'digit'],
  ['8', '8', 'digit'],
  ['9', '9', 'digit'],
  ['function', 'function', 'function'],
  ['00', '00', 'digit'],
  ['0', '0', 'digit'],
  ['confirm', 'confirm', 'confirm'],
];

const press = (key: string): void => act({ cashier: { press: key } });

/** The terminal with what is built into it. */
export function Terminal(): ReactNode {
  const text = useText();
  return (
    <Panel title={text('terminal')} kind="terminal">
      <div className="device">
        <Lights />
        <Display />
        <div className="pad" role="group" aria-label={text('keypad')}>
          {PAD.map(([key, label, kind]) => (
            <HandButton key={key} kind={`key key-${kind}`} onClick={() => press(key)}>
              {kind === 'digit' ? label : text(label as TextId)}
            </HandButton>
          ))}
        </div>
      </div>
    </Panel>
  );
}

function Lights(): ReactNode {
  const text = useText();
  const tone = useStore((page) => page.moment.tone);
  const beep = useStore((page) => page.moment.beep);
  return (
    <div className="lights">
      <span className={`light light-${tone}`} role="img" aria-label={`${text('light')}: ${tone}`} />
      <span key={beep} className={`beep beep-${beep}`} role="img" aria-label={`${text('beeper')}: ${beep}`} />
    </div>
  );
}

function Display(): ReactNode {
  const screen = useStore((page) => page.moment.screen);
  const text = useText();
  const hasHands = useHands();
  if (screen === undefined) {
    return (
      <div className="screen tone-neutral" aria-live="polite">
        <p className="muted">{text('screenOff')}</p>
      </div>
    );
  }
  const { id, tone, title, lines, options, code, hint, language } = screen;
  return (
    <div
      className={`screen tone-${tone}`}
      data-screen={id}
      lang={language === 'zh' ? 'zh-CN' : 'en'}
      aria-live="polite"
    >
      <h3>{title}</h3>
      {lines.map((line, index) => (
        <p key={index} className={line.startsWith('¥') ? 'line amount' : 'line'}>
          {line}
        </p>
      ))}
      {code !== undefined && <QrCode text={code.text} />}
      {options.length > 0 && (
        <div className="options">
          {options.map((option) => (
            <button
              key={option.key}
              type="button"
              className={`option option-${option.tone ?? 'plain'}`}
              disabled={!hasHands}
              onClick={() => press(option.key)}
            >
              <kbd>{option.key}</kbd> {option.label}
            </button>
          ))}
        </div>
      )}
      <p className="hint">{hint}</p>
    </div>
  );
}
