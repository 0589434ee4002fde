import { expect, it } from 'vitest';
import { changeOf, check } from '../support/check.ts';
import { repoPath } from '../support/git.ts';

const lines = (...text: readonly string[]): string => `${text.join('\n')}\n`;

async function rulesOf(before: string, after: string): Promise<readonly string[]> {
  const path = repoPath('jobs/expire.py');
  const change = changeOf({ before: new Map([[path, before]]), after: new Map([[path, after]]) });
  return (await check(change)).hunks.flatMap(({ findings }) => findings.map(({ rule }) => rule));
}

const HEAD = ['def expire(session):', '    session.execute(', '        update(Offer)'];
const LINK = '        .where(Offer.state == "open")';
const TAIL = ['        .values(state="expired")', '    )'];

it('a call whose chain lost a line in the middle is a new call of the hunk that took the line away', async () => {
  expect(await rulesOf(lines(...HEAD, LINK, ...TAIL), lines(...HEAD, ...TAIL))).toContain('data/update-without-where');
});

it('the same call with a new link asks for nothing', async () => {
  expect(await rulesOf(lines(...HEAD, ...TAIL), lines(...HEAD, LINK, ...TAIL))).toEqual([]);
});

it('a line that goes above or below a call makes no new one of it', async () => {
  const whole = [...HEAD, ...TAIL];
  expect(await rulesOf(lines('import os', ...whole, 'RETRIES = 3'), lines(...whole))).not.toContain('data/update-without-where');
});
