/** Screens of a device that cannot become a terminal. Both languages at once, because which one it has is not known yet. */
import type { ScreenModel } from '../../firmware/hal/index.ts';

/**
 * Exit codes for what no restart mends (sysexits.h). The unit names them in `RestartPreventExitStatus`, so that systemd
 * does not start again and again and does not count a crash.
 */
export const EXIT_DATA = 75;
export const EXIT_CONFIG = 78;

function maintenance(id: string, title: string, lines: readonly string[]): ScreenModel {
  return { id, params: {}, language: 'zh', tone: 'failure', title, lines, options: [], hint: '' };
}

export function dataScreen(kind: 'missing' | 'readOnly' | 'inUse'): ScreenModel {
  const why = {
    missing: ['数据分区未挂载。', 'The data partition is not mounted.'],
    readOnly: ['数据分区不可写。', 'The data partition cannot be written.'],
    inUse: ['数据目录正被另一程序使用。', 'Another program uses the data directory.'],
  }[kind];
  return maintenance('dataUnavailable', '维护 Maintenance', [
    ...why,
    '交易记录在该分区，请勿格式化。',
    'It holds the journal: do not format it.',
    '请断电重启；仍不行请联系服务商。',
    'Switch off and on. If it stays, call',
    'support.',
  ]);
}

export function configurationScreen(problems: readonly string[]): ScreenModel {
  return maintenance('configurationDamaged', '参数有误 Settings are not valid', [
    ...problems,
    '请改正后重启。',
    'Correct them and restart.',
  ]);
}

/** A storage key that cannot be used is kept: without it no open reversal can be sent. */
export function storageKeyScreen(reason: string): ScreenModel {
  return maintenance('storageKeyRefused', '维护 Maintenance', [
    '存储密钥不可用，请勿删除。',
    'The storage key cannot be used: keep it.',
    reason,
    '请联系服务商。Call support.',
  ]);
}
