import { type ReactNode, useState } from 'react';
import type { CoverageShare } from '../model/coverage.ts';
import { loadCoverage } from './api.ts';
import { groupOf, missingGroups, stateOf } from './coverage-groups.ts';
import { Button, useText } from './parts.tsx';
import { store, useStore } from './store.ts';
import type { TextId } from './texts.ts';

const SHARES = ['states', 'branches', 'guards', 'deviceFaults', 'hostFaults'] as const satisfies readonly TextId[];
type ShareId = (typeof SHARES)[number];

/** What was ever tried, and what never was. */
export function CoverageView(): ReactNode {
  const text = useText();
  const answer = useStore(({ state }) => state.coverage);
  const [open, setOpen] = useState<ShareId>('branches');
  const notice = useStore(({ state }) => state.notice);
  if (answer === undefined) return <p className="muted">{notice === '' ? text('loading') : notice}</p>;
  const { coverage, report } = answer;
  return (
    <div className="coverage">
      <div className="coverage-from">
        <p className="muted">
          {text('runs')}: {coverage.runs.join(', ')}
        </p>
        <Button onClick={loadCoverage}>{text('countAgain')}</Button>
      </div>
      <ul className="shares">
        {SHARES.map((id) => (
          <li key={id}>
            <Share name={text(id)} share={report[id]} isOpen={id === open} onOpen={() => setOpen(id)} />
          </li>
        ))}
      </ul>
      <Missing key={open} name={text(open)} missing={report[open].missing} />
    </div>
  );
}

interface ShareProps {
  readonly name: string;
  readonly share: CoverageShare;
  readonly isOpen: boolean;
  readonly onOpen: () => void;
}

function Share({ name, share: { covered, of }, isOpen, onOpen }: ShareProps): ReactNode {
  const percent = of === 0 ? 100 : (100 * covered) / of;
  return (
    <button type="button" className="share" aria-pressed={isOpen} onClick={onOpen}>
      <span className="share-name">{name}</span>
      <strong className="share-percent">{percent.toFixed(1)}%</strong>
      <span className="share-count">
        {covered}/{of}
      </span>
      <span className="share-bar" aria-hidden="true">
        <span style={{ width: `${percent}%` }} />
      </span>
    </button>
  );
}

function Missing({ name, missing }: { readonly name: string; readonly missing: readonly string[] }): ReactNode {
  const text = useText();
  const [wanted, setWanted] = useState('');
  const groups = missingGroups(missing, wanted);
  return (
    <section className="missing" aria-label={`${name}: ${text('neverTaken')}`}>
      <header>
        <h3>
          {name}: {missing.length === 0 ? text('everythingCovered') : `${text('neverTaken')} ${missing.length}`}
        </h3>
        {missing.length > 0 && (
          <input
            type="search"
            value={wanted}
            placeholder={text('searchMissing')}
            aria-label={text('searchMissing')}
            onChange={({ target }) => setWanted(target.value)}
          />
        )}
      </header>
      <div className="missing-groups" tabIndex={0} role="region" aria-label={name}>
        {groups.map(({ name: group, ids }) => (
          <details key={group} open={groups.length < 4 || wanted !== ''}>
            <summary>
              {group} <span className="muted">{ids.length}</span>
            </summary>
            <ul>
              {ids.map((id) => (
                <li key={id}>
                  <MissingOne id={id} />
                </li>
              ))}
            </ul>
          </details>
        ))}
      </div>
    </section>
  );
}

function MissingOne({ id }: { readonly id: string }): ReactNode {
  const state = stateOf(id);
  const shown = id.slice(groupOf(id).length + 1);
  if (state === undefined) return <span>{shown}</span>;
  return (
    <Button kind="plain" onClick={() => store.set({ tab: 'chart', focus: state, showsCoverage: true })}>
      {shown}
    </Button>
  );
}
