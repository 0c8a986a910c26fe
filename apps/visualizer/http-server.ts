import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as v from 'valibot';
import { ScenarioError } from '../../simulator/scenario/format.ts';
import { StepFailure } from '../../simulator/scenario/step-failure.ts';
import type { PageMessage, Refusal, Session as SessionAnswer } from '../../visualizer/model/page-protocol.ts';
import { CATALOGUE } from './catalogue.ts';
import { BODY_BYTES_MAX, bringsToken, COOKIE, type Gate, isOurHost, SECURITY_HEADERS, verdictOn } from './safety.ts';
import type { Session } from './session.ts';

const LOOPBACK = '127.0.0.1';
const HEARTBEAT_MS = 15_000;
/** An act that waits for the terminal is answered before it is done. */
const ANSWER_WITHIN_MS = 1_500;
const SPEED_MAX = 1_000;
const SKIP_MAX_MS = 48 * 3_600_000;

export interface PageFile {
  readonly type: string;
  readonly body: Uint8Array;
}

export interface PageServerOptions {
  /** 0 for any that is free. */
  readonly port: number;
  /** The built page by path, `/index.html` among them. */
  readonly files: ReadonlyMap<string, PageFile>;
  /** Answers to GET that are worked out elsewhere, as JSON: `/api/charts`, `/api/coverage`. */
  readonly answers: Readonly<Record<string, () => Promise<unknown>>>;
  /** Our own bugs: the page gets a 500, whoever runs the process gets to know why. */
  readonly onFault: (error: unknown) => void;
}

export interface PageServer {
  readonly port: number;
  /** With the token; for whoever sits here. */
  readonly address: string;
  close(): Promise<void>;
}

/** Serves the page and the session on 127.0.0.1. Rejects when the port is taken. */
export async function servePage(session: Session, options: PageServerOptions): Promise<PageServer> {
  const token = randomBytes(32).toString('hex');
  const streams = new Set<ServerResponse>();
  let gate: Gate = { token, port: options.port };
  const server = createServer((request, response) => {
    const answering = new PageAnswer(request, response, { session, options, streams, gate });
    answering.give().catch((error: unknown) => {
      options.onFault(error);
      answering.fail();
    });
  });
  server.listen(options.port, LOOPBACK);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  gate = { token, port };
  return { port, address: `http://${LOOPBACK}:${port}/?token=${token}`, close: () => closeServer(server, streams) };
}

async function closeServer(server: Server, streams: ReadonlySet<ServerResponse>): Promise<void> {
  for (const stream of streams) stream.end();
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}

interface Behind {
  readonly session: Session;
  readonly options: PageServerOptions;
  readonly streams: Set<ServerResponse>;
  readonly gate: Gate;
}

const actRequest = v.strictObject({ step: v.record(v.string(), v.unknown()) });
const clockRequest = v.union([
  v.strictObject({ speed: v.pipe(v.number(), v.minValue(0), v.maxValue(SPEED_MAX)) }),
  v.strictObject({ skipMs: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(SKIP_MAX_MS)) }),
]);

const NOT_UNDERSTOOD: Refusal = { problems: [{ zh: '请求格式不对', en: 'the request is not understood' }] };

/** One request and its answer. */
class PageAnswer {
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #behind: Behind;

  constructor(request: IncomingMessage, response: ServerResponse, behind: Behind) {
    this.#request = request;
    this.#response = response;
    this.#behind = behind;
  }

