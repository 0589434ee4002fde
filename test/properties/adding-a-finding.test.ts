import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Finding } from '../../server/src/core/model/finding.ts';
import { SEVERITIES } from '../../server/src/core/model/finding.ts';
import { scoreChange, scoreHunk } from '../../server/src/core/score/score.ts';

const finding: fc.Arbitrary<Finding> = fc
  .record({
    severity: fc.constantFrom(...SEVERITIES),
    confidence: fc.constantFrom('low' as const, 'medium' as const, 'high' as const),
    references: fc.option(fc.nat(500)),
  })
  .map(({ severity, confidence, references }) => ({
    rule: 'destroy/x',
    ruleVersion: '1.0.0',
    family: 'destroy',
    severity,
    confidence,
    fingerprint: '',
    message: '',
    side: 'after',
    range: { start: { line: 1, character: 0 }, end: { line: 1, character: 1 } },
    scope: '',
    related: [],
    blastRadius:
      references === null
        ? null
        : {
            references,
            files: 1,
            transitiveFiles: 1,
            packages: 1,
            tests: 0,
            exported: true,
            method: 'types',
            atMost: false,
            dependents: [],
          },
    region: { removed: '', added: '' },
  }));

const hunk = fc.record({ score: fc.nat(100), severity: fc.constantFrom(...SEVERITIES) });

it('adding a finding never lowers the score of a hunk', () => {
  fc.assert(fc.property(fc.array(finding, { maxLength: 6 }), finding, (list, more) => scoreHunk([...list, more]) >= scoreHunk(list)));
});

it('adding a hunk or a blind spot never lowers the score of a change, and it stays within 0 and 100', () => {
  fc.assert(
    fc.property(
      fc.array(hunk, { maxLength: 8 }),
      hunk,
      fc.nat(10),
      fc.double({ min: 0, max: 40, noNaN: true }),
      (list, more, blind, points) => {
        const around = [{ name: 'x', points, most: 40, found: '' }];
        const score = scoreChange(list, blind, around);
        expect(scoreChange([...list, more], blind, around)).toBeGreaterThanOrEqual(score);
        expect(scoreChange(list, blind + 1, around)).toBeGreaterThanOrEqual(score);
        expect(score).toBeGreaterThanOrEqual(0);
        expect(score).toBeLessThanOrEqual(100);
      },
    ),
  );
});
