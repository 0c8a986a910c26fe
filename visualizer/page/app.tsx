import { type ReactNode, useEffect, useState } from 'react';
import { act, loadCoverage, typeOnPinPad } from './api.ts';
import { ChartView } from './chart/chart-view.tsx';
import { CoverageView } from './coverage-view.tsx';
import { Help } from './help.tsx';
import { openTraceFile } from './files.ts';
import { type Command, commandOf, type Stroke } from './keyboard.ts';
import { LanesView } from './lanes/lanes-view.tsx';
import { switchLanguage } from './language.ts';
import { Button, useText } from './parts.tsx';
import { store, type Tab, useStore } from './store.ts';
import { PinPad, SignaturePanel } from './terminal/pin-pad.tsx';
import { Printer } from './terminal/printer.tsx';
import { Terminal } from './terminal/terminal.tsx';
import { Cards, Phones } from './terminal/tray.tsx';
import { WorldPanel } from './terminal/world-panel.tsx';
import { markBeside, marksOf } from './time-scale.ts';
import { Timeline } from './timeline.tsx';

const TABS: readonly Tab[] = ['chart', 'lanes', 'coverage'];

export function App(): ReactNode {
  const text = useText();
  const [isHelpOpen, setHelpOpen] = useState(false);
  useKeyboard(() => setHelpOpen(true));
  return (
    <div
      className="page"
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => {
        event.preventDefault();
        void openTraceFile(event.dataTransfer.files[0]);
      }}
    >
      <header className="top">
        <h1>
          Fenqi POS <span lang="zh-CN">分期</span>
        </h1>
        <LinkState />
        <p className="muted note">{text('note')}</p>
        <Button onClick={() => setHelpOpen(true)}>{text('help')} ?</Button>
        <Button onClick={switchLanguage}>{text('language')}</Button>
      </header>
      <main className="desk">
        <div className="counter">
          <div className="column">
            <Terminal />
            <Printer />
          </div>
          <div className="column">
            <PinPad />
            <SignaturePanel />
            <Cards />
            <Phones />
          </div>
          <div className="column wide">
            <WorldPanel />
          </div>
        </div>
        <Views />
      </main>
      <Timeline />
      {isHelpOpen && <Help onClose={() => setHelpOpen(false)} />}
    </div>
  );
}

function LinkState(): ReactNode {
  const text = useText();
  const link = useStore(({ state }) => state.link);
  const notice = useStore(({ state }) => state.notice);
  const title = useStore(({ state }) => state.header?.title ?? '');
  return (
    <p className={`link link-${link}`} role="status">
      {link === 'file' ? `${text('file')}: ${title}` : text(link)}
      {notice !== '' && <strong> {notice}</strong>}
    </p>
  );
}

function Views(): ReactNode {
  const text = useText();
  const tab = useStore(({ state }) => state.tab);
  const choose = (next: Tab): void => {
    store.set({ tab: next });
    if (next === 'coverage') loadCoverage();
  };
  return (
    <section className="views" aria-label={text('views')}>
      <div className="tabs" role="tablist">
        {TABS.map((each) => (
          <button
            key={each}
            id={`tab-${each}`}
            type="button"
            role="tab"
            aria-selected={tab === each}
            aria-controls="view"
            className="tab"
            onClick={() => choose(each)}
          >
            {text(each)}
          </button>
        ))}
      </div>
      <div id="view" role="tabpanel" aria-labelledby={`tab-${tab}`} className="view">
        {tab === 'chart' && <ChartView />}
        {tab === 'lanes' && <LanesView />}
        {tab === 'coverage' && <CoverageView />}
      </div>
    </section>
  );
}

/** Keys that are not meant for a control of the page press those of the terminal, or travel in time. */
function useKeyboard(openHelp: () => void): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      // A list or a chart that has made something of the key has said so.
      if (event.defaultPrevented || document.querySelector('dialog[open]') !== null) return;
      const { key, altKey: alt, ctrlKey, metaKey } = event;
      const command = commandOf({ key, alt, control: ctrlKey || metaKey, focus: focusOf(event.target) });
      if (command === undefined) return;
      event.preventDefault();
      carryOut(command, openHelp);
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [openHelp]);
}

function focusOf(target: EventTarget | null): Stroke['focus'] {
  if (!(target instanceof HTMLElement)) return 'other';
  if (target.closest('.pin-pad') !== null) return 'pinPad';
  if (target instanceof HTMLInputElement) return target.type === 'range' ? 'button' : 'field';
  if (/^(?:SELECT|TEXTAREA)$/.test(target.tagName)) return 'field';
  return /^(?:BUTTON|SUMMARY|A)$/.test(target.tagName) ? 'button' : 'other';
}

function carryOut(command: Command, openHelp: () => void): void {
  switch (command.do) {
    case 'press':
      return act({ cashier: { press: command.key } });
    case 'type':
      return typeOnPinPad(command.key);
    case 'step':
      return store.goTo(store.seq + command.by);
    case 'mark': {
      const mark = markBeside(marksOf(store.events), store.seq, command.by);
      return mark === undefined ? undefined : store.goTo(mark.seq);
    }
    case 'live':
      return store.state.link === 'file' ? undefined : store.set({ cursor: undefined });
    case 'help':
      return openHelp();
  }
}
