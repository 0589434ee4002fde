import { expect, it } from 'vitest';
import type { RepoPath } from '../../server/src/core/model/tree.ts';
import { check } from '../support/check.ts';
import { memoryTree } from '../support/memory-tree.ts';

it('a value in JSON is followed into Terraform that the change does not touch', async () => {
  const main = 'resource "aws_db_instance" "orders" {\n  deletion_protection = var.protect\n}\n';
  const [code, values] = ['infra/main.tf' as RepoPath, 'infra/terraform.tfvars.json' as RepoPath];
  const tree = (id: string, text: string) =>
    memoryTree(
      id,
      new Map([
        [code, main],
        [values, text],
      ]),
    );
  const assessment = await check({
    before: tree('before', '{"protect": true}\n'),
    after: tree('after', '{"protect": false}\n'),
    touched: [values],
    origin: { kind: 'unknown', evidence: 'none' },
  });
  expect(assessment.hunks.flatMap(({ findings }) => findings.map(({ rule, severity }) => `${rule} ${severity}`))).toEqual([
    'safeguard/deletion-protection-off critical',
  ]);
});
