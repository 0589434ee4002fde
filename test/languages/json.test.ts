import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';
import { readFacts } from '../../server/src/core/facts/read-facts.ts';
import { prepareLanguages } from '../../server/src/core/languages/prepare.ts';
import type { SourceFacts } from '../../server/src/core/model/facts.ts';
import type { RepoPath } from '../../server/src/core/model/tree.ts';
import { assetFile } from '../../server/src/host/assets.ts';

const { resolve } = createRequire(import.meta.url);

beforeAll(async () => {
  await prepareLanguages(['x.json' as RepoPath], async (name) => readFileSync(assetFile(name, resolve)));
});

it('reads settings with comments and trailing commas', () => {
  const { settings, blindSpots } = read('x.json', '{\n  // note\n  "a": {"b": [1, null]},\n}\n');
  expect(
    settings.map((setting) => `${setting.path.join('/')}=${setting.value} ${setting.range.start.line}:${setting.range.start.character}`),
  ).toEqual(['a=null 3:2', 'a/b=null 3:8', 'a/b/0=1 3:14', 'a/b/1=null 3:17']);
  expect(blindSpots).toEqual([]);
});

it('gives the same keys to another order of keys', () => {
  const keys = (text: string): readonly string[] =>
    read('x.json', text)
      .settings.map((setting) => setting.key)
      .sort();
  expect(keys('{"a": 1, "b": {"c": 2}}')).toEqual(keys('{"b":{"c":2},"a":1}'));
});

it('reads dependencies and scripts of a manifest', () => {
  const { dependencies, commands } = read(
    'packages/a/package.json',
    '{\n  "scripts": {\n    "clean": "rm -rf dist",\n    "x": "a \\"b\\" && rm -r y"\n  },\n  "dependencies": {"zod": "3"},\n  "devDependencies": {"vitest": "1"}\n}\n',
  );
  expect(dependencies.map((dependency) => `${dependency.group} ${dependency.name} ${dependency.version}`)).toEqual([
    'runtime zod 3',
    'development vitest 1',
  ]);
  expect(commands.map((command) => `${command.scope} ${command.name} ${command.range.start.line}`)).toEqual([
    'scripts.clean rm 3',
    'scripts.x a 4',
    'scripts.x rm 4',
  ]);
  expect(commands[0]?.range).toEqual({ start: { line: 3, character: 14 }, end: { line: 3, character: 25 } });
  expect(read('other.json', '{"dependencies": {"zod": "3"}}').dependencies).toEqual([]);
});

it('reads CloudFormation templates', () => {
  expect(read('t.json', '{"Resources": {"A": {"Type": "AWS::S3::Bucket"}}}').resources.map((resource) => resource.type)).toEqual([
    'AWS::S3::Bucket',
  ]);
  expect(read('package-lock.json', '{"a": 1}').settings).toEqual([]);
});

it('reads templates of Azure, with resources in resources and under symbolic names', () => {
  const of = (resources: string): readonly string[] =>
    read(
      'infra/azuredeploy.json',
      `{"$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#", "resources": ${resources}}`,
    ).resources.map(({ type, name, key }) => `${type} ${name} | ${key}`);
  expect(
    of(
      '[{"type": "Microsoft.Sql/servers", "name": "[parameters(\'server\')]", "resources": [{"name": "orders", "type": "databases"}]}, {"name": "x"}]',
    ),
  ).toEqual([
    "Microsoft.Sql/servers server | arm infra  Microsoft.Sql/servers/[parameters('server')]",
    'Microsoft.Sql/servers/databases orders | arm infra  Microsoft.Sql/servers/databases/orders',
  ]);
  expect(of('{"files": {"type": "Microsoft.Storage/storageAccounts", "name": "shopfiles"}}')).toEqual([
    'Microsoft.Storage/storageAccounts shopfiles | arm infra  Microsoft.Storage/storageAccounts/shopfiles',
  ]);
  expect(read('x.json', '{"resources": [{"type": "Microsoft.Sql/servers", "name": "a"}]}').resources).toEqual([]);
});

it('names what it cannot parse and still sees the rest', () => {
  const facts = read('x.json', '{"a": 1,\n "b": }');
  expect(facts.settings.map((setting) => setting.path.join('/'))).toEqual(['a']);
  expect(facts.blindSpots[0]).toEqual({ reason: 'parse-error', detail: 'line 2: ValueExpected' });
});

it('never throws', () => {
  const pieces = fc.constantFrom('{', '}', '[', ']', '"a"', ':', ',', '1', 'null', '"', '//', '\n', '\\', '"scripts"', '"dependencies"');
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 30 }), (parts) => {
      expect(() => read('package.json', parts.join(''))).not.toThrow();
    }),
    { numRuns: 300 },
  );
});

it.each([
  ['{"a":"1"}', '{"a":1}'],
  ['{"a":[1]}', '{"a":{"0":1}}'],
  ['{"a":[]}', '{"a":"[]"}'],
  ['{"a/b":1}', '{"a":{"b":1}}'],
])('tells texts of another meaning apart by their tokens: %j and %j', (one, other) => {
  const tokens = (text: string): readonly string[] => read('x.json', text).tokens.map((token) => token.text);
  expect(tokens(one)).not.toEqual(tokens(other));
  expect(tokens(one)).not.toEqual([]);
});

it.each(['package-lock.json', 'packages/a/npm-shrinkwrap.json'])('names the lock file %s as not seen', (path) => {
  const facts = read(path, '{ "lockfileVersion": 3 }');
  expect(facts.settings).toEqual([]);
  expect(facts.blindSpots).toEqual([{ reason: 'generated', detail: 'lock file' }]);
});

it('has no tokens where it could not read all', () => {
  expect(read('x.json', '{ "a": 1, ]').tokens).toEqual([]);
});

function read(path: string, text: string): SourceFacts {
  const facts = readFacts(path as RepoPath, text);
  if (facts === undefined) throw new Error('expected a language for JSON, found none');
  return facts;
}
