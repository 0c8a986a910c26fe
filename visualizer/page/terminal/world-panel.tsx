import { type ReactNode, useEffect, useState } from 'react';
import { act, setClock } from '../api.ts';
import { Button, HandButton, Panel, Select, useLanguage, useText } from '../parts.tsx';
import { useStore } from '../store.ts';
import { named } from '../texts.ts';
import { wallText } from '../time-scale.ts';

const HOSTS = ['acquirer', 'alipay', 'wechat', 'jd', 'lakala'] as const;
const SKIPS: readonly (readonly [label: string, ms: number])[] = [
  ['10 s', 10_000],
  ['1 min', 60_000],
  ['1 h', 3_600_000],
];
const NOISY = new Set(['cardReader', 'pinPad', 'scanner', 'printer']);
const DELAY = '20s';
const WALL_EVERY_MS = 500;

export function WorldPanel(): ReactNode {
  const text = useText();
  return (
    <Panel title={text('world')} kind="world">
      <Clock />
      <Hosts />
      <Devices />
    </Panel>
  );
}

/** Between two messages the page counts on by itself. */
function WallTime(): ReactNode {
  const wallMs = useStore(({ state }) => state.now?.wallMs);
  const speed = useStore(({ state }) => state.now?.speed);
  const [shown, show] = useState('');
  useEffect(() => {
    if (wallMs === undefined) return undefined;
    const begun = performance.now();
    const tell = (): void => show(wallText(wallMs + (performance.now() - begun) * (speed ?? 1)));
    tell();
    const timer = setInterval(tell, WALL_EVERY_MS);
    return () => clearInterval(timer);
  }, [wallMs, speed]);
  return <span className="row-name wall">{shown}</span>;
}

function Clock(): ReactNode {
  const text = useText();
  const speeds = useStore(({ state }) => state.session?.catalogue.speeds);
  const speed = useStore(({ state }) => state.now?.speed);
  const isLive = useStore(({ state }) => state.link === 'live');
  return (
    <div className="row" role="group" aria-label={text('clock')}>
      <WallTime />
      {(speeds ?? []).map((each) => (
        <Button key={each} isPressed={each === speed} isOff={!isLive} onClick={() => setClock({ speed: each })}>
          {each === 0 ? text('stopped') : `${each}×`}
        </Button>
      ))}
      {SKIPS.map(([label, ms]) => (
        <Button key={label} isOff={!isLive} onClick={() => setClock({ skipMs: ms })}>
          {text('skip')} {label}
        </Button>
      ))}
    </div>
  );
}

function Hosts(): ReactNode {
  const text = useText();
  const language = useLanguage();
  const faults = useStore(({ state }) => state.session?.catalogue.faults);
  const network = useStore(({ state }) => state.now?.network);
  const armed = useStore(({ state }) => state.now?.armed);
  const [host, chooseHost] = useState<string>('acquirer');
  const [fault, chooseFault] = useState('dropReply');
  const [call, chooseCall] = useState('');
  const isAcquirer = host === 'acquirer';
  const names = (isAcquirer ? faults?.acquirer : faults?.wallet) ?? [];
  const chosen = names.includes(fault) ? fault : (names[0] ?? '');
  const isDown = network?.down.some((each) => each === host) === true;
  const step = (change: Readonly<Record<string, unknown>>): void =>
    act(isAcquirer ? { host: change } : { wallet: { host, ...change } });
  const arm = (): void =>
    step({
      fault: chosen,
      ...(call === '' || isAcquirer ? {} : { call }),
      ...(chosen === 'delayReply' ? { by: DELAY } : {}),
    });
  return (
    <div className="block" role="group" aria-label={text('hosts')}>
      <div className="row">
        <Select
          label={text('host')}
          value={host}
          onChange={chooseHost}
          options={HOSTS.map((each) => ({ value: each, label: named(each, language) }))}
        />
        <Select
          label={text('fault')}
          value={chosen}
          onChange={chooseFault}
          options={names.map((each) => ({ value: each, label: each }))}
        />
        {!isAcquirer && (
          <Select
            label={text('call')}
            value={call}
            onChange={chooseCall}
            options={['', ...(faults?.walletCalls ?? [])].map((each) => ({
              value: each,
              label: each === '' ? text('anyCall') : each,
            }))}
          />
        )}
      </div>
      <div className="row">
        <HandButton onClick={arm}>{text('arm')}</HandButton>
        <HandButton onClick={() => step({ clear: true })}>{text('clearFaults')}</HandButton>
        <HandButton kind={isDown ? 'warn' : ''} onClick={() => step({ down: !isDown })}>
          {isDown ? text('bringUp') : text('takeDown')}
        </HandButton>
        <HandButton
          kind={network?.isOut === true ? 'warn' : ''}
          onClick={() => act({ network: network?.isOut === true ? 'in' : 'out' })}
        >
          {network?.isOut === true ? text('networkIn') : text('networkOut')}
        </HandButton>
        <HandButton onClick={() => act({ power: 'cut' })}>{text('powerCut')}</HandButton>
      </div>
      <p className="muted" role="status">
        {(armed ?? []).length === 0
          ? text('nothingArmed')
          : `${text('armed')}: ${(armed ?? []).map((each) => `${named(each.host, language)} ${each.fault} × ${each.times}`).join(', ')}`}
      </p>
    </div>
  );
}

function Devices(): ReactNode {
  const text = useText();
  const language = useLanguage();
  const devices = useStore(({ state }) => state.session?.catalogue.faults.devices);
  const unplugged = useStore(({ state }) => state.now?.unplugged);
  const [device, choose] = useState<string>('cardReader');
  const isOut = unplugged?.some((each) => each === device) === true;
  return (
    <div className="block row" role="group" aria-label={text('devices')}>
      <Select
        label={text('device')}
        value={device}
        onChange={choose}
        options={(devices ?? []).map((each) => ({ value: each, label: named(each, language) }))}
      />
      <HandButton kind={isOut ? 'warn' : ''} onClick={() => act({ device: { [isOut ? 'replug' : 'unplug']: device } })}>
        {isOut ? text('replug') : text('unplug')}
      </HandButton>
      <HandButton isOff={!NOISY.has(device)} onClick={() => act({ device: { noise: device } })}>
        {text('noise')}
      </HandButton>
      {device === 'pinPad' && (
        <>
          <HandButton onClick={() => act({ device: { loseKeys: true } })}>{text('loseKeys')}</HandButton>
          <HandButton onClick={() => act({ device: { loadMasterKey: true } })}>{text('loadMasterKey')}</HandButton>
        </>
      )}
    </div>
  );
}
