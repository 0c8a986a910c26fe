import type { SlipLine } from '../hal/slip.ts';
import type { ItemKind } from '../rules/sale-truth.ts';
import { yuan } from '../screens/amounts.ts';
import { PAID_WITH } from '../screens/words.ts';
import type { PlanMethod, Wallet } from '../protocol/wallet/wallet-api.ts';
import type { SlipOptions } from './slip-data.ts';
import { groupedPan, SlipWriter } from './slip-lines.ts';

/** A number of sales and what they add up to. */
export interface SlipSum {
  readonly count: number;
  readonly amountFen: number;
}

/** What names a sale, void or refund on a settlement slip. */
export interface SlipItem {
  readonly what: ItemKind;
  /** Six digits, the STAN. */
  readonly voucher: string;
  readonly amountFen: number;
  readonly subject:
    { readonly kind: 'card'; readonly maskedPan: string } | { readonly kind: 'wallet'; readonly outTradeNo: string };
}

/** One thing that acquirer and terminal see differently. */
export type SlipDisagreement =
  | { readonly kind: 'missingThere' | 'amountDiffers'; readonly item: SlipItem }
  | { readonly kind: 'rejected'; readonly item: SlipItem; readonly responseCode: string }
  | {
      readonly kind: 'missingHere';
      readonly of: 'sales' | 'refunds';
      readonly count: number;
      readonly amountFen: number | undefined;
      readonly candidates: readonly SlipItem[];
    };

/** Everything on the slip of a settled batch. */
export interface SettlementSlipData {
  readonly merchantName: string;
  readonly merchantId: string;
  readonly terminalId: string;
  readonly operator: string;
  readonly batch: string;
  /** Local time of the batch change, `YYYY/MM/DD hh:mm:ss`. */
  readonly at: string;
  readonly balanced: boolean;
  readonly domestic: { readonly sales: SlipSum; readonly refunds: SlipSum };
  readonly foreign: { readonly sales: SlipSum; readonly refunds: SlipSum };
  readonly wallets: readonly (SlipSum & {
    readonly method: Wallet | PlanMethod;
    readonly refundCount: number;
    readonly refundedFen: number;
  })[];
  /** Sales that the acquirer took one by one. */
  readonly uploaded: number;
  readonly disagreements: readonly SlipDisagreement[];
  readonly byHand: readonly (SlipItem & { readonly supervisor: string })[];
}

const DISAGREEMENTS: Readonly<Record<SlipDisagreement['kind'], { readonly zh: string; readonly en: string }>> = {
  missingThere: { zh: '收单行没有此笔', en: 'NOT AT ACQUIRER' },
  amountDiffers: { zh: '收单行金额不同', en: 'OTHER AMOUNT AT ACQUIRER' },
  rejected: { zh: '收单行不接受此笔', en: 'REJECTED BY ACQUIRER' },
  missingHere: { zh: '收单行多出', en: 'MORE AT ACQUIRER' },
};

/** The slip 结算单 of a settled batch: sums by card and wallet, what does not agree, and who took over what. */
export function buildSettlementSlip(data: SettlementSlipData, options: SlipOptions): SlipLine[] {
  const write = new SlipWriter(options);
  return [
    ...write.title('结算单', 'SETTLEMENT SLIP'),
    ...write.marks(),
    { kind: 'rule' },
    ...headLines(write, data),
    { kind: 'rule' },
    ...cardLines(write, '内卡', 'DOMESTIC CARDS', data.domestic),
    ...cardLines(write, '外卡', 'FOREIGN CARDS', data.foreign),
    ...walletLines(write, data),
    ...disagreementLines(write, data.disagreements),
    ...byHandLines(write, data.byHand),
    { kind: 'rule' },
    ...write.sentence('请商户妥善保管', 'SHOP KEEPS THIS SLIP', 'center'),
    ...write.service(),
  ];
}

function headLines(write: SlipWriter, data: SettlementSlipData): SlipLine[] {
  const result = data.balanced ? write.say('对账平', 'BALANCED') : write.say('对账不平', 'NOT BALANCED');
  return [
    write.pair('商户名称', 'MERCHANT', write.foreign(data.merchantName)),
    write.pair('商户号', 'MERCHANT NO.', data.merchantId),
    write.pair('终端号', 'TERMINAL NO.', data.terminalId),
    write.pair('操作员', 'OPERATOR', data.operator),
    write.pair('批次号', 'BATCH NO.', data.batch),
    write.pair('日期时间', 'DATE/TIME', data.at),
    { kind: 'pair', label: write.label('结果', 'RESULT'), value: result, bold: true },
    ...(data.uploaded === 0 ? [] : [write.pair('已上送', 'UPLOADED', countOf(write, data.uploaded))]),
  ];
}

