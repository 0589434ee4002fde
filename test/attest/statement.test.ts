import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'jsonc-parser';
import { describe, expect, it } from 'vitest';
import { PREDICATE_TYPE, STATEMENT_TEXT } from '../../server/src/core/attest/predicate.ts';
import { readStatement } from '../../server/src/core/attest/read-statement.ts';
import { keyFingerprint } from '../../server/src/core/attest/ssh-key.ts';
import { writeStatement } from '../../server/src/core/attest/write-statement.ts';
import type { Acknowledgement } from '../../server/src/core/model/acknowledgement.ts';
import { digestOf, makeAcknowledgement, makeContext, makeFinding, makeKey, publicLine, REPOSITORY_ID } from '../support/attest.ts';

const LINE = publicLine(makeKey(1));

function written(
  acknowledgement: Acknowledgement = makeAcknowledgement([makeFinding('a')]),
): Record<string, unknown> & { predicate: Record<string, unknown> } {
  return JSON.parse(
    JSON.stringify(writeStatement(acknowledgement, makeContext(LINE, { nonce: 'ab'.repeat(16), baseCommit: '1'.repeat(40) }))),
  );
}

function read(statement: unknown): ReturnType<typeof readStatement> {
  return readStatement(Buffer.from(JSON.stringify(statement)));
}

describe('writeStatement', () => {
  it('says everything the predicate promises', () => {
    expect(written()).toEqual({
      _type: 'https://in-toto.io/Statement/v1',
      subject: [{ name: 'src/pay.ts#charge', digest: { sha256: digestOf('a') } }],
      predicateType: PREDICATE_TYPE,
      predicate: {
        repository: { id: REPOSITORY_ID },
        base: { digest: { gitCommit: '1'.repeat(40) } },
        decision: 'acknowledged',
        hunk: digestOf('hunk 0'),
        findings: [
          {
            fingerprint: digestOf('a'),
            count: 1,
            ruleId: 'access/auth-guard-removed',
            ruleVersion: '1.0.0',
            severity: 'high',
            path: 'src/pay.ts',
            scope: 'charge',
            linesAtAck: '3',
            blastRadius: { references: null, files: null },
          },
        ],
        ruleset: { digest: { sha256: digestOf('ruleset') } },
        policy: { digest: { sha256: digestOf('policy') } },
        acknowledgedBy: { id: 'ada@example.invalid', name: 'Ada', publicKey: LINE, keyFingerprint: keyFingerprint(LINE) },
        acknowledgedAt: '2026-11-22T10:00:00.000Z',
        statementText: 'I have read this change and I accept its effect.',
        reason: 'the guard moved to the router',
        confirmedDependents: [],
        interaction: { channel: 'editor', gesture: 'single-hunk', presence: 'none' },
        authorship: { kind: 'ai', evidence: 'exact', tool: 'assistant' },
        nonce: 'ab'.repeat(16),
        producer: { name: 'brakeline', version: '0.1.0' },
      },
    });
  });

  it('gives every subject a name of its own', () => {
    const findings = ['a', 'b', 'c'].map((word) => makeFinding(word));
    const names = writeStatement(makeAcknowledgement([...findings, makeFinding('d', { scope: '' })]), makeContext(LINE)).subject.map(
      ({ name }) => name,
    );
    expect(names).toEqual(['src/pay.ts#charge', 'src/pay.ts#charge~2', 'src/pay.ts#charge~3', 'src/pay.ts']);
  });
});

describe('docs/predicate/v0.1.md', () => {
  const page = readFileSync(path.resolve(import.meta.dirname, '../../docs/predicate/v0.1.md'), 'utf8');

  it('shows every field that is written, and no other', () => {
    const example: unknown = parse(/```jsonc\n([\s\S]*?)```/.exec(page)?.[1] ?? '');
    const [finding] = makeAcknowledgement([makeFinding('a')]).findings;
    const everything = written({
      ...makeAcknowledgement([]),
      validUntil: '2026-12-01T00:00:00Z',
      targetRef: 'refs/heads/main',
      findings: finding === undefined ? [] : [{ ...finding, beforeBlob: '1', afterBlob: '2' }],
    });
    expect(fieldsOf(example)).toEqual(fieldsOf(everything));
  });

  it('says the words and the type that are signed', () => {
    expect(page).toContain(PREDICATE_TYPE);
    expect(page).toContain(STATEMENT_TEXT);
  });

  it('are other words for each decision', () => {
    const decisions = ['acknowledged', 'rejected', 'revoked', 'overridden'] as const;
    const texts = decisions.map((decision) =>
      String(written({ ...makeAcknowledgement([makeFinding('a')]), decision }).predicate.statementText),
    );
    expect(texts[0]).toBe(STATEMENT_TEXT);
    expect(new Set(texts).size).toBe(decisions.length);
    for (const text of texts) expect(page).toContain(text);
  });
});

