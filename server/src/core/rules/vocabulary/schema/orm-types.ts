import { fieldsOf, plain, splitSource } from '../code/argument-text.ts';

/**
 * The SQL type that a mapper's type stands for: `Sequelize.STRING(20)`, `sa.Numeric(10, 2)`, `models.CharField(max_length=40)`,
 * knex' `string('email', 40)`. Empty where the name is not known.
 */
export function sqlTypeOf(source: string): string {
  const match = /^([\w.]+)\s*(?:\(([\s\S]*)\))?/.exec(source.trim());
  const name = (match?.[1] ?? '').split('.').at(-1) ?? '';
  const args = splitSource(match?.[2] ?? '', ',');
  const fields = fieldsOf(args);
  const positional = args.filter((argument) => !/^\w+\s*=(?!=)/.test(argument));
  const known =
    TYPES[
      name
        .replace(/Field$/, '')
        .replace(/_/g, '')
        .toLowerCase()
    ];
  switch (known) {
    case undefined:
      return '';
    case 'varchar': {
      const length = fields.get('max_length') ?? fields.get('length') ?? positional.find((argument) => /^\d+$/.test(argument));
      return length === undefined ? (DEFAULT_LENGTHS[name] ?? 'varchar') : `varchar(${length})`;
    }
    case 'numeric': {
      const precision = fields.get('max_digits') ?? fields.get('precision') ?? positional.filter((argument) => /^\d+$/.test(argument))[0];
      const scale =
        fields.get('decimal_places') ?? fields.get('scale') ?? positional.filter((argument) => /^\d+$/.test(argument))[1] ?? '0';
      return precision === undefined ? 'numeric' : `numeric(${precision},${scale})`;
    }
    case 'timestamptz':
      return name === 'DateTime' && fields.get('timezone') !== 'True' ? 'timestamp' : known;
    case 'enum': {
      const values = (positional.length === 1 ? splitSource((positional[0] ?? '').replace(/^[[(]|[\])]$/g, ''), ',') : positional).filter(
        (value) => /^['"`]/.test(value),
      );
      return values.length === 0 ? '' : `enum(${values.map((value) => `'${plain(value)}'`).join(',')})`;
    }
    default:
      return known;
  }
}

const DEFAULT_LENGTHS: Readonly<Record<string, string>> = {
  EmailField: 'varchar(254)',
  SlugField: 'varchar(50)',
  URLField: 'varchar(200)',
  STRING: 'varchar(255)',
};

const TYPES: Readonly<Record<string, string>> = {
  string: 'varchar',
  varchar: 'varchar',
  char: 'varchar',
  email: 'varchar',
  slug: 'varchar',
  url: 'varchar',
  unicode: 'varchar',
  text: 'text',
  unicodetext: 'text',
  serial: 'integer',
  bigserial: 'bigint',
  smallserial: 'smallint',
  integer: 'integer',
  int: 'integer',
  positiveinteger: 'integer',
  biginteger: 'bigint',
  bigint: 'bigint',
  positivebiginteger: 'bigint',
  smallinteger: 'smallint',
  smallint: 'smallint',
  positivesmallinteger: 'smallint',
  tinyint: 'tinyint',
  mediumint: 'mediumint',
  decimal: 'numeric',
  numeric: 'numeric',
  float: 'double precision',
  double: 'double precision',
  doubleprecision: 'double precision',
  real: 'real',
  boolean: 'boolean',
  date: 'date',
  dateonly: 'date',
  datetime: 'timestamptz',
  timestamp: 'timestamptz',
  time: 'time',
  json: 'json',
  jsonb: 'jsonb',
  uuid: 'uuid',
  enum: 'enum',
  enu: 'enum',
  largebinary: 'bytea',
  binary: 'bytea',
  blob: 'bytea',
};
