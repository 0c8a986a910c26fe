import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { parse, stringify } from 'yaml';
import { parseDeviceConfig } from '../../../apps/device/config.ts';
import type { ReadBeside } from '../../../apps/config.ts';

const GOOD = `language: en
terminalId: "10000001"
profile: standard
devices:
  cardReader: { driver: neo2, port: /dev/pos-reader }
  pinPad: { driver: kmy, port: /dev/pos-pinpad }
  scanner: { driver: gm65, port: /dev/pos-scanner }
  printer: { driver: epson-58, port: /dev/pos-printer }
  signaturePad: none
hosts:
  acquirer:
    address: "pos.acquirer.example:8443"
    tls:
      ca: acquirer.pem
      pins: ["sha256/47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="]
  wallets:
    alipay: https://openapi.alipay.example/gateway.do
`;
const AUTHORITY = readFileSync(new URL('../../fixtures/tls/authority.pem', import.meta.url));
const KEY = readFileSync(new URL('../../fixtures/tls/host.key.pem', import.meta.url));
const beside: ReadBeside = (path) =>
  ({ 'acquirer.pem': AUTHORITY, 'host.key.pem': KEY })[path] ?? 'cannot be read (ENOENT)';

function changed(from: string, to: string): string {
  if (!GOOD.includes(from)) throw new Error(`no ${from}`);
  return GOOD.replace(from, to);
}

function problemsOf(text: string): readonly string[] {
  const checked = parseDeviceConfig(text, beside);
  return checked.kind === 'invalid' ? checked.problems : [];
}

