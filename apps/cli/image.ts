import { parseArgs } from 'node:util';
import { join } from 'node:path';
import { applyDelta, DeltaError } from '../../image/delta.ts';
import { makeKeys } from '../../image/development-keys.ts';
import { makeDelta } from '../../image/make-delta.ts';
import { makeManifest } from '../../image/make-manifest.ts';
import { makeBundle } from '../../image/raucb.ts';
import { buildRoot } from '../../image/root/root-image.ts';
import { buildImage } from '../../image/slot-image.ts';
import { TARGETS, VARIANTS } from '../../image/targets.ts';
import { ImageError } from '../../image/tools.ts';
import { type CliIo, EXIT_USAGE } from './lines.ts';

const EXIT_FAILED = 1;

export const IMAGE_HELP = `fenqi image — what one slot of a device holds, and signed updates

  fenqi image build --target ${TARGETS.join('|')} [--variant ${VARIANTS.join('|')}] [--root FILE] [--board NAME]
                    [--version V] [--floor V] [--out DIR]
      A squashfs with Node, the terminal, its manifest and bill of materials. The same commit gives the same bytes.
      --root is the certificate that signers of updates descend from; a release needs one, and a debug image without one
      takes no updates. A release trusts no development root, a debug image no other.

  fenqi image root --image FILE [--day YYYY-MM-DD] [--out DIR]
      The read-only root of a device for that image: Debian, as of that day and by default of today, with RAUC and what
      starts, watches and updates the terminal. fenqi flash writes both.

  fenqi image keys --out DIR
      A development root and a signer. For debug images alone.

  fenqi image bundle --image FILE --cert FILE (--key FILE | --pkcs11 URI) [--version V] --out FILE.raucb
      Signs an image for RAUC. With --pkcs11, RAUC_PKCS11_MODULE and RAUC_PKCS11_PIN say where the key is.

  fenqi image manifest --bundle FILE.raucb [--delta FILE …] --cert FILE (--key FILE | --pkcs11 URI) --url BASE
                       [--not-before TIME] [--expires TIME] --out FILE
      What devices ask for: the newest bundle and the deltas to it, all served from BASE under their own names, signed by
      the signer of the bundle. TIME is as 2027-01-31T00:00:00Z; from now and for 90 days unless told.

  fenqi image delta --from OLD.raucb --to NEW.raucb --out FILE
  fenqi image apply-delta --from OLD.raucb --delta FILE --out NEW.raucb
      Rebuilds the new bundle bit by bit. When that fails nothing is written: take the full bundle.

  Defaults: --variant debug, --out dist/image.
`;

type Values = Readonly<Record<string, string | undefined>>;
/** Options that may stand more than once; what they were given, in order. */
type Lists = Readonly<Record<string, readonly string[]>>;
type Action = (values: Values, io: CliIo, lists: Lists) => Promise<number>;

interface Verb {
  readonly needs: string;
  readonly takes: string;
  readonly repeats?: string;
  readonly run: Action;
}

const ACTIONS: Readonly<Record<string, Verb>> = {
  build: { needs: 'target', takes: 'variant root board version floor out', run: build },
  root: { needs: 'image', takes: 'day out', run: root },
  keys: { needs: 'out', takes: '', run: keys },
  bundle: { needs: 'image cert out', takes: 'key pkcs11 version', run: bundle },
  manifest: {
    needs: 'bundle cert url out',
    takes: 'key pkcs11 not-before expires',
    repeats: 'delta',
    run: manifest,
  },
  delta: { needs: 'from to out', takes: '', run: delta },
  'apply-delta': { needs: 'from delta out', takes: '', run: rebuild },
};

const names = (list: string): string[] => list.split(' ').filter((name) => name !== '');

/** `fenqi image`: exit code 1 when it could not be done, 2 when the call makes no sense. */
export async function runImage([verb, ...args]: string[], io: CliIo): Promise<number> {
  const action = verb !== undefined && Object.hasOwn(ACTIONS, verb) ? ACTIONS[verb] : undefined;
  if (action === undefined || args.includes('--help')) {
    const isAsked = verb === '--help' || action !== undefined;
    (isAsked ? io.out : io.err)(IMAGE_HELP);
    return isAsked ? 0 : EXIT_USAGE;
  }
  const single = [...names(action.needs), ...names(action.takes)];
  const repeated = names(action.repeats ?? '');
  const options = Object.fromEntries([
    ...single.map((name) => [name, { type: 'string' as const }]),
    ...repeated.map((name) => [name, { type: 'string' as const, multiple: true }]),
  ]) as Record<string, { readonly type: 'string'; readonly multiple?: boolean }>;
  const said: Readonly<Record<string, unknown>> = parseArgs({ args, options }).values;
  const values = Object.fromEntries(single.map((name) => [name, said[name]])) as Values;
  const lists = Object.fromEntries(repeated.map((name) => [name, said[name] ?? []])) as Lists;
  const missing = names(action.needs).filter((name) => values[name] === undefined);
  if (missing.length > 0) return wrong(io, `--${missing.join(', --')} is missing`);
  try {
    return await action.run(values, io, lists);
  } catch (error) {
    if (!(error instanceof ImageError || error instanceof DeltaError)) throw error;
    io.err(`fenqi image ${verb}: ${error.message}`);
    return EXIT_FAILED;
  }
}

