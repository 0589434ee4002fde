import { fieldsOf, plain, splitSource } from '../code/argument-text.ts';
import { BULK, DERIVED, FILTERS, SELECTS } from './chain-links.ts';

/** Conditions of one link as texts `name value`: keyword arguments, an object's fields, or a name and its value. */
export function conditionsOf(name: string, args: string): readonly string[] {
  const parts = criteriaFirst(name, splitSource(args, ','));
  const handed = handedConditions(name, parts);
  if (handed !== undefined) return conditionsOf('Where', handed);
  if ((BULK.test(name) || SELECTS.test(name)) && !/^(get|aget)$/.test(name)) {
    const fields = fieldsOf(parts);
    const object = parts.find((part) => part.startsWith('{'));
    const where =
      fields.get('where') ??
      fields.get('filter') ??
      (object === undefined
        ? undefined
        : (fieldsOf([object]).get('where') ??
          ((/^(find|deleteMany|deleteOne|DeleteMany|DeleteOne|delete_many|delete_one|Find|delete|remove|destroy)$/.test(name) ||
            (/^(updateMany|updateOne|UpdateMany|UpdateOne|update_many|update_one|update)$/.test(name) && parts.length > 1)) &&
          object === parts[0] &&
          !/^\{\s*(data|set|order|take|select|include)\b/.test(object)
            ? object
            : undefined)));
    return where === undefined ? [] : objectConditions(where);
  }
  const isGet = /^(get|aget|get_or_create|first)$/.test(name) && parts.some((part) => /^\w+\s*=(?!=)/.test(part));
  const derived = DERIVED.exec(name)?.[1];
  // Spring Data reads the conditions out of the method's name.
  if (derived !== undefined) return derived.split(/And(?=[A-Z])/).map((part) => `${part.replace(COMPARED, '')} ${part}`);
  if (!FILTERS.test(name) && !isGet) return [];
  // Values of a condition that is written as text come behind it.
  const own = /^["'`]/.test(parts[0] ?? '') ? [] : parts.flatMap((part) => expressionConditions(part));
  if (own.length > 0) return own;
  const first = plain(parts[0]);
  if (first === '' || !/^["'`]/.test(parts[0] ?? '')) return parts[0] === undefined ? [] : [`${first} ${parts.slice(1).join(' ')}`];
  // `where('status', 'x')`, `Where("status = ? AND x < ?", …)`.
  return first
    .split(/(?<!\s)\s+and\s+/i)
    .map((condition) => `${/[\w.]+/.exec(condition)?.[0].split('.').at(-1) ?? condition} ${condition} ${parts.slice(1).join(' ')}`);
}

/** Go's driver of Mongo has the criteria behind the context, `DeleteMany(ctx, bson.M{"used": false})`. */
function criteriaFirst(name: string, parts: readonly string[]): readonly string[] {
  if (!/^(?:Delete|Update)(?:Many|One)$/.test(name) || !/^(?:bson\.M|map\[string\](?:any|interface\{\})|\{)/.test(parts[1] ?? ''))
    return parts;
  return parts.slice(1).map((part) => part.replace(/^(?:bson\.M|map\[string\](?:any|interface\{\}))(?=\{)/, ''));
}

/** What gorm is handed behind the record that it fills or deletes: `First(&invoice, id)`, `Delete(&Invoice{}, "state = ?", "void")`. */
function handedConditions(name: string, parts: readonly string[]): string | undefined {
  const [record = '', first, ...rest] = parts;
  if (first === undefined || !/^(?:First|Last|Take|Find|Delete)$/.test(name) || !/^&|^new\(/.test(record)) return undefined;
  return /^["'`]/.test(first) ? [first, ...rest].join(', ') : `"id = ?", ${first}`;
}

const COMPARED = /(Before|After|LessThan|LessThanEqual|GreaterThan|GreaterThanEqual|IsNull|IsNotNull|Is|In|NotIn|True|False|Between)$/;

/** Django's `status='x'`, SQLAlchemy's `Order.status == 'x'`, Drizzle's `and(eq(orders.status, 'x'), …)`. */
function expressionConditions(part: string): readonly string[] {
  if (part.startsWith('{')) return objectConditions(part);
  const joined = /^(?:and|and_|Q)\(([\s\S]*)\)$/.exec(part)?.[1];
  if (joined !== undefined) return splitSource(joined, ',').flatMap(expressionConditions);
  const keyword = /^([A-Za-z_]\w*)\s*=(?!=)([\s\S]*)$/.exec(part);
  if (keyword?.[1] !== undefined) return [`${keyword[1]} ${keyword[2]?.trim() ?? ''}`];
  const called = /^(?:eq|ne|lt|lte|gt|gte|like|ilike|inArray|notInArray|isNull|isNotNull|not|between)\((?:[\w$]+\.)*(\w+)/.exec(part);
  const compared = /^(?:[\w.]*\.)?(\w+)(?:\.(\w+)\(|\s*(?:==|!=|<=|>=|<|>)\s*)/.exec(part);
  const name = called?.[1] ?? compared?.[1];
  return name === undefined ? [] : [`${name} ${part}`];
}

function objectConditions(source: string): readonly string[] {
  return [...fieldsOf([source])].flatMap(([name, value]) =>
    /^(AND|\$and)$/.test(name) ? splitSource(value.replace(/^\[|\]$/g, ''), ',').flatMap(objectConditions) : [`${name} ${value}`],
  );
}

/** The name that a condition asks about, without Django's `__lt`. */
export function askedName(condition: string): string {
  return (condition.split(' ')[0] ?? '').split('__')[0] ?? '';
}
