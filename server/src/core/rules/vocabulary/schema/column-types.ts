/** How a column's new type stands to its old one. `rewrite` holds every value, and the whole table is written anew for it. */
export type TypeStep = 'same' | 'wider' | 'rewrite' | 'narrower' | 'other';

/**
 * Compares two column types of any dialect. Wider text costs Postgres nothing; a wider integer is a rewrite there, and a
 * narrower one refuses or cuts what does not fit.
 */
export function compareTypes(before: string, after: string): TypeStep {
  const [old, fresh] = [parseType(before), parseType(after)];
  if (old.text === fresh.text) return 'same';
  if (old.kind !== fresh.kind) return old.kind === 'text' && fresh.kind === 'unlimited' ? 'wider' : 'other';
  switch (old.kind) {
    case 'integer':
      return fresh.size === old.size ? 'same' : fresh.size > old.size ? 'rewrite' : 'narrower';
    case 'unlimited':
      return 'same';
    case 'text':
      return fresh.size >= old.size ? 'wider' : 'narrower';
    case 'decimal': {
      if (fresh.scale !== old.scale)
        return fresh.scale > old.scale && fresh.size - fresh.scale >= old.size - old.scale ? 'rewrite' : 'narrower';
      return fresh.size >= old.size ? 'wider' : 'narrower';
    }
    case 'float':
      return fresh.size >= old.size ? 'rewrite' : 'narrower';
    case 'time':
      return fresh.text === 'timestamp' || fresh.text === 'date' || fresh.text === 'time' ? 'narrower' : 'other';
    case 'enum':
      return isPrefix(old.values, fresh.values) ? 'wider' : 'narrower';
    default:
      return 'other';
  }
}

/** How many bytes an integer type has; 0 for another type. */
export function integerSize(type: string): number {
  const parsed = parseType(type);
  return parsed.kind === 'integer' ? parsed.size : 0;
}

/** True for a type that can hold anything its name says: no length, no precision. */
export function isUnlimited(type: string): boolean {
  return parseType(type).kind === 'unlimited';
}

/** Values of `enum('a','b')`; empty for another type. */
export function enumValues(type: string): readonly string[] {
  return parseType(type).values;
}

export function isPrefix(start: readonly string[], whole: readonly string[]): boolean {
  return start.length <= whole.length && start.every((value, at) => whole[at] === value);
}

interface ParsedType {
  readonly kind: 'integer' | 'text' | 'unlimited' | 'decimal' | 'float' | 'time' | 'enum' | 'boolean' | 'json' | 'other';
  /** The type in one spelling. */
  readonly text: string;
  readonly size: number;
  readonly scale: number;
  readonly values: readonly string[];
}

function parseType(source: string): ParsedType {
  const type = source
    .trim()
    .toLowerCase()
    .replace(/^pg_catalog\./, '')
    .replace(/(?<!\s)\s+(null|collate .*)$/, '');
  const base = type
    .replace(/^([^(]*)\(.*\)/s, '$1')
    .replace(/\s+/g, ' ')
    .trim();
  const numbers = [...(/^[^(]*\(([^)]*)\)/.exec(type)?.[1] ?? '').matchAll(/\d+|max/g)].map(([number]) =>
    number === 'max' ? Number.POSITIVE_INFINITY : Number(number),
  );
  const as = (kind: ParsedType['kind'], size = 0, more: Partial<ParsedType> = {}): ParsedType => ({
    kind,
    text: type,
    size,
    scale: 0,
    values: [],
    ...more,
  });
  if (base === 'enum' || base === 'set')
    return as('enum', 0, { values: [...source.matchAll(/'((?:[^']|'')*)'/g)].map(([, value = '']) => value) });
  const bytes = INTEGERS[base.replace(/ (unsigned|signed|zerofill)/g, '')];
  if (bytes !== undefined) return as('integer', bytes, { text: `integer ${bytes}` });
  if (/^(number|numeric|decimal|dec|money|smallmoney|fixed)$/.test(base)) {
    const [precision = Number.POSITIVE_INFINITY, scale = precision === Number.POSITIVE_INFINITY ? 0 : 0] = numbers;
    return as('decimal', precision, { scale, text: `numeric(${precision},${scale})` });
  }
  if (/^(varchar|varchar2|nvarchar|nvarchar2|character varying|char|character|nchar|bpchar)$/.test(base)) {
    const [length] = numbers;
    if (length === undefined && /^(varchar|character varying)$/.test(base)) return as('unlimited', 0, { text: 'text' });
    return length === Number.POSITIVE_INFINITY
      ? as('unlimited', 0, { text: 'text' })
      : as('text', length ?? 1, { text: `text ${length ?? 1}` });
  }
  if (/^(text|mediumtext|longtext|clob|nclob|citext|string|ntext)$/.test(base)) return as('unlimited', 0, { text: 'text' });
  if (base === 'tinytext') return as('text', 255);
  if (/^(double precision|double|float8|float)$/.test(base)) return as('float', 8, { text: 'float 8' });
  if (/^(real|float4)$/.test(base)) return as('float', 4, { text: 'float 4' });
  if (/^(timestamptz|timestamp with time zone|datetimeoffset|timestamp with local time zone)$/.test(base.replace(/ ?\(\d\)/, '')))
    return as('time', 0, { text: 'timestamptz' });
  if (/^(timestamp|timestamp without time zone|datetime|datetime2|smalldatetime)$/.test(base)) return as('time', 0, { text: 'timestamp' });
  if (/^(date|time|timetz)$/.test(base)) return as('time', 0, { text: base });
  if (/^(boolean|bool|bit)$/.test(base)) return as('boolean', 0, { text: 'boolean' });
  if (/^jsonb?$/.test(base)) return as('json');
  return as('other');
}

const INTEGERS: Readonly<Record<string, number>> = {
  tinyint: 1,
  smallint: 2,
  int2: 2,
  smallserial: 2,
  serial2: 2,
  mediumint: 3,
  int: 4,
  integer: 4,
  int4: 4,
  serial: 4,
  serial4: 4,
  bigint: 8,
  int8: 8,
  bigserial: 8,
  serial8: 8,
};
