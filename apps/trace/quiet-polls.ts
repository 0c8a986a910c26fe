import { shown } from './fields.ts';
import type { Frame, TellFrame } from './line-tap.ts';

/**
 * Drivers ask some things again and again: whether the card is still there, whether the paper is out. A question whose
 * answer is the one of last time is counted and not told; the next one that is told says how often it was asked.
 */
export function quietPolls(tell: TellFrame, isPoll: (frame: Frame) => boolean): TellFrame {
  let asked: Frame | undefined;
  let times = 0;
  const lastAnswers = new Map<string, string>();
  const tellAsked = (): void => {
    if (asked === undefined) return;
    const { fields = [] } = asked;
    tell(times > 1 ? { ...asked, fields: [...fields, shown('times', String(times))] } : asked);
    asked = undefined;
    times = 0;
  };
  return (frame) => {
    if (frame.direction === 'out' && isPoll(frame)) {
      if (asked !== undefined && asked.title !== frame.title) tellAsked();
      asked = frame;
      times += 1;
      return;
    }
    if (frame.direction === 'out') {
      tellAsked();
      lastAnswers.clear();
    } else if (asked !== undefined) {
      const answer = JSON.stringify(frame);
      const { title } = asked;
      if (lastAnswers.get(title) === answer) return;
      lastAnswers.set(title, answer);
      tellAsked();
    }
    tell(frame);
  };
}
