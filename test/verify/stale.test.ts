import { describe, expect, it } from 'vitest';
import { findingFingerprint } from '../../server/src/core/identity.ts';
import type { Acknowledgement } from '../../server/src/core/model/acknowledgement.ts';
import type { Finding } from '../../server/src/core/model/finding.ts';
import { landedIn } from '../../server/src/core/verify/landed.ts';
import { makeAcknowledgement, makeAssessment, makeFinding, makeSigner, NOW, REPOSITORY_ID, sealLine } from '../support/attest.ts';
import { repoPath } from '../support/git.ts';
import { memoryTree } from '../support/memory-tree.ts';
import { ADA, codes, verify } from '../support/verify-case.ts';

const PATH = repoPath('src/pay.ts');

/** A finding of `charge` on one line that was added, with the fingerprint that such a line has. */
function findingAt(line: number, text: string, removed = ''): Finding {
  const position = { line, character: 0 };
  const region = { removed, added: `${text}\n` };
  const plain = makeFinding('x', { range: { start: position, end: position }, region });
  return { ...plain, fingerprint: findingFingerprint({ ...plain, path: PATH, ...region }) };
}

function acknowledged(finding: Finding, at: string, more: Partial<Acknowledgement> = {}): Promise<string> {
  const { start } = finding.range;
  const made = makeAcknowledgement([finding], { by: { id: 'ada@example.invalid' }, at, ...more });
  const findings = made.findings.map((one) => ({ ...one, lines: `after ${start.line}-${start.line}` }));
  return sealLine({ ...made, findings }, makeSigner(ADA), { repositoryId: REPOSITORY_ID });
}

const EARLY = '2026-11-22T10:00:00Z';
const LATE = '2026-11-22T11:00:00Z';
const OLD = findingAt(4, 'rm OLD');
const OLDER = findingAt(4, 'rm OLDER');
const BESIDE = findingAt(13, 'rm TMP');

describe('what stands beside a finding that was acknowledged is uncovered, and not stale', () => {
  it('where the other one was acknowledged, edited and acknowledged again', async () => {
    const lines = [await acknowledged(OLD, EARLY), await acknowledged(OLDER, LATE)];
    expect(codes(verify(lines, { assessment: makeAssessment([OLDER, BESIDE]) }))).toEqual(['uncovered']);
    expect(codes(verify(lines, { assessment: makeAssessment([BESIDE]) })), 'what was given anew explains nothing').toEqual(['stale']);
    const gap = verify(lines, { assessment: makeAssessment([BESIDE]) }).gaps[0];
    expect(gap?.message).toContain(OLDER.fingerprint.slice(0, 12));
  });

  it('where the other one alone was edited since: it is the nearest', async () => {
    for (const findings of [
      [OLDER, BESIDE],
      [BESIDE, OLDER],
    ]) {
      const { gaps } = verify([await acknowledged(OLD, EARLY)], { assessment: makeAssessment(findings) });
      expect(new Map(gaps.map(({ fingerprint, code }) => [fingerprint, code]))).toEqual(
        new Map([
          [OLDER.fingerprint, 'stale'],
          [BESIDE.fingerprint, 'uncovered'],
        ]),
      );
    }
  });

  it('where both were edited, each is explained by its own', async () => {
    const near = verify([await acknowledged(OLD, EARLY), await acknowledged(BESIDE, LATE)], {
      assessment: makeAssessment([OLDER, findingAt(13, 'rm TMPS')]),
    });
    expect(near.gaps.map(({ code, message }) => [code, /found ([0-9a-f]{12})/.exec(message)?.[1]])).toEqual([
      ['stale', OLD.fingerprint.slice(0, 12)],
      ['stale', BESIDE.fingerprint.slice(0, 12)],
    ]);
  });
});

describe('what an earlier change took in did not go stale', () => {
  const cases = async (before: string, carried: readonly string[], finding: Finding): Promise<readonly string[]> => {
    const tree = memoryTree('before', new Map([[PATH, before]]));
    return codes(
      verify([await acknowledged(OLD, EARLY)], {
        assessment: makeAssessment([finding]),
        context: { now: NOW, authors: [], isLanded: landedIn(tree, (fingerprint) => carried.includes(fingerprint)) },
      }),
    );
  };

  it('where the before side has its lines, or carries it', async () => {
    expect(await cases('a\nrm OLD\nb\n', [], BESIDE)).toEqual(['uncovered']);
    expect(await cases('a\nb\n', [OLD.fingerprint], BESIDE)).toEqual(['uncovered']);
    expect(await cases('a\nb\n', [], BESIDE)).toEqual(['stale']);
    expect(await cases('a\nrm OLDEST\nb\n', [], BESIDE)).toEqual(['stale']);
  });

  it('but where a finding replaces these very lines, it did', async () => {
    expect(await cases('a\nrm OLD\nb\n', [OLD.fingerprint], findingAt(4, 'rm OLDER', 'rm OLD\n'))).toEqual(['stale']);
    expect(await cases('a\nrm OLD\nb\n', [], findingAt(4, 'rm OLDER', 'cp OLD\n'))).toEqual(['uncovered']);
  });
});
