import { fieldOf, type JsonObject, objectOf } from '../attest/json-fields.ts';
import { hiddenCharacter } from './hidden-characters.ts';

/** What is wrong with a document that is read strictly; caught where the reading began. */
export class Fault extends Error {
  override readonly name = 'Fault';
}

/** Characters of one text: a line of minified code may be long, and is still one line to look at. */
const MOST_CHARACTERS = 262_144;

/** One object of a document, of which every key is known. `place` says where it stands, for whoever reads the error. */
export interface Fields {
  readonly place: string;
  readonly values: JsonObject;
}

/** Errors: `Fault` where the value is no object, lacks a key or has one that nobody knows. */
export function fieldsOf(value: unknown, place: string, keys: readonly string[], optional: readonly string[] = []): Fields {
  const values = objectOf(value);
  if (values === undefined) throw new Fault(`${place}: expected an object, found ${kindOf(value)}`);
  for (const key of Object.keys(values)) {
    if (!keys.includes(key) && !optional.includes(key))
      throw new Fault(`${place}: expected the keys of a request, found ${JSON.stringify(key.slice(0, 40))}`);
  }
  const missing = keys.find((key) => !Object.hasOwn(values, key));
  if (missing !== undefined) throw new Fault(`${place}: expected ${missing}, found none`);
  return { place, values };
}

export function object(fields: Fields, key: string, keys: readonly string[], optional: readonly string[] = []): Fields {
  return fieldsOf(fieldOf(fields.values, key), `${fields.place}.${key}`, keys, optional);
}

export function has({ values }: Fields, key: string): boolean {
  return Object.hasOwn(values, key);
}

/** A text of one line that hides nothing; what it must look like, `pattern`, is `words` in the error. */
export function text(fields: Fields, key: string, pattern: RegExp = /^/, words = 'a text'): string {
  return checkedText(fieldOf(fields.values, key), `${fields.place}.${key}`, pattern, words);
}

export function texts(fields: Fields, key: string, most: number): readonly string[] {
  return list(fields, key, most, (value, place) => checkedText(value, place, /^/, 'a text'));
}

/** Lines with their ends, of which all but the last have one. */
export function wholeLines(fields: Fields, key: string, most: number): readonly string[] {
  const lines = list(fields, key, most, (value, place) => checkedText(value, place, /^[^\n]*\n?$/, 'one line', true));
  const open = lines.slice(0, -1).findIndex((line) => !line.endsWith('\n'));
  if (open !== -1 || lines.at(-1) === '') throw new Fault(`${fields.place}.${key}: expected whole lines, found one without an end`);
  return lines;
}

export function list<T>(fields: Fields, key: string, most: number, read: (value: unknown, place: string) => T): readonly T[] {
  const value = fieldOf(fields.values, key);
  if (!Array.isArray(value) || value.length > most)
    throw new Fault(
      `${fields.place}.${key}: expected a list of at most ${most}, found ${Array.isArray(value) ? value.length : kindOf(value)}`,
    );
  return value.map((item, index) => read(item, `${fields.place}.${key}[${index}]`));
}

export function whole(fields: Fields, key: string, least = 0): number {
  const value = fieldOf(fields.values, key);
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < least || value > 1_000_000_000)
    throw new Fault(`${fields.place}.${key}: expected a whole number from ${least}, found ${kindOf(value)}`);
  return value;
}

export function flag(fields: Fields, key: string): boolean {
  const value = fieldOf(fields.values, key);
  if (typeof value !== 'boolean') throw new Fault(`${fields.place}.${key}: expected true or false, found ${kindOf(value)}`);
  return value;
}

export function oneOf<T extends string>(fields: Fields, key: string, choices: readonly T[]): T {
  const value = fieldOf(fields.values, key);
  const found = choices.find((choice) => choice === value);
  if (found === undefined) throw new Fault(`${fields.place}.${key}: expected one of ${choices.join(' ')}, found ${kindOf(value)}`);
  return found;
}

function checkedText(value: unknown, place: string, pattern: RegExp, words: string, isLine = false): string {
  if (typeof value !== 'string') throw new Fault(`${place}: expected ${words}, found ${kindOf(value)}`);
  if (value.length > MOST_CHARACTERS) throw new Fault(`${place}: expected at most ${MOST_CHARACTERS} characters, found ${value.length}`);
  const hidden = hiddenCharacter(value, isLine);
  if (hidden !== undefined)
    throw new Fault(`${place}: expected text without control characters and marks that hide or reorder it, found ${hidden}`);
  if (!pattern.test(value)) throw new Fault(`${place}: expected ${words}, found ${JSON.stringify(value.slice(0, 60))}`);
  return value;
}

/** A value in a few words, however deep it is. */
export function kindOf(value: unknown): string {
  if (value === undefined) return 'none';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'string' || typeof value === 'number' ? JSON.stringify(value).slice(0, 60) : typeof value;
}
