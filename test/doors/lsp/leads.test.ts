import { expect, test } from 'vitest';
import { DEFAULT_POLICY } from '../../../server/src/core/policy/default-policy.ts';
import type { FolderAnswer } from '../../../server/src/doors/lsp/answer.ts';
import { toDiagnostics } from '../../../server/src/doors/lsp/to-lsp.ts';
import { makeAssessment, makeFinding } from '../../support/attest.ts';

test('of two rules at one place the surest is the diagnostic, as it leads in the text', () => {
  const bound = makeFinding('a', { rule: 'money/bound-removed', family: 'money', confidence: 'medium', message: 'no bound' });
  const limit = makeFinding('b', { rule: 'safeguard/limit-check-removed', family: 'safeguard', confidence: 'high', message: 'no limit' });
  const assessment = makeAssessment([bound]);
  const hunks = assessment.hunks.map((hunk) => ({ ...hunk, findings: [bound, limit] }));
  const answer: FolderAnswer = {
    revision: 1,
    places: { root: '/work' },
    commonDir: '/work/.git',
    baseline: 'HEAD',
    assessment: { ...assessment, hunks },
    states: {},
    policy: DEFAULT_POLICY,
    warnings: [],
  };
  const diagnostics = toDiagnostics(answer, hunks, 'file:///work/src/pay.ts', { codeLens: true, criticalAsError: true });
  expect(diagnostics.map(({ code }) => code)).toEqual(['safeguard/limit-check-removed']);
  expect(diagnostics[0]?.message).toContain('and 1 more finding here');
  expect(diagnostics[0]?.relatedInformation?.map(({ message }) => message)).toEqual(['no bound']);
});
