import type { Call, SourceFacts } from '../../../model/facts.ts';
import { fieldsOf, plain } from '../code/argument-text.ts';
import { boundAbove } from '../code/bindings.ts';
import { receiver } from '../code/call-names.ts';
import { keepOf } from '../code/kept.ts';
import { act, type Said } from './orm-statement.ts';

/**
 * Indexes of MongoDB by its drivers, Mongoose and TypeORM: `db.collection('readings').dropIndex('a_1')`, PyMongo's `drop_index`,
 * Go's `Indexes().DropOne`. Building one and dropping one let writes through, as `CONCURRENTLY` does elsewhere.
 */
export function byMongo(call: Call, name: string, facts: SourceFacts | undefined): Said | undefined {
  if (!/^(drop_?Index(es)?|create_?Index|dropCollectionIndex|DropOne|DropAll|CreateOne)$/i.test(name) || facts === undefined)
    return undefined;
  if (name === 'dropCollectionIndex') return dropOf(plain(call.args[0]), plain(call.args[1]));
  const table = collectionOf(call, facts);
  if (table === undefined) return undefined;
  // Go's driver is given its context first.
  const args = /^(DropOne|DropAll|CreateOne)$/.test(name) ? call.args.slice(1) : call.args;
  const keys = indexKeys(args[0] ?? '');
  const byKeys = keys.map(([field, way]) => `${field}_${way}`).join('_');
  if (/^(drop_?Indexes|DropAll)$/i.test(name)) return dropOf(table, args[0] === undefined ? 'all' : plain(args[0]));
  if (!/^create/i.test(name))
    return dropOf(
      table,
      byKeys || plain(args[0]),
      keys.map(([field]) => field),
    );
  const own = plain(fieldsOf(args.slice(1)).get('name')) || /SetName\(["']([^"']+)["']\)/.exec(args[0] ?? '')?.[1];
  return {
    verb: 'create-index',
    targets: [table],
    flags: ['concurrently'],
    actions: [act('add-index', own ?? byKeys, { columns: keys.map(([field]) => field) })],
  };
}

function dropOf(table: string, index: string, columns: readonly string[] = []): Said {
  return { verb: 'drop-index', targets: [index], flags: ['concurrently'], actions: [act('other', 'on', { to: table, columns })] };
}

/** Fields of an index and their ways, of `{ a: 1, b: -1 }`, `[("a", ASCENDING)]` and `bson.D{{"a", 1}}` alike; empty for a name. */
export function indexKeys(source: string): readonly (readonly [field: string, way: string])[] {
  if (!/^[[{(]|IndexModel|bson\./.test(source)) return [];
  const pairs = source.matchAll(
    /(?<![\w.])[\d.]*([A-Za-z_][\w.]*)["'`]?\s*[:,]\s*(-?1|["'](?:text|2dsphere|hashed)["']|(?:pymongo\.)?(?:ASCENDING|DESCENDING)|pymongo\.\w+)/g,
  );
  return [...pairs].map(([, field = '', way = '']) => [field, /DESC/.test(way) ? '-1' : /ASC/.test(way) ? '1' : plain(way)]);
}

/** The collection that is asked, empty where only its kind is told; undefined where it is none of MongoDB. */
function collectionOf(call: Call, facts: SourceFacts): string | undefined {
  const by = receiver(call.callee).replace(/\.(Indexes|indexes)\(\)$/, '');
  const bound = /^[A-Za-z_]\w*$/.test(by) ? boundAbove(facts, by, call.range.start.line)?.replaceAll(' ', '') : undefined;
  for (const text of [by, bound ?? ''])
    for (const pattern of COLLECTIONS) {
      const found = pattern.exec(text)?.[1];
      if (found !== undefined) return found;
    }
  return /(^|[._])(collection|coll|indexes|indexView)$/i.test(by) && speaksOfMongo(facts) ? '' : undefined;
}

const COLLECTIONS: readonly RegExp[] = [
  /\b(?:get|create|Get)?_?[cC]ollection\(["'`]([\w.-]+)["'`]/,
  /^(?:\w+\.)?db\[["']([\w.-]+)["']\]$/,
  /^(?:\w+\.)?db\.([a-z_]\w*)$/,
  /^([A-Z]\w*)\.collection$/,
];

export const speaksOfMongo = keepOf((facts: SourceFacts): boolean => facts.tokens.some(({ text }) => /mongo/i.test(text)));
