import { fieldOf, objectOf } from '../attest/json-fields.ts';
import { parseStrictJson } from '../attest/strict-json.ts';
import { pairRegion } from '../hunks/pair-region.ts';
import { findingFingerprint } from '../identity.ts';
import type { AssessedHunk } from '../model/assessment.ts';
import { FAMILIES, type Finding, type RuleId, SEVERITIES } from '../model/finding.ts';
import type { Hunk, LineSpan } from '../model/hunk.ts';
import { parseInstant } from '../model/instant.ts';
import { PRESENCES } from '../model/policy.ts';
import type { BlastRadius } from '../model/radius.ts';
import { lastLineOf, type Position } from '../model/range.ts';
import type { RepoPath } from '../model/tree.ts';
import { type AskedHunk, CONTEXT_LINES, linesDigest, MOST_HUNKS, REQUEST_TYPE, REQUEST_VERSION, type SignoffRequest } from './request.ts';
import { Fault, type Fields, fieldsOf, flag, has, kindOf, list, object, oneOf, text, texts, whole, wholeLines } from './strict-fields.ts';

export type RequestReading =
  | { readonly kind: 'request'; readonly request: SignoffRequest }
  | { readonly kind: 'invalid'; readonly reason: string };

const DIGEST = /^[0-9a-f]{64}$/;
const OBJECT = /^([0-9a-f]{40}|[0-9a-f]{64})$/;
const HEAD = /^([0-9a-f]{40}|[0-9a-f]{64}|index|worktree)$/;
const RULE = /^[a-z]+\/[\w.-]+$/;
const VERSION = /^\d+\.[\w.+-]+$/;
const MOST_LINES = 50_000;
const MOST_FINDINGS = 500;
/** Pairs of lines that are compared for all regions of a request, and those of one region: beyond, the whole other side is replaced. */
const MOST_PAIRS = 10_000_000;
const MOST_PAIRED = 250_000;

/**
 * Reads a request. Strict: an unknown key, a key named twice, a text that hides something, a digest that is not that of its lines or
 * a fingerprint that is not that of its region is one reason, and nothing of the file is used. The caller limits its size
 * (MOST_SIGNOFF_BYTES).
 */
export function readRequest(source: string): RequestReading {
  const json = parseStrictJson(source);
  if (json.kind === 'invalid') return json;
  try {
    return { kind: 'request', request: readWhole(json.value) };
  } catch (error) {
    if (error instanceof Fault) return { kind: 'invalid', reason: error.message };
    throw error;
  }
}

function readWhole(value: unknown): SignoffRequest {
  const outer = objectOf(value);
  if (fieldOf(outer, 'type') !== REQUEST_TYPE) throw new Fault(`expected the type ${REQUEST_TYPE}, found another document`);
  const version = fieldOf(outer, 'schemaVersion');
  if (version !== REQUEST_VERSION) {
    const newer = typeof version === 'number' && version > REQUEST_VERSION ? ', which a newer Brakeline wrote' : '';
    throw new Fault(`expected schemaVersion ${REQUEST_VERSION}, found ${kindOf(version)}${newer}`);
  }
  const keys = ['type', 'schemaVersion', 'repository', 'base', 'head', 'askedAt', 'author', 'authors', 'engine', 'policyDigest', 'hunks'];
  const fields = fieldsOf(value, 'request', keys);
  const engine = object(fields, 'engine', ['name', 'version', 'ruleset']);
  const askedAt = text(fields, 'askedAt');
  if (parseInstant(askedAt) === undefined) throw new Fault('request.askedAt: expected an RFC 3339 time, found another value');
  const hunks = list(fields, 'hunks', MOST_HUNKS, askedReader());
  if (hunks.length === 0) throw new Fault('request.hunks: expected at least one hunk, found none');
  if (new Set(hunks.map(({ hunk }) => hunk.id)).size < hunks.length)
    throw new Fault('request.hunks: expected each hunk once, found one twice');
  return {
    ...(fieldOf(fields.values, 'repository') === null ? {} : { repository: text(fields, 'repository') }),
    base: text(fields, 'base', OBJECT, 'an object id'),
    head: text(fields, 'head', HEAD, 'an object id, index or worktree'),
    askedAt,
    author: readPerson(fieldOf(fields.values, 'author'), 'request.author'),
    authors: list(fields, 'authors', 1_000, readPerson),
    engine: { name: text(engine, 'name'), version: text(engine, 'version'), ruleset: text(engine, 'ruleset', DIGEST, 'a digest') },
    policyDigest: text(fields, 'policyDigest', DIGEST, 'a digest'),
    hunks,
  };
}

