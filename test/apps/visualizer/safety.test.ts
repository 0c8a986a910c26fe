import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { get } from 'node:http';
import type { PageServer } from '../../../apps/visualizer/http-server.ts';
import { BODY_BYTES_MAX, COOKIE } from '../../../apps/visualizer/safety.ts';
import { asks, PageShop, serve } from './page-shop.ts';

let shop: PageShop;
let server: PageServer;
let token: string;
let ours: Readonly<Record<string, string>>;
let posts: Readonly<Record<string, string>>;
const faults: string[] = [];

beforeAll(async () => {
  shop = await PageShop.open();
  await shop.shows('idle');
  server = await serve(shop.session, (error) => faults.push(String(error)));
  token = new URL(server.address).searchParams.get('token') ?? '';
  ours = { cookie: `${COOKIE}=${token}` };
  posts = {
    ...ours,
    origin: `http://127.0.0.1:${server.port}`,
    'x-fenqi-token': token,
    'content-type': 'application/json',
  };
});

afterAll(async () => {
  await server.close();
  await shop.session.close();
});

const STEP = JSON.stringify({ step: { cashier: { press: '1' } } });

describe('the server of the page', () => {
  it('listens on this machine alone', () => {
    expect(server.address).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/\?token=[0-9a-f]{64}$/);
  });

  it('lets a page in that brings the token, and nobody without', async () => {
    const first = await asks(server, `/?token=${token}`);
    expect(first).toMatchObject({ status: 303, headers: { location: '/' } });
    expect(String(first.headers['set-cookie'])).toMatch(/HttpOnly; SameSite=Strict/);
    expect(await asks(server, '/', { headers: ours })).toMatchObject({ status: 200, body: '<!doctype html>' });
    for (const path of ['/', '/api/session', '/api/events', '/api/trace', '/api/paper.png', '/api/charts']) {
      expect((await asks(server, path)).status).toBe(401);
    }
    expect((await asks(server, `/?token=${'0'.repeat(64)}`)).status).toBe(401);
    expect((await asks(server, '/api/session', { headers: { cookie: `${COOKIE}=${'0'.repeat(64)}` } })).status).toBe(
      401,
    );
  });

  it.each(['evil.example', 'evil.example:80', '127.0.0.1', '127.0.0.1:1', '[::1]:80'])(
    'answers to no other name: %s',
    async (host) => {
      expect((await asks(server, '/api/session', { headers: { ...ours, host } })).status).toBe(421);
      expect((await asks(server, `/?token=${token}`, { headers: { host } })).status).toBe(421);
    },
  );

  it('answers to localhost', async () => {
    const headers = { ...ours, host: `localhost:${server.port}` };
    expect((await asks(server, '/api/session', { headers })).status).toBe(200);
  });

  it('forbids the page everything from elsewhere', async () => {
    const { headers } = await asks(server, '/', { headers: ours });
    expect(headers['content-security-policy']).toMatch(/^default-src 'none'; script-src 'self';/);
    expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer' });
  });

  it.each([
    ['without the header', { 'x-fenqi-token': '' }, 403],
    ['with another token', { 'x-fenqi-token': '0'.repeat(64) }, 403],
    ['from another page', { origin: 'http://evil.example' }, 403],
    ['from nowhere', { origin: 'null' }, 403],
    ['across sites', { 'sec-fetch-site': 'cross-site' }, 403],
    ['as a form', { 'content-type': 'application/x-www-form-urlencoded' }, 415],
    ['as text', { 'content-type': 'text/plain' }, 415],
  ])('takes no act %s', async (_, change, status) => {
    const before = shop.acts().length;
    const answer = await asks(server, '/api/act', { method: 'POST', headers: { ...posts, ...change }, body: STEP });
    expect([answer.status, shop.acts().length]).toEqual([status, before]);
  });

  it.each([
    ['no JSON', 'hello', 422],
    ['another shape', '{"act":1}', 422],
    ['no step', '{"step":{"juggle":true}}', 422],
    ['a step that cannot be done', '{"step":{"customer":{"type":"1"}}}', 422],
    ['too much', `{"step":"${'x'.repeat(BODY_BYTES_MAX)}"}`, 413],
  ])('refuses %s with a reason', async (_, body, status) => {
    const answer = await asks(server, '/api/act', { method: 'POST', headers: posts, body });
    expect(answer.status).toBe(status);
    if (status === 422) expect(JSON.parse(answer.body)).toMatchObject({ problems: [{ zh: expect.any(String) }] });
  });

  it('carries out a step', async () => {
    const before = shop.acts().length;
    const answer = await asks(server, '/api/act', { method: 'POST', headers: posts, body: STEP });
    expect([answer.status, shop.acts().length]).toEqual([200, before + 1]);
  });

  it('sets the clock within reason', async () => {
    const asked = (body: string) => asks(server, '/api/clock', { method: 'POST', headers: posts, body });
    expect((await asked('{"speed":5}')).status).toBe(200);
    expect(shop.session.now().speed).toBe(5);
    expect((await asked('{"speed":-1}')).status).toBe(422);
    expect((await asked('{"skipMs":1e15}')).status).toBe(422);
    expect((await asked('{"speed":1}')).status).toBe(200);
  });

  it.each(['/../package.json', '/%2e%2e/package.json', '/api/', '/etc/passwd', '/index.html%00'])(
    'has nothing at %s',
    async (path) => {
      expect((await asks(server, path, { headers: ours })).status).toBe(404);
    },
  );

  it('streams what happens, from where the page left off', async () => {
    const first = await new Promise<string>((resolve, reject) => {
      const after = shop.session.recorder.events.length - 3;
      const path = `/api/events?after=${after}`;
      get({ host: '127.0.0.1', port: server.port, path, headers: ours }, (response) => {
        response.setEncoding('utf8').once('data', (text: string) => {
          resolve(text);
          response.destroy();
        });
      }).on('error', reject);
    });
    const message = JSON.parse(first.split('\n')[0]?.replace(/^data: /, '') ?? '') as { events: { seq: number }[] };
    const { length } = shop.session.recorder.events;
    expect(message.events.map(({ seq }) => seq)).toEqual([length - 2, length - 1]);
  });

  it('says on the stream what was refused after its answer', async () => {
    const heard = new Promise<string>((resolve, reject) => {
      let text = '';
      get({ host: '127.0.0.1', port: server.port, path: '/api/events?after=999999', headers: ours }, (response) => {
        response.setEncoding('utf8').on('data', (chunk: string) => {
          text += chunk;
          if (!text.includes('"type":"refused"')) return;
          resolve(text);
          response.destroy();
        });
      }).on('error', reject);
    });
    // Nobody asks for a signature: that is known only after a while, which this shop's clock does not let pass by itself.
    const body = '{"step":{"customer":{"sign":true}}}';
    const answered = asks(server, '/api/act', { method: 'POST', headers: posts, body });
    expect((await answered).status).toBe(200);
    await shop.time.advance(61_000);
    expect(await heard).toContain('nobody asks for a signature');
  });

  it('tells whoever runs it what is wrong with itself, and the page only that something is', async () => {
    const answer = await asks(server, '/api/coverage', { headers: ours });
    expect([answer.status, answer.body]).toEqual([500, expect.not.stringContaining('disk')]);
    expect(faults).toEqual(['Error: the disk is gone']);
  });

  it('knows GET and POST alone', async () => {
    expect((await asks(server, '/', { method: 'DELETE', headers: ours })).status).toBe(405);
  });
});
