/** Whose wallet shows a pay code. */
export type PayCodeClass = 'alipay' | 'wechat' | 'unionpay' | 'jd' | 'unknown';

/**
 * Published forms of customer codes; no code fits two of them. Alipay's, WeChat's and UnionPay's stand in many integrations.
 * That of JD's own codes is less certain: integrations list 18 digits from 18, and JD shows codes of UnionPay's form too today.
 */
const PAY_CODE_FORMS: readonly { readonly class: PayCodeClass; readonly form: RegExp }[] = [
  { class: 'alipay', form: /^(?:2[5-9]|30)\d{14,22}$/ },
  { class: 'wechat', form: /^1[0-5]\d{16}$/ },
  { class: 'unionpay', form: /^62\d{17}$/ },
  { class: 'jd', form: /^18\d{16}$/ },
];

/** Class of a scanned code, by its digits alone: 16–24 from 25–30, 18 from 10–15, 19 from 62, or 18 from 18. */
export function classifyPayCode(code: string): PayCodeClass {
  return PAY_CODE_FORMS.find(({ form }) => form.test(code))?.class ?? 'unknown';
}
