/** Words that several screens use, by the value they stand for. */
import type { CardInterface } from '../hal/index.ts';
import type { JournalFinding } from '../journal/journal.ts';
import type { AfterDecline } from '../rules/after-exchange.ts';
import type { CardProblem } from '../rules/card-entry.ts';
import type { DeclineStep } from '../rules/decline-causes.ts';
import type { NoPlans, PlanExclusion } from '../rules/installment/plans.ts';
import type {
  ActivationItem,
  NotSentReason,
  OutOfServiceReason,
  PaidWith,
  PinProblem,
  ReceiptCopyName,
  ScanProblem,
  ScreenParams,
  SignOnProblem,
  WayOn,
} from './screen-params.ts';
import type { Bilingual } from './screen-spec.ts';

type Words<Value extends string> = Readonly<Record<Value, Bilingual>>;

/** What happened and what to do about it. */
type Advice<Value extends string> = Readonly<Record<Value, { readonly happened: Bilingual; readonly toDo: Bilingual }>>;

export const PAID_WITH: Words<PaidWith> = {
  card: { zh: '银行卡', en: 'Bank card' },
  alipay: { zh: '支付宝', en: 'Alipay' },
  wechat: { zh: '微信支付', en: 'WeChat Pay' },
  unionpay: { zh: '云闪付', en: 'UnionPay code' },
  jd: { zh: '京东支付', en: 'JD Pay' },
  huabei: { zh: '花呗分期', en: 'Huabei instalments' },
  baitiao: { zh: '白条分期', en: 'Baitiao instalments' },
  cardInstallment: { zh: '银行卡分期', en: 'Card instalments' },
};

export const WAYS_TO_PAY: Words<CardInterface | 'code'> = {
  swipe: { zh: '刷卡', en: 'swipe' },
  chip: { zh: '插卡', en: 'insert' },
  tap: { zh: '挥卡', en: 'tap' },
  code: { zh: '扫付款码', en: 'pay code' },
};

export const COPIES: Words<ReceiptCopyName> = {
  merchant: { zh: '商户存根', en: 'merchant copy' },
  cardholder: { zh: '持卡人存根', en: 'customer copy' },
  settlement: { zh: '结算单', en: 'settlement slip' },
  schedule: { zh: '还款计划', en: 'repayment schedule' },
  bill: { zh: '账单', en: 'bill' },
};

export const ACTIVATION_ITEMS: Words<ActivationItem> = {
  merchant: { zh: '商户号和商户名称', en: 'merchant number and name' },
  terminal: { zh: '终端号', en: 'terminal number' },
  masterKey: { zh: '主密钥', en: 'terminal master key' },
  acquirer: { zh: '收单主机地址', en: 'acquirer address' },
  wallet: { zh: '钱包商户密钥', en: 'wallet merchant key' },
};

export const JOURNAL_DAMAGE: Words<JournalFinding['kind']> = {
  tornTail: { zh: '最后一条流水未写完', en: 'The last record was cut off' },
  corrupt: { zh: '流水记录校验不符', en: 'A record fails its checksum' },
  missingSegment: { zh: '缺少一段流水', en: 'A part of the journal is missing' },
  newerRecord: { zh: '流水由更新版本的程序写成', en: 'A newer version wrote the journal' },
};

export const SIGN_ON_PROBLEMS: Words<SignOnProblem> = {
  notSent: { zh: '连不上收单主机', en: 'The acquirer could not be reached' },
  noAnswer: { zh: '收单主机没有应答', en: 'The acquirer did not answer' },
  refused: { zh: '收单主机拒绝签到', en: 'The acquirer refused the sign-on' },
  untrusted: { zh: '签到应答不可信', en: 'The answer could not be trusted' },
  badKeys: { zh: '工作密钥校验不符', en: 'The working keys failed their check' },
};

export const OUT_OF_SERVICE: Words<OutOfServiceReason> = {
  fault: { zh: '终端内部故障', en: 'The terminal found an internal fault' },
  journal: { zh: '交易流水无法保存', en: 'Transactions can not be recorded' },
  configuration: { zh: '终端参数有误', en: 'The settings are not valid' },
  tamper: { zh: '检测到拆机，密钥已清除', en: 'Tampering found, keys erased' },
  noMasterKey: { zh: '主密钥丢失', en: 'The master key is lost' },
};

