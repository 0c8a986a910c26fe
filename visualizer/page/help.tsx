import { type ReactNode, useEffect, useRef } from 'react';
import { Button, useLanguage, useText } from './parts.tsx';

const ROWS = [
  ['0–9 Enter Esc Backspace F', '终端的键', "the terminal's keys"],
  ['[ · ]', '后退一步 · 前进一步', 'a step back, a step forward'],
  ['{ · }', '上一个 · 下一个标记', 'the mark before, the next mark'],
  ['L', '回到实时', 'back to the present'],
  ['↑ ↓ · Enter', '时序上：选一条 · 回到那一刻', 'on the lanes: choose one, go to its moment'],
  ['+ · − · 0', '状态图上：放大、缩小、适应窗口', 'on the chart: larger, smaller, fit'],
  ['← ↑ → ↓', '状态图上：移动', 'on the chart: move'],
  ['Tab', '到下一个按钮', 'to the next control'],
  ['?', '这一页', 'this page'],
] as const;

export function Help({ onClose }: { readonly onClose: () => void }): ReactNode {
  const text = useText();
  const isZh = useLanguage() === 'zh';
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} className="help" aria-label={text('help')} onClose={onClose}>
      <h2>{text('help')}</h2>
      <dl>
        {ROWS.map(([keys, zh, en]) => (
          <div key={keys}>
            <dt>
              <kbd>{keys}</kbd>
            </dt>
            <dd>{isZh ? zh : en}</dd>
          </div>
        ))}
      </dl>
      <Button onClick={() => dialog.current?.close()}>{text('close')}</Button>
    </dialog>
  );
}
