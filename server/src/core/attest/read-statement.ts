import type { AcknowledgedFinding, Acknowledgement, Decision } from '../model/acknowledgement.ts';
import { SEVERITIES } from '../model/finding.ts';
import { parseInstant } from '../model/instant.ts';
import { countOf, fieldOf, type JsonObject, listOf, objectAt, objectOf, textOf } from './json-fields.ts';
import { PREDICATE_TYPE, STATEMENT_TYPE } from './predicate.ts';
import { parseStrictJson } from './strict-json.ts';

/** What a statement says. Claims of whoever signed it: nothing here is believed before it was compared with something recomputed. */
export interface ReadStatement {
  readonly acknowledgement: Acknowledgement;
  readonly repositoryId?: string;
  /** The key that the statement says signed it, `type base64`. */
  readonly publicKey?: string;
  readonly nonce: string;
}

export type StatementReading =
  | { readonly kind: 'statement'; readonly statement: ReadStatement }
  | { readonly kind: 'junk'; readonly reason: string };

const DECISIONS: readonly Decision[] = ['acknowledged', 'rejected', 'revoked', 'overridden'];
const CHANNELS: readonly Acknowledgement['channel'][] = ['editor', 'cli-tty'];
const MOST_FINDINGS = 500;

/**
 * Reads the payload of an envelope. Unknown fields are ignored; a field that decides (decision, findings, person, times,
 * channel) and is missing or unknown makes the whole statement junk, and so an unknown decision is never an acknowledgement.
 */
export function readStatement(payload: Uint8Array): StatementReading {
  const text = decodeUtf8(payload);
  const json = text === undefined ? undefined : parseStrictJson(text);
  if (json === undefined) return junk('expected the payload as UTF-8, found other bytes');
  if (json.kind === 'invalid') return junk(`payload: ${json.reason}`);
  const statement = objectOf(json.value);
  if (textOf(statement, '_type') !== STATEMENT_TYPE) return junk('expected an in-toto Statement v1, found another document');
  if (textOf(statement, 'predicateType') !== PREDICATE_TYPE) return junk(`expected the predicate type ${PREDICATE_TYPE}, found another`);
  const predicate = objectAt(statement, 'predicate');
  const subjects = readSubjects(listOf(statement, 'subject') ?? []);
  if (predicate === undefined || subjects === undefined) return junk('expected a predicate and subjects with sha256 digests, found none');
  const acknowledgement = readAcknowledgement(predicate);
  if (typeof acknowledgement === 'string') return junk(acknowledgement);
  const named = new Set(acknowledgement.findings.map(({ fingerprint }) => fingerprint));
  if (named.size !== subjects.size || [...named].some((fingerprint) => !subjects.has(fingerprint))) {
    return junk('expected one subject for each finding, found subjects and findings that differ');
  }
  const repositoryId = textOf(objectAt(predicate, 'repository'), 'id');
  const publicKey = textOf(objectAt(predicate, 'acknowledgedBy'), 'publicKey');
  return {
    kind: 'statement',
    statement: {
      acknowledgement,
      ...(repositoryId === undefined ? {} : { repositoryId }),
      ...(publicKey === undefined ? {} : { publicKey }),
      nonce: textOf(predicate, 'nonce') ?? '',
    },
  };
}

function decodeUtf8(bytes: Uint8Array): string | undefined {
  const text = Buffer.from(bytes).toString('utf8');
  return Buffer.from(text, 'utf8').equals(bytes) ? text : undefined;
}

function readSubjects(list: readonly unknown[]): ReadonlySet<string> | undefined {
  const digests = new Set<string>();
  for (const item of list) {
    const digest = textOf(objectAt(objectOf(item), 'digest'), 'sha256');
    if (digest === undefined || !isDigest(digest)) return undefined;
    digests.add(digest);
  }
  return digests.size === 0 ? undefined : digests;
}

