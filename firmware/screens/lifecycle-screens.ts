import { deviceErrorAdvice, deviceText } from '../rules/error-texts.ts';
import { responseCode } from '../rules/response-codes.ts';
import { yuan } from './amounts.ts';
import { press, type ScreenRows } from './screen-spec.ts';
import { ACTIVATION_ITEMS, JOURNAL_DAMAGE, OUT_OF_SERVICE, SIGN_ON_PROBLEMS } from './words.ts';

const RETRY = press('confirm', '重试', 'Retry');
const RESTART = press('confirm', '重新启动', 'Restart');

/** From power-on until the first sale, and when the terminal can not go on. */
export const LIFECYCLE_SCREENS: ScreenRows<
  | 'booting'
  | 'selfTestFailed'
  | 'configurationDamaged'
  | 'journalDamaged'
  | 'activation'
  | 'signingOn'
  | 'signOnFailed'
  | 'recovering'
  | 'forwarding'
  | 'uncollected'
  | 'recoveryWaiting'
  | 'outOfService'
  | 'deviceProblem'
> = {
  booting: {
    tone: 'busy',
    title: { zh: '正在启动', en: 'Starting' },
    lines: (_, say) => [say('正在自检，请稍候', 'Self-test, please wait')],
    keys: [],
  },
  selfTestFailed: {
    tone: 'failure',
    title: { zh: '自检未通过', en: 'Self-test failed' },
    lines: ({ devices }, say) => [
      say(
        `故障设备：${devices.map((device) => deviceText(device).zh).join('、')}`,
        `Failed: ${devices.map((device) => deviceText(device).en).join(', ')}`,
      ),
      say('请检查电源和连线后按确认', 'Check power and cables, then Confirm'),
    ],
    keys: [RETRY],
  },
  configurationDamaged: {
    tone: 'failure',
    title: { zh: '终端参数有误', en: 'Settings are not valid' },
    lines: ({ problems }, say) => [
      say('下列参数不正确：', 'These settings are wrong:'),
      ...problems,
      say('请改正参数后重启，或联系服务商', 'Correct the settings and restart, or call support'),
    ],
    keys: [RESTART],
  },
  journalDamaged: {
    tone: 'failure',
    title: { zh: '交易流水损坏', en: 'Journal is damaged' },
    lines: ({ kind }, say) => [
      say(JOURNAL_DAMAGE[kind].zh, JOURNAL_DAMAGE[kind].en),
      kind === 'tornTail'
        ? say('未影响已完成的交易，按确认继续', 'Finished sales are safe. Confirm goes on')
        : say('已停止收款，请保留设备并联系服务商', 'Selling is stopped. Keep the device and call support'),
    ],
    keys: ({ kind }) => [kind === 'tornTail' ? press('confirm', '继续', 'Go on') : RESTART],
  },
  activation: {
    tone: 'attention',
    title: { zh: '终端未激活', en: 'Not activated' },
    lines: ({ missing }, say) => [
      say('还缺：', 'Still missing:'),
      ...missing.map((item) => say(`- ${ACTIVATION_ITEMS[item].zh}`, `- ${ACTIVATION_ITEMS[item].en}`)),
      say('请服务商下装后按确认', 'Have them loaded, then press Confirm'),
    ],
    keys: [RETRY],
  },
  signingOn: {
    tone: 'busy',
    title: { zh: '正在签到', en: 'Signing on' },
    lines: (_, say) => [say('正在向收单主机签到，请稍候', 'Signing on at the acquirer, please wait')],
    keys: [],
  },
  signOnFailed: {
    tone: 'failure',
    title: { zh: '签到失败', en: 'Sign-on failed' },
    lines: ({ reason, responseCode: code, retryInSeconds }, say) => [
      say(SIGN_ON_PROBLEMS[reason].zh, SIGN_ON_PROBLEMS[reason].en),
      ...(code === undefined ? [] : [say(`${code} ${responseCode(code).zh}`, `${code} ${responseCode(code).en}`)]),
      reason === 'badKeys'
        ? say('请联系服务商重新灌装密钥', 'Call support to load the keys again')
        : say('请检查网络，再不行联系服务商', 'Check the network or call support'),
      ...retryLine(retryInSeconds, say),
    ],
    keys: [press('confirm', '立即重试', 'Retry now')],
  },
  recovering: {
    tone: 'busy',
    title: { zh: '正在处理未完成交易', en: 'Finishing open items' },
    lines: ({ openItems }, say) => [say(`未完成 ${openItems} 笔，请稍候`, `${openItems} open, please wait`)],
    keys: [],
  },
  forwarding: {
    tone: 'busy',
    title: { zh: '正在上送脱机交易', en: 'Sending offline sales' },
    lines: ({ stored }, say) => [say(`待上送 ${stored} 笔，请稍候`, `${stored} to send, please wait`)],
    keys: [],
  },
  uncollected: {
    tone: 'failure',
    title: { zh: '脱机交易被拒绝', en: 'Offline sale was refused' },
    lines: ({ amountFen, responseCode: code }, say) => [
      yuan(amountFen),
      say(`${code} ${responseCode(code).zh}`, `${code} ${responseCode(code).en}`),
      say('货款未收到，将列在结算单上', 'Not paid. The settlement slip lists it'),
    ],
    keys: [press('confirm', '知道了', 'OK')],
  },
  recoveryWaiting: {
    tone: 'attention',
    title: { zh: '有未完成交易', en: 'Items still open' },
    lines: ({ openItems, retryInSeconds }, say) => [
      say(`${openItems} 笔冲正或查询还没有结果`, `${openItems} reversals or queries have no answer`),
      say('完成前不能做联机交易，请检查网络', 'No online sale until then. Check the network'),
      ...retryLine(retryInSeconds, say),
    ],
    keys: [press('confirm', '立即重试', 'Retry now'), press('cancel', '返回待机', 'Back to idle')],
  },
  outOfService: {
    tone: 'failure',
    title: { zh: '暂停服务', en: 'Out of service' },
    lines: ({ reason }, say) => [
      say(OUT_OF_SERVICE[reason].zh, OUT_OF_SERVICE[reason].en),
      say('已停止收款，请联系服务商', 'Selling is stopped. Call support'),
    ],
    keys: [RESTART],
  },
  deviceProblem: {
    tone: 'failure',
    title: { zh: '设备故障', en: 'Device problem' },
    lines: ({ device, kind }, say) => {
      const { happened, toDo } = deviceErrorAdvice(device, kind);
      return [say(happened.zh, happened.en), say(toDo.zh, toDo.en)];
    },
    keys: [press('confirm', '知道了', 'OK')],
  },
};

function retryLine(retryInSeconds: number, say: (zh: string, en: string) => string): string[] {
  if (retryInSeconds <= 0) return [];
  return [say(`${retryInSeconds} 秒后自动重试`, `Retries by itself in ${retryInSeconds} s`)];
}
