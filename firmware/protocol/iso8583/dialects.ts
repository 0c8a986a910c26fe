import { ascii, bcd, type Dialect, fixed, LLL } from './fields.ts';
import { CUP_STANDARD } from './cup-standard.ts';

/**
 * The dialect of the acquirer CJ: the standard one and four fields of its own (CUP terminal rules A.3). Its rules name
 * no maxima: 5 takes a URL of 512 bytes, 6 and 7 an order number of 64. Field 27 is one digit in one byte.
 */
export const CJ: Dialect = {
  name: 'cj',
  fields: {
    ...CUP_STANDARD.fields,
    5: { name: 'codeUrl', zh: '二维码链接', encoding: ascii, length: LLL(512) },
    6: { name: 'codeOrder', zh: '二维码订单号', encoding: ascii, length: LLL(64) },
    7: { name: 'merchantOrder', zh: '商户订单号', encoding: ascii, length: LLL(64) },
    27: { name: 'cardKind', zh: '借贷记标识', encoding: bcd('right'), length: fixed(1) },
  },
};

/** Every dialect that ships, by the name that configuration and command line use. */
export const DIALECTS: Readonly<Record<string, Dialect>> = { [CUP_STANDARD.name]: CUP_STANDARD, [CJ.name]: CJ };
