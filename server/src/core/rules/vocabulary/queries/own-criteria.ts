import type { Call, Option, SourceFacts } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { boundAbove } from '../code/bindings.ts';
import { lastName, receiver, words } from '../code/call-names.ts';
import { counterpartScope, within } from '../code/counterpart.ts';
import { escaped } from '../code/literal-patterns.ts';
import { BULK, FILTERS, SELECTS } from './chain-links.ts';
import { withMade } from './made-criteria.ts';

/**
 * A call with the criteria that its function keeps in a variable, or that a function of the file returns, written out:
 * `const where = {}; db.user.deleteMany({ where })` reads as `db.user.deleteMany({ where: {} })`. A variable that is filled
 * later stays a name.
 */
export function withOwnCriteria(call: Call, facts: SourceFacts | undefined): Call {
  if (facts === undefined) return call;
  const isQuery = ASKS_ROWS.some((links) => links.test(lastName(call.callee)));
  const args = call.args.map((argument, at) => (at < MOST_ARGUMENTS ? written(withMade(argument, facts, isQuery), call, facts) : argument));
  const callee = withMade(call.callee, facts).replace(
    /(?<=\.(?:find|where|filter|match)\()([A-Za-z_]\w*)(?=\)\.)/g,
    (name) => boundTo(name, call.scope, facts) ?? name,
  );
  return callee === call.callee && args.every((argument, at) => argument === call.args[at]) ? call : { ...call, callee, args };
}

const ASKS_ROWS = [BULK, FILTERS, SELECTS];

/** Criteria stand among the first of a call's arguments. */
const MOST_ARGUMENTS = 12;