function wrong(io: CliIo, why: string): number {
  io.err(`fenqi image: ${why}; see fenqi image --help`);
  return EXIT_USAGE;
}

async function build(values: Values, io: CliIo): Promise<number> {
  const target = TARGETS.find((name) => name === values['target']);
  const variant = VARIANTS.find((name) => name === (values['variant'] ?? 'debug'));
  if (target === undefined) return wrong(io, `--target is ${TARGETS.join(' or ')}`);
  if (variant === undefined) return wrong(io, `--variant is ${VARIANTS.join(' or ')}`);
  if (values['board'] !== undefined && !/^[a-z0-9][a-z0-9-]{0,31}$/.test(values['board'])) {
    return wrong(io, '--board is up to 32 small letters, digits and -');
  }
  const { root, board, version, floor } = values;
  const given = Object.fromEntries(
    Object.entries({ root, board, version, floor }).filter(([, value]) => value !== undefined),
  );
  const { path, bytes, sha256, manifest } = await buildImage({
    target,
    variant,
    ...given,
    out: values['out'] ?? join('dist', 'image'),
  });
  io.out(path);
  io.out(`${manifest.name} ${manifest.version} (${manifest.build}), ${manifest.compatible}, ${megabytes(bytes)}`);
  io.out(`sha256 ${sha256}`);
  if (manifest.root === null) io.err('built without --root: this image takes no updates');
  return 0;
}

async function root({ image = '', day, out }: Values, io: CliIo): Promise<number> {
  const today = new Date().toISOString().slice(0, 10);
  const built = await buildRoot({ image, day: day ?? today, out: out ?? join('dist', 'image') });
  io.out(built.path);
  io.out(`${built.target}, kernel ${built.kernel}, ${megabytes(built.bytes)}`);
  io.out(`sha256 ${built.sha256}`);
  return 0;
}

async function keys({ out = '' }: Values, io: CliIo): Promise<number> {
  const { root, cert, key } = await makeKeys(out);
  for (const path of [root, cert, key]) io.out(path);
  io.err('These keys are for development: they lie in files and releases refuse them.');
  io.err('A product has a root that is offline and a signer in a security module (--pkcs11).');
  return 0;
}

async function bundle(values: Values, io: CliIo): Promise<number> {
  const { image = '', cert = '', out = '', version } = values;
  const key = signingKey(values);
  if (key === undefined) return wrong(io, 'either --key or --pkcs11 signs');
  const made = await makeBundle({ image, cert, key, out, ...(version === undefined ? {} : { version }) });
  io.out(made.path);
  io.out(`${made.compatible} ${made.version}, ${megabytes(made.bytes)}`);
  io.out(`sha256 ${made.sha256}`);
  return 0;
}

const DAYS_VALID = 90;
const isTime = (text: string): boolean =>
  /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(text) && !Number.isNaN(Date.parse(text));

async function manifest(values: Values, io: CliIo, lists: Lists): Promise<number> {
  const { bundle: path = '', cert = '', url = '', out = '' } = values;
  const key = signingKey(values);
  if (key === undefined) return wrong(io, 'either --key or --pkcs11 signs');
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
    return wrong(io, '--url is an address as https://…');
  const inDays = (days: number): string => `${new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 19)}Z`;
  const { 'not-before': notBefore = inDays(0), expires = inDays(DAYS_VALID) } = values;
  if (![notBefore, expires].every(isTime)) return wrong(io, 'a time is as 2027-01-31T00:00:00Z');
  const deltas = lists['delta'] ?? [];
  const made = await makeManifest({ bundle: path, deltas, key, cert, url, notBefore, expires, out });
  io.out(out);
  io.out(`${made.compatible} ${made.version}, deltas: ${deltas.length}, until ${made.expires}`);
  return 0;
}

function signingKey(values: Values): string | undefined {
  const { key, pkcs11 } = values;
  return (key === undefined) === (pkcs11 === undefined) ? undefined : (key ?? pkcs11);
}

async function delta({ from = '', to = '', out = '' }: Values, io: CliIo): Promise<number> {
  const { bytes, toBytes } = await makeDelta(from, to, out);
  io.out(`${out}: ${megabytes(bytes)} for ${megabytes(toBytes)}`);
  return 0;
}

async function rebuild({ from = '', delta: path = '', out = '' }: Values, io: CliIo): Promise<number> {
  const outcome = await applyDelta(from, path, out);
  if (outcome.kind === 'rebuilt') {
    io.out(`${out}: sha256 ${outcome.sha256}`);
    return 0;
  }
  const why = outcome.kind === 'otherOrigin' ? `${from} is not the bundle that the delta starts from` : 'it is damaged';
  io.err(`fenqi image apply-delta: ${why}; take the full bundle`);
  return EXIT_FAILED;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(2)} MB`;
}
