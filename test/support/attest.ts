import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto';
import { printEnvelope } from '../../server/src/core/attest/dsse.ts';
import { sealStatement } from '../../server/src/core/attest/seal.ts';
import { encodePublicKey } from '../../server/src/core/attest/ssh-key.ts';
import { sshsigMessage } from '../../server/src/core/attest/sshsig.ts';
import { wireString } from '../../server/src/core/attest/wire.ts';
import { armourSshsig, writeSshsig } from '../../server/src/core/attest/write-sshsig.ts';
import { type StatementContext, writeStatement } from '../../server/src/core/attest/write-statement.ts';
import type { AcknowledgedFinding, Acknowledgement } from '../../server/src/core/model/acknowledgement.ts';
import type { Assessment } from '../../server/src/core/model/assessment.ts';
import type { Finding } from '../../server/src/core/model/finding.ts';
import type { TrustMaterial } from '../../server/src/core/model/result.ts';
import { NAMESPACE, type Signer, type Statement } from '../../server/src/core/model/statement.ts';
import { repoPath } from './git.ts';

/** A time in the middle of everything the tests do. */
export const NOW = '2026-11-22T12:00:00.000Z';
export const REPOSITORY_ID = '0b9d7a3e-5a51-4b0c-9a55-3b1a2f1c0d11';

/** A throw-away ed25519 key that is the same on every run. */
export function makeKey(seed: number): KeyObject {
  const der = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), Buffer.alloc(32, seed)]);
  return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
}

export function publicLine(key: KeyObject): string {
  return encodePublicKey(createPublicKey(key)) ?? '';
}

/** Signs like the Brakeline key: raw and SSHSIG. */
export function makeSigner(key: KeyObject): Signer {
  return {
    label: 'test key',
    publicKey: publicLine(key),
    presence: 'none',
    sign: async (pae) => ({ raw: sign(null, pae, key).toString('base64'), sshsig: writeSshsig(key, pae) }),
  };
}

/** The `sk` public key line that software makes for itself over a plain ed25519 key. */
export function skPublicLine(key: KeyObject, application = 'ssh:'): string {
  const point = Buffer.from(createPublicKey(key).export({ format: 'jwk' }).x ?? '', 'base64url');
  const type = 'sk-ssh-ed25519@openssh.com';
  return `${type} ${Buffer.concat([wireString(type), wireString(point), wireString(application)]).toString('base64')}`;
}

/** An SSHSIG as an authenticator would make it, with any flags: 0x01 touched, 0x04 verified. */
export function skSshsig(key: KeyObject, message: Uint8Array, flags: number, application = 'ssh:'): string {
  const digest = (bytes: string | Buffer): Buffer => createHash('sha256').update(bytes).digest();
  const tail = Buffer.from([flags, 0, 0, 0, 7]);
  const plain = sshsigMessage(NAMESPACE, Buffer.alloc(0), 'sha512', message);
  const signature = sign(null, Buffer.concat([digest(application), tail, digest(plain)]), key);
  const blob = Buffer.concat([wireString('sk-ssh-ed25519@openssh.com'), wireString(signature), tail]);
  return armourSshsig(skPublicLine(key, application), 'sha512', blob);
}

export function skSigner(key: KeyObject, flags: number): Signer {
  return {
    label: 'test sk key',
    publicKey: skPublicLine(key),
    presence: 'touch',
    sign: async (pae) => ({ sshsig: skSshsig(key, pae, flags) }),
  };
}

/** SHA-256 (hex) of a word, where a test needs a fingerprint. */
export function digestOf(word: string): string {
  return createHash('sha256').update(word).digest('hex');
}

export function makeFinding(word: string, more: Partial<Finding> = {}): Finding {
  const position = { line: 3, character: 0 };
  return {
    rule: 'access/auth-guard-removed',
    ruleVersion: '1.0.0',
    family: 'access',
    severity: 'high',
    confidence: 'high',
    fingerprint: digestOf(word),
    message: 'a guard is gone',
    side: 'after',
    range: { start: position, end: position },
    scope: 'charge',
    related: [],
    blastRadius: null,
    region: { removed: '', added: `${word}\n` },
    ...more,
  };
}

