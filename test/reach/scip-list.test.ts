import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { parseIndexList, withEntries } from '../../server/src/host/scip/index-list.ts';
import { readSchema } from '../support/json-schema.ts';

const conforms = readSchema('docs/index.schema.json');

const GOOD = [
  'version: 1',
  'version: 1\nindexes: []',
  'version: 1\nindexes: [{ path: ../shop.scip, repository: shop }]',
  'version: 1\nindexes: [{ path: a, repository: b, commit: "0123abc", made: 2026-10-01T08:00:00Z, bytes: 1 }]',
  'version: 1\nindexes: [{ path: a, repository: b, made: "2026-10-01T08:00:00.123+02:00" }, { path: c, repository: b }]',
];

const BAD = [
  '[]',
  'indexes: []',
  'version: 2',
  'version: 1\nindex: []',
  'version: 1\nindexes: {}',
  'version: 1\nindexes: [a]',
  'version: 1\nindexes: [{ path: a }]',
  'version: 1\nindexes: [{ repository: a }]',
  'version: 1\nindexes: [{ path: "", repository: a }]',
  'version: 1\nindexes: [{ path: 1, repository: a }]',
  'version: 1\nindexes: [{ path: a, repository: " " }]',
  'version: 1\nindexes: [{ path: a, repository: b, comit: "0123abc" }]',
  'version: 1\nindexes: [{ path: a, repository: b, commit: main }]',
  'version: 1\nindexes: [{ path: a, repository: b, commit: 1234567 }]',
  'version: 1\nindexes: [{ path: a, repository: b, made: yesterday }]',
  'version: 1\nindexes: [{ path: a, repository: b, made: 2026-10-01 }]',
  'version: 1\nindexes: [{ path: a, repository: b, bytes: 0 }]',
  'version: 1\nindexes: [{ path: a, repository: b, bytes: "1" }]',
];

describe('the schema and the reader agree', () => {
  it.each(GOOD)('on the good %j', (text) => {
    expect(parseIndexList(text)).toMatchObject({ kind: 'list' });
    expect(conforms(parse(text))).toBe(true);
  });
  it.each(BAD)('on the bad %j', (text) => {
    expect(parseIndexList(text)).toMatchObject({ kind: 'invalid' });
    expect(conforms(parse(text))).toBe(false);
  });
});

describe('a list that is wrong is told by line', () => {
  const errors = (text: string): readonly string[] => {
    const parsed = parseIndexList(text);
    return parsed.kind === 'list' ? [] : parsed.errors.map(({ line, message }) => `${line}: ${message}`);
  };

  it('names an unknown key, a missing one and a bad one, each where it stands', () => {
    expect(errors('version: 1\nindexes:\n  - path: a.scip\n    repo: shop\n  - path: b.scip\n    repository: b\n    made: soon\n')).toEqual(
      [
        '3: expected the key repository, found none',
        '4: an entry of indexes: expected one of path, repository, commit, made, bytes, found the key "repo"',
        '7: made: expected a time as 2026-10-01T08:00:00Z, found "soon"',
      ],
    );
  });

  it('names a file that is listed twice', () => {
    expect(errors('version: 1\nindexes:\n  - { path: a, repository: x }\n  - { path: a, repository: y }\n')).toEqual([
      '4: path: expected each file once, found "a" again',
    ]);
  });

  it('names a day that no calendar has', () => {
    expect(errors('version: 1\nindexes: [{ path: a, repository: b, made: 2026-13-41T08:00:00Z }]')).toHaveLength(1);
  });

  it('names what is no YAML', () => {
    expect(errors('version: [')).toHaveLength(1);
  });
});

describe('entries are added to a list', () => {
  const shop = { path: '../../shop.scip', repository: 'shop', made: '2026-10-01T08:00:00.000Z', bytes: 12 };

  it('to none', () => {
    const text = withEntries(undefined, [shop]);
    expect(parseIndexList(text)).toEqual({ kind: 'list', entries: [shop] });
    expect(conforms(parse(text))).toBe(true);
  });

  it('to one with remarks, which stay, and renews what is listed by its path', () => {
    const old =
      '# ours\nversion: 1\nindexes:\n  # the till\n  - path: till.scip\n    repository: till\n  - path: ../../shop.scip # daily\n    repository: old\n';
    const text = withEntries(old, [shop]);
    expect(parseIndexList(text)).toEqual({ kind: 'list', entries: [{ path: 'till.scip', repository: 'till' }, shop] });
    expect(text).toContain('# ours');
    expect(text).toContain('# the till');
  });

  it('to one without entries, however it is written', () => {
    for (const old of ['version: 1\n', 'version: 1\nindexes:\n', 'version: 1\nindexes: []\n'])
      expect(parseIndexList(withEntries(old, [shop])), old).toEqual({ kind: 'list', entries: [shop] });
  });
});
