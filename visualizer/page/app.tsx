import { type ReactNode, useEffect, useState } from 'react';
import { act, loadCoverage } from './api.ts';
import { ChartView } from './chart/chart-view.tsx';
import { CoverageView } from './coverage-view.tsx';
import { Help } from './help.tsx';
import { openTraceFile } from './files.ts';
import { terminalKeyOf } from './keyboard.ts';
import { LanesView } from './lanes/lanes-view.tsx';
import { switchLanguage } from './language.ts';
import { Button, useText } from './parts.tsx';
import { store, type Tab, useStore } from './store.ts';
import { Terminal } from './terminal/terminal.tsx';
import { Tray } from './terminal/tray.tsx';
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
          <Terminal />
          <Tray />
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
    if (next === 'coverage') loadCoverage().catch(() => store.set({ notice: '/api/coverage' }));
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

/** Keys that are not meant for a field: digits and Enter press the terminal's, arrows with Alt travel in time. */
function useKeyboard(openHelp: () => void): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      const target = event.target as HTMLElement;
      if (event.ctrlKey || event.metaKey || /^(?:INPUT|SELECT|TEXTAREA)$/.test(target.tagName)) return;
      if (event.key === '?') return openHelp();
      if (event.altKey && event.key === 'ArrowLeft') return store.goTo(store.seq - 1);
      if (event.altKey && event.key === 'ArrowRight') return store.goTo(store.seq + 1);
      // Enter on a button is a click on that button.
      if (event.altKey || (event.key === 'Enter' && target.tagName === 'BUTTON')) return;
      const key = terminalKeyOf(event.key);
      if (key === undefined) return;
      event.preventDefault();
      act({ cashier: { press: key } });
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [openHelp]);
}
