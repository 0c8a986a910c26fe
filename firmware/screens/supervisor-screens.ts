import { saleLines } from './sale-lines.ts';
import { press, type ScreenRows } from './screen-spec.ts';
import { REFUND_KINDS } from './refund-words.ts';

const CANCEL = press('cancel', '放弃', 'Quit');
const CONFIRM = press('confirm', '下一步', 'Next');

/** A supervisor takes over what no answer of a host has ended. */
export const SUPERVISOR_SCREENS: ScreenRows<
  'openItem' | 'enterSupervisor' | 'enterPasscode' | 'supervisorRefused' | 'handedOver'
> = {
  openItem: {
    tone: 'attention',
    title: ({ at, count }) => ({ zh: `未完成交易 ${at}/${count}`, en: `Open item ${at} of ${count}` }),
    lines: (sale, say) => [
      ...(sale.what === 'sale' ? [] : [say(REFUND_KINDS[sale.what].zh, `A ${REFUND_KINDS[sale.what].en}`)]),
      ...saleLines(sale, say),
      say('转人工后终端不再冲正或查询', 'The terminal will send nothing more for it'),
      say('须由主管与收单服务商核对', 'A supervisor must clear it with the acquirer'),
    ],
    keys: ({ count }) => [
      press('confirm', '转人工', 'Hand over'),
      count > 1 ? press('function', '下一笔', 'Next') : CANCEL,
    ],
  },
  enterSupervisor: {
    tone: 'attention',
    title: { zh: '主管授权', en: 'Supervisor' },
    lines: ({ digits }, say) => [say('请输入主管号', 'Supervisor number'), digits],
    keys: [CONFIRM, CANCEL],
  },
  enterPasscode: {
    tone: 'attention',
    title: { zh: '主管授权', en: 'Supervisor' },
    lines: ({ number, digits }, say) => [say(`主管 ${number}，请输入口令`, `${number}: passcode`), '*'.repeat(digits)],
    keys: [CONFIRM, CANCEL],
  },
  supervisorRefused: {
    tone: 'failure',
    title: { zh: '授权未通过', en: 'Not authorised' },
    lines: ({ triesLeft }, say) => [
      say('主管号或口令不对', 'Number or passcode is wrong'),
      triesLeft > 0 ? say(`还可以试 ${triesLeft} 次`, `${triesLeft} tries left`) : say('请稍后再试', 'Try again later'),
    ],
    keys: [CONFIRM],
  },
  handedOver: {
    tone: 'attention',
    title: { zh: '已转人工处理', en: 'Handed over' },
    lines: (sale, say) => [
      ...saleLines(sale, say),
      say(`经办 ${sale.supervisor}`, `By ${sale.supervisor}`),
      say('将列在下次结算单上', 'The next settlement slip lists it'),
    ],
    keys: [CONFIRM],
  },
};
