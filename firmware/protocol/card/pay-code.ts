/** Whose wallet shows a pay code. */
export type PayCodeClass = 'alipay' | 'wechat' | 'unionpay' | 'unknown';

/** Published forms of customer codes; no code fits two of them. UnionPay's is also what JD shows today. */
const PAY_CODE_FORMS: readonly { readonly class: PayCodeClass; readonly form: RegExp }[] = [
  { class: 'alipay', form: /^(?:2[5-9]|30)\d{14,22}$/ },
  { class: 'wechat', form: /^1[0-5]\d{16}$/ },
  { class: 'unionpay', form: /^62\d{17}$/ },
];

/** Class of a scanned code, by its digits alone: 16–24 from 25–30, 18 from 10–15, or 19 from 62. */
export function classifyPayCode(code: string): PayCodeClass {
  return PAY_CODE_FORMS.find(({ form }) => form.test(code))?.class ?? 'unknown';
}
