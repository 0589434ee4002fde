import { describe, type FileError, type Located } from './yaml-reader.ts';

type MapEntry = Extract<Located, { kind: 'map' }>['entries'][number];

/** Every pattern is asked of every file. */
const MOST_ENTRIES = 1000;

/**
 * Reads located values into plain ones. Every reader returns undefined for what it refused and says so once in `errors`, so
 * that a person sees all mistakes of a file and not the first alone.
 */
export interface FieldReader {
  readonly errors: FileError[];
  map(value: Located, what: string, keys: readonly string[]): ReadonlyMap<string, MapEntry> | undefined;
  list(value: Located | undefined, what: string): readonly Located[];
  /** A list of at least one value; undefined where it is left out, or where an entry was refused. */
  some<T>(value: Located | undefined, what: string, read: (item: Located) => T | undefined): readonly T[] | undefined;
  /** Says so where `parent` lacks the key. */
  required(value: Located | undefined, key: string, parent: Located): Located | undefined;
  text(value: Located | undefined, what: string): string | undefined;
  texts(value: Located | undefined, what: string): readonly string[];
  truth(value: Located | undefined, what: string): boolean | undefined;
  integer(value: Located | undefined, what: string, range: { readonly least: number; readonly most: number }): number | undefined;
  choice<T extends string>(value: Located | undefined, what: string, choices: readonly T[]): T | undefined;
}

export function createFieldReader(): FieldReader {
  const errors: FileError[] = [];
  const refuse = (value: Located, what: string, expected: string): undefined => {
    errors.push({ line: value.line, message: `${what}: expected ${expected}, found ${describe(value)}` });
    return undefined;
  };
  const reader: FieldReader = {
    errors,
    map(value, what, keys) {
      if (value.kind !== 'map') return refuse(value, what, 'a mapping');
      for (const entry of value.entries) {
        if (!keys.includes(entry.key)) {
          errors.push({
            line: entry.line,
            message: `${what}: expected one of ${keys.join(', ')}, found the key ${JSON.stringify(entry.key)}`,
          });
        }
      }
      return new Map(value.entries.map((entry) => [entry.key, entry]));
    },
    list(value, what) {
      if (value === undefined) return [];
      if (value.kind === 'list' && value.items.length > MOST_ENTRIES)
        errors.push({ line: value.line, message: `${what}: expected at most ${MOST_ENTRIES} entries, found ${value.items.length}` });
      return value.kind === 'list' ? value.items : (refuse(value, what, 'a list') ?? []);
    },
    some(value, what, read) {
      if (value === undefined) return undefined;
      const items = reader.list(value, what);
      if (value.kind === 'list' && items.length === 0) return refuse(value, what, 'at least one entry');
      const values = items.flatMap((item) => read(item) ?? []);
      return values.length === items.length && items.length > 0 ? values : undefined;
    },
    required(value, key, parent) {
      if (value === undefined) errors.push({ line: parent.line, message: `expected the key ${key}, found none` });
      return value;
    },
    text(value, what) {
      if (value === undefined) return undefined;
      if (value.kind === 'scalar' && typeof value.value === 'string' && value.value.trim() !== '') return value.value;
      return refuse(value, what, 'a text');
    },
    texts(value, what) {
      return reader.list(value, what).flatMap((item) => reader.text(item, `an entry of ${what}`) ?? []);
    },
    truth(value, what) {
      if (value === undefined) return undefined;
      return value.kind === 'scalar' && typeof value.value === 'boolean' ? value.value : refuse(value, what, 'true or false');
    },
    integer(value, what, { least, most }) {
      if (value === undefined) return undefined;
      const number = value.kind === 'scalar' ? value.value : undefined;
      if (typeof number === 'number' && Number.isInteger(number) && number >= least && number <= most) return number;
      return refuse(value, what, `a whole number from ${least} to ${most}`);
    },
    choice(value, what, choices) {
      if (value === undefined) return undefined;
      const found = choices.find((one) => value.kind === 'scalar' && value.value === one);
      return found ?? refuse(value, what, `one of ${choices.join(', ')}`);
    },
  };
  return reader;
}