function heading(write: SlipWriter, zh: string, en: string): SlipLine {
  return { kind: 'text', text: write.say(zh, en), bold: true };
}

function countOf(write: SlipWriter, count: number): string {
  return write.pick(`${count}笔`, `${count}`);
}

function sumOf(write: SlipWriter, { count, amountFen }: SlipSum): string {
  return write.pick(`${count}笔 ${yuan(amountFen)}`, `${count}   ${yuan(amountFen)}`);
}

function cardLines(write: SlipWriter, zh: string, en: string, half: SettlementSlipData['domestic']): SlipLine[] {
  return [
    heading(write, zh, en),
    write.pair('消费', 'SALES', sumOf(write, half.sales)),
    ...(half.refunds.count === 0 ? [] : [write.pair('退货', 'REFUNDS', sumOf(write, half.refunds))]),
  ];
}

/** Wallets pay the shop themselves, so that their sums are no part of what the acquirer settles. */
function walletLines(write: SlipWriter, { wallets }: SettlementSlipData): SlipLine[] {
  if (wallets.length === 0) return [];
  return [
    { kind: 'rule' },
    heading(write, '扫码支付', 'WALLETS'),
    ...write.sentence('由钱包另行结算', 'SETTLED BY THE WALLETS'),
    ...wallets.flatMap((sum) => {
      const { zh, en } = PAID_WITH[sum.method === 'card' ? 'cardInstallment' : sum.method];
      const { refundCount, refundedFen } = sum;
      const sold = sum.count === 0 ? [] : [write.pair(zh, en, sumOf(write, sum))];
      if (refundCount === 0) return sold;
      const back = sumOf(write, { count: refundCount, amountFen: refundedFen });
      return [...sold, write.pair(`${zh}退款`, `${en} BACK`, back)];
    }),
  ];
}

function disagreementLines(write: SlipWriter, disagreements: readonly SlipDisagreement[]): SlipLine[] {
  if (disagreements.length === 0) return [];
  return [
    { kind: 'rule' },
    heading(write, '与收单行不符', 'DISAGREEMENTS'),
    ...disagreements.flatMap((each) => disagreementLine(write, each)),
    ...write.sentence('请凭此单联系收单行', 'CALL THE ACQUIRER WITH THIS SLIP'),
  ];
}

function disagreementLine(write: SlipWriter, disagreement: SlipDisagreement): SlipLine[] {
  const { zh, en } = DISAGREEMENTS[disagreement.kind];
  const title: SlipLine = { kind: 'text', text: write.say(zh, en) };
  if (disagreement.kind !== 'missingHere') {
    const code = disagreement.kind === 'rejected' ? [write.pair('应答码', 'CODE', disagreement.responseCode)] : [];
    return [title, ...itemLines(write, disagreement.item), ...code];
  }
  const { of, count, amountFen, candidates } = disagreement;
  const value = amountFen === undefined ? countOf(write, count) : sumOf(write, { count, amountFen });
  return [
    title,
    ...(of === 'refunds' ? [write.pair('类型', 'TYPE', write.pick('退款', 'REFUNDS'))] : []),
    write.pair('笔数金额', 'COUNT, AMOUNT', value),
    ...(candidates.length === 0 ? [] : [{ kind: 'text', text: write.say('可能是', 'POSSIBLY') } as const]),
    ...candidates.flatMap((item) => itemLines(write, item)),
  ];
}

const KINDS: Readonly<Record<Exclude<ItemKind, 'sale'>, { readonly zh: string; readonly en: string }>> = {
  void: { zh: '撤销', en: 'VOID' },
  refund: { zh: '退货', en: 'REFUND' },
};

function itemLines(write: SlipWriter, { what, voucher, amountFen, subject }: SlipItem): SlipLine[] {
  return [
    ...(what === 'sale' ? [] : [write.pair('类型', 'TYPE', write.pick(KINDS[what].zh, KINDS[what].en))]),
    write.pair('凭证号', 'VOUCHER NO.', voucher),
    subject.kind === 'card'
      ? write.pair('卡号', 'CARD NO.', groupedPan(subject.maskedPan))
      : write.pair('商户订单号', 'ORDER NO.', subject.outTradeNo),
    write.pair('金额', 'AMOUNT', yuan(amountFen)),
  ];
}

function byHandLines(write: SlipWriter, items: SettlementSlipData['byHand']): SlipLine[] {
  if (items.length === 0) return [];
  return [
    { kind: 'rule' },
    heading(write, '人工处理', 'CLOSED BY HAND'),
    ...items.flatMap((item) => [
      ...itemLines(write, item),
      write.pair('处理人', 'SUPERVISOR', write.foreign(item.supervisor)),
    ]),
  ];
}
