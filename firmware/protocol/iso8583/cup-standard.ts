import { ascii, bcd, binary, type Dialect, fixed, gbk, LL, LLL, track } from './fields.ts';

/**
 * The CUP terminal dialect, on which the acquirers' own ones are built (CUP terminal rules A.2, A.3).
 *
 * Maxima that the rules leave open and the ones chosen here: 47, 56, 57, 59 and 62 take the 999 that a count of three
 * digits can say; 54 takes two balances of 20; 61 the sum of its five parts, 29.
 */
export const CUP_STANDARD: Dialect = {
  name: 'cup-standard',
  fields: {
    2: { name: 'pan', zh: '主账号', encoding: bcd('left'), length: LL(19), mask: 'pan' },
    3: { name: 'processingCode', zh: '交易处理码', encoding: bcd('right'), length: fixed(6) },
    4: { name: 'amountFen', zh: '交易金额', encoding: bcd('right'), length: fixed(12) },
    11: { name: 'stan', zh: '受卡方系统跟踪号', encoding: bcd('right'), length: fixed(6) },
    12: { name: 'localTime', zh: '受卡方所在地时间', encoding: bcd('right'), length: fixed(6) },
    13: { name: 'localDate', zh: '受卡方所在地日期', encoding: bcd('right'), length: fixed(4) },
    14: { name: 'expiry', zh: '卡有效期', encoding: bcd('right'), length: fixed(4), mask: 'all' },
    15: { name: 'settlementDate', zh: '清算日期', encoding: bcd('right'), length: fixed(4) },
    22: { name: 'entryMode', zh: '服务点输入方式码', encoding: bcd('left'), length: fixed(3) },
    23: { name: 'cardSequence', zh: '卡序列号', encoding: bcd('right'), length: fixed(3) },
    25: { name: 'conditionCode', zh: '服务点条件码', encoding: bcd('right'), length: fixed(2) },
    26: { name: 'pinCaptureCode', zh: '服务点PIN获取码', encoding: bcd('right'), length: fixed(2) },
    32: { name: 'acquirerId', zh: '受理方标识码', encoding: bcd('left'), length: LL(11) },
    35: { name: 'track2', zh: '二磁道数据', encoding: track, length: LL(37), mask: 'all' },
    36: { name: 'track3', zh: '三磁道数据', encoding: track, length: LLL(104), mask: 'all' },
    37: { name: 'referenceNumber', zh: '检索参考号', encoding: ascii, length: fixed(12) },
    38: { name: 'authorizationCode', zh: '授权标识应答码', encoding: ascii, length: fixed(6) },
    39: { name: 'responseCode', zh: '应答码', encoding: ascii, length: fixed(2) },
    41: { name: 'terminalId', zh: '受卡机终端标识码', encoding: ascii, length: fixed(8) },
    42: { name: 'merchantId', zh: '受卡方标识码', encoding: ascii, length: fixed(15) },
    44: { name: 'additionalResponse', zh: '附加响应数据', encoding: gbk, length: LL(25) },
    47: { name: 'acquirerPrivate', zh: '收单机构私有数据', encoding: gbk, length: LLL(999), mask: 'all' },
    48: { name: 'additionalPrivate', zh: '附加数据-私有', encoding: bcd('left'), length: LLL(322), mask: 'totals' },
    49: { name: 'currency', zh: '交易货币代码', encoding: ascii, length: fixed(3) },
    52: { name: 'pinBlock', zh: '个人标识码数据', encoding: binary, length: fixed(8), mask: 'all' },
    53: { name: 'securityControl', zh: '安全控制信息', encoding: bcd('right'), length: fixed(16) },
    54: { name: 'balances', zh: '余额', encoding: ascii, length: LLL(40) },
    55: { name: 'chipData', zh: 'IC卡数据域', encoding: binary, length: LLL(255), mask: 'tags' },
    56: { name: 'private56', zh: '自定义域56', encoding: gbk, length: LLL(999), mask: 'all' },
    57: { name: 'private57', zh: '自定义域57', encoding: gbk, length: LLL(999), mask: 'all' },
    58: { name: 'electronicPurse', zh: 'PBOC电子钱包标准的交易信息', encoding: binary, length: LLL(100), mask: 'all' },
    59: { name: 'extendedData', zh: '自定义域59', encoding: gbk, length: LLL(999), mask: 'payCode' },
    60: { name: 'reserved60', zh: '自定义域60', encoding: bcd('left'), length: LLL(17) },
    61: { name: 'originalData', zh: '原始信息域', encoding: bcd('left'), length: LLL(29) },
    62: { name: 'private62', zh: '自定义域62', encoding: binary, length: LLL(999), mask: 'instalment' },
    63: { name: 'private63', zh: '自定义域63', encoding: gbk, length: LLL(163) },
    64: { name: 'mac', zh: '报文鉴别码', encoding: binary, length: fixed(8) },
  },
};
