import type { DeviceName, HalErrorKind, PrinterStop } from '../hal/index.ts';

/** A text in both languages, at most 40 columns. */
export interface ErrorText {
  readonly zh: string;
  readonly en: string;
}

/** What happened, and what a cashier can do about it. */
export interface ErrorAdvice {
  readonly happened: ErrorText;
  readonly toDo: ErrorText;
}

/** What people call the devices, and what they can look at when one fails. */
const DEVICES: Readonly<Record<DeviceName, ErrorText & { readonly check: ErrorText }>> = {
  cardReader: {
    zh: '读卡器',
    en: 'Card reader',
    check: { zh: '请检查读卡器连线后重试', en: 'Check its cable, then try again' },
  },
  pinPad: {
    zh: '密码键盘',
    en: 'PIN pad',
    check: { zh: '请检查密码键盘连线后重试', en: 'Check its cable, then try again' },
  },
  keyStore: {
    zh: '密钥模块',
    en: 'Key store',
    check: { zh: '请重启终端，再不行联系服务商', en: 'Restart the terminal or call support' },
  },
  scanner: {
    zh: '扫码器',
    en: 'Scanner',
    check: { zh: '请检查扫码器连线后重试', en: 'Check its cable, then try again' },
  },
  printer: {
    zh: '打印机',
    en: 'Printer',
    check: { zh: '请检查打印机电源和连线后按确认', en: 'Check power and cable, then Confirm' },
  },
  signaturePad: {
    zh: '签名板',
    en: 'Signature pad',
    check: { zh: '请检查签名板连线，或在纸上签名', en: 'Check its cable, or sign on paper' },
  },
  display: {
    zh: '显示屏',
    en: 'Display',
    check: { zh: '请重启终端，再不行联系服务商', en: 'Restart the terminal or call support' },
  },
  keypad: {
    zh: '键盘',
    en: 'Keypad',
    check: { zh: '请重启终端，再不行联系服务商', en: 'Restart the terminal or call support' },
  },
  acquirer: {
    zh: '收单主机',
    en: 'Acquirer',
    check: { zh: '请检查网络后重试', en: 'Check the network, then try again' },
  },
  wallet: {
    zh: '钱包主机',
    en: 'Wallet host',
    check: { zh: '请检查网络后重试', en: 'Check the network, then try again' },
  },
  journal: {
    zh: '交易流水',
    en: 'Journal',
    check: { zh: '请停止收款并联系服务商', en: 'Stop selling and call support' },
  },
  vault: {
    zh: '安全存储',
    en: 'Secure memory',
    check: { zh: '请重新交易，再不行联系服务商', en: 'Start again or call support' },
  },
};

/** What happened, said of any device; no advice means: check the device as its row says. */
const KINDS: Readonly<Record<HalErrorKind, ErrorText & { readonly toDo?: ErrorText }>> = {
  disconnected: { zh: '未连接', en: 'is not connected' },
  timeout: { zh: '没有应答', en: 'does not answer' },
  busy: { zh: '正忙', en: 'is busy', toDo: { zh: '请稍候再试', en: 'Wait a moment and try again' } },
  cancelled: { zh: '操作已取消', en: 'was cancelled', toDo: { zh: '可以重新操作', en: 'You can try again' } },
  protocol: { zh: '应答异常', en: 'gave a wrong answer' },
  media: {
    zh: '存储介质故障',
    en: 'storage failed',
    toDo: { zh: '请停止收款并联系服务商', en: 'Stop selling and call support' },
  },
  security: {
    zh: '密钥或安全状态异常',
    en: 'has a security problem',
    toDo: { zh: '请重新签到，再不行联系服务商', en: 'Sign on again or call support' },
  },
  unsupported: {
    zh: '不支持此操作',
    en: 'can not do this',
    toDo: { zh: '请换一种方式，或联系服务商', en: 'Use another way or call support' },
  },
  other: { zh: '故障', en: 'failed' },
};

const NETWORK_DOWN: ErrorAdvice = {
  happened: { zh: '网络已断开', en: 'The network is down' },
  toDo: { zh: '请检查网线或信号后重试', en: 'Check cable or signal, then try again' },
};

/** Pairs for which the general sentence would mislead. */
const SPECIAL: Readonly<Record<string, ErrorAdvice>> = {
  'acquirer.disconnected': NETWORK_DOWN,
  'wallet.disconnected': NETWORK_DOWN,
  'printer.media': {
    happened: { zh: '打印机缺纸', en: 'The printer is out of paper' },
    toDo: { zh: '请装纸后按确认', en: 'Load paper, then press Confirm' },
  },
  'wallet.security': {
    happened: { zh: '钱包应答签名不符', en: 'The wallet answer has a wrong signature' },
    toDo: { zh: '请勿交货，联系服务商', en: 'Hold the goods and call support' },
  },
  'journal.security': {
    happened: { zh: '交易流水校验不符', en: 'The journal fails its check' },
    toDo: { zh: '请停止收款并联系服务商', en: 'Stop selling and call support' },
  },
};

/** What to tell the cashier when a device could not do its work. Total over both unions. */
export function deviceErrorAdvice(device: DeviceName, kind: HalErrorKind): ErrorAdvice {
  const special = SPECIAL[`${device}.${kind}`];
  if (special !== undefined) return special;
  const { zh, en, check } = DEVICES[device];
  const what = KINDS[kind];
  return { happened: { zh: `${zh}${what.zh}`, en: `${en} ${what.en}` }, toDo: what.toDo ?? check };
}

/** What people call a device. */
export function deviceText(device: DeviceName): ErrorText {
  return { zh: DEVICES[device].zh, en: DEVICES[device].en };
}

/** Why the paper does not move. */
export const PRINTER_STOPS: Readonly<Record<PrinterStop, ErrorAdvice>> = {
  paperOut: {
    happened: { zh: '打印机缺纸', en: 'The printer is out of paper' },
    toDo: { zh: '请装纸后按确认', en: 'Load paper, then press Confirm' },
  },
  coverOpen: {
    happened: { zh: '打印机盖未关', en: 'The printer cover is open' },
    toDo: { zh: '请关好盖后按确认', en: 'Close the cover, then press Confirm' },
  },
  overheated: {
    happened: { zh: '打印头过热', en: 'The print head is too hot' },
    toDo: { zh: '请等一分钟后按确认', en: 'Wait a minute, then press Confirm' },
  },
  cutter: {
    happened: { zh: '切纸刀卡住', en: 'The paper cutter is stuck' },
    toDo: { zh: '请关机清理后按确认', en: 'Clear the cutter, then press Confirm' },
  },
  offline: {
    happened: { zh: '打印机未就绪', en: 'The printer is not ready' },
    toDo: { zh: '请检查打印机电源和连线后按确认', en: 'Check power and cable, then Confirm' },
  },
};

/** Advice for a printer that stopped or failed. */
export function printerAdvice(reason: PrinterStop | HalErrorKind): ErrorAdvice {
  return isPrinterStop(reason) ? PRINTER_STOPS[reason] : deviceErrorAdvice('printer', reason);
}

function isPrinterStop(reason: PrinterStop | HalErrorKind): reason is PrinterStop {
  return Object.hasOwn(PRINTER_STOPS, reason);
}
