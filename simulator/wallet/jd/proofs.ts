import type { Clock } from '../../../firmware/hal/index.ts';
import { plainYuan } from '../../../firmware/base/fen.ts';

/** What came to a customer's phone. */
export interface PhoneMessage {
  readonly atWallMs: number;
  readonly text: string;
}

/** What a customer does when the wallet asks for the face. */
export type FaceHabit =
  | { readonly kind: 'passes' | 'refuses'; readonly afterMs: number }
  /** Does nothing unless a script does it. */
  | { readonly kind: 'ignores' };

export type FaceState = 'WAITING' | 'PASSED' | 'REFUSED' | 'EXPIRED';

/** Why a proof does not hold. */
export type ProofRefusal = 'JD.SMS_WRONG' | 'JD.SMS_EXPIRED' | 'JD.SMS_TRIES' | 'JD.FACE_REFUSED' | 'JD.FACE_EXPIRED';

/** Who proves what: a proof for one customer and amount is none for another. */
export interface ProofSubject {
  readonly customerId: string;
  readonly amountFen: number;
}

export const SMS_EXPIRES_S = 300;
export const FACE_EXPIRES_S = 180;
const SMS_TRIES_MAX = 3;

interface SmsRecord extends ProofSubject {
  readonly code: string;
  readonly untilMs: number;
  wrongTries: number;
  /** Spent by a charge, or replaced by a newer message. */
  isOver: boolean;
}

interface FaceRecord extends ProofSubject {
  readonly startedMs: number;
  readonly untilMs: number;
  readonly habit: FaceHabit;
  byHand: 'PASSED' | 'REFUSED' | undefined;
  isOver: boolean;
}

/** SMS codes and face checks of the simulated JD. Time is the clock's; codes follow from their number, not from chance. */
export class JdProofs {
  readonly #clock: Clock;
  readonly #sms = new Map<string, SmsRecord>();
  readonly #faces = new Map<string, FaceRecord>();
  readonly #messages = new Map<string, PhoneMessage[]>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Sends a code to the customer's phone; an earlier one is no good from then on. Gives the reference. */
  sendSms(subject: ProofSubject): string {
    for (const earlier of this.#sms.values()) if (earlier.customerId === subject.customerId) earlier.isOver = true;
    const number = this.#sms.size + 1;
    const code = ((number * 611_953 + 104_729) % 1_000_000).toString().padStart(6, '0');
    const reference = `SMS${number.toString().padStart(8, '0')}`;
    const untilMs = this.#clock.monotonicMs() + SMS_EXPIRES_S * 1_000;
    this.#sms.set(reference, { ...subject, code, untilMs, wrongTries: 0, isOver: false });
    const text =
      `【京东】验证码${code}，您正在使用白条支付${plainYuan(subject.amountFen)}元，` +
      `${SMS_EXPIRES_S / 60}分钟内有效，请勿告诉他人。`;
    const messages = this.messagesOf(subject.customerId);
    this.#messages.set(subject.customerId, [...messages, { atWallMs: this.#clock.wallMs(), text }]);
    return reference;
  }

  messagesOf(customerId: string): readonly PhoneMessage[] {
    return this.#messages.get(customerId) ?? [];
  }

  /** Spends a code that is right; counts one that is wrong. */
  takeSms(reference: string, code: string, subject: ProofSubject): ProofRefusal | undefined {
    const sms = this.#sms.get(reference);
    if (sms === undefined || !isOf(sms, subject)) return 'JD.SMS_WRONG';
    if (sms.wrongTries >= SMS_TRIES_MAX) return 'JD.SMS_TRIES';
    if (sms.isOver || this.#clock.monotonicMs() >= sms.untilMs) return 'JD.SMS_EXPIRED';
    if (code !== sms.code) {
      sms.wrongTries += 1;
      return sms.wrongTries >= SMS_TRIES_MAX ? 'JD.SMS_TRIES' : 'JD.SMS_WRONG';
    }
    sms.isOver = true;
    return undefined;
  }

  /** Opens the face check on the customer's phone. Gives the reference. */
  startFace(subject: ProofSubject, habit: FaceHabit): string {
    const reference = `FACE${(this.#faces.size + 1).toString().padStart(8, '0')}`;
    const startedMs = this.#clock.monotonicMs();
    const untilMs = startedMs + FACE_EXPIRES_S * 1_000;
    this.#faces.set(reference, { ...subject, startedMs, untilMs, habit, byHand: undefined, isOver: false });
    return reference;
  }

  /** `undefined` for a reference that was never given out. */
  faceState(reference: string): FaceState | undefined {
    const face = this.#faces.get(reference);
    return face && this.#stateOf(face);
  }

  /** Spends a face check that was passed. */
  takeFace(reference: string, subject: ProofSubject): ProofRefusal | undefined {
    const face = this.#faces.get(reference);
    if (face === undefined || !isOf(face, subject)) return 'JD.FACE_REFUSED';
    const state = this.#stateOf(face);
    if (face.isOver || state === 'EXPIRED') return 'JD.FACE_EXPIRED';
    if (state !== 'PASSED') return 'JD.FACE_REFUSED';
    face.isOver = true;
    return undefined;
  }

  /** The customer's hand on the newest face check that waits; `false` when none does. */
  actOnFace(customerId: string, does: 'PASSED' | 'REFUSED'): boolean {
    const waiting = [...this.#faces.values()].findLast(
      (face) => face.customerId === customerId && this.#stateOf(face) === 'WAITING',
    );
    if (waiting !== undefined) waiting.byHand = does;
    return waiting !== undefined;
  }

  #stateOf({ startedMs, untilMs, habit, byHand }: FaceRecord): FaceState {
    const nowMs = this.#clock.monotonicMs();
    if (nowMs >= untilMs) return 'EXPIRED';
    if (byHand !== undefined) return byHand;
    if (habit.kind === 'ignores' || nowMs < startedMs + habit.afterMs) return 'WAITING';
    return habit.kind === 'passes' ? 'PASSED' : 'REFUSED';
  }
}

function isOf(proof: ProofSubject, { customerId, amountFen }: ProofSubject): boolean {
  return proof.customerId === customerId && proof.amountFen === amountFen;
}
