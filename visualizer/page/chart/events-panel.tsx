import type { ReactNode } from 'react';
import { branchIdOf } from '../../model/branch-id.ts';
import type { MachineModel, StateModel } from '../../model/chart.ts';
import type { Charts } from '../../model/page-protocol.ts';
import { act } from '../api.ts';
import { useHands, useLanguage, useText } from '../parts.tsx';
import { useStore } from '../store.ts';
import { type Chance, closedKeys, passesKeysOn } from './chances.ts';

/** Where everything stands in words, and what could happen next. */
export function EventsPanel({ charts }: { readonly charts: Charts }): ReactNode {
  const text = useText();
  const running = useStore((page) => page.moment.running);
  // What keys would do is known of this moment alone.
  const isNow = useHands();
  const known = useStore(({ state }) => state.now?.chances) ?? [];
  const chances = isNow ? known : [];
  return (
    <section className="events" aria-label={text('events')}>
      <LastMove charts={charts} />
      <h3>{text('events')}</h3>
      {running.map(({ actor, machine, state }) => {
        const model = charts.model.machines.find(({ id }) => id === machine);
        const at = model?.states.find(({ key }) => key === state);
        return model === undefined || at === undefined ? undefined : (
          <StateNow key={actor} machine={model} state={at} chances={chances.filter((each) => each.actor === actor)} />
        );
      })}
    </section>
  );
}

function LastMove({ charts }: { readonly charts: Charts }): ReactNode {
  const text = useText();
  const move = useStore((page) => page.moment.lastMove);
  if (move === undefined) return undefined;
  const machine = charts.model.machines.find(({ id }) => id === move.machine);
  const branch = machine?.states.flatMap(({ branches }) => branches).find(({ id }) => id === branchIdOf(move));
  return (
    <p className="last-move">
      {text('lastMove')}: <strong>{move.machine}</strong> {move.state} → {move.to} · {move.event}
      {branch !== undefined && branch.guard !== '' && ` · ${text('guard')} ${branch.guard}`}
    </p>
  );
}

interface StateNowProps {
  readonly machine: MachineModel;
  readonly state: StateModel;
  readonly chances: readonly Chance[];
}

function StateNow({ machine, state, chances }: StateNowProps): ReactNode {
  const text = useText();
  const language = useLanguage();
  const delays = state.branches
    .filter(({ kind }) => kind === 'after')
    .map(({ event }) => {
      const written = machine.delays.find(({ name }) => event === `after ${name}`)?.written;
      return written === undefined ? event : `${event} (${written})`;
    });
  const waits = [...state.invokes.map(({ src }) => src), ...delays];
  return (
    <div className="state-now">
      <h4>
        {machine.id} · {language === 'zh' ? state.zh : state.en}
        {state.tags.map((tag) => (
          <span key={tag} className={`tag tag-${tag}`}>
            {tag}
          </span>
        ))}
      </h4>
      {waits.length > 0 && (
        <p className="muted">
          {text('waitsFor')} {[...new Set(waits)].join(', ')}
        </p>
      )}
      {passesKeysOn(state) ? (
        chances.length > 0 && <p className="muted">{text('passesKeysOn')}</p>
      ) : (
        <Keys chances={chances} />
      )}
    </div>
  );
}

/** Keys that would do something now, as buttons; those that would not, by the guards that say no. */
function Keys({ chances }: { readonly chances: readonly Chance[] }): ReactNode {
  const text = useText();
  const hasHands = useHands();
  const open = chances.filter(({ isOpen }) => isOpen);
  return (
    <>
      {open.length > 0 && (
        <div className="chances">
          {open.map(({ key }) => (
            <button
              key={key}
              type="button"
              className="chance"
              disabled={!hasHands}
              onClick={() => act({ cashier: { press: key } })}
            >
              {key}
            </button>
          ))}
        </div>
      )}
      {closedKeys(chances).map(({ keys, guards }) => (
        <p key={guards} className="closed">
          <s>{keys.join(' ')}</s>{' '}
          {guards !== '' && (
            <span>
              {text('closedBy')} {guards}
            </span>
          )}
        </p>
      ))}
    </>
  );
}
