import { type ReactNode, useMemo, useState } from 'react';
import type { SlipEvent } from '../../model/replay.ts';
import { act } from '../api.ts';
import { Button, HandButton, useHands, useText } from '../parts.tsx';
import { useStore } from '../store.ts';
import { timeText } from '../time-scale.ts';

const HOT_FOR = '20s';
/** Slips on the small heap beside the printer; older ones are on the lanes. */
const SLIPS_KEPT = 6;

/** Slips up to where the page stands, newest first. */
function useSlips(): readonly SlipEvent[] {
  const slips = useStore((page) => page.moment.slips);
  return useMemo(() => slips.slice(-SLIPS_KEPT).toReversed(), [slips]);
}

export function Printer(): ReactNode {
  const text = useText();
  const printer = useStore(({ state }) => state.now?.printer);
  const drawers = useStore((page) => page.moment.drawers);
  return (
    <section className="printer" aria-label={text('printer')}>
      <h3>{text('printer')}</h3>
      <HangingPaper />
      <div className="row">
        <HandButton onClick={() => act({ cashier: { tear: true } })}>{text('tear')}</HandButton>
        {printer?.hasPaper === false ? (
          <HandButton kind="warn" onClick={() => act({ printer: { loadPaper: true } })}>
            {text('loadPaper')}
          </HandButton>
        ) : (
          <HandButton onClick={() => act({ printer: { endPaperAfterLines: 0 } })}>{text('paperOut')}</HandButton>
        )}
        {printer?.coverIsOpen === true ? (
          <HandButton kind="warn" onClick={() => act({ printer: { closeCover: true } })}>
            {text('closeCover')}
          </HandButton>
        ) : (
          <HandButton onClick={() => act({ printer: { openCover: true } })}>{text('openCover')}</HandButton>
        )}
        <HandButton
          kind={printer?.isHot === true ? 'warn' : ''}
          onClick={() => act({ printer: { overheatFor: HOT_FOR } })}
        >
          {text('overheat')}
        </HandButton>
      </div>
      <div key={drawers} className={drawers > 0 ? 'drawer sprung' : 'drawer'}>
        {text('drawer')} {drawers > 0 ? `× ${drawers}` : '—'}
      </div>
      <TornSlips />
    </section>
  );
}

/** Live it is the paper itself, which a click tears off; in the past, the slip that came out last. */
function HangingPaper(): ReactNode {
  const text = useText();
  const isLive = useHands();
  const version = useStore(({ state }) => state.now?.printer.paperVersion ?? 0);
  const [isEmpty, setEmpty] = useState(true);
  const last = useSlips()[0];
  if (!isLive) {
    return <div className="paper">{last === undefined ? <NoPaper /> : <SlipPicture slip={last} />}</div>;
  }
  return (
    <div className="paper">
      {isEmpty && <NoPaper />}
      <button
        type="button"
        className="hanging"
        hidden={isEmpty}
        title={text('tear')}
        onClick={() => act({ cashier: { tear: true } })}
      >
        <img
          src={`/api/paper.png?v=${version}`}
          alt={last?.lines.join(' ') ?? text('printer')}
          onLoad={() => setEmpty(false)}
          onError={() => setEmpty(true)}
        />
      </button>
    </div>
  );
}

function NoPaper(): ReactNode {
  return <p className="muted">{useText()('noPaper')}</p>;
}

function SlipPicture({ slip: { png, lines } }: { readonly slip: SlipEvent }): ReactNode {
  if (png === undefined) return <pre className="slip">{lines.join('\n')}</pre>;
  return <img className="slip" src={`data:image/png;base64,${png}`} alt={lines.join(' ')} />;
}

function TornSlips(): ReactNode {
  const text = useText();
  const [open, setOpen] = useState<number>();
  const slips = useSlips();
  if (slips.length === 0) return undefined;
  const shown = slips.find((slip) => slip.seq === open);
  return (
    <div className="torn">
      <h3>{text('tornSlips')}</h3>
      <div className="row">
        {slips.map((slip) => (
          <Button
            key={slip.seq}
            isPressed={slip.seq === open}
            onClick={() => setOpen(slip.seq === open ? undefined : slip.seq)}
          >
            {slip.lines.find((line) => line.trim() !== '')?.trim()} {timeText(slip.atMs).replace(/\.\d+$/, '')}
          </Button>
        ))}
      </div>
      {shown !== undefined && (
        <div className="torn-open">
          <SlipPicture slip={shown} />
        </div>
      )}
    </div>
  );
}
