import { describe, expect, test } from 'vitest';
import { findingFingerprint, hunkId } from '../../server/src/core/identity.ts';
import type { AssessedHunk } from '../../server/src/core/model/assessment.ts';
import type { Finding } from '../../server/src/core/model/finding.ts';
import { DEFAULT_POLICY } from '../../server/src/core/policy/default-policy.ts';
import { readRequest } from '../../server/src/core/signoff/read-request.ts';
import { askAbout, CONTEXT_LINES, linesDigest, printRequest, type SignoffRequest } from '../../server/src/core/signoff/request.ts';
import { digestOf, makeFinding, NOW, REPOSITORY_ID } from '../support/attest.ts';
import { repoPath } from '../support/git.ts';
import { memoryTree } from '../support/memory-tree.ts';

const PATH = repoPath('src/pay.ts');
const REMOVED = '  if (cents > 100) throw new Error();\n';
const ADDED = '  charge(cents);\n';
const TEXT = `one\ntwo\nthree\nfour\n${ADDED}five\nsix\r\n`;

function finding(more: Partial<Finding> = {}): Finding {
  const range = { start: { line: 5, character: 0 }, end: { line: 5, character: 10 } };
  const plain = makeFinding('x', { range, region: { removed: '', added: ADDED }, ...more });
  return { ...plain, fingerprint: findingFingerprint({ ...plain, path: PATH, ...plain.region }) };
}

function hunk(more: Partial<AssessedHunk> = {}): AssessedHunk {
  return {
    id: hunkId(PATH, [REMOVED], [ADDED], 0),
    path: PATH,
    before: { start: 5, lines: 1 },
    after: { start: 5, lines: 1 },
    removed: [REMOVED],
    added: [ADDED],
    severity: 'high',
    score: 50,
    origin: { kind: 'ai', evidence: 'exact', tool: 'assistant' },
    findings: [finding()],
    ...more,
  };
}

function requestOf(one: AssessedHunk = hunk(), text = TEXT): SignoffRequest {
  return {
    repository: REPOSITORY_ID,
    base: 'a'.repeat(40),
    head: 'worktree',
    askedAt: NOW,
    author: { name: 'Ada', email: 'ada@example.invalid' },
    authors: [{ name: 'Ada', email: 'ada@example.invalid' }],
    engine: { name: 'brakeline', version: '0.1.0', ruleset: digestOf('ruleset') },
    policyDigest: digestOf('policy'),
    hunks: [askAbout(one, memoryTree('after', new Map([[PATH, text]])), DEFAULT_POLICY, [])],
  };
}

/** A request with one value put in the place that a path of keys names. */
function put(place: readonly (string | number)[], value: unknown): string {
  const request: unknown = JSON.parse(printRequest(requestOf()));
  let at = request as Record<string | number, unknown>;
  for (const key of place.slice(0, -1)) at = at[key] as Record<string | number, unknown>;
  at[place.at(-1) ?? ''] = value;
  return JSON.stringify(request);
}

function reasonOf(text: string): string {
  const reading = readRequest(text);
  return reading.kind === 'invalid' ? reading.reason : 'it was read';
}

test('what is written is read back, regions made again from the lines', () => {
  const request = requestOf();
  expect(readRequest(printRequest(request))).toEqual({ kind: 'request', request });
  const { repository: _, ...nameless } = request;
  expect(readRequest(printRequest(nameless))).toEqual({ kind: 'request', request: nameless });
});

test('the context is what stands around the hunk in the new file', () => {
  expect(requestOf().hunks[0]?.context).toEqual({ above: ['two', 'three', 'four'], below: ['five', 'six'] });
  // A hunk that only removes names the line above the gap.
  const gap = hunk({ after: { start: 2, lines: 0 }, added: [] });
  expect(requestOf(gap, 'one\ntwo\nthree\n').hunks[0]?.context).toEqual({ above: ['one', 'two'], below: ['three'] });
  const last = hunk({ after: { start: 2, lines: 1 } });
  expect(requestOf(last, 'one\ntwo').hunks[0]?.context).toEqual({ above: ['one'], below: [] });
  expect(requestOf(hunk({ path: repoPath('gone.ts') })).hunks[0]?.context).toEqual({ above: [], below: [] });
});

test('places in other repositories and dependents beyond those that are confirmed stay behind', () => {
  const dependents = Array.from({ length: 40 }, (_, index) => ({ path: repoPath(`src/${index}.ts`), line: 1, message: 'calls pay' }));
  const blastRadius = {
    references: 40,
    files: 40,
    transitiveFiles: 0,
    packages: 1,
    tests: 0,
    exported: true,
    method: 'types' as const,
    atMost: false,
    dependents,
  };
  const printed = printRequest(requestOf(hunk({ findings: [finding({ blastRadius, related: dependents })] })));
  const reading = readRequest(printed);
  const radius = reading.kind === 'request' ? reading.request.hunks[0]?.hunk.findings[0]?.blastRadius : undefined;
  expect([radius?.references, radius?.dependents.length]).toEqual([40, 10]);
  expect(printed).not.toContain('foreign');
});