/** An assessment with one hunk of `src/pay.ts` for each finding. */
export function makeAssessment(findings: readonly Finding[], more: Partial<Assessment> = {}): Assessment {
  return {
    before: 'before',
    after: 'after',
    score: 50,
    severity: 'high',
    hunkCount: findings.length,
    hunks: findings.map((finding, index) => ({
      id: digestOf(`hunk ${index}`),
      path: repoPath('src/pay.ts'),
      before: { start: 3, lines: 0 },
      after: { start: 3, lines: 1 },
      removed: [],
      added: ['x\n'],
      severity: finding.severity,
      score: 50,
      origin: { kind: 'unknown', evidence: 'none' },
      findings: [finding],
    })),
    blindSpots: [],
    circumstances: [],
    engine: { name: 'brakeline', version: '0.1.0', ruleset: digestOf('ruleset') },
    policyDigest: digestOf('policy'),
    ...more,
  };
}

export function makeAcknowledgement(findings: readonly Finding[], more: Partial<Acknowledgement> = {}): Acknowledgement {
  return {
    decision: 'acknowledged',
    hunkId: digestOf('hunk 0'),
    findings: findings.map(acknowledgedFinding),
    by: { id: 'ada@example.invalid', name: 'Ada' },
    at: '2026-11-22T10:00:00.000Z',
    reason: 'the guard moved to the router',
    confirmedDependents: [],
    channel: 'editor',
    ...more,
  };
}

function acknowledgedFinding(finding: Finding): AcknowledgedFinding {
  return {
    fingerprint: finding.fingerprint,
    count: 1,
    rule: finding.rule,
    ruleVersion: finding.ruleVersion,
    severity: finding.severity,
    path: 'src/pay.ts',
    scope: finding.scope,
    lines: '3',
    references: finding.blastRadius?.references ?? null,
    files: finding.blastRadius?.files ?? null,
  };
}

let nonces = 0;

export function makeContext(publicKey: string, more: Partial<StatementContext> = {}): StatementContext {
  nonces += 1;
  return {
    publicKey,
    presence: 'none',
    repositoryId: REPOSITORY_ID,
    engine: { name: 'brakeline', version: '0.1.0', ruleset: digestOf('ruleset') },
    policyDigest: digestOf('policy'),
    origin: { kind: 'ai', evidence: 'exact', tool: 'assistant' },
    nonce: nonces.toString(16).padStart(32, '0'),
    ...more,
  };
}

/** One signed line, as a carrier holds it. */
export async function sealLine(acknowledgement: Acknowledgement, signer: Signer, more: Partial<StatementContext> = {}): Promise<string> {
  return printEnvelope(await sealStatement(writeStatement(acknowledgement, makeContext(signer.publicKey, more)), signer));
}

/** Seals any statement at all, for the ones that must not be read. */
export async function sealAnything(statement: unknown, key: KeyObject, payloadType = 'application/vnd.in-toto+json'): Promise<string> {
  const payload =
    typeof statement === 'string' ? Buffer.from(statement) : Buffer.from(JSON.stringify(statement satisfies unknown as Statement));
  const pae = Buffer.concat([Buffer.from(`DSSEv1 ${payloadType.length} ${payloadType} ${payload.length} `), payload]);
  const { raw = '', sshsig = '' } = await makeSigner(key).sign(pae);
  return printEnvelope({ payloadType, payload: payload.toString('base64'), signatures: [{ sig: raw }], sshsig });
}

export function trustOf(...entries: readonly (readonly [principal: string, publicKey: string])[]): TrustMaterial {
  return { signers: entries.map(([principal, publicKey]) => ({ principals: [principal], publicKey })) };
}
