import { type ReactNode, useState } from 'react';
import type { PhoneInTray } from '../../model/page-protocol.ts';
import { act } from '../api.ts';
import { HandButton, Panel, Select, useLanguage, useText } from '../parts.tsx';
import { useStore } from '../store.ts';
import { named } from '../texts.ts';

/** The cards that customers bring, and what they can do with them. */
export function Cards(): ReactNode {
  const text = useText();
  const language = useLanguage();
  const cards = useStore(({ state }) => state.session?.catalogue.cards);
  const reader = useStore(({ state }) => state.now?.reader);
  const [chosen, choose] = useState('debit');
  const card = cards?.find(({ id }) => id === chosen);
  const inSlot = cards?.find(({ id }) => id === reader?.card);
  return (
    <Panel title={text('cards')} kind="cards">
      <Select
        label={text('card')}
        value={chosen}
        onChange={choose}
        options={(cards ?? []).map((each) => ({ value: each.id, label: each[language] }))}
      />
      <div className="card" aria-hidden={card === undefined}>
        <strong>{card?.[language]}</strong>
        <span>
          {text('pin')} {card?.pin}
        </span>
      </div>
      <div className="row">
        {(['insert', 'tap', 'swipe'] as const).map((way) => (
          <HandButton
            key={way}
            kind={reader?.waitsFor.includes(way) === true ? 'waited' : ''}
            isOff={card?.interfaces.includes(way) !== true || (way === 'insert' && inSlot !== undefined)}
            onClick={() => act({ customer: { [way]: chosen } })}
          >
            {text(way)}
          </HandButton>
        ))}
        <HandButton isOff={inSlot === undefined} onClick={() => act({ customer: { pull: true } })}>
          {text('pull')}
        </HandButton>
      </div>
      {inSlot !== undefined && (
        <p className="muted">
          {inSlot[language]} {text('inReader')}
        </p>
      )}
    </Panel>
  );
}

export function Phones(): ReactNode {
  const text = useText();
  const language = useLanguage();
  const phones = useStore(({ state }) => state.session?.catalogue.phones);
  const [chosen, choose] = useState('alipay/huabei');
  const phone = phones?.find(({ name }) => name === chosen);
  const options = (phones ?? []).map((each) => ({
    value: each.name,
    label: `${named(each.wallet, language)} · ${each[language]}`,
  }));
  return (
    <Panel title={text('phones')} kind="phones">
      <Select label={text('phone')} value={chosen} onChange={choose} options={options} />
      {phone !== undefined && <PhoneInHand phone={phone} />}
    </Panel>
  );
}

function PhoneInHand({ phone }: { readonly phone: PhoneInTray }): ReactNode {
  const text = useText();
  const { name, hasApp, wallet, number } = phone;
  const state = useStore(({ state: { now } }) => now?.phones[name]);
  const shows = useStore((page) => page.moment.screen?.code !== undefined);
  const does = (what: string): void => act({ phone: { customer: name, does: what } });
  return (
    <>
      <div className={`phone phone-${wallet}`} role="status">
        {state?.waits === 'payment' && <strong>{text('waitsForPayment')}</strong>}
        {state?.sms !== undefined && (
          <span>
            {text('sms')} <strong>{state.sms}</strong>
          </span>
        )}
        {number !== undefined && <span>{number}</span>}
      </div>
      <div className="row">
        <HandButton onClick={() => act({ customer: { scan: name } })}>{text('showCode')}</HandButton>
        {hasApp && (
          <>
            <HandButton isOff={!shows} onClick={() => act({ customer: { scanShown: name } })}>
              {text('scanScreen')}
            </HandButton>
            <HandButton isOff={state?.waits !== 'payment'} onClick={() => does('confirm')}>
              {text('confirmPay')}
            </HandButton>
            <HandButton isOff={state?.waits !== 'payment'} onClick={() => does('refuse')}>
              {text('refusePay')}
            </HandButton>
          </>
        )}
        {wallet === 'jd' && (
          <>
            <HandButton onClick={() => act({ cashier: { account: name } })}>{text('typeAccount')}</HandButton>
            <HandButton isOff={state?.sms === undefined} onClick={() => act({ customer: { smsCode: name } })}>
              {text('typeSms')}
            </HandButton>
            <HandButton onClick={() => does('passFace')}>{text('passFace')}</HandButton>
            <HandButton onClick={() => does('refuseFace')}>{text('refuseFace')}</HandButton>
          </>
        )}
      </div>
    </>
  );
}
