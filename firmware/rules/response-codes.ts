/** Field 39 of a CUP response and what the terminal does about it (CUP terminal rules, appendix D). */
export type ResponseAction =
  | 'approve'
  /** Approved for less than was asked. The terminal announces no partial authorisation (60.6 = 0) and takes none. */
  | 'approvePartial'
  /** An approval that the acquirer's settings do not count as one. */
  | 'approveUnaccepted'
  | 'decline'
  | 'askPinAgain'
  | 'signOnAgain'
  /** The host could not verify our MAC, so nobody knows what it did with the message. */
  | 'reverseAndSignOn'
  | 'retry'
  | 'retryLater'
  | 'callIssuer'
  | 'callAcquirer'
  | 'useChip'
  | 'captureCard';

/** One row of the table: texts of at most 40 columns, and what to do. */
export interface ResponseCode {
  readonly zh: string;
  readonly en: string;
  readonly action: ResponseAction;
}

/** Codes that count as an approval unless the acquirer says otherwise: 11 VIP, A2 to A6 conditional success. */
export const approvalCodes: ReadonlySet<string> = new Set(['00', '11', 'A2', 'A4', 'A5', 'A6']);

/** Every code that the rules name. 09 and 94 do not come here as the answer to a sale: they answer a copy of it, and it is reversed. */
export const RESPONSE_CODES: Readonly<Record<string, ResponseCode>> = {
  '00': { zh: '交易成功', en: 'Approved', action: 'approve' },
  '01': { zh: '请联系发卡行', en: 'Call the issuer', action: 'callIssuer' },
  '02': { zh: '请联系发卡行 (特殊条件)', en: 'Call the issuer (special condition)', action: 'callIssuer' },
  '03': { zh: '无效商户', en: 'Invalid merchant', action: 'callAcquirer' },
  '04': { zh: '此卡被发卡行没收', en: 'The issuer asks to keep the card', action: 'captureCard' },
  '05': { zh: '发卡行不予承兑', en: 'Not honoured by the issuer', action: 'decline' },
  '06': { zh: '发卡行故障', en: 'Issuer error', action: 'retryLater' },
  '07': { zh: '特殊条件下没收卡', en: 'Keep the card, special condition', action: 'captureCard' },
  '09': { zh: '正在处理中', en: 'Still being processed', action: 'retry' },
  '10': { zh: '部分金额承兑', en: 'Approved for part of the amount', action: 'approvePartial' },
  '11': { zh: '交易成功 (VIP)', en: 'Approved (VIP)', action: 'approve' },
  '12': { zh: '无效交易', en: 'Invalid transaction', action: 'decline' },
  '13': { zh: '无效金额', en: 'Invalid amount', action: 'retry' },
  '14': { zh: '无效卡号', en: 'Invalid card number', action: 'retry' },
  '15': { zh: '此卡无对应发卡行', en: 'No such issuer', action: 'decline' },
  '19': { zh: '请重新送入交易', en: 'Enter the transaction again', action: 'decline' },
  '20': { zh: '无效应答', en: 'Invalid response', action: 'decline' },
  '21': { zh: '该卡未初始化或为睡眠卡', en: 'Card not initialised or dormant', action: 'decline' },
  '22': { zh: '操作有误', en: 'Suspected malfunction', action: 'signOnAgain' },
  '23': { zh: '手续费不可接受', en: 'Fee not acceptable', action: 'decline' },
  '25': { zh: '未找到原交易', en: 'Original transaction not found', action: 'decline' },
  '30': { zh: '报文格式错误', en: 'Message format error', action: 'callAcquirer' },
  '31': { zh: '不支持的银行', en: 'Bank not supported', action: 'decline' },
  '33': { zh: '过期卡，请没收', en: 'Expired card, keep it', action: 'captureCard' },
  '34': { zh: '有作弊嫌疑，请没收', en: 'Suspected fraud, keep the card', action: 'captureCard' },
  '35': { zh: '请联系收单行安全部门', en: 'Call the acquirer security desk', action: 'captureCard' },
  '36': { zh: '受限制的卡，请没收', en: 'Restricted card, keep it', action: 'captureCard' },
  '37': { zh: '请联系收单行，没收卡', en: 'Call the acquirer, keep the card', action: 'captureCard' },
  '38': { zh: '密码输错次数超限，请没收', en: 'Too many wrong PINs, keep the card', action: 'captureCard' },
  '39': { zh: '无此信用卡账户', en: 'No credit account', action: 'decline' },
  '40': { zh: '不支持此功能', en: 'Function not supported', action: 'decline' },
  '41': { zh: '此卡已挂失，请没收', en: 'Lost card, keep it', action: 'captureCard' },
  '42': { zh: '无此账户', en: 'No such account', action: 'retry' },
  '43': { zh: '被窃卡，请没收', en: 'Stolen card, keep it', action: 'captureCard' },
  '44': { zh: '无此投资账户', en: 'No investment account', action: 'decline' },
  '45': { zh: '芯片卡请插卡', en: 'Chip card, use the chip', action: 'useChip' },
  '51': { zh: '余额不足', en: 'Insufficient funds', action: 'decline' },
  '52': { zh: '无此支票账户', en: 'No cheque account', action: 'decline' },
  '53': { zh: '无此储蓄账户', en: 'No savings account', action: 'decline' },
  '54': { zh: '卡已过期', en: 'Expired card', action: 'decline' },
  '55': { zh: '密码错误', en: 'Wrong PIN', action: 'askPinAgain' },
  '56': { zh: '发卡行无此卡记录', en: 'Card unknown to the issuer', action: 'decline' },
  '57': { zh: '此卡不允许该交易', en: 'Not permitted for this card', action: 'decline' },
  '58': { zh: '终端不允许该交易', en: 'Not permitted for this terminal', action: 'callAcquirer' },
  '59': { zh: '有作弊嫌疑', en: 'Suspected fraud', action: 'decline' },
  '60': { zh: '请联系收单行安全部门', en: 'Call the acquirer security desk', action: 'callAcquirer' },
  '61': { zh: '金额超过限额', en: 'Amount over the limit', action: 'decline' },
  '62': { zh: '受限制的卡', en: 'Restricted card', action: 'decline' },
  '63': { zh: '违反安全规定', en: 'Security violation', action: 'decline' },
  '64': { zh: '与原交易金额不符', en: 'Original amount does not match', action: 'decline' },
  '65': { zh: '交易次数超限', en: 'Too many transactions', action: 'decline' },
  '66': { zh: '请联系收单行', en: 'Call the acquirer', action: 'callAcquirer' },
  '67': { zh: '请没收此卡', en: 'Keep the card', action: 'captureCard' },
  '68': { zh: '发卡行应答超时', en: 'The issuer answered too late', action: 'retryLater' },
  '75': { zh: '密码输错次数超限', en: 'Too many wrong PINs', action: 'decline' },
  '77': { zh: '批次不符，请重新签到', en: 'Batch mismatch, sign on again', action: 'signOnAgain' },
  '79': { zh: '脱机对账不平', en: 'Offline totals do not match', action: 'decline' },
  '90': { zh: '系统日切中', en: 'Host is closing its day', action: 'retryLater' },
  '91': { zh: '发卡行暂时无法处理', en: 'Issuer not available', action: 'retryLater' },
  '92': { zh: '找不到发卡行或网络', en: 'Issuer or network not found', action: 'retryLater' },
  '93': { zh: '交易违法，不能完成', en: 'Transaction against the law', action: 'decline' },
  '94': { zh: '重复交易，请重新签到', en: 'Duplicate transaction, sign on again', action: 'signOnAgain' },
  '95': { zh: '调节控制错', en: 'Reconciliation error', action: 'decline' },
  '96': { zh: '系统异常', en: 'System error at the host', action: 'retryLater' },
  '97': { zh: '终端未登记', en: 'Terminal not registered', action: 'callAcquirer' },
  '98': { zh: '发卡行无应答', en: 'No answer from the issuer', action: 'retryLater' },
  '99': { zh: '密码格式错，请重新签到', en: 'PIN format error, sign on again', action: 'signOnAgain' },
  A0: { zh: 'MAC 校验错，请重新签到', en: 'MAC refused, sign on again', action: 'reverseAndSignOn' },
  A1: { zh: '货币不一致', en: 'Currency mismatch', action: 'decline' },
  A2: { zh: '交易成功，请向发卡行确认', en: 'Approved, to be confirmed by the issuer', action: 'approve' },
  A3: { zh: '账户不正确', en: 'Incorrect account', action: 'decline' },
  A4: { zh: '交易成功，请向发卡行确认', en: 'Approved, to be confirmed by the issuer', action: 'approve' },
  A5: { zh: '交易成功，请向发卡行确认', en: 'Approved, to be confirmed by the issuer', action: 'approve' },
  A6: { zh: '交易成功，请向发卡行确认', en: 'Approved, to be confirmed by the issuer', action: 'approve' },
  A7: { zh: '安全处理失败', en: 'Security processing failed', action: 'decline' },
  D5: { zh: '超过提现限额', en: 'Over the withdrawal limit', action: 'decline' },
  D6: { zh: '业务未开通', en: 'Service not activated', action: 'decline' },
  D7: { zh: '不在 T+0 业务时间', en: 'Outside T+0 hours', action: 'decline' },
};

/**
 * The row of a code. Unknown codes are a decline with the code shown: a new code must never look like an approval.
 *
 * @param accepted codes that this acquirer counts as an approval; a row that approves and is not among them
 *   comes back as `approveUnaccepted`, because the issuer may have debited the card
 */
export function responseCode(code: string, accepted = approvalCodes): ResponseCode {
  const row = Object.hasOwn(RESPONSE_CODES, code) ? RESPONSE_CODES[code] : undefined;
  if (row === undefined) {
    const shown = /^[0-9A-Za-z]{2}$/.test(code) ? code : '??';
    return { zh: `交易失败 ${shown}`, en: `Failed ${shown}`, action: 'decline' };
  }
  return row.action === 'approve' && !accepted.has(code) ? { ...row, action: 'approveUnaccepted' } : row;
}
