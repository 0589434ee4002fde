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

const FEED = `//- tides/feed.py
 import requests


+def _ask(path, **params):
+    return requests.get(f"{BASE}/{path}", params=params, timeout=5).json()
+
+
+def heights(port):
+    return _ask("heights", port=port)
+
+
+def ports():
+    return _ask("ports")
+
+
 BASE = "https://tides.example.com"


-class Feed:
-    def heights(self, port):
-        res = requests.get(f"{BASE}/heights", params={"port": port}, timeout=5)
-        res.raise_for_status()
-        return res.json()
-
-    def ports(self):
-        res = requests.get(f"{BASE}/ports", timeout=5)
-        res.raise_for_status()
-        return res.json()
`;

it('what a class lost on its way into functions is told once at the new function that does its work', async () => {
  const places = await placesOf(FEED);
  expect(places.filter((place) => place.includes(' after '))).toEqual(['safeguard/error-check-removed after 4 in the hunk at 4']);
  expect(places.filter((place) => place.includes(' before '))).toHaveLength(2);
});

it('and not where that function asks', async () => {
  const asks = FEED.replace(
    /\+ {4}return requests\.get\((.*)\)\.json\(\)/,
    '+    res = requests.get($1)\n+    res.raise_for_status()\n+    return res.json()',
  );
  expect(asks).not.toBe(FEED);
  expect(await placesOf(asks)).toEqual([]);
});

const BERTHS = `//- src/berths.ts
-export function price(id: string) {
-  return load(id).then(function (b) {
-    return b.cents;
-  });
-}
+/** What a berth costs. */
+export async function price(id: string) {
+  const berth = await load(id);
+  return berth.cents;
+}
 
-export function discount(id: string, percent: number) {
-  if (!(percent >= 0 && percent <= 40)) {
-    throw new RangeError('discount out of range');
-  }
-  return load(id).then(function (b) {
-    return save(id, { totalCents: b.cents - (b.cents * percent) / 100 });
-  });
-}
+/** How many there are. */
+export async function count(pier: string) {
+  return (await all(pier)).length;
+}
 
-export function count(pier: string) {
-  return all(pier).then(function (berths) {
-    return berths.length;
-  });
-}
+/** Stores what a discount leaves. */
+export async function discount(id: string, percent: number) {
+  const berth = await load(id);
+  await save(id, { totalCents: berth.cents - (berth.cents * percent) / 100 });
+}
`;

it('what a function lost is told where it stands now as well, if its old lines stand across from another one', async () => {
  const places = await placesOf(BERTHS);
  expect(places.filter((place) => place.startsWith('money/bound-removed'))).toEqual([
    'money/bound-removed before 8 in the hunk at 7',
    'money/bound-removed after 13 in the hunk at 16',
  ]);
});

const PARCELS = `//- src/parcels.service.ts
 export class Parcels {
   @Cron('*/5 * * * *')
-  async sweep() {
+  async sweep(): Promise<number> {
     const limit = new Date(Date.now() - 60_000);
-    const result = await this.source
+    const { affected = 0 } = await this.source
       .createQueryBuilder()
       .update(Parcel)
       .set({ state: 'lost' })
-      .where('state = :state', { state: 'open' })
-      .andWhere('createdAt < :limit', { limit })
+      .where('createdAt < :limit', { limit })
       .execute();
+    return affected;
   }
 }
`;

it('a link that a chain of calls lost is told with the hunk that took it out', async () => {
  expect(await placesOf(PARCELS)).toEqual(['data/filter-widened before 9 in the hunk at 9']);
});

const NOTICES = `//- notices/run.py
-LIMIT = 5_000
+def body_of(notice):
+    return {"title": notice.title}


 def run(notice):
-    members = Member.objects.filter(region=notice.region, mail_opt_in=True).order_by("id")[:LIMIT]
+    body = body_of(notice)
     sent = 0
-    for member in members:
-        send_mail(member.address, title=notice.title)
+    for member in Member.objects.iterator():
+        send_mail(member.address, **body)
         sent += 1
     return sent
`;

it('a bound of who gets a message is told where it stood and where the message goes out', async () => {
  const places = await placesOf(NOTICES);
  expect(places.filter((place) => place.startsWith('runtime/mass-notification'))).toEqual([
    'runtime/mass-notification before 1 in the hunk at 1',
    'runtime/mass-notification before 5 in the hunk at 5',
    'runtime/mass-notification after 9 in the hunk at 7',
  ]);
});

async function placesOf(text: string): Promise<readonly string[]> {
  const { hunks } = await check(changeOf(parseFixture(text)));
  return hunks.flatMap(({ before, findings }) =>
    findings.map(({ rule, side, range }) => `${rule} ${side} ${range.start.line} in the hunk at ${before.start}`),
  );
}
