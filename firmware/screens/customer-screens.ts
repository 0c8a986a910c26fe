import { press, type ScreenRows } from './screen-spec.ts';
import { yuan } from './amounts.ts';
import { PAID_WITH } from './words.ts';

const CANCEL = press('cancel', '取消交易', 'Cancel');
const END = press('cancel', '取消', 'End');

/** What the customer does with a phone: an account, an SMS code, a face, a code to scan. */
export const CUSTOMER_SCREENS: ScreenRows<'enterAccount' | 'chooseProof' | 'enterSmsCode' | 'faceCheck' | 'showCode'> =
  {
    enterAccount: {
      tone: 'attention',
      title: { zh: '白条付款账户', en: 'Baitiao account' },
      lines: ({ amountFen, takesCode, digits, lastDigits, problem }, say) => [
        yuan(amountFen),
        ...(takesCode ? [say('请顾客出示京东付款码', 'Scan the JD code of the customer')] : []),
        say('或输入手机号、扫账户码', 'Or the phone number, or scan the account'),
        `${'*'.repeat(Math.max(0, digits - lastDigits.length))}${lastDigits}`,
        ...(problem ? [say('账户有误，请重新输入', 'That is no account, enter it again')] : []),
      ],
      keys: [press('confirm', '继续', 'Next'), END],
      // What was typed is the customer's own, and no test or tool needs it.
      shown: ({ amountFen, digits, problem }) => ({ amountFen, digits, problem }),
    },
    chooseProof: {
      tone: 'neutral',
      title: { zh: '验证顾客', en: 'Verify the customer' },
      lines: ({ maskedAccount }) => [maskedAccount],
      options: (_, say) => [
        { key: '1', id: 'sms', label: say('短信验证码', 'Code by SMS') },
        { key: '2', id: 'face', label: say('京东 App 刷脸', 'Face check in the JD app') },
      ],
      keys: [CANCEL],
    },
    enterSmsCode: {
      tone: 'attention',
      title: { zh: '输入短信验证码', en: 'Enter the SMS code' },
      lines: ({ amountFen, maskedAccount, digits, triesLeft, resendInSeconds, problem }, say) => [
        yuan(amountFen),
        say(`验证码已发送至 ${maskedAccount}`, `A code was sent to ${maskedAccount}`),
        say(`验证码 ${'*'.repeat(digits)}`, `Code ${'*'.repeat(digits)}`),
        ...(problem ? [say('验证码为六位数字', 'The code has six digits')] : []),
        say(`还可输入 ${triesLeft} 次`, `Tries left: ${triesLeft}`),
        ...(resendInSeconds > 0
          ? [say(`${resendInSeconds} 秒后可重发`, `Another code in ${resendInSeconds} s`)]
          : [say('没有收到？可以重发', 'Not received? Ask for another one')]),
      ],
      keys: ({ resendInSeconds }) => [
        press('confirm', '提交', 'OK'),
        ...(resendInSeconds > 0 ? [] : [press('function', '重发', 'New')]),
        END,
      ],
    },
    faceCheck: {
      tone: 'attention',
      title: { zh: '请顾客刷脸', en: 'Face check' },
      lines: ({ amountFen, maskedAccount, secondsLeft }, say) => [
        yuan(amountFen),
        say(`请 ${maskedAccount} 打开京东 App`, `${maskedAccount}: open the JD app`),
        say('在“消息”中点“白条支付验证”并刷脸', 'Open the check in Messages, show the face'),
        say(`剩余 ${Math.max(0, secondsLeft)} 秒`, `${Math.max(0, secondsLeft)} s left`),
      ],
      keys: [CANCEL],
    },
    showCode: {
      tone: 'attention',
      title: ({ wallet }) => ({ zh: `${PAID_WITH[wallet].zh}扫码付款`, en: `Scan with ${PAID_WITH[wallet].en}` }),
      lines: ({ amountFen, secondsLeft, periods }, say) => [
        yuan(amountFen),
        ...(periods === undefined ? [] : [say(`分 ${periods} 期`, `${periods} periods`)]),
        say('请顾客扫描屏幕上的收款码', 'Ask the customer to scan the code'),
        say(`剩余 ${Math.max(0, secondsLeft)} 秒`, `${Math.max(0, secondsLeft)} s left`),
      ],
      keys: [press('function', '打印', 'Print'), press('cancel', '撤销订单', 'Cancel')],
      code: ({ codeText }) => codeText,
      shown: ({ amountFen, wallet, secondsLeft }) => ({ amountFen, wallet, secondsLeft }),
    },
  };
