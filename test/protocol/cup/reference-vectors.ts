import { readFileSync } from 'node:fs';

interface ReferenceVectors {
  readonly keys: {
    readonly TMK: string;
    readonly TPK: string;
    readonly TAK: string;
    readonly TAK8: string;
    readonly TDK: string;
  };
  readonly V1: { readonly tak: string; readonly foldHex: string; readonly f64: string };
  readonly V2: {
    readonly tmk: string;
    readonly tpkCt: string;
    readonly tpk: string;
    readonly tpkCV: string;
    readonly takCt: string;
    readonly tak: string;
    readonly takCV: string;
  };
  readonly V3: { readonly tmk: string; readonly ct: string; readonly key: string; readonly cv16: string };
  readonly V4: { readonly k: string; readonly p: string; readonly c: string };
  readonly V5: { readonly k: string; readonly ascii: string; readonly mac: string };
  readonly V6: { readonly cases: readonly (readonly [pin: string, pan: string, block: string])[] };
  readonly V6b: {
    readonly pan: string;
    readonly blk3: string;
    readonly c3des: string;
    readonly blkSM4: string;
    readonly cSM4: string;
  };
  readonly V6c: { readonly blk: string; readonly c: string };
  readonly V7: { readonly f62: string; readonly cv: readonly string[] };
  readonly V7b: { readonly f62: string };
  readonly V8: {
    readonly in: string;
    readonly tdb: string;
    readonly out: string;
    readonly even36: readonly [string, string, string];
    readonly sm4: readonly [string, string];
  };
  readonly V8b: { readonly t2: string; readonly tdb2: string };
  readonly V9: Readonly<
    Record<
      | 'mab'
      | 'fold8'
      | 'ecb3des'
      | 'ecbDesTAK8'
      | 'sm4'
      | 'sm4fold16'
      | 'rawFold3des_CJ'
      | 'x99cbcDES_TAK8'
      | 'cbc3des'
      | 'x919',
      string
    >
  >;
  readonly V9b: { readonly hex: string };
  readonly V9c: { readonly mab: string; readonly f64: string };
  readonly V9d: { readonly hex: string };
  readonly V11: { readonly hex: string };
  readonly V12: { readonly check: readonly [string, string]; readonly mpm: readonly string[] };
  readonly V13: { readonly b64: string; readonly hex: string; readonly b64b: string };
  readonly V15: { readonly ascii: string };
  readonly V16: { readonly keys: readonly { readonly idx: string; readonly mod: string; readonly sha1: string }[] };
  readonly V17: { readonly params: Readonly<Record<string, string>>; readonly string: string; readonly sha256: string };
  readonly V18: { readonly parts: readonly [string, string, string, string, string]; readonly sha256: string };
  readonly V19: { readonly date: string; readonly rrn: string; readonly printed: string };
}

/** Published and recomputed vectors of the CUP terminal dialect and the wallets, by their number. */
export const REFERENCE = JSON.parse(
  readFileSync(new URL('reference-vectors.json', import.meta.url), 'utf8'),
) as ReferenceVectors;

/** One of the vector files that all parts of the terminal share. */
export function sharedVectors(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`../../vectors/${name}`, import.meta.url), 'utf8'));
}
