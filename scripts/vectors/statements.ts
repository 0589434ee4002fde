import { readStatement } from '../../server/src/core/attest/read-statement.ts';
import { writeStatement } from '../../server/src/core/attest/write-statement.ts';
import { digestOf, makeAcknowledgement, makeContext, makeFinding, makeKey, publicLine } from '../../test/support/attest.ts';

/** The payload of an envelope, and what a reader makes of it. */
export interface StatementVector {
  readonly name: string;
  readonly why: string;
  /** Base64 of the payload's bytes: some are no text. */
  readonly payload: string;
  readonly expect:
    | {
        readonly kind: 'statement';
        readonly decision: string;
        readonly by: string;
        readonly at: string;
        readonly findings: readonly { readonly fingerprint: string; readonly count: number }[];
      }
    | { readonly kind: 'junk'; readonly reason: string };
}

type Fields = Record<string, unknown>;

/** Each junk one has one thing wrong with it. */
export function makeStatementVectors(): readonly StatementVector[] {
  const line = publicLine(makeKey(1));
  const context = makeContext(line, { nonce: '00'.repeat(16), baseCommit: '1'.repeat(40) });
  const statement = writeStatement(makeAcknowledgement([makeFinding('a'), makeFinding('b')]), context) as unknown as Fields;
  const predicate = statement.predicate as Fields;
  const [first, second] = predicate.findings as readonly Fields[];
  const text = JSON.stringify(statement);
  const withField = (change: Fields): string => JSON.stringify({ ...statement, predicate: { ...predicate, ...change } });
  const without = (key: string): string => withField({ [key]: undefined });
  const finding = (change: Fields): string => withField({ findings: [{ ...first, ...change }, second] });
  const made: readonly (readonly [string, string, string | Buffer])[] = [
    ['good-acknowledged', 'every field that Brakeline writes', text],
    ['good-rejected', 'the other decisions are read alike', withField({ decision: 'rejected' })],
    ['good-revoked', 'so is what somebody took back', withField({ decision: 'revoked' })],
    ['good-required-fields', 'fields that are not required may be left out', required(statement, predicate, first, second)],
    [
      'good-unknown-fields',
      'unknown fields are ignored',
      JSON.stringify({ ...statement, later: 1, predicate: { ...predicate, later: [] } }),
    ],
    ['good-count', 'one decision about equal findings', finding({ count: 3 })],
    ['good-valid-until', 'an end of its own', withField({ validUntil: '2026-12-22T06:00:00Z' })],
    ['good-offset-time', 'any RFC 3339 time', withField({ acknowledgedAt: '2026-11-22T11:00:00+01:00' })],
    ['good-target', 'the branch that the change goes into', withField({ context: { targetRef: 'refs/heads/main' } })],
    ['junk-not-utf8', 'bytes that are no UTF-8', Buffer.concat([Buffer.from(text.slice(0, -1)), Buffer.from([0xff]), Buffer.from('}')])],
    ['junk-byte-order-mark', 'nothing stands before the first brace', `\ufeff${text}`],
    ['junk-repeated-key', 'an object names a key twice', text.replace('"decision":', '"decision":"rejected","decision":')],
    [
      'junk-repeated-key-escaped',
      'an escape does not make another key of it',
      text.replace('"decision":', '"d\\u0065cision":"rejected","decision":'),
    ],
    ['junk-type', 'no Statement v1', JSON.stringify({ ...statement, _type: 'https://in-toto.io/Statement/v0.1' })],
    ['junk-predicate-type', 'another predicate', JSON.stringify({ ...statement, predicateType: 'https://slsa.dev/provenance/v1' })],
    ['junk-decision', 'an unknown decision is no acknowledgement', withField({ decision: 'approved' })],
    ['junk-no-decision', 'absence is no acknowledgement', without('decision')],
    ['junk-decision-case', 'words are compared as they are', withField({ decision: 'Acknowledged' })],
    ['junk-channel', 'no person sits at this channel', withField({ interaction: { channel: 'mcp' } })],
    ['junk-no-person', 'nobody decided', withField({ acknowledgedBy: { id: '' } })],
    ['junk-no-time', 'no time', without('acknowledgedAt')],
    ['junk-time', 'a time that is none', withField({ acknowledgedAt: '2026-02-30T00:00:00Z' })],
    ['junk-valid-until', 'an end that is none', withField({ validUntil: 'never' })],
    ['junk-target', 'a branch has a full name', withField({ context: { targetRef: 'main' } })],
    ['junk-no-findings', 'nothing was decided about', withField({ findings: [] })],
    ['junk-fingerprint', 'a fingerprint has 64 lower-case hex digits', finding({ fingerprint: digestOf('a').toUpperCase() })],
    ['junk-count', 'a count is a whole number above zero', finding({ count: 0 })],
    ['junk-severity', 'an unknown severity', finding({ severity: 'none' })],
    [
      'junk-subject-missing',
      'a finding without its subject',
      JSON.stringify({ ...statement, subject: (statement.subject as unknown[]).slice(1) }),
    ],
    ['junk-subject-more', 'a subject without its finding', withField({ findings: [first] })],
  ];
  return made.map(([name, why, payload]) => vector(name, why, Buffer.from(payload)));
}

/** What a reader needs and nothing else (docs/predicate/v0.1.md). */
function required(statement: Fields, predicate: Fields, ...findings: readonly (Fields | undefined)[]): string {
  const { _type, predicateType, subject } = statement;
  const { decision, acknowledgedAt } = predicate;
  const bare = findings.map((one) => ({
    fingerprint: one?.fingerprint,
    ruleId: one?.ruleId,
    path: one?.path,
    scope: one?.scope,
    severity: one?.severity,
  }));
  const fields = {
    decision,
    acknowledgedAt,
    acknowledgedBy: { id: 'ada@example.invalid' },
    interaction: { channel: 'cli-tty' },
    findings: bare,
  };
  return JSON.stringify({ _type, subject, predicateType, predicate: fields });
}

function vector(name: string, why: string, payload: Buffer): StatementVector {
  const reading = readStatement(payload);
  if ((reading.kind === 'statement') !== name.startsWith('good-')) throw new Error(`expected ${name}, found ${JSON.stringify(reading)}`);
  const encoded = payload.toString('base64');
  if (reading.kind === 'junk') return { name, why, payload: encoded, expect: reading };
  const { decision, by, at, findings } = reading.statement.acknowledgement;
  const counted = findings.map(({ fingerprint, count }) => ({ fingerprint, count }));
  return { name, why, payload: encoded, expect: { kind: 'statement', decision, by: by.id, at, findings: counted } };
}
