import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { parsePolicy } from '../../server/src/core/policy/parse-policy.ts';
import { POLICY_PATH } from '../../server/src/host/policy/load-policy.ts';
import { readSchema } from '../support/json-schema.ts';

const conforms = readSchema('docs/policy.schema.json');

const GOOD = [
  'version: 1',
  'version: 1\nrepository: 0b9d7a3e-5a51-4b0c-9a55-3b1a2f1c0d11',
  'version: 1\nmaxFileBytes: 104857600',
  'version: 1\nseverities: { low: {}, medium: { people: 20 }, high: { reason: false, days: 3650 }, critical: { roles: [a, b], self: false } }',
  'version: 1\npaths: [{ match: "**/*.sql", atLeast: critical }]',
  'version: 1\npeople: [{ id: a }, { id: b, roles: [], principals: [c] }]',
  'version: 1\npeople: [{ id: a, hardware: ["SHA256:ELwlHwJRddruHvldErwjmDYUmDvv17hADVWNzbm3yDY"] }]',
  'version: 1\nseverities: { high: { presence: touch }, critical: { presence: verified } }',
  `version: 1\nrulesets: [${'0a'.repeat(32)}]`,
  'version: 1\nbindBranch: true',
  'version: 1\nsignoffs: [{ when: { author: [junior, mid], origin: [ai, unknown] }, require: { roles: [senior] } }]',
  'version: 1\nsignoffs: [{ when: { atLeast: high, match: "src/**" }, require: { people: 2, presence: touch, self: false } }]',
  'version: 1\nexemptions: [{ match: "old/**", until: 2027-03-31, reason: we begin }]',
  'version: 1\nexemptions: [{ match: "old/**", rules: [data/*, money/team-x], atMost: critical, until: "2027-03-31", reason: we begin }]',
];

const BAD = [
  '[]',
  'paths: []',
  'version: 2',
  'version: "1"',
  'version: 1\nextra: 1',
  'version: 1\nrepository: short',
  'version: 1\nrepository: 12345678901234567890',
  'version: 1\nmaxFileBytes: 0',
  'version: 1\nmaxFileBytes: 1.5',
  'version: 1\nseverities: []',
  'version: 1\nseverities: { none: {} }',
  'version: 1\nseverities: { low: { persons: 1 } }',
  'version: 1\nseverities: { low: { people: 21 } }',
  'version: 1\nseverities: { low: { reason: 1 } }',
  'version: 1\nseverities: { low: { roles: [""] } }',
  'version: 1\nseverities: { low: { roles: a } }',
  'version: 1\nseverities: { low: { days: 0 } }',
  'version: 1\npaths: { match: a, atLeast: high }',
  'version: 1\npaths: [{ match: a }]',
  'version: 1\npaths: [{ atLeast: high }]',
  'version: 1\npaths: [{ match: "", atLeast: high }]',
  'version: 1\npaths: [{ match: /a, atLeast: high }]',
  'version: 1\npaths: [{ match: "!a", atLeast: high }]',
  'version: 1\npaths: [{ match: a, atLeast: none }]',
  'version: 1\npeople: [{ roles: [a] }]',
  'version: 1\npeople: [{ id: " " }]',
  'version: 1\npeople: [{ id: a, key: b }]',
  'version: 1\npeople: [a]',
  'version: 1\npeople: [{ id: a, hardware: [ELwlHwJRddruHvldErwjmDYUmDvv17hADVWNzbm3yDY] }]',
  'version: 1\nseverities: { high: { presence: maybe } }',
  'version: 1\nrulesets: [0.1.0]',
  'version: 1\nbindBranch: main',
  'version: 1\nsignoffs: [{ require: { people: 2 } }]',
  'version: 1\nsignoffs: [{ when: {}, require: { people: 2 } }]',
  'version: 1\nsignoffs: [{ when: { author: [] }, require: { people: 2 } }]',
  'version: 1\nsignoffs: [{ when: { origin: [robot] }, require: { people: 2 } }]',
  'version: 1\nsignoffs: [{ when: { author: [junior] } }]',
  'version: 1\nsignoffs: [{ when: { author: [junior] }, require: {} }]',
  'version: 1\nsignoffs: [{ when: { author: [junior] }, require: { persons: 2 } }]',
  'version: 1\nexemptions: [{ match: "old/**", until: 2027-03-31 }]',
  'version: 1\nexemptions: [{ match: "old/**", reason: we begin }]',
  'version: 1\nexemptions: [{ until: 2027-03-31, reason: we begin }]',
  'version: 1\nexemptions: [{ match: a, until: soon, reason: we begin }]',
  'version: 1\nexemptions: [{ match: a, rules: [], until: 2027-03-31, reason: we begin }]',
  'version: 1\nexemptions: [{ match: a, rules: ["*"], until: 2027-03-31, reason: we begin }]',
];

it.each(GOOD)('schema and parser accept %j', (text) => {
  expect({ schema: conforms(parse(text)), parser: parsePolicy(text).kind }).toEqual({ schema: true, parser: 'policy' });
});

it.each(BAD)('schema and parser refuse %j', (text) => {
  expect({ schema: conforms(parse(text)), parser: parsePolicy(text).kind }).toEqual({ schema: false, parser: 'invalid' });
});

it('the schema ships with the extension, which hands it to whoever completes YAML in the editor', () => {
  const root = path.resolve(import.meta.dirname, '../..');
  const { contributes } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
  const [{ fileMatch, url }] = contributes.yamlValidation;
  expect(fileMatch).toBe(POLICY_PATH);
  expect(JSON.parse(readFileSync(path.join(root, url), 'utf8')).title).toBe('Brakeline policy');
  expect(readFileSync(path.join(root, '.vscodeignore'), 'utf8').split('\n')).toContain(`!${url.slice('./'.length)}`);
});

it('every example of docs/policy.md is a policy, together and by itself', () => {
  const page = readFileSync(path.resolve(import.meta.dirname, '../../docs/policy.md'), 'utf8');
  const examples = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text = '']) => text.replace(/^version: 1\n/, ''));
  expect(examples.length).toBeGreaterThan(5);
  for (const text of [...examples, examples.join('')]) {
    expect(parsePolicy(`version: 1\n${text}`)).toMatchObject({ kind: 'policy' });
    expect(conforms(parse(`version: 1\n${text}`))).toBe(true);
  }
});