function readPerson(value: unknown, place: string): SignoffRequest['author'] {
  const fields = fieldsOf(value, place, ['name', 'email']);
  return { name: text(fields, 'name'), email: text(fields, 'email') };
}

/** Reads hunks as long as their regions can be made again in seconds: whoever wrote the file must not be able to stall its reader. */
function askedReader(): (value: unknown, place: string) => AskedHunk {
  let pairs = 0;
  return (value, place) =>
    readAsked(value, place, (findings, { removed, added }) => {
      pairs += findings * Math.min(MOST_PAIRED, removed.length * added.length);
      if (pairs > MOST_PAIRS)
        throw new Fault(`${place}: expected hunks whose findings can be told apart in seconds, found too many long ones`);
    });
}

function readAsked(value: unknown, place: string, spend: (findings: number, hunk: Hunk) => void): AskedHunk {
  const known = [
    'id',
    'path',
    'before',
    'after',
    'removed',
    'added',
    'severity',
    'score',
    'origin',
    'digest',
    'context',
    'asks',
    'findings',
  ];
  const fields = fieldsOf(value, place, known, ['previousPath']);
  const hunk: Hunk = {
    id: text(fields, 'id', DIGEST, 'a digest'),
    path: readPath(fields, 'path'),
    ...(has(fields, 'previousPath') ? { previousPath: readPath(fields, 'previousPath') } : {}),
    before: readSpan(fields, 'before'),
    after: readSpan(fields, 'after'),
    removed: wholeLines(fields, 'removed', MOST_LINES),
    added: wholeLines(fields, 'added', MOST_LINES),
  };
  if (hunk.before.lines !== hunk.removed.length || hunk.after.lines !== hunk.added.length)
    throw new Fault(
      `${place}: expected as many lines as its spans say, found ${hunk.removed.length} removed and ${hunk.added.length} added`,
    );
  if (text(fields, 'digest') !== linesDigest(hunk))
    throw new Fault(
      `${place}.digest: expected the digest of the lines of ${JSON.stringify(hunk.path)}, found another: the file was edited`,
    );
  spend(list(fields, 'findings', MOST_FINDINGS, (one) => one).length, hunk);
  const findings = list(fields, 'findings', MOST_FINDINGS, (one, where) => readFinding(one, where, hunk));
  if (findings.length === 0) throw new Fault(`${place}.findings: expected at least one finding, found none`);
  const context = object(fields, 'context', ['above', 'below']);
  return {
    hunk: { ...hunk, severity: oneOf(fields, 'severity', SEVERITIES), score: whole(fields, 'score'), origin: readOrigin(fields), findings },
    context: { above: texts(context, 'above', CONTEXT_LINES), below: texts(context, 'below', CONTEXT_LINES) },
    asks: readAsks(fields),
  };
}

function readAsks(parent: Fields): AskedHunk['asks'] {
  const fields = object(parent, 'asks', ['people', 'reason', 'confirmDependents', 'self', 'roles', 'presence']);
  return {
    people: whole(fields, 'people'),
    reason: flag(fields, 'reason'),
    confirmDependents: flag(fields, 'confirmDependents'),
    self: flag(fields, 'self'),
    roles: list(fields, 'roles', 100, (value, place) => texts({ place, values: { roles: value } }, 'roles', 100)),
    presence: oneOf(fields, 'presence', PRESENCES),
  };
}

function readOrigin(parent: Fields): AssessedHunk['origin'] {
  const fields = object(parent, 'origin', ['kind', 'evidence'], ['tool']);
  return {
    kind: oneOf(fields, 'kind', ['ai', 'human', 'unknown']),
    evidence: oneOf(fields, 'evidence', ['exact', 'scheme', 'heuristic', 'none']),
    ...(has(fields, 'tool') ? { tool: text(fields, 'tool') } : {}),
  };
}

