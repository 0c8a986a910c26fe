import type { ReactNode } from 'react';
import type { CoverageShare } from '../model/coverage.ts';
import { Button, useText } from './parts.tsx';
import { store, useStore } from './store.ts';
import type { TextId } from './texts.ts';

const SHARES = ['states', 'branches', 'guards', 'deviceFaults', 'hostFaults'] as const satisfies readonly TextId[];

export function CoverageView(): ReactNode {
  const text = useText();
  const answer = useStore(({ state }) => state.coverage);
  if (answer === undefined) return <p className="muted">{text('loading')}</p>;
  return (
    <div className="coverage">
      <p className="muted">
        {text('runs')}: {answer.coverage.runs.join(', ')}
      </p>
      {SHARES.map((id) => (
        <Share key={id} name={text(id)} share={answer.report[id]} />
      ))}
    </div>
  );
}

function Share({ name, share }: { readonly name: string; readonly share: CoverageShare }): ReactNode {
  const text = useText();
  const percent = share.of === 0 ? 100 : (100 * share.covered) / share.of;
  return (
    <section className="share" aria-label={name}>
      <h3>
        {name} <strong>{percent.toFixed(1)}%</strong>{' '}
        <span className="muted">
          {share.covered}/{share.of}
        </span>
      </h3>
      <meter min={0} max={share.of} value={share.covered} aria-label={name} />
      {share.missing.length === 0 ? (
        <p className="muted">{text('everythingCovered')}</p>
      ) : (
        <details>
          <summary>
            {text('neverTaken')}: {share.missing.length}
          </summary>
          <ul>
            {share.missing.map((id) => (
              <li key={id}>
                <Button kind="plain" onClick={() => showOnChart(id)}>
                  {id}
                </Button>
              </li>
            ))}
          </ul>
        </details>
      )}
    </section>
  );
}

/** `terminal.idle · KEY · 2` and `terminal.idle` name a state; a fault has no place on a chart. */
function showOnChart(id: string): void {
  const [state = ''] = id.split(' · ');
  if (/^\w+\.\w+$/.test(state)) store.set({ tab: 'chart', focus: state, showsCoverage: true });
}
