import { type ReactNode, useCallback, useMemo, useState } from 'react';
import { LANES, type Lane } from '../../model/trace.ts';
import { Button, useLanguage, useText } from '../parts.tsx';
import { store, useStore } from '../store.ts';
import { laneName } from '../texts.ts';
import { EventDetails } from './event-details.tsx';
import { type Filter, isShown, KIND_GROUPS, type KindGroup, SHOWN_AT_FIRST, toggled } from './filter.ts';
import { Rows } from './rows.tsx';

/** Everything that went between people, terminal, devices and hosts, in time. */
export function LanesView(): ReactNode {
  const count = useStore(({ state }) => state.count);
  const seq = useStore((page) => page.seq);
  const isLive = useStore(({ state }) => state.cursor === undefined);
  const [kinds, setKinds] = useState<ReadonlySet<KindGroup>>(new Set(SHOWN_AT_FIRST));
  const [lanes, setLanes] = useState<ReadonlySet<Lane>>(new Set(LANES));
  const [picked, setPicked] = useState<number>();
  const events = useStore((page) => page.events);
  const rows = useMemo(() => events.filter((event) => isShown(event, { kinds, lanes })), [events, count, kinds, lanes]);
  // Whoever travels in time sees the event at which they are.
  const chosen = isLive ? picked : seq;
  const pick = useCallback(
    (next: number): void => {
      // Live, the counter stays in reach: a message is looked at without leaving the present.
      if (isLive) setPicked(next);
      else store.goTo(next);
    },
    [isLive],
  );
  const shownLanes = useMemo(() => LANES.filter((lane) => lanes.has(lane)), [lanes]);
  return (
    <div className="lanes">
      <Filters filter={{ kinds, lanes }} setKinds={setKinds} setLanes={setLanes} />
      <div className="lanes-body">
        <Rows rows={rows} lanes={shownLanes} here={isLive ? undefined : seq} chosen={chosen} onPick={pick} />
        <EventDetails event={chosen === undefined ? undefined : events[chosen]} isHere={chosen === seq} />
      </div>
    </div>
  );
}

interface FiltersProps {
  readonly filter: Filter;
  readonly setKinds: (kinds: ReadonlySet<KindGroup>) => void;
  readonly setLanes: (lanes: ReadonlySet<Lane>) => void;
}

function Filters({ filter: { kinds, lanes }, setKinds, setLanes }: FiltersProps): ReactNode {
  const text = useText();
  const language = useLanguage();
  return (
    <div className="lane-filters">
      <div className="chips" role="group" aria-label={text('lanesShown')}>
        <span className="row-name">{text('lanesShown')}</span>
        {LANES.map((lane) => (
          <Button key={lane} kind="chip" isPressed={lanes.has(lane)} onClick={() => setLanes(toggled(lanes, lane))}>
            {laneName(lane, language)}
          </Button>
        ))}
      </div>
      <div className="chips" role="group" aria-label={text('kindsShown')}>
        <span className="row-name">{text('kindsShown')}</span>
        {KIND_GROUPS.map((kind) => (
          <Button key={kind} kind="chip" isPressed={kinds.has(kind)} onClick={() => setKinds(toggled(kinds, kind))}>
            {text(`kind_${kind}`)}
          </Button>
        ))}
      </div>
    </div>
  );
}
