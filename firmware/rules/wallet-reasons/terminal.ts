import type { TerminalReason } from '../terminal-reasons.ts';
import type { ReasonRow } from './reason-row.ts';

/** What the terminal itself found. */
export const TERMINAL_REASON_ROWS: Readonly<Record<TerminalReason, ReasonRow>> = {
  'FENQI.NOT_SERVED': { zh: '本店未开通此功能', en: 'Not activated for this shop', cause: 'merchant' },
  'FENQI.NO_PLANS': {
    zh: '此金额没有可用的分期',
    en: 'No plan takes this amount',
    cause: 'periodUnavailable',
    next: 'otherMethod',
  },
  'FENQI.PLANS_INCONSISTENT': { zh: '分期方案数字有误，已拒绝', en: 'The plans do not add up', cause: 'merchant' },
  'FENQI.CREDIT_LIMIT': { zh: '顾客可用额度不足', en: 'Not enough credit left', cause: 'creditLimit' },
  'FENQI.CARD_NOT_ELIGIBLE': {
    zh: '此卡不支持分期',
    en: 'This card has no plans',
    cause: 'periodUnavailable',
    next: 'otherMethod',
  },
  'FENQI.ALL_PLANS_REFUSED': {
    zh: '所有分期均未通过',
    en: 'Every plan was refused',
    cause: 'periodUnavailable',
    next: 'otherMethod',
  },
  'FENQI.FACE_REFUSED': { zh: '人脸验证未通过', en: 'The face was not recognised', cause: 'wrongCode' },
  'FENQI.FACE_EXPIRED': { zh: '人脸验证超时', en: 'The face check took too long', cause: 'wrongCode' },
  'FENQI.NUMBERS_DIFFER': { zh: '金额或分期与确认的不符', en: 'Other numbers than agreed', cause: 'merchant' },
  'FENQI.NOT_REACHED': { zh: '网络不通，未扣款', en: 'Not reached, not charged', cause: 'network' },
};
