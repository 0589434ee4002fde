import type { Call, SourceFacts } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { boundAbove } from '../code/bindings.ts';
import { lastName, words } from '../code/call-names.ts';
import { counterpartScope, within } from '../code/counterpart.ts';
import { keepOfBoth } from '../code/kept.ts';
import { escaped } from '../code/literal-patterns.ts';
import { bodiesNamed } from '../code/named-bodies.ts';
import { bodiesAskedBy } from '../code/new-bodies.ts';
import { newCallsIn } from '../code/scope-changes.ts';
import { isRelative } from '../schema/sql-transactions.ts';
import { isAtomic, isLocked, READ, WRITE } from './atomic-calls.ts';

/**
 * Writes of this hunk that took the place of a change in one step, of a sum whose one part another function reads:
 * `const current = await this.balance(id); … update({ data: { points: current + n } })`. Not where the row is locked, or where the
 * write asks whether it is still the one that was read.
 */
export function* readThroughParts(input: RuleInput): Iterable<Call> {
  const { before, after } = input;
  if (before === undefined || after === undefined || !input.added.calls.some(writes)) return;
  const told = new Set<string>();
  for (const { call, isOwn } of goneSteps(before, after)) {
    const scope = counterpartScope(input, call.scope);
    if (scope === undefined || scope === '' || told.has(scope)) continue;
    const fresh = newCallsIn(input, scope);
    const here = fresh.filter((other) => input.added.calls.includes(other) && writes(other));
    if (here.length === 0 || fresh.some(isAtomic) || (isOwn && !addsInBody(input, call))) continue;
    const write = here.find((other) => writesSum(input, after, other, columnOf(call)));
    if (write === undefined || isKeptOut(input, after, scope)) continue;
    if (bodiesAskedBy(input, scope).some(({ facts, place }) => stepsIn(facts, place.name))) continue;
    told.add(scope);
    yield write;
  }
}

function writes({ callee, args }: Call): boolean {
  const name = lastName(callee);
  return WRITE.test(callee) || name === 'values' || WRITES.test(words(name)) || args.some((argument) => SQL_UPDATE.test(argument));
}

