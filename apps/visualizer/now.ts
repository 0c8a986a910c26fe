import { WALLET_HOSTS } from '../../firmware/protocol/wallet/web-message.ts';
import type { PacedClock } from '../../hal-mock/paced-clock.ts';
import { phoneOwner } from '../../simulator/scenario/people.ts';
import type { World } from '../../simulator/scenario/world.ts';
import type { Now } from '../../visualizer/model/page-protocol.ts';
import type { DeviceId } from '../../visualizer/model/trace.ts';
import { CATALOGUE } from './catalogue.ts';

const TOUCHES = { chip: 'insert', tap: 'tap', swipe: 'swipe' } as const;

/** How everything on the counter stands at this moment. */
export function nowOf(world: World, clock: PacedClock, unplugged: ReadonlySet<DeviceId>): Now {
  const { reader, pinPad, signaturePad, printer, acquirer, wallets, cable } = world;
  const { isPaperOut, isCoverOpen, isHot } = printer.condition;
  return {
    wallMs: clock.wallMs(),
    speed: clock.speed,
    chances: world.terminal().chances(),
    reader: {
      card: reader.slot?.id,
      isInserted: reader.slot !== undefined,
      waitsFor: reader.waitingFor.map((each) => TOUCHES[each]),
    },
    pinPad: { isAsking: pinPad.prompting },
    signaturePad: { isAsking: signaturePad.capturing },
    printer: { hasPaper: !isPaperOut, coverIsOpen: isCoverOpen, isHot, paperVersion: printer.paper.version },
    unplugged: [...unplugged],
    network: {
      isOut: cable.isOut,
      down: [
        ...(acquirer.faults.down ? (['acquirer'] as const) : []),
        ...WALLET_HOSTS.filter((host) => wallets.isDown(host)),
      ],
    },
    armed: armedFaults(world),
    phones: Object.fromEntries(CATALOGUE.phones.flatMap(({ name, hasApp }) => (hasApp ? [phoneNow(name, world)] : []))),
  };
}

function armedFaults({ acquirer, wallets }: World): Now['armed'] {
  const ofWallets = WALLET_HOSTS.flatMap((host) =>
    wallets[host].faults.armed().map(({ fault, timesLeft }) => ({ host, fault: fault.kind, times: timesLeft })),
  );
  const ofAcquirer = acquirer.faults
    .armed()
    .map(({ fault, timesLeft }) => ({ host: 'acquirer' as const, fault: fault.kind, times: timesLeft }));
  return [...ofAcquirer, ...ofWallets];
}

function phoneNow(name: string, { wallets }: World): readonly [string, Now['phones'][string]] {
  const { host, id } = phoneOwner(name);
  const phone = wallets.phone(host, id);
  const sms = phone.smsCode();
  return [name, { ...(phone.hasPayment() ? { waits: 'payment' } : {}), ...(sms === undefined ? {} : { sms }) }];
}
