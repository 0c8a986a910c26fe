import process from 'node:process';
import type { FlashPhase, FlashProgress } from '../../image/flash/flash-disk.ts';

const PHASES: Readonly<Record<FlashPhase, string>> = {
  prepare: 'checking and preparing / 检查与准备',
  erase: 'removing the old partition table / 清除旧分区表',
  esp: 'boot loader and kernel / 引导程序与内核',
  root: 'root / 根文件系统',
  slots: 'application slots / 应用分区',
  data: 'data / 数据分区',
  flush: 'waiting for the medium / 等待介质写完',
  verify: 'reading back and comparing / 读回比对',
  table: 'partition table / 分区表',
};

/** Where progress is shown. */
export interface Screen {
  /** Somebody sits there: may be asked, and sees one line change. */
  readonly isTerminal: boolean;
  readonly write: (text: string) => void;
}

export function processScreen(): Screen {
  return {
    isTerminal: process.stdin.isTTY && process.stderr.isTTY,
    write: (text) => void process.stderr.write(text),
  };
}

/** Percent and phase in one line that changes; a line for every phase where lines cannot. */
export function progressLine({ isTerminal, write }: Screen): FlashProgress {
  let shown = '';
  let last: FlashPhase | undefined;
  return (phase, fraction) => {
    if (isTerminal) {
      const percent = Math.floor(100 * Math.min(fraction, 1));
      const line = `${String(percent).padStart(3)} %  ${PHASES[phase]}`;
      if (line !== shown) write(`\r${line}\u001B[K`);
      shown = line;
    } else if (phase !== last) {
      write(`${PHASES[phase]}\n`);
    }
    last = phase;
  };
}
