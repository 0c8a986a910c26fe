import * as v from 'valibot';
import { type SealSettings, sealProblems } from '../firmware/receipts/seal.ts';
import { installmentProblems } from '../firmware/rules/installment/problems.ts';
import type { InstallmentSettings } from '../firmware/rules/installment/settings.ts';
import {
  METHOD_TONES,
  type MethodId,
  methodProblems,
  type MethodSetting,
  PAYMENT_METHODS,
} from '../firmware/rules/payment-methods.ts';
import { walletMembers, walletProblems, walletSettingsOf } from './wallet-config.ts';
import { DEFAULT_SETTINGS, type TerminalSettings } from '../firmware/settings.ts';
import { sealOfPbm } from './seal/seal-file.ts';
import { type CheckedYaml, checkedYaml, type YamlPath } from '../yaml/checked-yaml.ts';

const digits = (count: number) =>
  v.pipe(v.string('write it in quotes'), v.regex(new RegExp(`^\\d{${count}}$`), `is ${count} digits in quotes`));
const fen = v.pipe(v.number('is a number of fen'), v.integer('is a whole number of fen'), v.minValue(0));
const ms = v.pipe(v.number('is a number of milliseconds'), v.integer(), v.minValue(1, 'is at least 1 ms'));

const wholeNumber = v.pipe(v.number('is a number'), v.integer('is a whole number'));
const terms = v.strictObject({
  remainderIn: v.picklist(['first', 'last'], 'is first or last'),
  feeIn: v.picklist(['everyPeriod', 'firstPeriod'], 'is everyPeriod or firstPeriod'),
  due: v.variant(
    'kind',
    [
      v.strictObject({ kind: v.literal('dayOfMonth'), day: wholeNumber }),
      v.strictObject({ kind: v.picklist(['sameDay', 'byStatement']) }),
    ],
    'kind is dayOfMonth with a day, sameDay or byStatement',
  ),
});
const offer = v.strictObject({
  periods: wholeNumber,
  feeRatePpm: wholeNumber,
  feePayer: v.picklist(['customer', 'merchant'], 'is customer or merchant'),
  amountMinFen: v.optional(fen),
  amountMaxFen: v.optional(fen),
  product: v.optional(v.string('write it in quotes')),
  bins: v.optional(v.array(v.string('write them in quotes'))),
  issuer: v.optional(v.pipe(v.string(), v.nonEmpty('is empty'), v.maxLength(20, 'is at most 20 characters'))),
  terms: v.optional(terms),
});
/** Nothing (`null`) says that the method is not activated. */
const plans = v.nullable(v.strictObject({ amountMinFen: fen, amountMaxFen: fen, offers: v.array(offer) }));

/** Adds what a rule of the firmware found to the problems of the file, each at its own place. */
export function ruled<Value>(problemsOf: (value: Value) => readonly { path: YamlPath; message: string }[]) {
  return v.rawCheck<Value>(({ dataset, addIssue }) => {
    if (!dataset.typed || dataset.issues !== undefined) return;
    for (const { path, message } of problemsOf(dataset.value)) {
      const items = path.map((key) => ({ type: 'unknown', origin: 'value', input: undefined, key, value: undefined }));
      addIssue({ message, path: items as unknown as [v.IssuePathItem, ...v.IssuePathItem[]] });
    }
  });
}

const methodId = v.picklist(Object.keys(PAYMENT_METHODS) as MethodId[]);
/** By its id alone, or with wording and colour of the shop's own. */
const method = v.union(
  [
    v.pipe(
      methodId,
      v.transform((id): MethodSetting => ({ id })),
    ),
    v.strictObject({
      id: methodId,
      zh: v.optional(v.string()),
      en: v.optional(v.string()),
      tone: v.optional(v.picklist(METHOD_TONES)),
    }),
  ],
  `is one of ${Object.keys(PAYMENT_METHODS).join(', ')}, or { id, zh, en, tone }`,
);

