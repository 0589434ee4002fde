import { createHash } from 'node:crypto';
import { type FindingIdentity, findingBytes, findingFingerprint } from '../../server/src/core/identity.ts';
import { repoPath } from '../../test/support/git.ts';

/** A finding and what somebody claims to be its fingerprint. */
export interface FingerprintVector {
  readonly name: string;
  readonly why: string;
  readonly finding: FindingIdentity;
  /** 64 hex digits. */
  readonly claimed: string;
  readonly expect: {
    readonly holds: boolean;
    readonly fingerprint: string /** Base64 of the bytes that are hashed. */;
    readonly bytes: string;
  };
}

const FINDING: FindingIdentity = {
  rule: 'access/auth-guard-removed',
  ruleVersion: '1.4.2',
  scope: 'Payments.charge',
  path: repoPath('src/pay.ts'),
  removed: '    if (amount > limit) throw new Error("limit");\n',
  added: '',
};

/** Good ones claim what the finding's own bytes give; each bad one claims what one mistake, or one other finding, would give. */
export function makeFingerprintVectors(): readonly FingerprintVector[] {
  const good = (name: string, why: string, change: Partial<FindingIdentity> = {}): FingerprintVector =>
    vector(`good-${name}`, why, { ...FINDING, ...change }, findingFingerprint({ ...FINDING, ...change }));
  const other = (name: string, why: string, change: Partial<FindingIdentity>, finding = FINDING): FingerprintVector =>
    vector(`bad-${name}`, why, finding, findingFingerprint({ ...finding, ...change }));
  const wrong = (name: string, why: string, bytes: Buffer, finding = FINDING): FingerprintVector =>
    vector(`bad-${name}`, why, finding, sha256(bytes));
  const wide: FindingIdentity = { ...FINDING, path: repoPath('src/zahlung-für-übung.ts'), added: 'await löschen("📄");\n' };
  const windows: FindingIdentity = { ...FINDING, added: 'charge();\r\n' };
  return [
    good('removed-line', 'a guard is gone: nothing stands in its place'),
    good('added-line', 'something is new', { removed: '', added: '    charge(amount);\n' }),
    good('replaced-lines', 'both sides, several lines', { removed: 'a();\nb();\n', added: 'c();\n' }),
    good('no-scope', 'at the top level of a file the scope is empty', { scope: '' }),
    good('no-line-end', 'a last line without a line end stays without', { removed: '', added: 'exit 0' }),
    good('bytes-not-characters', 'lengths count UTF-8 bytes', wide),
    good('crlf-of-git', 'where git stores CRLF, CRLF is what is hashed', windows),
    vector(
      'good-minor-version',
      'a minor version of the rule asks nobody anew',
      FINDING,
      findingFingerprint({ ...FINDING, ruleVersion: '1.9.0' }),
    ),
    other('rule-major', 'a new major of the rule asks anew', { ruleVersion: '2.0.0' }),
    other('rule', 'another rule saw it', { rule: 'safeguard/limit-check-removed' }),
    other('scope', 'the same line in another function', { scope: 'Payments.refund' }),
    other('path', 'the same line in another file', { path: repoPath('src/refund.ts') }),
    other('path-case', 'paths are bytes: another case is another file', { path: repoPath('src/Pay.ts') }),
    other(
      'path-normalised',
      'paths are bytes: composed and decomposed letters are two paths',
      { path: repoPath('src/zahlung-für-übung.ts'.normalize('NFD')) },
      wide,
    ),
    other('white-space', 'one blank more in the line', { removed: ` ${FINDING.removed}` }),
    other('operator', 'the line says its opposite', { removed: FINDING.removed.replace('>', '<') }),
    other('side', 'removed is not added', { removed: '', added: FINDING.removed }),
    other('line-end', 'the line end of a last line belongs to it', { removed: FINDING.removed.trimEnd() }),
    other('crlf-made-lf', 'no line end is normalised: git has done so already, or nobody does', { added: 'charge();\n' }, windows),
    other('moved-boundary', 'lengths tell where one part ends: nothing slides from one into the next', {
      scope: `${FINDING.scope}s`,
      path: repoPath('rc/pay.ts'),
    }),
    wrong('no-lengths', 'parts are not simply put together', Buffer.concat(partsOf(FINDING).map((part) => Buffer.from(part)))),
    wrong('four-byte-lengths', 'a length has eight bytes', lengthPrefixed(FINDING, 4, 'be')),
    wrong('little-endian', 'a length is big-endian', lengthPrefixed(FINDING, 8, 'le')),
    wrong(
      'character-lengths',
      'a length counts bytes and not UTF-16 units',
      lengthPrefixed(wide, 8, 'be', (part) => part.length),
      wide,
    ),
    wrong('whole-version', 'the major version alone is hashed', lengthPrefixed(FINDING, 8, 'be', undefined, '1.4.2')),
    wrong('no-domain', 'the bytes begin with the name of the format', lengthPrefixed(FINDING, 8, 'be', undefined, undefined, 1)),
  ];
}

function vector(name: string, why: string, finding: FindingIdentity, claimed: string): FingerprintVector {
  const fingerprint = findingFingerprint(finding);
  const holds = claimed === fingerprint;
  if (holds !== name.startsWith('good-')) throw new Error(`expected ${name}, found ${holds ? 'the right' : 'another'} fingerprint`);
  return { name, why, finding, claimed, expect: { holds, fingerprint, bytes: findingBytes(finding).toString('base64') } };
}

function partsOf(finding: FindingIdentity, version = '1'): readonly string[] {
  return ['brakeline/finding/v1', `${finding.rule}@${version}`, finding.scope, finding.path, finding.removed, finding.added];
}

/** The parts as an implementation with one mistake would write them. */
function lengthPrefixed(
  finding: FindingIdentity,
  width: 4 | 8,
  order: 'be' | 'le',
  measure = (part: string): number => Buffer.byteLength(part),
  version = '1',
  from = 0,
): Buffer {
  return Buffer.concat(
    partsOf(finding, version)
      .slice(from)
      .flatMap((part) => {
        const length = Buffer.alloc(width);
        if (order === 'be') length.writeUInt32BE(measure(part), width - 4);
        else length.writeUInt32LE(measure(part), 0);
        return [length, Buffer.from(part)];
      }),
  );
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
