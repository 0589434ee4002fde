import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { prepareLanguages } from '../../server/src/core/languages/prepare.ts';
import typescript from '../../server/src/core/languages/typescript/index.ts';
import type { SourceFacts } from '../../server/src/core/model/facts.ts';
import type { RepoPath } from '../../server/src/core/model/tree.ts';
import { assetFile } from '../../server/src/host/assets.ts';

const PATH = 'lib/stack.ts' as RepoPath;
const read = (text: string): SourceFacts => typescript.facts(PATH, text, () => typescript.facts(PATH, '', () => read('')));

beforeAll(async () => {
  const require = createRequire(path.join(process.cwd(), 'package.json'));
  await prepareLanguages([PATH], async (name) => readFileSync(assetFile(name, require.resolve)));
});

it('reads a construct as a resource with settings', () => {
  const { resources, settings } = read(
    "import { Stack } from 'aws-cdk-lib';\nclass Data extends Stack {\n  constructor() {\n    new rds.DatabaseInstance(this, 'Orders', {\n      deletionProtection: true,\n      backup: { retention: Duration.days(7) },\n      zones: ['a', 'b'],\n    });\n  }\n}\n",
  );
  expect(resources.map(({ type, name, range }) => [type, name, range.start.line])).toEqual([['cdk:rds.DatabaseInstance', 'Orders', 4]]);
  expect(settings.map(({ path: at, value }) => `${at.join('.')} = ${String(value)}`)).toEqual([
    'deletionProtection = true',
    'backup = null',
    'backup.retention = Duration.days(7)',
    'zones = null',
    'zones.0 = a',
    'zones.1 = b',
  ]);
});

it('reads the name that Pulumi gives', () => {
  const { resources } = read("import * as aws from '@pulumi/aws';\nnew aws.s3.Bucket('uploads', { forceDestroy: true });\n");
  expect(resources.map(({ type, name }) => [type, name])).toEqual([['pulumi:aws.s3.Bucket', 'uploads']]);
});

it('leaves objects of other programs alone', () => {
  expect(read("new Chart(this, 'sales', { max: 10 });\n").resources).toEqual([]);
});
