/** What the acquirer makes of an amount, beyond asking the issuer. */
export type AmountEffect =
  /** Refused with this code before the issuer looks at the card. */
  | { readonly kind: 'decline'; readonly responseCode: string }
  /** No answer at all; `executed` says whether the account was charged. */
  | { readonly kind: 'silent'; readonly executed: boolean }
  /** The issuer decides as usual, but the answer comes after the terminal has given up. */
  | { readonly kind: 'late' }
  /** The issuer decides as usual, but the answer is not to be believed. */
  | { readonly kind: 'spoil'; readonly what: ReplySpoiling };

/** Ways in which an answer can be wrong although it arrives; the last three are of instalments alone. */
export type ReplySpoiling =
  | 'wrongMac'
  | 'noMac'
  | 'wrongStan'
  | 'wrongAmount'
  | 'wrongTerminal'
  | 'duplicate'
  | 'wrongArpc'
  | 'wrongTerms'
  | 'wrongFee'
  | 'noTerms';

export interface AmountOutcome {
  /** The last two digits of the amount in fen. */
  readonly fenEnding: string;
  readonly zh: string;
  readonly en: string;
  readonly effect: AmountEffect;
}

function decline(responseCode: string, zh: string, en: string): AmountOutcome {
  return { fenEnding: responseCode, zh, en, effect: { kind: 'decline', responseCode } };
}

function spoil(fenEnding: string, what: ReplySpoiling, zh: string, en: string): AmountOutcome {
  return { fenEnding, zh, en, effect: { kind: 'spoil', what } };
}

/**
 * Amounts of a sale that make the simulated acquirer answer in a chosen way. The ending of a refusal is the response
 * code itself. Every other amount, whole yuan above all, is left to the card's issuer. Reversals, voids and refunds obey no
 * amount.
 */
export const AMOUNT_OUTCOMES: readonly AmountOutcome[] = [
  decline('01', '请联系发卡行', 'Call the issuer'),
  decline('05', '不予承兑', 'Do not honour'),
  decline('12', '无效交易', 'Invalid transaction'),
  decline('13', '无效金额', 'Invalid amount'),
  decline('14', '无效卡号', 'Invalid card number'),
  decline('30', '报文格式错', 'Format error'),
  decline('45', '请使用芯片', 'Use the chip'),
  decline('51', '余额不足', 'Insufficient funds'),
  decline('54', '卡已过期', 'Expired card'),
  decline('55', '密码错误（不计次数）', 'Wrong PIN, not counted as a try'),
  decline('57', '不允许此卡交易', 'Not permitted to this card'),
  decline('58', '不允许此终端交易', 'Not permitted to this terminal'),
  decline('61', '超出金额限制', 'Over the amount limit'),
  decline('65', '超出次数限制', 'Over the count limit'),
  decline('75', '密码错误次数超限', 'PIN tries exceeded'),
  decline('77', '批次不符，请签到', 'Batch mismatch, sign on again'),
  decline('91', '发卡行不能操作', 'Issuer not available'),
  decline('96', '系统异常', 'System error'),
  spoil('11', 'wrongStan', '应答流水号不符（已扣款）', 'Reply with another trace number; executed'),
  spoil('62', 'wrongArpc', 'ARPC 错误，芯片拒绝（已扣款）', 'Wrong ARPC, so the chip refuses; executed'),
  spoil('63', 'noMac', '应答无 MAC（已扣款）', 'Reply without MAC; executed'),
  spoil('64', 'wrongMac', '应答 MAC 错误（已扣款）', 'Reply with a wrong MAC; executed'),
  spoil('66', 'wrongAmount', '应答金额不符（已扣款）', 'Reply with another amount; executed'),
  spoil('67', 'wrongTerminal', '应答终端号不符（已扣款）', 'Reply for another terminal; executed'),
  spoil('68', 'duplicate', '重复应答（已扣款）', 'The reply comes twice; executed'),
  spoil('69', 'wrongTerms', '分期条款与金额不符（已扣款）', 'Instalment terms that do not add up; executed'),
  spoil('70', 'noTerms', '分期应答无条款（已扣款）', 'Instalments approved without terms; executed'),
  {
    fenEnding: '97',
    zh: '无应答（未扣款）',
    en: 'No answer; not executed',
    effect: { kind: 'silent', executed: false },
  },
  { fenEnding: '98', zh: '无应答（已扣款）', en: 'No answer; executed', effect: { kind: 'silent', executed: true } },
  {
    fenEnding: '99',
    zh: '应答超时后才到（已扣款）',
    en: 'Answer after the deadline; executed',
    effect: { kind: 'late' },
  },
];

/** The effect of an amount, `undefined` for an ordinary one. */
export function amountEffect(amountFen: number): AmountEffect | undefined {
  const ending = (amountFen % 100).toString().padStart(2, '0');
  return AMOUNT_OUTCOMES.find(({ fenEnding }) => fenEnding === ending)?.effect;
}
