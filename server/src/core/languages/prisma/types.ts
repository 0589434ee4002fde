import type { FieldAttribute } from '@loancrate/prisma-schema-parser';

/** The SQL type of a field: what `@db.VarChar(40)` says, or what Prisma takes for the name. An enum stands for itself. */
export function columnType(name: string, attributes: readonly FieldAttribute[]): string {
  const native = attributes.find((attribute) => attribute.path.value[0] === 'db');
  if (native === undefined) return TYPES[name] ?? name.toLowerCase();
  const kind = native.path.value[1] ?? '';
  const args = (native.args ?? []).flatMap((argument) => (argument.kind === 'literal' ? [String(argument.value)] : []));
  return `${NATIVE[kind] ?? kind.toLowerCase()}${args.length === 0 ? '' : `(${args.join(',')})`}`;
}

const TYPES: Readonly<Record<string, string>> = {
  String: 'text',
  Int: 'integer',
  BigInt: 'bigint',
  Float: 'double precision',
  Decimal: 'numeric',
  Boolean: 'boolean',
  DateTime: 'timestamp',
  Json: 'jsonb',
  Bytes: 'bytea',
};

const NATIVE: Readonly<Record<string, string>> = {
  VarChar: 'varchar',
  NVarChar: 'nvarchar',
  Char: 'char',
  Integer: 'integer',
  SmallInt: 'smallint',
  TinyInt: 'tinyint',
  BigInt: 'bigint',
  DoublePrecision: 'double precision',
  Decimal: 'numeric',
  Timestamptz: 'timestamptz',
  Timestamp: 'timestamp',
  DateTime: 'timestamp',
};