/** `where(expired)` of `const expired = lt(t.deletedAt, cutoff)`: a condition that has a name. */
function namedCondition(name: string, { callee, range }: Call, facts: SourceFacts): string | undefined {
  if (!/^(?:where|andWhere)$/.test(lastName(callee))) return undefined;
  const bound = boundAbove(facts, name, range.start.line)
    ?.replace(/ ?([.(]) ?/g, '$1')
    .replace(/ ([),])/g, '$1');
  return bound !== undefined && /^(?:lte?|gte?|eq|ne|and|or|inArray|isNull|isNotNull|between|like|not)\(/.test(bound) ? bound : undefined;
}

function written(argument: string, call: Call, facts: SourceFacts): string {
  const key = /^\{ ?(where|filter|criteria|query)(?:: ?([A-Za-z_]\w*))? ?\}$/.exec(argument);
  if (key !== null) {
    const value = boundTo(key[2] ?? key[1] ?? '', call.scope, facts);
    return value === undefined ? argument : `{ ${key[1] ?? ''}: ${value} }`;
  }
  const beside = /^(?:\{|\{[^{}]*?,) ?(where|filter|criteria|query)(?:: ?([A-Za-z_]\w*))?(?= ?,|\s?\}$)/.exec(argument);
  if (beside !== null) {
    const value = boundTo(beside[2] ?? beside[1] ?? '', call.scope, facts);
    const from = beside[0].length - (beside[2] === undefined ? 0 : beside[2].length);
    return value === undefined
      ? argument
      : `${argument.slice(0, from)}${beside[2] === undefined ? ': ' : ''}${value}${argument.slice(beside[0].length)}`;
  }
  const keyword = /^(filter|where|criteria|query)=([A-Za-z_]\w*)$/.exec(argument);
  if (keyword !== null) {
    const value = boundTo(keyword[2] ?? '', call.scope, facts);
    return value === undefined ? argument : `${keyword[1] ?? ''}=${value}`;
  }
  const made = /^([A-Za-z_]\w*)\([^()]*\)$/.exec(argument)?.[1];
  if (made !== undefined) {
    const where = facts.options.filter(
      ({ name, scope, callee, value }) => name === 'where' && callee === '' && within(scope, made) && scope !== '' && value.startsWith('{'),
    );
    return where.length === 1 && where[0] !== undefined ? `{ where: ${where[0].value} }` : argument;
  }
  return /^[A-Za-z_]\w*$/.test(argument)
    ? (boundTo(argument, call.scope, facts) ?? namedCondition(argument, call, facts) ?? argument)
    : argument;
}

/** The object that a function binds to a name once, and never puts anything into. */
function boundTo(name: string, scope: string, facts: SourceFacts): string | undefined {
  const own = facts.options.filter(
    (option) => option.name === name && option.callee === '' && (option.scope === scope || option.scope === ''),
  );
  const [only] = own;
  if (only === undefined || own.length > 1 || !OBJECT.test(only.value)) return undefined;
  const isFilled = facts.tokens.some(
    ({ text }, at) =>
      text === name &&
      ((/^[.[]$/.test(facts.tokens[at + 1]?.text ?? '') && only.range.start.line <= (facts.tokens[at]?.line ?? 0)) ||
        /^(assign|merge|Object)$/.test(facts.tokens[at - 2]?.text ?? '')),
  );
  return isFilled ? undefined : only.value;
}

const OBJECT =
  /^(\{[\s\S]*\}|dict\(\)|bson\.[MD]\{[\s\S]*\}|map\[string\](any|interface\{\})\{[\s\S]*\}|new Document\(\)|Map\.of\(\)|doc!\s*\{[\s\S]*\}|None|null|undefined|nil)$/;
export const EMPTY_CRITERIA =
  /^(?:(?:where|filter|criteria|query|selector)\s*[=:]\s*)?(\{\s*\}|dict\(\)|bson\.[MD]\{\s*\}|map\[string\](any|interface\{\})\{\s*\}|new Document\(\)|Map\.of\(\)|Filters\.empty\(\)|doc!\s*\{\s*\}|\{ (where|filter|criteria): (\{\s*\}|undefined|null) \})$/;

/** A call of the project's own function whose criteria were something, and are empty now. */
export interface EmptiedCall {
  readonly call: Call;
  readonly does: 'delete' | 'update';
}

/** `patch({ plan: code }, …)` that became `patch({}, …)`: the same function, of a name that deletes or changes, with nothing to go by. */
export function emptiedCalls(input: RuleInput): readonly EmptiedCall[] {
  return input.added.calls.flatMap((call): readonly EmptiedCall[] => {
    const does = whatItDoes(lastName(call.callee));
    if (does === undefined || call.kind !== 'call' || IN_MEMORY.test(receiver(call.callee))) return [];
    const now = withOwnCriteria(call, input.after);
    const at = now.args.findIndex((argument) => EMPTY_CRITERIA.test(argument));
    if (at < 0) return [];
    const old = input.removed.calls.find(
      (other) =>
        other.callee === call.callee &&
        other.args.length === call.args.length &&
        within(call.scope, counterpartScope(input, other.scope) ?? '\0') &&
        !EMPTY_CRITERIA.test(withOwnCriteria(other, input.before).args[at] ?? '{}'),
    );
    return old === undefined ? [] : [{ call, does }];
  });
}

const IN_MEMORY = /(cache|map|set|list|dict|state|store|params|headers|options|config|form|component)s?$/i;

function whatItDoes(name: string): EmptiedCall['does'] | undefined {
  const text = words(name);
  if (/\b(delete|remove|purge|wipe|erase|destroy|drop|expunge|prune|clear|del|rm|discard|evict)\b/.test(text)) return 'delete';
  return /\b(update|patch|modify|overwrite|change|bulk|mark|assign|replace|migrate|close|cancel|archive|disable|suspend|reset)\b/.test(text)
    ? 'update'
    : undefined;
}

/**
 * Calls that stand as they stood, and whose criteria are empty now in the variable that holds them: the place is where it is
 * emptied.
 */
export function callsOfEmptied(input: RuleInput): readonly { readonly call: Call; readonly place: Option }[] {
  const { added, before, after } = input;
  return added.options.flatMap((option) => {
    if (option.callee !== '' || !EMPTY_CRITERIA.test(option.value)) return [];
    const old = before?.options.find((other) => other.name === option.name && other.callee === '' && other.scope === option.scope);
    if (old === undefined || EMPTY_CRITERIA.test(old.value)) return [];
    const word = new RegExp(`(^|[^\\w$])${escaped(option.name)}($|[^\\w$])`);
    return (after?.calls ?? [])
      .filter(
        (call) => within(call.scope, option.scope) && call.args.some((argument) => word.test(argument)) && !added.calls.includes(call),
      )
      .map((call) => ({ call: withOwnCriteria(call, after), place: option }));
  });
}
