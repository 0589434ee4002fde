import { expect, test } from 'vitest';
import type { RepoPath } from '../../server/src/core/model/tree.ts';
import { changeOf, check } from '../support/check.ts';

async function rulesFor(path: string, before: string, after: string): Promise<readonly string[]> {
  const { hunks } = await check(changeOf({ before: new Map([[path as RepoPath, before]]), after: new Map([[path as RepoPath, after]]) }));
  return hunks.flatMap(({ findings }) => findings.map(({ rule, severity }) => `${rule} ${severity}`));
}

const wrapped = (text: string, from: string, to: string, open: string, close: string): string =>
  text.replace(from, `${open}\n${from}`).replace(to, `${to}\n${close}`);

const PURGE = `import { store } from './store';

export async function purge(req: Request) {
  if (!req.user.isAdmin) throw new Forbidden();
  await store.users.deleteMany({ tenant: req.user.tenant });
}
`;

const DATABASE = `resource "aws_db_instance" "main" {
  engine              = "postgres"
  deletion_protection = true
}
`;

test('a guard between the lines of a comment is a guard that is gone', async () => {
  const guard = '  if (!req.user.isAdmin) throw new Forbidden();';
  const found = await rulesFor('src/purge.ts', PURGE, wrapped(PURGE, guard, guard, '/*', '*/'));
  expect(found).toContain('access/auth-guard-removed critical');
});

test('a resource and a setting between the lines of a comment are gone', async () => {
  const all = wrapped(DATABASE, 'resource "aws_db_instance"', '}\n', '/*', '*/').replace('}\n\n*/', '}\n*/');
  expect(await rulesFor('infra/db.tf', DATABASE, `${all}\n`)).toContain('destroy/iac-stateful-removed critical');
  const line = '  deletion_protection = true';
  const found = await rulesFor('infra/db.tf', DATABASE, wrapped(DATABASE, line, line, '/*', '*/'));
  expect(found).toContain('safeguard/deletion-protection-off critical');
});

test('code that comes out of a comment is new code', async () => {
  const sql = 'alter table users add column note text;\n/*\ndrop table orders;\n*/\n';
  expect(await rulesFor('db/change.sql', sql, sql.replace('/*\n', '').replace('*/\n', ''))).toContain('destroy/drop-table critical');
  const script = `set -eu\n: <<'OFF'\nrm -rf "$HOME"/\nOFF\necho done\n`;
  const found = await rulesFor('ops/clean.sh', script, script.replace(": <<'OFF'\n", '').replace('OFF\n', ''));
  expect(found.some((rule) => rule.startsWith('destroy/shell-rm-rf'))).toBe(true);
});

test('in a dialect that no grammar reads whole as well', async () => {
  const sql = 'alter table orders engine = innodb auto_increment = 7;\n/*\ndrop table orders;\n*/\n';
  expect(await rulesFor('db/change.sql', sql, sql.replace('/*\n', '').replace('*/\n', ''))).toContain('destroy/drop-table critical');
});

test('a function that only got another name turns nothing off or on', async () => {
  expect(await rulesFor('src/purge.ts', PURGE, PURGE.replace('function purge(', 'function purgeTenant('))).not.toContain(
    'access/auth-guard-removed critical',
  );
});
