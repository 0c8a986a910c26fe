/** Texts that YAML reads as texts without quotes, wherever they stand. */
const PLAIN = /^[A-Za-z][\w/-]*$/;
/** What YAML of any version takes for something else. */
const NO_TEXT = /^(?:true|false|null|yes|no|on|off|y|n)$/i;

/** A value on one line of YAML: `{ customer: { insert: unionpay-debit } }`. */
export function flowYaml(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(flowYaml).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value).filter(([, member]) => member !== undefined);
    return members.length === 0
      ? '{}'
      : `{ ${members.map(([name, member]) => `${flowYaml(name)}: ${flowYaml(member)}`).join(', ')} }`;
  }
  if (typeof value !== 'string') return JSON.stringify(value);
  return PLAIN.test(value) && !NO_TEXT.test(value) ? value : JSON.stringify(value);
}
