import type { AcknowledgedFinding, Acknowledgement, Decision } from '../model/acknowledgement.ts';
import type { Assessment } from '../model/assessment.ts';
import type { Origin } from '../model/change.ts';
import type { Signer, Statement } from '../model/statement.ts';
import {
  OVERRIDE_TEXT,
  PREDICATE_TYPE,
  type Predicate,
  type PredicateFinding,
  REJECTION_TEXT,
  REVOCATION_TEXT,
  STATEMENT_TEXT,
  STATEMENT_TYPE,
} from './predicate.ts';
import { keyFingerprint } from './ssh-key.ts';

/** What a statement says beside the acknowledgement itself. */
export interface StatementContext {
  /** The signer's key and the presence it can prove: the statement names the key that must have signed it. */
  readonly publicKey: string;
  readonly presence: Signer['presence'];
  /** The committed id of the repository; undefined where the policy names none. */
  readonly repositoryId?: string;
  /** Commit that the change was compared with; for audit, never a match key. */
  readonly baseCommit?: string;
  readonly engine: Assessment['engine'];
  readonly policyDigest: string;
  readonly origin: Origin;
  /** 128 random bits as hex, given by the caller: core has no randomness. Tells two equal decisions apart. */
  readonly nonce: string;
}

/** An acknowledgement as an in-toto Statement v1: one subject for each finding, its digest the fingerprint. */
export function writeStatement(acknowledgement: Acknowledgement, context: StatementContext): Statement {
  return {
    _type: STATEMENT_TYPE,
    subject: nameSubjects(acknowledgement.findings),
    predicateType: PREDICATE_TYPE,
    predicate: writePredicate(acknowledgement, context),
  };
}

/** In-toto asks for unique names: what shares path and scope is numbered from the second on, `src/pay.ts#charge~2`. */
function nameSubjects(findings: readonly AcknowledgedFinding[]): Statement['subject'] {
  const taken = new Set<string>();
  return findings.map(({ path, scope, fingerprint }) => {
    const plain = scope === '' ? path : `${path}#${scope}`;
    let name = plain;
    for (let number = 2; taken.has(name); number += 1) name = `${plain}~${number}`;
    taken.add(name);
    return { name, digest: { sha256: fingerprint } };
  });
}

function writePredicate(acknowledgement: Acknowledgement, context: StatementContext): Predicate {
  const { decision, hunkId, findings, by, at, validUntil, targetRef, reason, confirmedDependents, channel } = acknowledgement;
  const { repositoryId, baseCommit, origin, engine, publicKey } = context;
  return {
    repository: repositoryId === undefined ? {} : { id: repositoryId },
    ...(targetRef === undefined ? {} : { context: { targetRef } }),
    ...(baseCommit === undefined ? {} : { base: { digest: { gitCommit: baseCommit } } }),
    decision,
    hunk: hunkId,
    findings: findings.map(writeFinding),
    ruleset: { digest: { sha256: engine.ruleset } },
    policy: { digest: { sha256: context.policyDigest } },
    acknowledgedBy: {
      id: by.id,
      ...(by.name === undefined ? {} : { name: by.name }),
      publicKey,
      keyFingerprint: keyFingerprint(publicKey),
    },
    acknowledgedAt: at,
    ...(validUntil === undefined ? {} : { validUntil }),
    statementText: TEXTS[decision],
    reason,
    confirmedDependents,
    interaction: { channel, gesture: 'single-hunk', presence: context.presence },
    authorship: { kind: origin.kind, evidence: origin.evidence, ...(origin.tool === undefined ? {} : { tool: origin.tool }) },
    nonce: context.nonce,
    producer: { name: engine.name, version: engine.version },
  };
}

/** The words of each decision: nobody signs that they accept what they reject, take back or have not read. */
const TEXTS: Readonly<Record<Decision, string>> = {
  acknowledged: STATEMENT_TEXT,
  rejected: REJECTION_TEXT,
  revoked: REVOCATION_TEXT,
  overridden: OVERRIDE_TEXT,
};

function writeFinding(finding: AcknowledgedFinding): PredicateFinding {
  const { fingerprint, count, rule, ruleVersion, severity, path, scope, beforeBlob, afterBlob, lines, references, files } = finding;
  return {
    fingerprint,
    count,
    ruleId: rule,
    ruleVersion,
    severity,
    path,
    scope,
    ...(beforeBlob === undefined ? {} : { before: { digest: { gitBlob: beforeBlob } } }),
    ...(afterBlob === undefined ? {} : { after: { digest: { gitBlob: afterBlob } } }),
    linesAtAck: lines,
    blastRadius: { references, files },
  };
}