describe('attack: an edited request', () => {
  const HUNK = ['hunks', 0];
  const FINDING = [...HUNK, 'findings', 0];
  test.each<[string, readonly (string | number)[], unknown, string]>([
    ['another line', [...HUNK, 'added'], ['  harmless();\n'], 'the file was edited'],
    ['another path', [...HUNK, 'path'], 'src/other.ts', 'the file was edited'],
    ['another fingerprint', [...FINDING, 'fingerprint'], digestOf('y'), 'the file was edited'],
    ['another rule', [...FINDING, 'rule'], 'money/bound-removed', 'the file was edited'],
    ['another scope', [...FINDING, 'scope'], 'refund', 'the file was edited'],
    ['another side', [...FINDING, 'side'], 'before', 'the file was edited'],
    ['a line more than its span', [...HUNK, 'after', 'lines'], 2, 'expected as many lines as its spans say'],
    ['two lines in one', [...HUNK, 'removed'], [`${REMOVED}${REMOVED}`], 'expected text without control characters'],
    ['a line without an end before another', [...HUNK, 'added'], ['a', ADDED], 'expected whole lines'],
    ['an unknown key', [...HUNK, 'approved'], true, 'expected the keys of a request, found "approved"'],
    ['no hunk', ['hunks'], [], 'expected at least one hunk'],
    ['no finding', [...HUNK, 'findings'], [], 'expected at least one finding'],
    ['a path out of the tree', [...FINDING, 'related'], [{ path: '../x', line: 1, message: '' }], 'expected a path inside the repository'],
    ['too much context', [...HUNK, 'context', 'above'], Array(CONTEXT_LINES + 1).fill(''), 'expected a list of at most 3'],
    ['a base that is a name', ['base'], 'main', 'expected an object id'],
    ['a head that is an option', ['head'], '--upload-pack=x', 'expected an object id, index or worktree'],
    ['a time that is none', ['askedAt'], 'yesterday', 'expected an RFC 3339 time'],
    ['a score that is none', [...HUNK, 'score'], '50', 'expected a whole number'],
    ['a severity that is none', [...HUNK, 'severity'], 'none', 'expected one of low medium high critical'],
    ['a newer schema', ['schemaVersion'], 2, 'found 2, which a newer Brakeline wrote'],
    ['no schema', ['schemaVersion'], undefined, 'expected schemaVersion 1, found none'],
    ['another document', ['type'], 'brakeline/answer', 'found another document'],
  ])('%s', (_, place, value, reason) => {
    expect(reasonOf(put(place, value))).toContain(reason);
  });

  test.each([
    ['U+202E', '\u202e'],
    ['U+2066', '\u2066'],
    ['U+200B', '\u200b'],
    ['U+001B', '\x1b'],
    ['U+0000', '\0'],
    ['U+000D', 'a\rb'],
    ['U+D800', '\ud800'],
  ])('%s in a message, a line or the context', (code, text) => {
    expect(reasonOf(put([...FINDING, 'message'], text))).toContain(`found ${code}`);
    expect(reasonOf(put([...HUNK, 'context', 'above'], [text]))).toContain(`found ${code}`);
    const added = [`x${text}y\n`];
    const digest = linesDigest({ path: PATH, removed: [REMOVED], added });
    const request: { hunks: Record<string, unknown>[] } = JSON.parse(put([...HUNK, 'added'], added));
    Object.assign(request.hunks[0] ?? {}, { digest });
    expect(reasonOf(JSON.stringify(request))).toContain(`found ${code}`);
  });

  test('a schema that is a deep pit, and lines that would take hours to compare', () => {
    const pit = `${'['.repeat(500_000)}${']'.repeat(500_000)}`;
    expect(reasonOf(`{"type":"brakeline/signoff-request","schemaVersion":${pit}}`)).toBe('expected schemaVersion 1, found a list');
    const lines = Array.from({ length: 500 }, (_, index) => `a${index} b c d e f g\n`);
    const span = { start: 1, lines: 500 };
    const many = hunk({ removed: lines, added: lines, before: span, after: span, findings: Array(50).fill(finding()) });
    const started = performance.now();
    expect(reasonOf(printRequest(requestOf(many)))).toContain('found too many long ones');
    expect(performance.now() - started).toBeLessThan(5_000);
  });

  test('a key named twice, one hunk twice, a text cut short', () => {
    const printed = printRequest(requestOf());
    expect(reasonOf(printed.replace('"head": "worktree"', '"head": "worktree", "head": "index"'))).toContain('found "head" twice');
    const request: { hunks: unknown[] } = JSON.parse(printed);
    request.hunks.push(request.hunks[0]);
    expect(reasonOf(JSON.stringify(request))).toContain('expected each hunk once');
    for (let length = 0; length < printed.length - 2; length += 97) expect(reasonOf(printed.slice(0, length))).toContain('expected JSON');
    for (const text of ['null', '[]', '3', '"x"', '{}']) expect(reasonOf(text)).toContain('found another document');
  });
});