describe('the configuration of a device', () => {
  it('names devices, hosts and whom to trust', () => {
    const checked = parseDeviceConfig(GOOD, beside);
    expect(checked).toMatchObject({
      kind: 'valid',
      value: {
        profile: 'standard',
        devices: { printer: { driver: 'epson-58', port: '/dev/pos-printer' } },
        hosts: {
          acquirer: {
            host: 'pos.acquirer.example',
            port: 8443,
            tls: { servername: 'pos.acquirer.example', pins: ['47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='] },
          },
          wallets: { alipay: { url: 'https://openapi.alipay.example/gateway.do' } },
        },
        settings: { language: 'en', wallet: { routes: { alipay: 'alipay', unionpay: 'acquirer' } } },
      },
    });
  });

  it('switches wallets off whose host has no address', () => {
    const checked = parseDeviceConfig(GOOD, beside);
    const wallet = checked.kind === 'valid' ? checked.value.settings.wallet : undefined;
    expect(Object.keys(wallet?.hosts ?? {})).toEqual(['alipay']);
    expect(wallet?.routes).toEqual({ alipay: 'alipay', unionpay: 'acquirer' });
    expect(wallet?.presents).toEqual({ alipay: 'alipay' });
  });

  it('starts from a profile, and what the file says goes before it', () => {
    const text = `${changed('profile: standard', 'profile: instalments')}offerInstallmentsFromFen: 700\n`;
    const checked = parseDeviceConfig(text, beside);
    expect(checked).toMatchObject({
      kind: 'valid',
      value: { settings: { offerInstallmentsFromFen: 700, methods: [{ id: 'huabei' }, { id: 'baitiao' }, {}] } },
    });
  });

  it.each(['instalments', 'cards', 'counter'])('has a profile %s that is valid', (profile) => {
    expect(problemsOf(changed('profile: standard', `profile: ${profile}`))).toEqual([]);
  });

  it.each([
    ['driver: neo2', 'driver: neo3', 'line 5: devices.cardReader.driver: is one of neo2 / 须为 neo2 之一'],
    [
      'port: /dev/pos-scanner',
      'port: /dev/pos-reader',
      'line 7: devices.scanner.port: is the port of cardReader too / 与 cardReader 的端口重复',
    ],
    ['port: /dev/pos-reader', 'port: COM3', 'line 5: devices.cardReader.port: is a path as /dev/pos-reader'],
    ['port: /dev/pos-reader', 'port: /dev/../etc/x y', 'line 5: devices.cardReader.port: is a path'],
    ['  scanner:', '  camera:', 'line 7: devices.camera: is no name that may stand here / 不能写在这里'],
    ['  scanner:', '  camera:', 'line 4: devices.scanner: is missing / 缺少'],
    ['signaturePad: none', 'signaturePad: wacom', 'line 9: devices.signaturePad: is none: there is no driver'],
    ['profile: standard', 'profile: fast', 'line 3: profile: is one of standard, instalments, cards, counter / 须为'],
    ['language: en', 'language: fr', 'line 1: language: is zh or en'],
    [
      'address: "pos.acquirer.example:8443"',
      'address: pos.acquirer.example',
      'line 12: hosts.acquirer.address: is HOST:PORT',
    ],
    ['example:8443', 'example:70000', 'line 12: hosts.acquirer.address: has no such port / 端口号不存在'],
    ['ca: acquirer.pem', 'ca: lost.pem', 'line 14: hosts.acquirer.tls.ca: cannot be read (ENOENT)'],
    ['ca: acquirer.pem', 'ca: host.key.pem', 'line 14: hosts.acquirer.tls.ca: holds a private key / 含有私钥'],
    ['["sha256/47DEQpj8HBSa', '["md5/47DEQpj8HBSa', 'line 15: hosts.acquirer.tls.pins.0: is sha256/ and the base64'],
    [
      'ca: acquirer.pem\n      pins: ["sha256/47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="]',
      'ca: system',
      'line 13: hosts.acquirer.tls: trusts every public authority: name the pins',
    ],
    ['    tls:\n', '    plain: true\n    tls:\n', 'line 11: hosts.acquirer: has either tls or plain: true'],
    [
      'https://openapi',
      'http://openapi',
      'line 17: hosts.wallets.alipay.url: is https://…, or http:// of this machine',
    ],
    [
      'hosts:',
      'wallet: { hosts: { alipay: null }, routes: { alipay: null }, presents: { alipay: null } }\nhosts:',
      'hosts.wallets.alipay: has no contract in wallet.hosts',
    ],
    [
      'hosts:',
      'wallet: { hosts: { jd: { merchantId: "1" } } }\nhosts:',
      'line 10: wallet.hosts.jd: has no address in hosts.wallets',
    ],
  ])('would refuse %j as %j with line and reason', (from, to, problem) => {
    expect(problemsOf(changed(from, to)).join('\n')).toContain(problem);
  });

  it('takes plain connections to this machine alone', () => {
    const plain = { ...(parse(GOOD) as object), hosts: { acquirer: { address: '127.0.0.1:8583', plain: true } } };
    expect(problemsOf(stringify(plain))).toEqual([]);
    const away = { ...plain, hosts: { acquirer: { address: '10.0.0.7:8583', plain: true } } };
    expect(problemsOf(stringify(away)).join()).toContain('plain goes to this machine alone / 明文只能连接本机');
  });

  it('may say where updates come from, every six hours unless told, and whom to trust there', () => {
    const updatesOf = (line: string) => {
      const checked = parseDeviceConfig(`${GOOD}updates: ${line}\n`, beside);
      return checked.kind === 'valid' ? checked.value.updates : checked.problems;
    };
    expect(updatesOf('{ manifest: https://updates.example/m.json, ca: acquirer.pem }')).toEqual({
      manifest: 'https://updates.example/m.json',
      everyHours: 6,
      tls: { ca: AUTHORITY.toString('utf8') },
    });
    expect(updatesOf('{ manifest: https://updates.example/m.json, everyHours: 24 }')).toMatchObject({ everyHours: 24 });
    const checked = parseDeviceConfig(GOOD, beside);
    expect(checked.kind === 'valid' && 'updates' in checked.value).toBe(false);
  });

  it.each([
    ['{ manifest: http://updates.example/m.json }', 'updates.manifest: is https://…, or http:// of this machine / 是'],
    ['{ manifest: 5 }', 'updates.manifest: is an address in quotes / 是引号中的地址'],
    ['{ everyHours: 6 }', 'updates.manifest: is missing / 缺少'],
    ['{ manifest: https://u.example, everyHours: 0 }', 'updates.everyHours: is a whole number of hours, 1 to 168 / 是'],
    ['{ manifest: https://u.example, everyHours: often }', 'updates.everyHours: is a whole number of hours'],
    ['{ manifest: https://u.example, ca: lost.pem }', 'updates.ca: cannot be read (ENOENT)'],
    ['{ manifest: https://u.example, pins: [] }', 'updates.pins: is empty / 为空'],
    ['{ manifest: https://u.example, auto: true }', 'updates.auto: is no name that may stand here / 不能写在这里'],
  ])('refuses updates: %s', (line, problem) => {
    expect(problemsOf(`${GOOD}updates: ${line}\n`)).toEqual([expect.stringContaining(`line 18: ${problem}`)]);
  });

  it.each([
    ['masterKey: 00112233445566778899AABBCCDDEEFF', 'masterKey'],
    ['tmk: "1"', 'tmk'],
    ['passcode: "1234"', 'passcode'],
    ['merchantName: 0123456789abcdeffedcba9876543210', 'merchantName'],
    ['merchantName: "-----BEGIN PRIVATE KEY-----"', 'merchantName'],
    ['wallet: { hosts: { alipay: { appId: "1", privateKey: MIIE } } }', 'wallet.hosts.alipay.privateKey'],
  ])('refuses what looks like a key: %s', (line, path) => {
    const problems = problemsOf(`${GOOD}${line}\n`);
    expect(problems[0]).toMatch(new RegExp(`^line 18: ${path}: looks like a key: .* / 像是密钥`));
    expect(problems.join()).not.toMatch(/MIIE|00112233|0123456789abcdef/);
  });

  it('takes digests of passcodes, which are no keys', () => {
    const supervisor = { number: '01', name: '店长', salt: '00'.repeat(16), digest: '11'.repeat(32) };
    expect(problemsOf(stringify({ ...(parse(GOOD) as object), supervisors: [supervisor] }))).toEqual([]);
  });

  it.each(['', 'just a text', '[1, 2]', 'devices: ['])('refuses %j', (text) => {
    expect(problemsOf(text).length).toBeGreaterThan(0);
  });
});
