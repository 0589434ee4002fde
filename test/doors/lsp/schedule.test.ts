import { describe, expect, it } from 'vitest';
import { createSchedule } from '../../../server/src/doors/lsp/schedule.ts';
import { mergeWork } from '../../../server/src/doors/lsp/worker-messages.ts';

describe('schedule', () => {
  it('runs the first at once, and what came meanwhile as one', () => {
    const started: string[] = [];
    const schedule = createSchedule<string>(
      (work) => started.push(work),
      (older, newer) => `${older}+${newer}`,
    );
    schedule.ask('a');
    schedule.ask('b');
    schedule.ask('c');
    expect(started).toEqual(['a']);
    schedule.finished();
    expect(started).toEqual(['a', 'b+c']);
    expect(schedule.isIdle).toBe(false);
    schedule.finished();
    expect(schedule.isIdle).toBe(true);
    schedule.ask('d');
    expect(started).toEqual(['a', 'b+c', 'd']);
  });

  it('merges so that the newest text of each document wins and no file is forgotten', () => {
    const older = { documents: { a: '1', b: '1' }, files: ['x'], relist: true };
    const newer = { documents: { b: null, c: '2' }, files: ['x', 'y'], relist: false };
    expect(mergeWork(older, newer)).toEqual({ documents: { a: '1', b: null, c: '2' }, files: ['x', 'y'], relist: true });
  });
});
