import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { digestParts, type FindingIdentity, findingFingerprint } from '../../server/src/core/identity.ts';
import type { RepoPath } from '../../server/src/core/model/tree.ts';
import { changeOf, check } from '../support/check.ts';
import { parseFixture } from '../support/fixture.ts';

const identity: fc.Arbitrary<FindingIdentity> = fc.record({
  rule: fc.constantFrom('destroy/drop-table', 'access/auth-guard-removed'),
  ruleVersion: fc.constantFrom('1.0.0', '2.0.0'),
  scope: fc.string({ maxLength: 4 }),
  path: fc.string({ minLength: 1, maxLength: 4 }).map((text) => text as RepoPath),
  removed: fc.string({ maxLength: 6 }),
  added: fc.string({ maxLength: 6 }),
});

it('two identities share a fingerprint only when every part is equal', () => {
  fc.assert(
    fc.property(
      identity,
      identity,
      (a, b) => (findingFingerprint(a) === findingFingerprint(b)) === (JSON.stringify(a) === JSON.stringify(b)),
    ),
  );
});

it('the split of the parts is part of the digest', () => {
  expect(digestParts(['ab', 'c'])).not.toBe(digestParts(['a', 'bc']));
  expect(digestParts(['a', ''])).not.toBe(digestParts(['a']));
});

it('a minor version of a rule keeps its fingerprints, a major one does not', () => {
  const base: FindingIdentity = {
    rule: 'destroy/drop-table',
    ruleVersion: '1.0.0',
    scope: '',
    path: 'a.sql' as RepoPath,
    removed: '',
    added: 'x\n',
  };
  expect(findingFingerprint({ ...base, ruleVersion: '1.9.3' })).toBe(findingFingerprint(base));
  expect(findingFingerprint({ ...base, ruleVersion: '2.0.0' })).not.toBe(findingFingerprint(base));
});

/** What a person acknowledged survives or dies by content alone. Each row edits the same world in one way. */
describe('one flagged statement', () => {
  const world = (after: string, before = 'SELECT 1;\n\nSELECT 2;\n', path = 'db/0002_clean.sql') =>
    fingerprints({ before: new Map([[path as RepoPath, before]]), after: new Map([[path as RepoPath, after]]) });
  const flagged = 'SELECT 1;\n\nDELETE FROM orders;\nSELECT 2;\n';

  it.each([
    ['lines above it', `-- a remark\n\nSELECT 0;\n${flagged}`],
    ['a neighbour below it', flagged.replace('SELECT 2', 'SELECT 3')],
    ['a neighbour above it', flagged.replace('SELECT 1;', 'SELECT 10;')],
  ])('survives %s', async (_, after) => {
    expect(await world(after)).toEqual(await world(flagged));
  });

  it.each([
    ['one more space', flagged.replace('DELETE FROM orders', 'DELETE  FROM orders')],
    ['another table', flagged.replace('orders', 'order2')],
    ['a line end', flagged.replace('orders;\n', 'orders;\r\n')],
  ])('dies on %s', async (_, after) => {
    const fresh = await world(after);
    expect(fresh).toHaveLength(1);
    expect(fresh).not.toEqual(await world(flagged));
  });

  it('dies in another file', async () => {
    expect(await world(flagged, undefined, 'db/0003_clean.sql')).not.toEqual(await world(flagged));
  });

  it('asks twice for two equal findings', async () => {
    const twice = await world(flagged.replace('DELETE FROM orders;\n', 'DELETE FROM orders;\nDELETE FROM orders;\n'));
    expect(twice).toHaveLength(2);
    expect(new Set(twice)).toEqual(new Set(await world(flagged)));
  });
});

it('the same lines in another function are another finding', async () => {
  const inFunction = (name: string) => parseFixture(`//- ops/clean.sh\n ${name}() {\n+  rm -rf "$TARGET"/\n }\n`);
  expect(await fingerprints(inFunction('nightly'))).not.toEqual(await fingerprints(inFunction('hourly')));
});

async function fingerprints(world: {
  before: ReadonlyMap<RepoPath, string>;
  after: ReadonlyMap<RepoPath, string>;
}): Promise<readonly string[]> {
  const assessment = await check(changeOf(world));
  return assessment.hunks.flatMap((hunk) => hunk.findings.map((finding) => finding.fingerprint)).sort();
}