/** What a configuration file may say; everything it leaves out keeps its default. */
const members = v.partial(
  v.strictObject({
    language: v.picklist(['zh', 'en'], 'is zh or en'),
    terminalId: v.pipe(v.string('write it in quotes'), v.length(8, 'is 8 characters')),
    merchantId: v.pipe(v.string('write it in quotes'), v.length(15, 'is 15 characters')),
    merchantName: v.pipe(v.string(), v.nonEmpty('is empty'), v.maxLength(40, 'is at most 40 characters')),
    operator: digits(2),
    servicePhone: v.pipe(
      v.string('write it in quotes'),
      v.regex(/^[0-9](?:[ -]?[0-9]){2,10}$/, 'is a phone number of up to 11 digits'),
    ),
    hasDrawer: v.boolean('is true or false'),
    training: v.boolean('is true or false'),
    seal: v.pipe(
      v.strictObject({ widthDots: wholeNumber, heightDots: wholeNumber, bits: v.string('is base64 in quotes') }),
      ruled(sealProblems),
    ),
    noPinLimitFen: fen,
    amountMaxFen: fen,
    acquirer: v.pipe(
      v.partial(
        v.strictObject({
          tpdu: digits(10),
          header: digits(12),
          signOnScheme: v.picklist(['001', '003', '004'], 'is "001", "003" or "004"'),
          macAlgorithm: v.picklist(
            ['cup-ecb'],
            'is cup-ecb, the only one that this PIN pad computes over a whole message',
          ),
          encryptTracks: v.boolean('is true or false'),
          showsUnsignedRefusals: v.boolean('is true or false'),
          replyDeadlineMs: ms,
        }),
      ),
      v.check(
        ({ signOnScheme, encryptTracks }) => encryptTracks !== true || (signOnScheme ?? '004') === '004',
        'sign-on schemes 001 and 003 bring no track key: encryptTracks must be false',
      ),
    ),
    wallet: walletMembers,
    installments: v.pipe(
      v.partial(v.strictObject({ huabei: plans, baitiao: plans, card: plans })),
      ruled((said) => installmentProblems(activated(said) as InstallmentSettings)),
    ),
    methods: v.array(method),
    offerInstallmentsFromFen: fen,
    offline: v.partial(
      v.strictObject({
        enabled: v.boolean('is true or false'),
        saleMaxFen: fen,
        totalMaxFen: fen,
        countMax: v.pipe(v.number('is a number of sales'), v.integer(), v.minValue(1), v.maxValue(500)),
        ageMaxMs: ms,
      }),
    ),
    refunds: v.partial(
      v.strictObject({
        needsCard: v.boolean('is true or false'),
        voidNeedsPin: v.boolean('is true or false'),
        refundMaxFen: fen,
      }),
    ),
    timing: v.partial(
      v.strictObject(Object.fromEntries(Object.keys(DEFAULT_SETTINGS.timing).map((name) => [name, ms]))),
    ),
  }),
);

/** What is not said to be off. */
function activated<Plans>(said: Readonly<Record<string, Plans | null | undefined>>): Readonly<Record<string, Plans>> {
  return Object.fromEntries(
    Object.entries(said).filter((entry): entry is [string, Plans] => entry[1] !== null && entry[1] !== undefined),
  );
}

/** The bytes of a file that the configuration names, by its path from there; a text says why there are none. */
export type ReadBeside = (path: string) => Uint8Array | string;

export const NOTHING_BESIDE: ReadBeside = () => 'is no file: the configuration stands alone';

/** A seal in a file of its own. */
function sealFile(readBeside: ReadBeside) {
  return v.pipe(
    v.string('is the path of a PBM file'),
    v.rawTransform<string, SealSettings>(({ dataset, addIssue, NEVER }) => {
      const file = readBeside(dataset.value);
      const seal = typeof file === 'string' ? file : sealOfPbm(file);
      if (typeof seal !== 'string') return seal;
      addIssue({ message: seal });
      return NEVER;
    }),
  );
}

/** What a file may say, checked. */
export type SaidSettings = v.InferOutput<typeof members> & { readonly sealFile?: SealSettings | undefined };

/** The settings of a terminal whose file says this. */
export function completedSettings({ sealFile: sealInFile, ...said }: SaidSettings): TerminalSettings {
  const seal = sealInFile ?? said.seal;
  const merged = {
    ...DEFAULT_SETTINGS,
    ...said,
    ...(seal === undefined ? {} : { seal }),
    acquirer: {
      ...DEFAULT_SETTINGS.acquirer,
      encryptTracks: (said.acquirer?.signOnScheme ?? '004') === '004',
      ...said.acquirer,
    },
    wallet: walletSettingsOf(said.wallet),
    installments: activated({ ...DEFAULT_SETTINGS.installments, ...said.installments }),
    offline: { ...DEFAULT_SETTINGS.offline, ...said.offline },
    refunds: { ...DEFAULT_SETTINGS.refunds, ...said.refunds },
    timing: { ...DEFAULT_SETTINGS.timing, ...said.timing },
  };
  return merged as TerminalSettings;
}

/** Only methods that the file names are looked at: what it switches off elsewhere just leaves the screen. */
export function settingsProblems(said: SaidSettings): readonly { path: YamlPath; message: string }[] {
  const twice = said.seal !== undefined && said.sealFile !== undefined;
  const methods = said.methods === undefined ? [] : methodProblems(completedSettings(said));
  return [
    ...(twice ? [{ path: ['sealFile'], message: 'stands beside seal: one of the two is enough' }] : []),
    ...walletProblems(walletSettingsOf(said.wallet)),
    ...methods.map(({ path, message }) => ({ path: ['methods', ...path], message })),
  ];
}

/** The members of a file that are settings of the firmware, as a schema has them. */
export function settingsEntries(readBeside: ReadBeside) {
  return { ...members.entries, sealFile: v.optional(sealFile(readBeside)) };
}

/**
 * Reads a terminal's configuration (YAML). Problems name line and reason, so that a person can mend the file.
 *
 * @param readBeside reads the files that it names; without it none can be named
 */
export function parseConfig(text: string, readBeside: ReadBeside = NOTHING_BESIDE): CheckedYaml<TerminalSettings> {
  const schema = v.pipe(
    v.strictObject(settingsEntries(readBeside)),
    ruled((said: SaidSettings) => settingsProblems(said)),
  );
  const checked = checkedYaml(text, v.nullish(schema, {}));
  return checked.kind === 'invalid' ? checked : { kind: 'valid', value: completedSettings(checked.value) };
}
