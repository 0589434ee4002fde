import { describe, expect, it } from 'vitest';
import type { Finding } from '../../server/src/core/model/finding.ts';
import type { ForeignAnswer, ForeignRadius } from '../../server/src/core/model/foreign.ts';
import type { BlastRadius } from '../../server/src/core/model/radius.ts';
import { fanIn, severityByFanIn } from '../../server/src/core/rules/vocabulary/contract/contract-callers.ts';
import { scoreHunk } from '../../server/src/core/score/score.ts';
import { foreignPlaces, foreignText } from '../../server/src/doors/reporters/foreign.ts';

const shop: ForeignAnswer = { repository: 'shop', made: '2026-10-01T08:00:00Z', versions: ['1.1.0'], references: 5, files: 2 };
const till: ForeignAnswer = { repository: 'till', commit: '0123456789abcdef', versions: [], references: 0, files: 0 };
const cut: ForeignAnswer = {
  repository: 'cut',
  versions: [],
  references: 0,
  files: 0,
  problem: 'cut.scip: expected a SCIP index, found no file',
};

function radius(...indexes: ForeignAnswer[]): ForeignRadius {
  const using = indexes.filter(({ references }) => references > 0);
  return {
    method: 'index',
    references: using.reduce((sum, { references }) => sum + references, 0),
    files: using.reduce((sum, { files }) => sum + files, 0),
    repositories: using.length,
    isLikely: false,
    indexes,
    dependents: using.flatMap(({ repository }) =>
      [3, 3, 4, 9, 12].map((line) => ({ repository, path: 'src/cart.ts', line, character: line, kind: 'reference' as const })),
    ),
  };
}

describe('what indexes say is told as the snapshot that it is', () => {
  it('a count is at least that, with whose it is, of which version and age', () => {
    expect(foreignText(radius(shop, till))).toEqual(['elsewhere at least 5 dependents in 2 files of shop (1.1.0, as of 2026-10-01)']);
    expect(foreignText({ ...radius(shop), isLikely: true })).toEqual([
      'elsewhere at least 5 dependents in 2 files of shop (1.1.0, as of 2026-10-01), some by name alone',
    ]);
  });

  it('none found is told with the age of where it was not found, and never as none', () => {
    expect(foreignText(radius(till))).toEqual(['none found in 1 other repository (by commit)']);
    expect(foreignText(radius({ ...shop, references: 0 }, till))).toEqual(['none found in 2 other repositories (as of 2026-10-01)']);
    expect(foreignText(radius({ repository: 'x', versions: [], references: 0, files: 0 }, till))).toEqual([
      'none found in 2 other repositories (of unknown age)',
    ]);
  });

  it('an index that could not be read is not among those that were', () => {
    expect(foreignText(radius(cut))).toEqual(['cut not analysed: cut.scip: expected a SCIP index, found no file']);
    expect(foreignText(radius(shop, cut))).toHaveLength(2);
  });

  it('names three lines, each once', () => {
    expect(foreignPlaces([radius(shop), radius(shop, till)])).toEqual([
      'shop: src/cart.ts:3',
      'shop: src/cart.ts:4',
      'shop: src/cart.ts:9',
      'and more elsewhere',
    ]);
    expect(foreignPlaces([radius(till)])).toEqual([]);
  });
});

describe('what uses a symbol elsewhere weighs', () => {
  const here: BlastRadius = {
    references: 0,
    files: 0,
    transitiveFiles: 0,
    packages: 0,
    tests: 0,
    exported: true,
    method: 'types',
    atMost: false,
    dependents: [],
  };
  const finding = (blastRadius: BlastRadius): Finding => ({
    rule: 'contract/export-removed',
    ruleVersion: '1.0.0',
    family: 'contract',
    severity: 'medium',
    confidence: 'high',
    fingerprint: '0',
    message: '',
    side: 'before',
    range: { start: { line: 1, character: 0 }, end: { line: 1, character: 1 } },
    scope: '',
    related: [],
    blastRadius,
    region: { removed: '', added: '' },
  });

  it('a score as uses here do, and never less', () => {
    const elsewhere = scoreHunk([finding({ ...here, foreign: radius(shop) })]);
    expect(elsewhere).toBe(scoreHunk([finding({ ...here, references: 5 })]));
    expect(elsewhere).toBeGreaterThan(scoreHunk([finding(here)]));
    expect(scoreHunk([finding({ ...here, foreign: radius(till, cut) })])).toBe(scoreHunk([finding(here)]));
  });

  it('the words of a rule, and not the count of those here', () => {
    expect(fanIn({ ...here, foreign: radius(shop) })).toBe('no dependent here, at least 5 elsewhere');
    expect(fanIn({ ...here, references: 1, files: 1, foreign: radius(shop) })).toBe('1 dependent, at least 5 elsewhere');
    expect(fanIn({ ...here, references: 1, files: 1, foreign: radius(till) })).toBe('1 dependent');
    expect(severityByFanIn({ ...here, foreign: radius(shop) })).toBeUndefined();
  });
});
