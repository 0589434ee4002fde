import type { Call, SourceFacts } from '../../../model/facts.ts';
import { lastName, receiver } from '../code/call-names.ts';
import { isGlobalWrite } from './global-sessions.ts';

/** A condition that is true of every row is none: `.where('1 = 1')`. */
export function withoutTrivial(call: Call): Call {
  const callee = call.callee.replace(/\.(where|Where|whereRaw|andWhere|filter)\((["'`])\s*(?:1\s*=\s*1|true)\s*\2\)/gi, '');
  return callee === call.callee ? call : { ...call, callee };
}

/** A document database's delete with nothing to go by: `delete_many({})`, `DeleteMany(ctx, bson.M{})`. */
export function isEmptyDocument(call: Call): boolean {
  const [first = '', second = ''] = call.args;
  if (lastName(call.callee) === 'delete_many') return /^(\{\s*\}|filter=\{\s*\}|dict\(\))$/.test(first);
  return (
    lastName(call.callee) === 'DeleteMany' && /^(bson\.[MD]\{\s*\}|bson\.D\(\)|map\[string\](any|interface\{\})\{\s*\}|nil)$/.test(second)
  );
}

/** Django's `objects.all().delete()`, SQLAlchemy's `query(Model).delete()` and `execute(delete(Model))` without a filter. */
export function isWholeQuerySet(call: Call): boolean {
  const name = lastName(call.callee);
  const from = receiver(call.callee);
  if (name === 'delete' || name === '_raw_delete')
    return (
      /\.objects(\.using\([^()]*\)|\(\))?(\.(all|filter)\(\))?$/.test(from) ||
      /^[A-Z]\w*\.(find(_all)?|all)\(\)$/.test(from) ||
      (/(^|\.)query\([\w.]+\)$/.test(from) && !/\b(filter|where)\w*\(/.test(from)) ||
      /^[A-Z]\w*\.query(\.all\(\))?$/.test(from)
    );
  if (name === 'execute' && /^[A-Z]\w*\.delete\(\)$/.test(from)) return true;
  return name === 'execute' && /^(?:sa\.|sqlalchemy\.)?delete\([\w.]+\)(\.execution_options\([^()]*\))?$/.test(call.args[0] ?? '');
}

/** gorm's delete that is told not to refuse; ent deletes what no `Where` bounds. */
export function isGlobalDelete(call: Call, facts: SourceFacts | undefined): boolean {
  const { callee, args } = call;
  // SeaORM's `Entity::delete_many().exec(db)`, which a filter would stand before.
  if (lastName(callee) === 'exec') return /::delete_many\(\)$/.test(receiver(callee));
  if (lastName(callee) === 'Exec' && /\.NewDelete\(\)\.Model\(/.test(callee))
    return !/\)\.(Where|WherePK|WhereGroup|Apply)\w*\(/.test(callee);
  if (lastName(callee) === 'Exec') return /\.Delete\(\)$/.test(receiver(callee)) && /^(ctx|context\.\w+\(\))$/.test(args[0] ?? '');
  return lastName(callee) === 'Delete' && isGlobalWrite(call, facts);
}
