/**
 * ISO 8583 on its own: a message in the UnionPay terminal dialect, extended by one field of an acquirer's own, there and
 * back, and what of it may be logged. Run it with
 *
 *   node docs/examples/iso8583.ts
 */
// oxlint-disable no-console -- an example shows what it does
import { ascii, createCodec, CUP_STANDARD, type Dialect, LLL, maskMessage } from 'fenqi-pos/iso8583';

/** The standard dialect and field 46, a member number of up to 20 characters that no log may have. */
const MEMBERS: Dialect = {
  name: 'members',
  fields: {
    ...CUP_STANDARD.fields,
    46: { name: 'memberNumber', zh: '会员号', encoding: ascii, length: LLL(20), mask: 'all' },
  },
};

const codec = createCodec(MEMBERS);
const bytes = codec.encode({
  mti: '0200',
  fields: {
    2: '6299991000000000110',
    3: '000000',
    4: '000000008800',
    11: '000001',
    22: '051',
    25: '00',
    41: '10000001',
    42: '898310058120001',
    46: 'M-2026-0042',
    49: '156',
  },
});
console.log(Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(''));

const message = codec.decode(bytes);
console.log(`Member ${String(message.fields[46])} pays ${Number(message.fields[4])} fen.`);
console.log(maskMessage(message, MEMBERS));

// Whatever the dialect cannot say exactly is refused, with the place and without the value.
try {
  codec.encode({ mti: '0200', fields: { 4: '88.00' } });
} catch (error) {
  console.log(`Refused: ${(error as Error).message}`);
}