const WRITES = /^(?:set|put|write|save|store|replace|update|upsert|overwrite|persist|bind|execute|exec)\b/;
const SQL_UPDATE = /^\w{0,2}['"`]\s*update\b/i;

/** What was done in one step and is gone; a method of the program by its name, `wallets.addToBalance(id, n)`, is read later. */
const goneSteps = keepOfBoth((before: SourceFacts, after: SourceFacts) => {
  const left = new Set(after.calls.map(({ key }) => key));
  return before.calls.flatMap((call) => {
    const isOwn = !isAtomic(call);
    return (isOwn && !ADDS.test(words(lastName(call.callee)))) || left.has(call.key) ? [] : [{ call, isOwn }];
  });
});

const ADDS =
  /^(?:add|subtract|incr|increment|increase|decr|decrement|decrease|adjust|bump|credit|debit|consume|take|reserve|release|apply|change|deduct)\b/;

function addsInBody(input: RuleInput, { callee }: Call): boolean {
  return bodiesNamed(input, 'before', callee).some(({ facts, place }) => stepsIn(facts, place.name));
}

function stepsIn({ calls, statements }: SourceFacts, scope: string): boolean {
  return (
    calls.some((call) => within(call.scope, scope) && isAtomic(call)) ||
    statements.some((statement) => within(statement.scope, scope) && statement.verb === 'update' && isRelative(statement))
  );
}

/** A sum that is written, here or by the name of a variable, has a part that a function read; and the write does not ask for that part. */
function writesSum(input: RuleInput, after: SourceFacts, call: Call, column: string | undefined): boolean {
  const { callee, args, range } = call;
  const bound = (name: string): string => boundAbove(after, name, range.start.line) ?? '';
  const written = unquoted(`${callee}(${args.join(', ')})`);
  if (VERSION.test(written)) return false;
  const values = column === undefined ? [written] : valuesOf(call, column);
  // Of a name that is written its own value is looked at once.
  const sums = values.flatMap((value) => [...sumsIn(value), ...namesIn(value).flatMap((name) => sumsIn(bound(name)))]);
  return sums.some(
    (sum) =>
      calledIn(sum).some((name) => reads(input, name)) ||
      namesIn(sum).some((name) => calledIn(bound(name)).some((called) => reads(input, called)) && !isAskedFor(written, name)),
  );
}

/** The column that one step counted, where the call says it: `{ points: { increment: n } }`, `credits=F('credits') + n`. */
function columnOf({ callee, args }: Call): string | undefined {
  const text = args.join(' ');
  if (callee === 'eb' || /\bgorm\.Expr\(/.test(args[1] ?? '')) return /^['"](\w+)['"]$/.exec(args[0] ?? '')?.[1];
  const [, ...names] = COUNTED.exec(text) ?? [];
  return names.find((name) => name !== undefined);
}

const COUNTED =
  /(\w{1,60}): \{ ?(?:increment|decrement|multiply|divide): |\$(?:inc|mul)['"]?: ?(?:bson\.M)?\{ ?['"]?(\w{1,60})['"]?: |\b(\w{1,60})=F\(|\b(\w{1,60})=[A-Z]\w{0,60}\.\4\b|\b(\w{1,60}): sql\b/;

/** What a column is set to: `total` of `{ points: total }`, `left` of `{ left }`, the second argument of `Update("used", used+n)`. */
function valuesOf({ callee, args }: Call, column: string): readonly string[] {
  if (/^['"]/.test(args[0] ?? '') && args[0]?.slice(1, -1) === column) return args.slice(1);
  const text = level(`${callee}(${args.join(', ')})`);
  const name = escaped(column);
  const given = [...text.matchAll(new RegExp(`(?<![\\w.])${name}['"]?(?::|=(?!=)) ?([^,{}:]{1,200})`, 'g'))].map(([, value = '']) => value);
  return new RegExp(`[{,\\s]${name}(?=\\s|[,}])`).test(text) ? [...given, column] : given;
}

/** Without the commas of what a call is given. */
function level(text: string): string {
  return text.replace(/\([^()]{0,120}\)/g, (group) => group.replaceAll(',', ' '));
}

const VERSION = /\b(?:\w{0,30}_)?(?:version|etag|revision|row_?version|ConditionExpression|IfMatch|if_match)\b/i;

/** Parts of a text between its commas and braces that add or subtract. */
function sumsIn(text: string): readonly string[] {
  return level(text)
    .split(/[,{}:;=]/)
    .filter((part) => ADDITION.test(part));
}

const ADDITION = /[\w)\]?] ?[-+] ?[\w($]|\. ?(?:add|subtract|plus|minus|sub|Add|Sub|saturating_sub|checked_sub|checked_add) ?\(/;

function namesIn(text: string): readonly string[] {
  return [...new Set([...text.matchAll(/(?<![\w.$])([A-Za-z_]\w{0,60})(?![\w(])(?! ?[:(])/g)].map(([, name = '']) => name))];
}

function calledIn(text: string): readonly string[] {
  return [...text.matchAll(/([A-Za-z_]\w{0,60}) ?\(/g)].map(([, name = '']) => name).filter((name) => !BUILT_IN.test(name));
}

const BUILT_IN =
  /^(?:Number|String|BigInt|Decimal|Big|int|float|str|max|min|abs|round|floor|ceil|parseInt|parseFloat|add|subtract|plus|minus|await|if|return|now|len|String|toString|valueOf)$/;

/** The write finds the row by the value that was read: `{ sku, stock }`, `filter(credits=current)`, `where({ version: card.version })`. */
function isAskedFor(written: string, name: string): boolean {
  const plain = new RegExp(`(?<![\\w.])${escaped(name)}(?! ?(?:[-+\\w:=.(?!)]|\\)\\s?[-+]))`);
  return [...written.matchAll(/[^,{}();]{1,200}/g)].some(([part]) => plain.test(part) && !ADDITION.test(part));
}

function unquoted(text: string): string {
  return text.replace(/"[^"]{0,300}"|'[^']{0,300}'/g, "''");
}

/** A function of the program that reads rows or a key; one that is not to be seen says so by its name. */
function reads(input: RuleInput, name: string): boolean {
  if (READ.test(`.${name}`)) return true;
  const bodies = bodiesNamed(input, 'after', name);
  if (bodies.length === 0) return NAMED_FOR_READING.test(words(name));
  return bodies.some(
    ({ facts, place }) =>
      facts.calls.some((call) => within(call.scope, place.name) && asksStore(call)) ||
      facts.statements.some((statement) => statement.verb === 'select' && within(statement.scope, place.name)),
  );
}

function asksStore({ callee }: Call): boolean {
  return READ.test(callee) || SELECTS.test(callee) || (callee.includes('.') && NAMED_FOR_READING.test(words(lastName(callee))));
}

const SELECTS =
  /^select$|\.(?:select|selectFrom|scalars?|scalar_one|scalar_one_or_none|one_or_none|values_list|aggregate|executeTakeFirst\w{0,12})$/;
const NAMED_FOR_READING = /^(?:get|read|load|fetch|find|current|balance|remaining|left)\b|\bbalance(?: of)?$/;

/** A lock, of the database or of the program, taken here or by a function that the function calls. */
function isKeptOut(input: RuleInput, after: SourceFacts, scope: string): boolean {
  if (isLocked(input, scope)) return true;
  const own = after.calls.filter((call) => within(call.scope, scope));
  if (own.some(({ callee }) => LOCKS.test(words(callee)))) return true;
  return own.some(({ callee }) => {
    const name = lastName(callee);
    return bodiesNamed(input, 'after', name).some(
      ({ facts, place }) =>
        isLocked({ ...input, after: facts }, place.name) ||
        facts.statements.some(
          (statement) => within(statement.scope, place.name) && statement.actions.some(({ kind }) => kind === 'lock'),
        ) ||
        facts.tokens.some(({ text, line }) => line >= place.startLine - 2 && line <= place.endLine && LOCK_TOKENS.test(text)),
    );
  });
}

const LOCKS = /\b(?:lock|locks|locked|locking|redlock|mutex|semaphore|synchronized|exclusive|exclusively|serializable|watch|for update)\b/;
const LOCK_TOKENS = /^(?:PESSIMISTIC_\w+|select_for_update|with_for_update)$/;
