/** Whether an update is taken, and whether now. Pure: RAUC has checked the signature before anybody asks here. */
import { compareVersions, parseVersion } from './version.ts';

/** What an update says about itself. */
export interface UpdateOffer {
  readonly version: string;
  readonly compatible: string;
  /** Milliseconds since 1970; absent when it does not expire. */
  readonly expiresAt?: number;
  readonly bytes: number;
}

export interface DeviceState {
  readonly version: string;
  /** The lowest version that may be installed, whatever runs now. */
  readonly floor: string;
  readonly compatible: string;
  /** Absent while nothing vouches for the clock: a dead clock battery must not refuse updates for ever. */
  readonly trustedNow?: number;
  readonly freeBytes: number;
  readonly busy: readonly BusyReason[];
}

/** Reasons that do not go away by waiting. */
export type Refusal =
  'malformed' | 'notTrusted' | 'wrongBoard' | 'wrongVariant' | 'notNewer' | 'belowFloor' | 'expired';

/** Reasons that do: what the terminal names as `busy` in its health file, or that it says nothing. */
export const BUSY_REASONS = [
  'starting',
  'journalUnknown',
  'sale',
  'menu',
  'settlement',
  'openItem',
  'openReversal',
  'uploadOwed',
  'notForwarded',
  'lowBattery',
  'silent',
] as const;
export type BusyReason = (typeof BUSY_REASONS)[number];
export type WaitReason = BusyReason | 'noSpace' | 'notYet';

export type UpdateVerdict =
  | { readonly kind: 'accept' }
  | { readonly kind: 'wait'; readonly reasons: readonly WaitReason[] }
  | { readonly kind: 'refuse'; readonly reasons: readonly Refusal[] };

interface Words {
  readonly zh: string;
  readonly en: string;
}

export const UPDATE_REASONS: Readonly<Record<Refusal | WaitReason, Words>> = {
  malformed: { zh: '版本号格式错误', en: 'The version is malformed' },
  notTrusted: { zh: '更新清单不可信', en: 'The manifest beside the update is not to be trusted' },
  wrongBoard: { zh: '更新包不适用于本机型', en: 'The update is for another board' },
  wrongVariant: { zh: '调试版与正式版不能互相更新', en: 'Debug and release do not update each other' },
  notNewer: { zh: '更新包不比当前版本新', en: 'The update is not newer than what runs' },
  belowFloor: { zh: '更新包低于允许的最低版本', en: 'The update is below the lowest version allowed' },
  expired: { zh: '更新包已过期', en: 'The update has expired' },
  starting: { zh: '终端正在启动', en: 'The terminal is starting' },
  journalUnknown: { zh: '交易记录未能读取', en: 'The journal could not be read' },
  sale: { zh: '交易进行中', en: 'A transaction is in progress' },
  menu: { zh: '菜单使用中', en: 'The menu is in use' },
  settlement: { zh: '结算进行中', en: 'A settlement is in progress' },
  openItem: { zh: '有结果未知的交易', en: 'The outcome of a transaction is not known yet' },
  openReversal: { zh: '有待冲正交易', en: 'A reversal is pending' },
  uploadOwed: { zh: '有待上送的批次', en: 'A batch is still to be uploaded' },
  notForwarded: { zh: '有待上送的离线交易', en: 'Offline transactions are still to be forwarded' },
  silent: { zh: '终端状态未知', en: 'The terminal does not say what it is doing' },
  lowBattery: { zh: '电量不足', en: 'The battery is low' },
  notYet: { zh: '更新尚未生效', en: 'The update is for later' },
  noSpace: { zh: '存储空间不足', en: 'There is not enough room' },
};

/** Kept free for the journal, whatever an update needs. */
export const RESERVED_BYTES = 32 * 1024 * 1024;

/** Every refusal is named; only what would be accepted waits. */
export function judgeUpdate(offer: UpdateOffer, device: DeviceState): UpdateVerdict {
  const refusals = refusalsOf(offer, device);
  if (refusals.length > 0) return { kind: 'refuse', reasons: refusals };
  const reasons: WaitReason[] = [...device.busy];
  if (device.freeBytes < offer.bytes + RESERVED_BYTES) reasons.push('noSpace');
  return reasons.length > 0 ? { kind: 'wait', reasons } : { kind: 'accept' };
}

function refusalsOf(offer: UpdateOffer, device: DeviceState): Refusal[] {
  const refusals: Refusal[] = [];
  if (offer.compatible !== device.compatible) {
    refusals.push(boardOf(offer.compatible) === boardOf(device.compatible) ? 'wrongVariant' : 'wrongBoard');
  }
  const [version, current, floor] = [offer.version, device.version, device.floor].map(parseVersion);
  if (version === undefined || current === undefined || floor === undefined) {
    refusals.push('malformed');
  } else {
    if (compareVersions(version, current) <= 0) refusals.push('notNewer');
    if (compareVersions(version, floor) < 0) refusals.push('belowFloor');
  }
  const { expiresAt } = offer;
  const { trustedNow } = device;
  if (expiresAt !== undefined && trustedNow !== undefined && trustedNow >= expiresAt) refusals.push('expired');
  return refusals;
}

/** `fenqi-linux-x64-debug` → `fenqi-linux-x64`. */
function boardOf(compatible: string): string {
  return compatible.replace(/-(debug|release)$/, '');
}

/** The floor after a version has proved itself: floors only rise. */
export function raisedFloor(floor: string, proposed: string): string {
  const [old, next] = [parseVersion(floor), parseVersion(proposed)];
  if (next === undefined) return floor;
  return old === undefined || compareVersions(next, old) > 0 ? proposed : floor;
}
