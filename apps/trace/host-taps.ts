import type { Exchange, HostLink } from '../../firmware/hal/index.ts';
import type { HostId, TraceEvent } from '../../visualizer/model/trace.ts';
import { isoView } from './iso-fields.ts';
import type { TraceRecorder } from './recorder.ts';
import { requestHost, webReplyView, webRequestView } from './wallet-fields.ts';

type Message = Extract<TraceEvent, { kind: 'message' }>;
type View = Pick<Message, 'title' | 'fields'>;

/** How one kind of host is read. */
interface HostReader {
  readonly lane: 'host' | 'wallet';
  hostOf(message: Uint8Array): HostId;
  request(message: Uint8Array): View;
  reply(bytes: Uint8Array, host: HostId): View;
}

const ACQUIRER: HostReader = { lane: 'host', hostOf: () => 'acquirer', request: isoView, reply: isoView };

const WALLETS: HostReader = {
  lane: 'wallet',
  hostOf: (message) => requestHost(message) ?? 'alipay',
  request: webRequestView,
  reply: webReplyView,
};

export function tapAcquirer(link: HostLink, recorder: TraceRecorder): HostLink {
  return tapLink(link, ACQUIRER, recorder);
}

export function tapWallet(link: HostLink, recorder: TraceRecorder): HostLink {
  return tapLink(link, WALLETS, recorder);
}

/** The same link; what goes over it is read on the way. A late reply is taken for one of the host asked last. */
function tapLink(link: HostLink, reader: HostReader, recorder: TraceRecorder): HostLink {
  const { lane } = reader;
  let lastHost: HostId | undefined;
  const tell = (host: HostId, direction: 'out' | 'in', bytes: Uint8Array, { title, fields }: View): void =>
    recorder.add({ kind: 'message', lane, host, direction, title, bytes: bytes.length, fields });
  return {
    async exchange(message, deadlineMs) {
      const host = reader.hostOf(message);
      lastHost = host;
      tell(host, 'out', message, reader.request(message));
      const exchange: Exchange = await link.exchange(message, deadlineMs);
      if (exchange.kind === 'replied') tell(host, 'in', exchange.reply, reader.reply(exchange.reply, host));
      else recorder.add({ kind: 'silence', lane, host, outcome: exchange.kind, reason: exchange.reason });
      return exchange;
    },
    onLateReply: (listener) =>
      link.onLateReply((reply) => {
        const host = lastHost ?? reader.hostOf(reply);
        const { title, fields } = reader.reply(reply, host);
        tell(host, 'in', reply, { title: `late or unasked: ${title}`, fields });
        listener(reply);
      }),
  };
}
