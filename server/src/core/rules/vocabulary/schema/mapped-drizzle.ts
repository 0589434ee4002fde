import type { Call, SourceFacts } from '../../../model/facts.ts';
import { chainOf, fieldsOf, plain, splitSource } from '../code/argument-text.ts';
import { bindingsOnce } from '../code/bindings.ts';
import { lastName, literal } from '../code/call-names.ts';
import { type MappedColumn, type MappedRule, type MappedTable, mappedColumn, mappedRule } from './mapped-table.ts';
import { sqlTypeOf } from './orm-types.ts';

const TABLE = /^(?:pg|mysql|sqlite|singlestore)Table$/;

/** Drizzle: `pgTable('meters', { pulses: bigint('pulses').notNull() }, (t) => [index('x').on(t.pulses)])`. */
export function drizzleTables(facts: SourceFacts): readonly MappedTable[] {
  const { calls, options } = facts;
  const heads = calls.filter(
    ({ callee, args }) => callee.includes('Table') && TABLE.test(lastName(callee)) && literal(args[0]) !== undefined,
  );
  if (heads.length === 0) return [];
  const byLine = new Map<number, Call>();
  for (const head of heads) for (let line = head.range.start.line; line <= head.range.end.line; line += 1) byLine.set(line, head);
  const columns = new Map<Call, MappedColumn[]>();
  const rules = new Map<Call, MappedRule[]>();
  const shared = bindingsOnce(facts);
  for (const { name, value, callee, range } of options) {
    const head = byLine.get(range.start.line);
    if (head === undefined || callee !== head.callee) continue;
    // `createdAt` alone, of a constant that several tables share.
    const built = value.includes('(') ? value : shared.get(value)?.replace(/ ?([().,]) ?/g, '$1');
    if (built !== undefined) columns.set(head, [...(columns.get(head) ?? []), builtColumn(name, built, range)]);
  }
  for (const { callee, args, range } of calls) {
    const head = byLine.get(range.start.line);
    const kind = /^(unique|uniqueIndex|index)\b/.exec(callee)?.[1];
    if (head === undefined || kind === undefined || !/\)\.on$/.test(callee)) continue;
    const names = new Map((columns.get(head) ?? []).map(({ field, action }) => [field, action.name]));
    const fields = args.map((argument) => /^\w+\.(\w+)/.exec(argument)?.[1] ?? argument).map((field) => names.get(field) ?? field);
    rules.set(head, [...(rules.get(head) ?? []), mappedRule(kind === 'index' ? 'index' : 'unique', fields, range)]);
  }
  return heads.map((head) => ({
    name: (literal(head.args[0]) ?? '').toLowerCase(),
    makes: true,
    isOpen: /\.\.\./.test(head.args[1] ?? ''),
    columns: columns.get(head) ?? [],
    rules: rules.get(head) ?? [],
  }));
}

/** `varchar('guest_name', { length: 120 }).notNull().default('')`. */
function builtColumn(field: string, value: string, range: MappedColumn['range']): MappedColumn {
  const [builder, ...links] = chainOf(value);
  const args = splitSource(builder?.args ?? '', ',');
  const name = /^['"`]/.test(args[0] ?? '') ? plain(args[0]) : undefined;
  const given = fieldsOf(args.filter((argument) => argument.startsWith('{')));
  const size = given.get('length') ?? given.get('precision');
  const scale = given.has('scale') ? `, ${given.get('scale')}` : '';
  const type = sqlTypeOf(`${builder?.name ?? ''}(${size === undefined ? '' : `${size}${scale}`})`);
  const has = (pattern: RegExp): boolean => links.some((link) => pattern.test(link.name));
  const to = links.find((link) => link.name === 'references')?.args;
  return mappedColumn(
    field,
    {
      name,
      type,
      references: to === undefined ? undefined : (/=>\s*\(?(\w+)\./.exec(to)?.[1]?.toLowerCase() ?? 'another table'),
      marks: [
        has(/^(?:notNull|primaryKey)$/) && 'not-null',
        has(/^\$?(?:default\w*|onUpdate\w*)$/) && 'default',
        (/serial/i.test(builder?.name ?? '') || has(/^(?:generated\w*|autoincrement|primaryKey)$/)) && 'filled',
        has(/^unique$/) && 'unique',
      ],
    },
    range,
  );
}
