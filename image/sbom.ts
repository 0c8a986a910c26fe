/** The bill of materials of an image, CycloneDX 1.6: depends on what is in the image and on the commit alone. */
import { createHash } from 'node:crypto';

const PACKAGE_URL = (name: string, version: string): string => `pkg:npm/${name.replace('@', '%40')}@${version}`;

export interface SbomPart {
  readonly name: string;
  readonly version: string;
  readonly license?: string;
  /** Of the package as published, from the lock: `sha512-…` in base64. */
  readonly integrity?: string;
}

export interface SbomSubject {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  /** Of the commit. */
  readonly epochS: number;
  readonly packages: readonly SbomPart[];
  readonly node: {
    readonly version: string;
    readonly sha256: string;
    readonly libraries: Readonly<Record<string, string>>;
  };
}

/** The document as text, ending with a line feed. */
export function sbomOf(subject: SbomSubject): string {
  const { name, version, license, node } = subject;
  const self = `pkg:npm/${name}@${version}`;
  const nodeRef = `pkg:generic/node@${node.version}`;
  const libraries = Object.entries(node.libraries).map(([library, libraryVersion]) => ({
    type: 'library',
    'bom-ref': `${nodeRef}#${library}`,
    name: library,
    version: libraryVersion,
  }));
  const packages = subject.packages.map(packageComponent);
  const content = {
    metadata: {
      timestamp: new Date(subject.epochS * 1000).toISOString(),
      component: { type: 'firmware', 'bom-ref': self, name, version, purl: self, licenses: licensesOf(license) },
    },
    components: [
      {
        type: 'platform',
        'bom-ref': nodeRef,
        name: 'node',
        version: node.version,
        purl: nodeRef,
        hashes: [{ alg: 'SHA-256', content: node.sha256 }],
        components: libraries,
      },
      ...packages,
    ],
    dependencies: [{ ref: self, dependsOn: [nodeRef, ...packages.map((part) => part['bom-ref'])] }],
  };
  const document = {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    serialNumber: `urn:uuid:${uuidOf(JSON.stringify(content))}`,
    version: 1,
    ...content,
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

function packageComponent({ name, version, license, integrity }: SbomPart) {
  const url = PACKAGE_URL(name, version);
  const digest = integrity?.startsWith('sha512-') === true ? integrity.slice('sha512-'.length) : undefined;
  return {
    type: 'library',
    'bom-ref': url,
    name,
    version,
    purl: url,
    ...(license === undefined ? {} : { licenses: licensesOf(license) }),
    ...(digest === undefined
      ? {}
      : { hashes: [{ alg: 'SHA-512', content: Buffer.from(digest, 'base64').toString('hex') }] }),
  };
}

function licensesOf(license: string): readonly object[] {
  return / (OR|AND|WITH) /.test(license)
    ? [{ expression: license.replace(/^\(|\)$/g, '') }]
    : [{ license: { id: license } }];
}

/** A UUID of version 8, made of a hash of the content: the same content has the same number. */
function uuidOf(content: string): string {
  const hex = createHash('sha256').update(content).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