describe('readStatement', () => {
  const full = makeAcknowledgement([makeFinding('a'), makeFinding('b', { severity: 'critical' })], {
    validUntil: '2026-12-01T00:00:00Z',
    targetRef: 'refs/heads/release/1',
    confirmedDependents: ['src/cart.ts'],
    channel: 'cli-tty',
    decision: 'rejected',
    by: { id: 'ada@example.invalid' },
    findings: [
      {
        ...(makeAcknowledgement([makeFinding('a')]).findings[0] ?? failed()),
        count: 3,
        beforeBlob: '1'.repeat(40),
        afterBlob: '2'.repeat(40),
        references: 4,
        files: 2,
      },
    ],
  });

  it('gives back what was written', () => {
    expect(read(written(full))).toMatchObject({
      kind: 'statement',
      statement: { acknowledgement: full, repositoryId: REPOSITORY_ID, publicKey: LINE, nonce: 'ab'.repeat(16) },
    });
  });

  it('ignores unknown fields everywhere', () => {
    const statement = written(full);
    const more = {
      ...statement,
      extra: 1,
      predicate: { ...statement.predicate, future: { a: [] }, interaction: { channel: 'cli-tty', mood: 'calm' } },
    };
    expect(read(more)).toMatchObject({ kind: 'statement', statement: { acknowledgement: full } });
  });

  it.each<[string, (predicate: Record<string, unknown>) => Record<string, unknown>]>([
    ['an unknown decision', (predicate) => ({ ...predicate, decision: 'approved' })],
    ['no decision', ({ decision: _, ...rest }) => rest],
    ['a channel that is no person', (predicate) => ({ ...predicate, interaction: { channel: 'mcp' } })],
    ['no person', (predicate) => ({ ...predicate, acknowledgedBy: {} })],
    ['no time', (predicate) => ({ ...predicate, acknowledgedAt: 'yesterday' })],
    ['the 30th of February', (predicate) => ({ ...predicate, acknowledgedAt: '2026-02-30T00:00:00Z' })],
    ['an end that is no time', (predicate) => ({ ...predicate, validUntil: null })],
    ['no findings', (predicate) => ({ ...predicate, findings: [] })],
    ['findings that are no list', (predicate) => ({ ...predicate, findings: { 0: {} } })],
    ['a finding without a subject', (predicate) => ({ ...predicate, findings: [{ ...first(predicate), fingerprint: digestOf('b') }] })],
    [
      'a fingerprint in capitals',
      (predicate) => ({ ...predicate, findings: [{ ...first(predicate), fingerprint: digestOf('a').toUpperCase() }] }),
    ],
    ['a count of zero', (predicate) => ({ ...predicate, findings: [{ ...first(predicate), count: 0 }] })],
    ['a count of one and a half', (predicate) => ({ ...predicate, findings: [{ ...first(predicate), count: 1.5 }] })],
    ['an unknown severity', (predicate) => ({ ...predicate, findings: [{ ...first(predicate), severity: 'none' }] })],
  ])('calls a statement with %s junk', (_, change) => {
    const statement = written();
    expect(read({ ...statement, predicate: change(statement.predicate) }).kind).toBe('junk');
  });

  it.each([
    ['another document', { _type: 'https://in-toto.io/Statement/v0.1' }],
    ['another predicate', { predicateType: 'https://slsa.dev/provenance/v1' }],
    ['a major of this predicate that we do not know', { predicateType: PREDICATE_TYPE.replace('v0.1', 'v2') }],
    ['no subject', { subject: [] }],
    ['a subject too many', { subject: [{ digest: { sha256: digestOf('a') } }, { digest: { sha256: digestOf('b') } }] }],
    ['no predicate', { predicate: null }],
  ])('calls %s junk', (_, change) => {
    expect(read({ ...written(), ...change }).kind).toBe('junk');
  });

  it('calls bytes that are not UTF-8, and repeated keys, junk', () => {
    expect(readStatement(Buffer.from([0x22, 0xff, 0x22])).kind).toBe('junk');
    const text = JSON.stringify(written()).replace('"decision":"acknowledged"', '"decision":"rejected","decision":"acknowledged"');
    expect(readStatement(Buffer.from(text))).toMatchObject({ kind: 'junk', reason: expect.stringContaining('"decision" twice') });
  });
});

function first(predicate: Record<string, unknown>): object {
  const [finding] = Array.isArray(predicate.findings) ? predicate.findings : [];
  return finding;
}

/** Paths of all fields, `predicate.findings.0.count`. */
function fieldsOf(value: unknown, prefix = ''): readonly string[] {
  if (typeof value !== 'object' || value === null) return [prefix];
  return Object.entries(value)
    .flatMap(([key, one]) => (Array.isArray(one) && one.length === 0 ? [`${prefix}.${key}`] : fieldsOf(one, `${prefix}.${key}`)))
    .map((field) => field.replace(/confirmedDependents\.0$/, 'confirmedDependents'))
    .sort();
}

function failed(): never {
  throw new Error('expected a finding');
}