/** The region is made from the hunk's own lines as the engine makes it, so what is shown is what the fingerprint is of. */
function readFinding(value: unknown, place: string, hunk: Hunk): Finding {
  const known = ['rule', 'ruleVersion', 'family', 'severity', 'confidence', 'fingerprint', 'message', 'side', 'range', 'scope'];
  const fields = fieldsOf(value, place, [...known, 'related', 'blastRadius']);
  const range = object(fields, 'range', ['start', 'end']);
  const finding = {
    // The pattern makes it a rule's name; whose rule it is, only the repository can tell.
    rule: text(fields, 'rule', RULE, 'the id of a rule') as RuleId,
    ruleVersion: text(fields, 'ruleVersion', VERSION, 'a version'),
    side: oneOf(fields, 'side', ['before', 'after']),
    range: { start: readPosition(range, 'start'), end: readPosition(range, 'end') },
    scope: text(fields, 'scope'),
  };
  const region = pairRegion(hunk, finding.side, { start: finding.range.start.line, end: lastLineOf(finding.range) });
  const fingerprint = text(fields, 'fingerprint', DIGEST, 'a digest');
  const { rule, ruleVersion, scope } = finding;
  if (fingerprint !== findingFingerprint({ rule, ruleVersion, scope, path: hunk.path, ...region }))
    throw new Fault(`${place}.fingerprint: expected that of the lines of ${JSON.stringify(hunk.path)}, found another: the file was edited`);
  return {
    ...finding,
    family: oneOf(fields, 'family', FAMILIES),
    severity: oneOf(fields, 'severity', SEVERITIES),
    confidence: oneOf(fields, 'confidence', ['low', 'medium', 'high']),
    fingerprint,
    message: text(fields, 'message'),
    related: list(fields, 'related', 100, readPlace),
    blastRadius: fieldOf(fields.values, 'blastRadius') === null ? null : readRadius(fields),
    region,
  };
}

function readRadius(parent: Fields): BlastRadius {
  const known = ['references', 'files', 'transitiveFiles', 'packages', 'tests', 'exported', 'method', 'atMost', 'dependents'];
  const fields = object(parent, 'blastRadius', known, ['tested']);
  return {
    references: whole(fields, 'references'),
    files: whole(fields, 'files'),
    transitiveFiles: whole(fields, 'transitiveFiles'),
    packages: whole(fields, 'packages'),
    tests: whole(fields, 'tests'),
    ...(has(fields, 'tested') ? { tested: whole(fields, 'tested') } : {}),
    exported: flag(fields, 'exported'),
    method: oneOf(fields, 'method', ['types', 'imports', 'names']),
    atMost: flag(fields, 'atMost'),
    dependents: list(fields, 'dependents', 1_000, readPlace),
  };
}

function readPlace(value: unknown, place: string): Finding['related'][number] {
  const fields = fieldsOf(value, place, ['path', 'line', 'message']);
  return { path: readPath(fields, 'path'), line: whole(fields, 'line'), message: text(fields, 'message') };
}

function readPosition(parent: Fields, key: string): Position {
  const fields = object(parent, key, ['line', 'character']);
  return { line: whole(fields, 'line'), character: whole(fields, 'character') };
}

function readSpan(parent: Fields, key: string): LineSpan {
  const fields = object(parent, key, ['start', 'lines']);
  return { start: whole(fields, 'start'), lines: whole(fields, 'lines') };
}

/** A path of a request is shown and never opened; one that leaves the repository is refused all the same. */
function readPath(fields: Fields, key: string): RepoPath {
  const path = text(fields, key);
  const isPath = path !== '' && !path.startsWith('/') && path.split('/').every((part) => part !== '' && part !== '.' && part !== '..');
  if (!isPath) throw new Fault(`${fields.place}.${key}: expected a path inside the repository, found ${JSON.stringify(path.slice(0, 60))}`);
  // Checked above: relative, with POSIX separators and no step out.
  return path as RepoPath;
}