function readAcknowledgement(predicate: JsonObject): Acknowledgement | string {
  const decision = DECISIONS.find((one) => one === fieldOf(predicate, 'decision'));
  if (decision === undefined) return `expected the decision ${DECISIONS.join(', ')}, found another`;
  const channel = CHANNELS.find((one) => one === fieldOf(objectAt(predicate, 'interaction'), 'channel'));
  if (channel === undefined) return `expected the channel ${CHANNELS.join(' or ')}, found another`;
  const by = objectAt(predicate, 'acknowledgedBy');
  const id = textOf(by, 'id') ?? '';
  if (id === '') return 'expected an id of the person, found none';
  const at = textOf(predicate, 'acknowledgedAt') ?? '';
  if (parseInstant(at) === undefined) return 'expected acknowledgedAt as an RFC 3339 time, found another value';
  const validUntil = fieldOf(predicate, 'validUntil');
  if (validUntil !== undefined && (typeof validUntil !== 'string' || parseInstant(validUntil) === undefined)) {
    return 'expected validUntil as an RFC 3339 time, found another value';
  }
  const findings = readFindings(listOf(predicate, 'findings') ?? []);
  if (typeof findings === 'string') return findings;
  const targetRef = fieldOf(objectAt(predicate, 'context'), 'targetRef');
  if (fieldOf(predicate, 'context') !== undefined && (typeof targetRef !== 'string' || !targetRef.startsWith('refs/'))) {
    return 'expected the target of the context as a full name of a branch, found another value';
  }
  const name = textOf(by, 'name');
  return {
    decision,
    hunkId: textOf(predicate, 'hunk') ?? '',
    findings,
    by: { id, ...(name === undefined ? {} : { name }) },
    at,
    ...(validUntil === undefined ? {} : { validUntil }),
    ...(typeof targetRef === 'string' ? { targetRef } : {}),
    reason: textOf(predicate, 'reason') ?? '',
    confirmedDependents: (listOf(predicate, 'confirmedDependents') ?? []).filter((one) => typeof one === 'string'),
    channel,
  };
}

function readFindings(list: readonly unknown[]): readonly AcknowledgedFinding[] | string {
  if (list.length === 0 || list.length > MOST_FINDINGS) return `expected 1 to ${MOST_FINDINGS} findings, found ${list.length}`;
  const findings: AcknowledgedFinding[] = [];
  for (const item of list) {
    const finding = readFinding(objectOf(item));
    if (typeof finding === 'string') return finding;
    findings.push(finding);
  }
  return findings;
}

function readFinding(fields: JsonObject | undefined): AcknowledgedFinding | string {
  const fingerprint = textOf(fields, 'fingerprint') ?? '';
  const rule = textOf(fields, 'ruleId');
  const path = textOf(fields, 'path');
  const scope = textOf(fields, 'scope');
  const severity = SEVERITIES.find((one) => one === fieldOf(fields, 'severity'));
  if (!isDigest(fingerprint)) return 'expected a fingerprint of 64 hex digits, found another value';
  if (rule === undefined || path === undefined || scope === undefined || severity === undefined) {
    return 'expected ruleId, path, scope and severity of a finding, found fewer';
  }
  const count = fieldOf(fields, 'count') === undefined ? 1 : countOf(fields, 'count');
  if (count === undefined || count < 1) return 'expected count as a whole number from 1, found another value';
  const beforeBlob = blobOf(fields, 'before');
  const afterBlob = blobOf(fields, 'after');
  return {
    fingerprint,
    count,
    rule,
    ruleVersion: textOf(fields, 'ruleVersion') ?? '',
    severity,
    path,
    scope,
    ...(beforeBlob === undefined ? {} : { beforeBlob }),
    ...(afterBlob === undefined ? {} : { afterBlob }),
    lines: textOf(fields, 'linesAtAck') ?? '',
    references: countOf(objectAt(fields, 'blastRadius'), 'references') ?? null,
    files: countOf(objectAt(fields, 'blastRadius'), 'files') ?? null,
  };
}

function blobOf(fields: JsonObject | undefined, side: 'before' | 'after'): string | undefined {
  return textOf(objectAt(objectAt(fields, side), 'digest'), 'gitBlob');
}

function isDigest(text: string): boolean {
  return /^[0-9a-f]{64}$/.test(text);
}

function junk(reason: string): StatementReading {
  return { kind: 'junk', reason };
}