  async give(): Promise<void> {
    const { gate } = this.#behind;
    const url = new URL(this.#request.url ?? '/', `http://${LOOPBACK}`);
    const isFirstVisit = url.pathname === '/' && url.searchParams.has('token');
    if (isFirstVisit && isOurHost(this.#request.headers.host, gate.port) && bringsToken(url, gate)) {
      const cookie = `${COOKIE}=${gate.token}; HttpOnly; SameSite=Strict; Path=/`;
      return this.#send(303, 'text/plain', '', { location: '/', 'set-cookie': cookie });
    }
    const verdict = verdictOn(this.#request, gate);
    if (verdict !== 'open') return this.#send(verdict.status, 'text/plain', `${verdict.reason}\n`);
    if (this.#request.method === 'GET') return this.#get(url);
    if (this.#request.method === 'POST') return this.#post(url.pathname);
    return this.#send(405, 'text/plain', 'GET and POST\n', { allow: 'GET, POST' });
  }

  fail(): void {
    if (!this.#response.headersSent) this.#send(500, 'text/plain', 'the terminal process has failed\n');
    else this.#response.destroy();
  }

  async #get(url: URL): Promise<void> {
    const { session, options, gate } = this.#behind;
    const path = url.pathname === '/' ? '/index.html' : url.pathname;
    const file = options.files.get(path);
    if (file !== undefined) return this.#send(200, file.type, file.body);
    const worked = options.answers[path];
    if (worked !== undefined) return this.#json(200, await worked());
    if (path === '/api/session') {
      const answer: SessionAnswer = { token: gate.token, header: session.recorder.header, catalogue: CATALOGUE };
      return this.#json(200, answer);
    }
    if (path === '/api/events') return this.#stream(Number(url.searchParams.get('after') ?? -1));
    if (path === '/api/trace') {
      const name = { 'content-disposition': 'attachment; filename="fenqi.trace.jsonl"' };
      return this.#send(200, 'application/jsonl', session.recorder.text(), name);
    }
    if (path !== '/api/paper.png') return this.#send(404, 'text/plain', 'nothing here\n');
    const png = session.paperPng();
    return png === undefined ? this.#send(204, 'text/plain', '') : this.#send(200, 'image/png', png);
  }

  #stream(after: number): void {
    const { session, streams } = this.#behind;
    const response = this.#response;
    response.writeHead(200, { ...SECURITY_HEADERS, 'content-type': 'text/event-stream' });
    const say = (message: PageMessage): void => void response.write(`data: ${JSON.stringify(message)}\n\n`);
    say({ type: 'events', events: session.recorder.events.slice(Number.isInteger(after) ? after + 1 : 0) });
    say({ type: 'now', now: session.now() });
    const unlisten = session.listen(({ events, now }) => {
      if (events !== undefined) say({ type: 'events', events });
      if (now !== undefined) say({ type: 'now', now });
    });
    const heartbeat = setInterval(() => void response.write(':\n\n'), HEARTBEAT_MS);
    streams.add(response);
    response.on('close', () => {
      clearInterval(heartbeat);
      unlisten();
      streams.delete(response);
    });
  }

  async #post(path: string): Promise<void> {
    if (path !== '/api/act' && path !== '/api/clock') return this.#send(404, 'text/plain', 'nothing here\n');
    const body = await this.#body();
    if (body === 'tooLong') return this.#send(413, 'text/plain', 'too long\n');
    return path === '/api/act' ? this.#act(body) : this.#setClock(body);
  }

  async #act(body: unknown): Promise<void> {
    const asked = v.safeParse(actRequest, body);
    if (!asked.success) return this.#json(422, NOT_UNDERSTOOD);
    const done = this.#behind.session.act(asked.output.step).then(
      () => undefined,
      (error: unknown) => refusalOf(error),
    );
    const refusal = await Promise.race([done, pause(ANSWER_WITHIN_MS)]);
    if (refusal === 'later') done.then((late) => this.#tellAll(late)).catch(this.#behind.options.onFault);
    return refusal === undefined || refusal === 'later' ? this.#json(200, { ok: true }) : this.#json(422, refusal);
  }

  /** Whoever looks at the page learns what was refused after its answer. */
  #tellAll(refusal: Refusal | undefined): void {
    if (refusal === undefined) return;
    const message: PageMessage = { type: 'refused', refusal };
    for (const stream of this.#behind.streams) stream.write(`data: ${JSON.stringify(message)}\n\n`);
  }

  async #setClock(body: unknown): Promise<void> {
    const asked = v.safeParse(clockRequest, body);
    if (!asked.success) return this.#json(422, NOT_UNDERSTOOD);
    const { session } = this.#behind;
    if ('speed' in asked.output) session.setSpeed(asked.output.speed);
    else await session.leap(asked.output.skipMs);
    return this.#json(200, { ok: true });
  }

  async #body(): Promise<unknown> {
    const chunks: Buffer[] = [];
    let length = 0;
    for await (const chunk of this.#request as AsyncIterable<Buffer>) {
      length += chunk.length;
      if (length > BODY_BYTES_MAX) return 'tooLong';
      chunks.push(chunk);
    }
    try {
      return JSON.parse(Buffer.concat(chunks).toString('utf8')) as unknown;
    } catch {
      return undefined;
    }
  }

  #json(status: number, value: unknown): void {
    this.#send(status, 'application/json; charset=utf-8', JSON.stringify(value));
  }

  #send(status: number, type: string, body: string | Uint8Array, more: Readonly<Record<string, string>> = {}): void {
    this.#response.writeHead(status, { ...SECURITY_HEADERS, 'content-type': type, ...more });
    this.#response.end(body);
  }
}

function pause(ms: number): Promise<'later'> {
  return new Promise((resolve) => void setTimeout(() => resolve('later'), ms).unref());
}

/** Why a step was not carried out. What is our own bug is thrown on. */
function refusalOf(error: unknown): Refusal {
  if (error instanceof ScenarioError) {
    return { problems: error.problems.map((en) => ({ zh: `这一步写得不对：${en}`, en })) };
  }
  if (error instanceof StepFailure) return { problems: [{ zh: `现在做不了：${error.message}`, en: error.message }] };
  throw error;
}
