import type { Setting, SourceFacts } from '../../../model/facts.ts';

/** A field of a record of Avro. */
export interface AvroField {
  /** `Customer.email`. */
  readonly name: string;
  /** The branches of its union, or its one type: `null`, `string`, `long timestamp-millis`. */
  readonly types: readonly string[];
  readonly hasDefault: boolean;
  readonly aliases: readonly string[];
  /** Everything that the file says of it. */
  readonly settings: readonly Setting[];
}

/** The fields of all records of one `.avsc` file, by record and name and wherever they stand in it. */
export function avroFields(facts: SourceFacts | undefined): readonly AvroField[] {
  const settings = facts?.settings.filter(({ resource }) => resource === '') ?? [];
  return settings.flatMap((setting) => {
    const at = setting.path.slice(0, -1);
    if (setting.path.at(-1) !== 'name' || at.at(-2) !== 'fields' || typeof setting.value !== 'string') return [];
    const own = under(settings, at);
    const record = settings.find(
      ({ path }) => path.length === at.length - 1 && path.at(-1) === 'name' && startsWith(path, at.slice(0, -2)),
    );
    return [
      {
        name: `${String(record?.value ?? '')}.${setting.value}`,
        types: branches(under(own, [...at, 'type']), at.length + 1),
        hasDefault: under(own, [...at, 'default']).length > 0,
        aliases: under(own, [...at, 'aliases']).map(({ value }) => String(value)),
        // What stands in a record inside it is that record's.
        settings: own.filter(({ path }) => !path.slice(at.length).includes('fields')),
      },
    ];
  });
}

/** The branches of the old type that the new one does not read (Avro specification, schema resolution). */
export function unreadBranches(old: AvroField, now: AvroField): readonly string[] {
  return old.types.filter((was) => !now.types.some((is) => is === was || PROMOTED.get(was)?.has(is) === true));
}

const PROMOTED: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ['int', new Set(['long', 'float', 'double'])],
  ['long', new Set(['float', 'double'])],
  ['float', new Set(['double'])],
  ['string', new Set(['bytes'])],
  ['bytes', new Set(['string'])],
]);

function branches(settings: readonly Setting[], depth: number): readonly string[] {
  const parts = [...new Set(settings.map(({ path }) => path[depth] ?? ''))].filter((part) => part !== '');
  if (parts.length === 0 || parts.some((part) => !/^\d+$/.test(part))) return settings.length === 0 ? [] : [typeText(settings, depth)];
  return parts.map((part) =>
    typeText(
      settings.filter(({ path }) => path[depth] === part),
      depth + 1,
    ),
  );
}

/** `long timestamp-millis` of `{ "type": "long", "logicalType": "timestamp-millis" }`; a named type is its name. */
function typeText(settings: readonly Setting[], depth: number): string {
  const plain = settings.find(({ path }) => path.length === depth);
  if (plain !== undefined && typeof plain.value === 'string') return plain.value;
  const direct = (key: string): string | undefined => {
    const found = settings.find(({ path }) => path.length === depth + 1 && path[depth] === key);
    return found === undefined ? undefined : String(found.value);
  };
  const name = direct('name');
  if (name !== undefined) return name;
  const inner = settings.filter(({ path }) => /^(type|items|values|logicalType|precision|scale|size)$/.test(path[depth] ?? ''));
  return inner
    .filter(({ path }) => !/^(doc|default)$/.test(path.at(-1) ?? ''))
    .map(({ path, value }) => (path[depth] === 'type' ? String(value) : `${path[depth] ?? ''} ${String(value)}`))
    .join(' ');
}

function under(settings: readonly Setting[], prefix: readonly string[]): readonly Setting[] {
  return settings.filter(({ path }) => startsWith(path, prefix));
}

function startsWith(path: readonly string[], prefix: readonly string[]): boolean {
  return prefix.every((part, at) => path[at] === part);
}
