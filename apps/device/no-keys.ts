import type { YamlPath, YamlProblem } from '../../yaml/checked-yaml.ts';
import { both } from './words.ts';

/** Names under which people would write a key down. None of them is a name of the configuration. */
const KEY_NAME = /key|secret|password|passphrase|passcode|private|^(?:tmk|zmk|pinBlock|pin)$/i;
/** PEM of a private key, and two or three DES keys or an AES key in hex. */
const KEY_TEXT = /PRIVATE KEY|^(?:[0-9a-f]{32}|[0-9a-f]{48}|[0-9a-f]{64})$/i;
/** Hex that is none: salted digests of passcodes, serial numbers of certificates. */
const NO_KEYS: ReadonlySet<string> = new Set(['salt', 'digest', 'serialNumber']);

const REASON = both(
  'looks like a key: keys never stand here. Wallet keys are files in keys/ of the data directory, the others are in the PIN pad',
  '像是密钥：密钥不能写在这里。钱包密钥放在数据目录的 keys/，其余密钥在密码键盘里',
);

/** Every member that looks like a key. The value is not repeated. */
export function keyProblems(value: unknown, path: YamlPath = []): YamlProblem[] {
  const name = path.at(-1);
  if (typeof name === 'string' && KEY_NAME.test(name)) return [{ path, message: REASON }];
  if (typeof value === 'string' && KEY_TEXT.test(value) && !NO_KEYS.has(String(name))) {
    return [{ path, message: REASON }];
  }
  if (typeof value !== 'object' || value === null) return [];
  const inner: (readonly [string | number, unknown])[] = Array.isArray(value)
    ? [...value.entries()]
    : Object.entries(value);
  return inner.flatMap(([key, each]) => keyProblems(each, [...path, key]));
}
