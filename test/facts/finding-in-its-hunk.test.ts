import { expect, it } from 'vitest';
import { changeOf, check } from '../support/check.ts';
import { parseFixture } from '../support/fixture.ts';

const LOANS = `//- db/loans.sql
 -- name: ProlongLoan :execrows
 UPDATE loans
-SET due_on = $3,
+SET due_on = $2,
     renewals = renewals + 1,
     version = version + 1
-WHERE id = $1
-  AND version = $2;
+WHERE id = $1;
`;

it('a condition that a statement lost is told with the hunk that took it out, not with the first that touches the statement', async () => {
  expect(await placesOf(LOANS)).toEqual(['concurrency/version-check-removed before 7 in the hunk at 6']);
});

it('and so is whose rows they are', async () => {
  const text = LOANS.replace('AND version = $2', 'AND member_id = $2').replace(/version = version/, 'seen = seen');
  expect(await placesOf(text)).toContain('access/tenant-filter-removed before 7 in the hunk at 6');
});

it('and what it was for', async () => {
  const text = LOANS.replace('AND version = $2', "AND state = 'open'").replace(/version = version/, 'seen = seen');
  expect(await placesOf(text)).toEqual(['data/filter-widened before 7 in the hunk at 6']);
});

async function placesOf(text: string): Promise<readonly string[]> {
  const { hunks } = await check(changeOf(parseFixture(text)));
  return hunks.flatMap(({ before, findings }) =>
    findings.map(({ rule, side, range }) => `${rule} ${side} ${range.start.line} in the hunk at ${before.start}`),
  );
}
