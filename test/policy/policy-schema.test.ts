import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { parsePolicy } from '../../server/src/core/policy/parse-policy.ts';
import { readSchema } from '../support/json-schema.ts';

const conforms = readSchema('docs/policy.schema.json');

const GOOD = [
  'version: 1',
  'version: 1\nrepository: 0b9d7a3e-5a51-4b0c-9a55-3b1a2f1c0d11',
  'version: 1\nmaxFileBytes: 104857600',
  'version: 1\nseverities: { low: {}, medium: { people: 20 }, high: { reason: false, days: 3650 }, critical: { roles: [a, b], self: false } }',
  'version: 1\npaths: [{ match: "**/*.sql", atLeast: critical }]',
  'version: 1\npeople: [{ id: a }, { id: b, roles: [], principals: [c] }]',
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
];

it.each(GOOD)('schema and parser accept %j', (text) => {
  expect({ schema: conforms(parse(text)), parser: parsePolicy(text).kind }).toEqual({ schema: true, parser: 'policy' });
});

it.each(BAD)('schema and parser refuse %j', (text) => {
  expect({ schema: conforms(parse(text)), parser: parsePolicy(text).kind }).toEqual({ schema: false, parser: 'invalid' });
});
