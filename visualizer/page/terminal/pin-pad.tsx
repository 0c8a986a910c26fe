import { type ReactNode, useEffect, useRef } from 'react';
import { act, typeOnPinPad } from '../api.ts';
import { HandButton, useHands, useText } from '../parts.tsx';
import { useStore } from '../store.ts';
import type { TextId } from '../texts.ts';

const KEYS = ['1', '2', '3', '4', '5', '6', '7', '8', '9', 'cancel', '0', 'clear', 'confirm'] as const;

/**
 * The customer's pad. A digit goes to the terminal process as it is pressed and stands nowhere in the page: not in its
 * state, not in its log, not in what it shows: only how many were typed is counted.
 */
export function PinPad(): ReactNode {
  const text = useText();
  const isAsking = useStore(({ state }) => state.now?.pinPad.isAsking === true);
  const hasHands = useHands();
  const typed = useStore(({ state }) => state.pinDots);
  const first = useRef<HTMLDivElement>(null);
  const isOn = isAsking && hasHands;
  useEffect(() => {
    if (isOn) first.current?.querySelector('button')?.focus();
  }, [isOn]);
  return (
    <section className={isOn ? 'pin-pad asks' : 'pin-pad'} aria-label={text('pinPad')}>
      <h3>{text('pinPad')}</h3>
      <p className="muted" role="status">
        {isOn ? text('pinPadAsks') : text('pinPadRests')}
      </p>
      <p className="pin-dots" role="img" aria-label={`${typed}`}>
        {'•'.repeat(typed)}
      </p>
      <div className="pin-keys" ref={first}>
        {KEYS.map((key) => (
          <HandButton
            key={key}
            kind={/^\d$/.test(key) ? 'key' : `key key-${key}`}
            isOff={!isAsking}
            onClick={() => typeOnPinPad(key)}
          >
            {/^\d$/.test(key) ? key : text(key as TextId)}
          </HandButton>
        ))}
      </div>
    </section>
  );
}

export function SignaturePanel(): ReactNode {
  const text = useText();
  const isAsking = useStore(({ state }) => state.now?.signaturePad.isAsking === true);
  if (!isAsking) return undefined;
  return (
    <section className="signature asks" aria-label={text('signature')}>
      <h3>{text('signature')}</h3>
      <HandButton onClick={() => act({ customer: { sign: true } })}>{text('sign')}</HandButton>
      <HandButton onClick={() => act({ customer: { refuseToSign: true } })}>{text('refuseToSign')}</HandButton>
    </section>
  );
}
