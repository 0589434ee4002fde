import { expect, it } from 'vitest';
import { changeOf, check } from '../support/check.ts';
import { parseFixture } from '../support/fixture.ts';

const SERVICE = `//- purse/service.py
 from django.db import transaction

+from purse.rows import purse_row
 from purse.models import Purse


 @transaction.atomic
 def spend(purse_id, cents):
-    purse = Purse.objects.select_for_update().get(pk=purse_id)
+    purse = purse_row(purse_id)
     purse.cents -= cents
     purse.save()
`;
const ROWS = `//- purse/rows.py
+from purse.models import Purse
+
+
+def purse_row(pk):
+    return Purse.objects.get(pk=pk)
`;

it('what a new function of another file took over without its lock is told there as well', async () => {
  expect(await placesOf(SERVICE + ROWS)).toEqual(['purse/rows.py concurrency/lock-removed 4', 'purse/service.py concurrency/lock-removed']);
});

it('and not where it took the lock along', async () => {
  expect(await placesOf(SERVICE + ROWS.replace('objects.get', 'objects.select_for_update().get'))).toEqual([]);
});

it('nor at a function that the finding does not come to', async () => {
  const other = SERVICE.replace('+    purse = purse_row(purse_id)', '+    purse = Purse.objects.get(pk=purse_id)');
  expect(await placesOf(other + ROWS)).toEqual(['purse/service.py concurrency/lock-removed']);
});

/** Each finding with its file and rule, and where it is told of the new side with its line. */
async function placesOf(text: string): Promise<readonly string[]> {
  const fixture = parseFixture(text);
  const { hunks } = await check(changeOf(fixture));
  return hunks.flatMap(({ path, findings }) =>
    findings.map(({ rule, side, range }) => `${path} ${rule}${side === 'after' ? ` ${range.start.line}` : ''}`),
  );
}
