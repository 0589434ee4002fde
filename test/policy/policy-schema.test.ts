import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { parsePolicy } from '../../server/src/core/policy/parse-policy.ts';

type Schema = Readonly<Record<string, unknown>>;

const SCHEMA: Schema = JSON.parse(readFileSync(path.resolve(import.meta.dirname, '../../docs/policy.schema.json'), 'utf8'));

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
  expect({ schema: conforms(parse(text), SCHEMA), parser: parsePolicy(text).kind }).toEqual({ schema: true, parser: 'policy' });
});

it.each(BAD)('schema and parser refuse %j', (text) => {
  expect({ schema: conforms(parse(text), SCHEMA), parser: parsePolicy(text).kind }).toEqual({ schema: false, parser: 'invalid' });
});

const CHECKS: Readonly<Record<string, (value: unknown, demand: never, schema: Schema) => boolean>> = {
  $ref: (value, name: string) => conforms(value, definition(name)),
  const: (value, only: unknown) => value === only,
  enum: (value, all: readonly unknown[]) => all.includes(value),
  type: (value, type: string) => isOfType(value, type),
  pattern: (value, source: string) => typeof value !== 'string' || new RegExp(source, 'u').test(value),
  minLength: (value, least: number) => typeof value !== 'string' || value.length >= least,
  maxLength: (value, most: number) => typeof value !== 'string' || value.length <= most,
  minimum: (value, least: number) => typeof value !== 'number' || value >= least,
  maximum: (value, most: number) => typeof value !== 'number' || value <= most,
  items: (value, each: Schema) => !Array.isArray(value) || value.every((item) => conforms(item, each)),
  required: (value, keys: readonly string[]) => !isObject(value) || keys.every((key) => key in value),
  properties: (value, fields: Readonly<Record<string, Schema>>) =>
    !isObject(value) || Object.entries(fields).every(([key, one]) => !(key in value) || conforms(value[key], one)),
  additionalProperties: (value, _allowed: boolean, schema) =>
    !isObject(value) || Object.keys(value).every((key) => key in Object(schema.properties)),
};

const PROSE = ['$schema', '$id', '$defs', 'title', 'description', 'default'];

/** The part of JSON Schema 2020-12 that the policy's schema uses; a keyword it does not know is a failure of the test. */
function conforms(value: unknown, schema: Schema): boolean {
  return Object.entries(schema).every(([keyword, demand]) => {
    if (PROSE.includes(keyword)) return true;
    const check = CHECKS[keyword];
    if (check === undefined) throw new Error(`expected a known keyword, found ${keyword}`);
    // Each keyword's demand has the type its check names: the schema is a file of ours.
    return check(value, demand as never, schema);
  });
}

function definition(reference: string): Schema {
  const found: unknown = Object(SCHEMA.$defs)[reference.replace('#/$defs/', '')];
  if (!isObject(found)) throw new Error(`expected a definition of ${reference}`);
  return found;
}

function isOfType(value: unknown, type: string): boolean {
  if (type === 'array') return Array.isArray(value);
  if (type === 'object') return isObject(value);
  return type === 'integer' ? Number.isInteger(value) : typeof value === type;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
