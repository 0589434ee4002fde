import { expect, it } from 'vitest';
import type { Change } from '../../server/src/core/model/change.ts';
import type { RepoPath } from '../../server/src/core/model/tree.ts';
import { changeOf, check } from '../support/check.ts';
import { parseFixture } from '../support/fixture.ts';

/** A fixture whose finding of a rule names a thing, and who still uses it. */
const CASES: readonly { readonly rule: string; readonly fixture: string; readonly users: readonly string[] }[] = [
  {
    rule: 'data/drop-column',
    fixture:
      '//- db/migrations/2.sql\n+ALTER TABLE orders DROP COLUMN legacy_ref;\n//- db/migrations/1.sql\n CREATE TABLE orders (id int, legacy_ref text);\n//- jobs/sync.py\n def refs(rows):\n     return [row.legacy_ref for row in rows]\n//- web/order.ts\n export const ref = (order: { legacyRef: string }) => order.legacyRef;\n',
    users: ['jobs/sync.py:2', 'web/order.ts:1', 'web/order.ts:1'],
  },
  {
    rule: 'destroy/drop-table',
    fixture:
      '//- db/migrations/2.sql\n+DROP TABLE order_items;\n//- db/migrations/1.sql\n CREATE TABLE order_items (id int);\n//- app/models.go\n package app\n\n type OrderItem struct{}\n\n var all []OrderItem\n',
    users: ['app/models.go:5'],
  },
  {
    rule: 'destroy/iac-stateful-removed',
    fixture:
      '//- infra/db.tf\n-resource "aws_db_instance" "main" {\n-  engine = "postgres"\n-}\n//- infra/dns.tf\n locals {\n   host = aws_db_instance.main.address\n }\n//- other/dns.tf\n locals {\n   host = aws_db_instance.main.address\n }\n',
    users: ['infra/dns.tf:2'],
  },
  {
    rule: 'contract/proto-field-changed',
    fixture:
      '//- api/order.proto\n syntax = "proto3";\n message Order {\n-  int64 total_cents = 2;\n   string id = 1;\n }\n//- src/Bill.java\n class Bill { long sum(Order o) { return o.getTotalCents(); } }\n',
    users: ['src/Bill.java:1'],
  },
  {
    rule: 'contract/event-or-queue-name-changed',
    fixture:
      "//- src/publish.ts\n-export const done = (bus: Bus) => bus.publish('order.created', 1);\n+export const done = (bus: Bus) => bus.publish('order.made', 1);\n//- worker/listen.py\n bus.subscribe('order.created', handle)\n",
    users: ['worker/listen.py:1'],
  },
];

it.each(CASES)('$rule says who uses what it is about', async ({ rule, fixture, users }) => {
  const change: Change = changeOf(parseFixture(fixture));
  const { hunks } = await check(change);
  const finding = hunks.flatMap((hunk) => hunk.findings).find((found) => found.rule === rule);
  expect(finding?.blastRadius).toMatchObject({ references: users.length, method: 'names', atMost: true });
  expect(finding?.blastRadius?.dependents.map(({ path, line }) => `${path}:${line}`)).toEqual(users as readonly RepoPath[]);
});
