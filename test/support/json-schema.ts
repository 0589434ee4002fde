import { readFileSync } from 'node:fs';
import path from 'node:path';

type Schema = Readonly<Record<string, unknown>>;

/**
 * Whether a value conforms to a schema of this repository: the part of JSON Schema 2020-12 that ours use. A keyword it does not
 * know is a failure of the test.
 */
export function readSchema(file: string): (value: unknown) => boolean {
  const schema: Schema = JSON.parse(readFileSync(path.resolve(import.meta.dirname, '../..', file), 'utf8'));
  return (value) => conforms(value, schema, schema);
}

const CHECKS: Readonly<Record<string, (value: unknown, demand: never, schema: Schema, root: Schema) => boolean>> = {
  $ref: (value, name: string, _schema, root) => conforms(value, definition(name, root), root),
  const: (value, only: unknown) => value === only,
  enum: (value, all: readonly unknown[]) => all.includes(value),
  anyOf: (value, some: readonly Schema[], _schema, root) => some.some((one) => conforms(value, one, root)),
  type: (value, type: string) => isOfType(value, type),
  pattern: (value, source: string) => typeof value !== 'string' || new RegExp(source, 'u').test(value),
  minLength: (value, least: number) => typeof value !== 'string' || value.length >= least,
  maxLength: (value, most: number) => typeof value !== 'string' || value.length <= most,
  minItems: (value, least: number) => !Array.isArray(value) || value.length >= least,
  minProperties: (value, least: number) => !isObject(value) || Object.keys(value).length >= least,
  minimum: (value, least: number) => typeof value !== 'number' || value >= least,
  maximum: (value, most: number) => typeof value !== 'number' || value <= most,
  items: (value, each: Schema, _schema, root) => !Array.isArray(value) || value.every((item) => conforms(item, each, root)),
  required: (value, keys: readonly string[]) => !isObject(value) || keys.every((key) => key in value),
  properties: (value, fields: Readonly<Record<string, Schema>>, _schema, root) =>
    !isObject(value) || Object.entries(fields).every(([key, one]) => !(key in value) || conforms(value[key], one, root)),
  additionalProperties: (value, allowed: false | Schema, schema, root) =>
    !isObject(value) ||
    Object.keys(value).every((key) => key in Object(schema.properties) || (allowed !== false && conforms(value[key], allowed, root))),
};

const PROSE = ['$schema', '$id', '$defs', 'title', 'description', 'default'];

function conforms(value: unknown, schema: Schema, root: Schema): boolean {
  return Object.entries(schema).every(([keyword, demand]) => {
    if (PROSE.includes(keyword)) return true;
    const check = CHECKS[keyword];
    if (check === undefined) throw new Error(`expected a known keyword, found ${keyword}`);
    // Each keyword's demand has the type its check names: the schema is a file of ours.
    return check(value, demand as never, schema, root);
  });
}

function definition(reference: string, root: Schema): Schema {
  const found: unknown = Object(root.$defs)[reference.replace('#/$defs/', '')];
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