export const CARD_PROBLEMS: Advice<CardProblem> = {
  badSwipe: {
    happened: { zh: '磁条没有读出', en: 'The stripe could not be read' },
    toDo: { zh: '请匀速重新刷卡', en: 'Swipe again at an even pace' },
  },
  removed: {
    happened: { zh: '卡片移开太早', en: 'The card was removed too early' },
    toDo: { zh: '请重试，提示前不要移开卡', en: 'Try again, leave the card until told' },
  },
  collision: {
    happened: { zh: '感应到多张卡', en: 'More than one card was found' },
    toDo: { zh: '请只放一张卡', en: 'Present one card only' },
  },
  chipMute: {
    happened: { zh: '芯片没有应答', en: 'The chip does not answer' },
    toDo: { zh: '请擦净芯片，芯片朝上重插', en: 'Clean the chip and insert it again' },
  },
  tapFailed: {
    happened: { zh: '非接读卡失败', en: 'The tap could not be read' },
    toDo: { zh: '请再挥一次或插卡', en: 'Tap again or insert the card' },
  },
  blocked: {
    happened: { zh: '此卡已被锁定', en: 'The card is blocked' },
    toDo: { zh: '请换卡，持卡人联系发卡行', en: 'Use another card; call the issuer' },
  },
  expired: {
    happened: { zh: '卡已过期', en: 'The card has expired' },
    toDo: { zh: '请换一张卡或换支付方式', en: 'Use another card or way to pay' },
  },
  unsupported: {
    happened: { zh: '不支持此卡', en: 'This card is not supported' },
    toDo: { zh: '请换一张卡或换支付方式', en: 'Use another card or way to pay' },
  },
  refusedOffline: {
    happened: { zh: '卡片拒绝交易，未扣款', en: 'The card refused, nothing was charged' },
    toDo: { zh: '请换一张卡或换支付方式', en: 'Use another card or way to pay' },
  },
  pinNotPossible: {
    happened: { zh: '此交易须输密码，密码键盘不可用', en: 'A PIN is due and there is no PIN pad' },
    toDo: { zh: '请换支付方式', en: 'Use another way to pay' },
  },
  fallbackForbidden: {
    happened: { zh: '芯片卡不能刷磁条', en: 'A chip card must not be swiped here' },
    toDo: { zh: '请插卡或换一张卡', en: 'Insert the chip or use another card' },
  },
};

export const SCAN_PROBLEMS: Advice<ScanProblem> = {
  unreadable: {
    happened: { zh: '付款码读不出', en: 'The code could not be read' },
    toDo: { zh: '请顾客刷新付款码、调亮屏幕再扫', en: 'Refresh the code, raise the brightness' },
  },
  notAPayCode: {
    happened: { zh: '这不是付款码', en: 'This is not a payment code' },
    toDo: { zh: '请顾客打开“付款码”再扫', en: 'Ask for the pay code of the wallet' },
  },
  notSupported: {
    happened: { zh: '本店未开通此钱包', en: 'This wallet is not activated here' },
    toDo: { zh: '请换一种支付方式', en: 'Use another way to pay' },
  },
  wrongWallet: {
    happened: { zh: '这不是所选支付方式的付款码', en: 'A code of another wallet than chosen' },
    toDo: { zh: '请打开所选钱包再扫，或换支付方式', en: 'Open the chosen wallet, or go back' },
  },
  timedOut: {
    happened: { zh: '没有扫到付款码', en: 'No code was shown in time' },
    toDo: { zh: '请重新扫码', en: 'Scan again' },
  },
};

export const PIN_PROBLEMS: Advice<PinProblem> = {
  wrongPin: {
    happened: { zh: '密码错误', en: 'Wrong PIN' },
    toDo: { zh: '请持卡人重新输入', en: 'Ask the cardholder to enter it again' },
  },
  timedOut: {
    happened: { zh: '输入密码超时', en: 'No PIN was entered in time' },
    toDo: { zh: '未扣款，请重新交易', en: 'Nothing was charged, start again' },
  },
  cancelled: {
    happened: { zh: '持卡人取消了密码输入', en: 'The cardholder cancelled the PIN' },
    toDo: { zh: '未扣款，请重新交易或换卡', en: 'Nothing was charged, start again' },
  },
  noKey: {
    happened: { zh: '密码键盘没有密钥', en: 'The PIN pad has no key' },
    toDo: { zh: '请重新签到，再不行联系服务商', en: 'Sign on again or call support' },
  },
  device: {
    happened: { zh: '密码键盘故障', en: 'The PIN pad failed' },
    toDo: { zh: '请检查连线后重新交易', en: 'Check its cable and start again' },
  },
};

