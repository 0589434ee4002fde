import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { createMemo } from '../../../server/src/core/facts/memo.ts';
import { prepareLanguages } from '../../../server/src/core/languages/prepare.ts';
import type { RepoPath } from '../../../server/src/core/model/tree.ts';
import { rehearse, rehearsed } from '../../../server/src/doors/lsp/rehearsal.ts';
import { readAsset } from '../../support/check.ts';

const fail = (error: unknown): void => {
  throw error;
};

describe('a rehearsal', () => {
  beforeAll(() => prepareLanguages(['src/rehearsal.ts' as RepoPath], readAsset));
  afterEach(() => void vi.useRealTimers());

  it('types something that is read and judged each time, and flagged in most of them', () => {
    const memo = createMemo(1);
    const judged = Array.from({ length: 10 }, (_, turn) => rehearsed(turn, memo));
    expect(judged.map(({ hunkCount }) => hunkCount > 0)).toEqual(judged.map(() => true));
    expect(judged.flatMap(({ blindSpots }) => blindSpots)).toEqual([]);
    expect(judged.filter(({ hunks }) => hunks.length > 0).length).toBeGreaterThanOrEqual(6);
  });

  it('ends by itself', () => {
    vi.useFakeTimers();
    rehearse(fail);
    vi.runAllTimers();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('ends when it is told to', () => {
    vi.useFakeTimers();
    const end = rehearse(fail);
    vi.advanceTimersByTime(15);
    expect(vi.getTimerCount()).toBe(1);
    end();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('ends with what went wrong, and leaves the thread alone', () => {
    vi.useFakeTimers();
    const heard: unknown[] = [];
    const wrong = new Error('expected a compiler, found none');
    rehearse(
      (error) => heard.push(error),
      () => {
        throw wrong;
      },
    );
    vi.runAllTimers();
    expect(heard).toEqual([wrong]);
    expect(vi.getTimerCount()).toBe(0);
  });
});
