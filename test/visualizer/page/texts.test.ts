import { describe, expect, it } from '@jest/globals';
import { LANES } from '../../../visualizer/model/trace.ts';
import { laneName, named, TEXTS, textIn } from '../../../visualizer/page/texts.ts';

describe('texts of the page', () => {
  it('are there in both languages', () => {
    const empty = Object.entries(TEXTS).filter(([, { zh, en }]) => zh.trim() === '' || en.trim() === '');
    expect(empty).toEqual([]);
    expect(textIn('zh')('confirm')).toBe('确认');
  });

  it('name every lane apart', () => {
    for (const language of ['zh', 'en'] as const) {
      expect(new Set(LANES.map((lane) => laneName(lane, language))).size).toBe(LANES.length);
    }
  });

  it('leave a name that has no text as it is', () => {
    expect([named('jd', 'en'), named('dropReply', 'en'), named('toString', 'zh')]).toEqual([
      'JD',
      'dropReply',
      'toString',
    ]);
  });
});