export const AUTHORIZING: Words<ScreenParams['authorizing']['route']> = {
  card: { zh: '正在联系发卡行，请勿移开卡', en: 'Asking the issuer, leave the card' },
  wallet: { zh: '正在联系钱包，请稍候', en: 'Asking the wallet, please wait' },
  plans: { zh: '正在查询分期方案', en: 'Asking for the plans' },
  sms: { zh: '正在发送短信验证码', en: 'Sending the SMS code' },
  face: { zh: '正在发起刷脸验证', en: 'Starting the face check' },
};

export const WAYS_ON: Words<WayOn> = {
  tryAgain: { zh: '重试', en: 'Try again' },
  otherPlan: { zh: '换一种分期', en: 'Another plan' },
  otherMethod: { zh: '换支付方式', en: 'Another way to pay' },
};

export const NOT_SENT: Words<NotSentReason> = {
  refused: { zh: '主机拒绝连接', en: 'The host refused the connection' },
  unreachable: { zh: '网络不通', en: 'The network is down' },
  closed: { zh: '连接已断开', en: 'The connection was closed' },
};

export const AFTER_DECLINE: Words<AfterDecline> = {
  nothing: { zh: '未扣款，请换卡或换支付方式', en: 'Not charged. Use another way to pay' },
  retry: { zh: '交易未成功，请核对后重新交易', en: 'It did not go through. Try again' },
  retryLater: { zh: '交易未成功，请稍后再试或换卡', en: 'Try later or use another card' },
  signOn: { zh: '未扣款，签到后请重新交易', en: 'Not charged. Try again after sign-on' },
  useChip: { zh: '未扣款，请插入芯片卡重新交易', en: 'Not charged. Insert the chip' },
  callIssuer: { zh: '未扣款，请持卡人联系发卡行', en: 'Not charged. Cardholder calls issuer' },
  callAcquirer: { zh: '未扣款，请联系收单服务商', en: 'Not charged. Call your acquirer' },
  keepCard: { zh: '未扣款，请留下卡并联系收单行', en: 'Not charged. Keep card, call acquirer' },
  activate: { zh: '未扣款，请顾客在手机上开通后再付', en: 'Not charged. Switch it on, pay again' },
  otherPlan: { zh: '未扣款，请换一个分期方案', en: 'Not charged. Choose another plan' },
  otherMethod: { zh: '未扣款，请换一种支付方式', en: 'Not charged. Use another way to pay' },
  callShop: { zh: '未扣款，请换方案或询问店长优惠', en: 'Not charged. Ask the shop for an offer' },
};

/** What a cashier can choose after a refusal. */
export const DECLINE_STEPS: Words<DeclineStep> = {
  tryAgain: { zh: '重新付款', en: 'Try again' },
  otherPlan: { zh: '换分期方案', en: 'Another plan' },
  otherMethod: { zh: '换支付方式', en: 'Another way to pay' },
  activate: { zh: '开通后再付', en: 'Switch it on, then pay' },
  callShop: { zh: '联系店长', en: 'Call the shop' },
};

/** Why no plan can be offered. */
export const NO_PLANS: Words<NoPlans['none']> = {
  notActivated: { zh: '本店未开通此分期', en: 'These instalments are not activated' },
  noOffers: { zh: '没有分期方案', en: 'There are no plans' },
  amountTooSmall: { zh: '金额太小，不能分期', en: 'The amount is too small' },
  amountTooLarge: { zh: '金额太大，不能分期', en: 'The amount is too large' },
  creditLimit: { zh: '顾客额度不足', en: 'Not enough credit' },
  cardNotEligible: { zh: '此卡不能分期', en: 'No plans for this card' },
  allRefused: { zh: '所有方案都被拒绝', en: 'Every plan was refused' },
};

/** Why one plan is not offered. */
export const PLAN_EXCLUSIONS: Words<PlanExclusion> = {
  otherPayer: { zh: '手续费由另一方承担', en: 'the other side pays the fee' },
  cardNotEligible: { zh: '只限发卡行的卡', en: "for the issuer's own cards" },
  amountTooSmall: { zh: '金额太小', en: 'the amount is too small' },
  amountTooLarge: { zh: '金额太大', en: 'the amount is too large' },
  creditLimit: { zh: '额度不足', en: 'not enough credit' },
  refused: { zh: '已被拒绝', en: 'was refused' },
  betterOffer: { zh: '同期数有更优方案', en: 'there is a better one' },
};
