/**
 * What an update channel offers: which version, for which board, where its bundle and the deltas to it are. Signed by the
 * same signer as the bundles, whose certificate comes along and must descend from the root in the slot that runs. So
 * there is one key to keep and one root to trust, and what keeps debug and release apart keeps their channels apart too.
 */
import { sign, verify, X509Certificate } from 'node:crypto';
import * as v from 'valibot';

/** Before what is signed, so that no signature over anything else, as in a bundle, counts as one over a manifest. */
const PURPOSE = 'fenqi update manifest 1\n';
const CODE_SIGNING = '1.3.6.1.5.5.7.3.3';

const sha256 = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));
const moment = v.pipe(
  v.string(),
  v.regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
  v.check((text) => !Number.isNaN(Date.parse(text))),
);
const file = {
  url: v.pipe(v.string(), v.url()),
  size: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(512 * 1024 * 1024)),
  sha256,
};
/** Members that a later version adds are passed over. */
const manifest = v.object({
  version: v.string(),
  compatible: v.string(),
  /** What the image asks its device never to go below again. */
  floor: v.string(),
  notBefore: moment,
  expires: moment,
  bundle: v.object(file),
  deltas: v.array(v.object({ fromSha256: sha256, ...file })),
});
export type UpdateManifest = Readonly<v.InferOutput<typeof manifest>>;

/** The text that is signed, as it is sent: nobody has to agree on how to write JSON. */
const envelope = v.object({ signed: v.string(), signature: v.string(), certificate: v.string() });

/** As a whole, in bytes; who sends more is not listened to. */
export const MANIFEST_BYTES_MAX = 64 * 1024;

export type ManifestTrouble = 'malformed' | 'notTrusted' | 'notYet' | 'expired';

export type VerifiedManifest =
  | { readonly kind: 'valid'; readonly manifest: UpdateManifest }
  | { readonly kind: 'refused'; readonly reason: ManifestTrouble };

const refused = (reason: ManifestTrouble): VerifiedManifest => ({ kind: 'refused', reason });

/**
 * Reads a manifest that was signed for devices with this root.
 *
 * @param root certificate of the slot that runs, PEM
 * @param trustedNow milliseconds since 1970; absent while nothing vouches for the clock, and then nothing has expired
 */
export function verifyManifest(text: string, root: string, trustedNow: number | undefined): VerifiedManifest {
  const outer = v.safeParse(v.pipe(v.string(), v.parseJson(), envelope), text);
  if (!outer.success) return refused('malformed');
  const { signed, signature, certificate } = outer.output;
  const signer = readCertificate(certificate);
  const authority = readCertificate(root);
  if (signer === undefined || authority === undefined || !isSigner(signer, authority)) return refused('notTrusted');
  const bytes = Buffer.from(PURPOSE + signed);
  if (!verify('sha256', bytes, signer.publicKey, Buffer.from(signature, 'base64'))) return refused('notTrusted');
  const inner = v.safeParse(v.pipe(v.string(), v.parseJson(), manifest), signed);
  if (!inner.success) return refused('malformed');
  const { notBefore, expires } = inner.output;
  if (trustedNow !== undefined) {
    if (trustedNow < Math.max(Date.parse(notBefore), Date.parse(signer.validFrom))) return refused('notYet');
    if (trustedNow >= Math.min(Date.parse(expires), Date.parse(signer.validTo))) return refused('expired');
  }
  return { kind: 'valid', manifest: inner.output };
}

/** What RAUC asks of a signer too: issued by the root itself, to sign code, and no authority. */
export function isSigner(signer: X509Certificate, root: X509Certificate): boolean {
  return (
    root.ca &&
    !signer.ca &&
    signer.publicKey.asymmetricKeyType === 'ec' &&
    signer.checkIssued(root) &&
    signer.verify(root.publicKey) &&
    // Of the extended uses alone; Node's types do not know that there may be none.
    (signer.keyUsage as readonly string[] | undefined)?.includes(CODE_SIGNING) === true
  );
}

function readCertificate(pem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(pem);
  } catch {
    return undefined;
  }
}

/** How a key in a file signs; one in a security module does it elsewhere, see `make-manifest.ts`. */
export const signWith =
  (key: string) =>
  (bytes: Uint8Array): Promise<Buffer> =>
    Promise.resolve(sign('sha256', bytes, key));

/** The signed text of a manifest, ready to be served. */
export async function sealManifest(
  said: UpdateManifest,
  certificate: string,
  signBytes: (bytes: Uint8Array) => Promise<Buffer>,
): Promise<string> {
  const signed = JSON.stringify(v.parse(manifest, said));
  const signature = (await signBytes(Buffer.from(PURPOSE + signed))).toString('base64');
  return `${JSON.stringify({ signed, signature, certificate }, null, 2)}\n`;
}
