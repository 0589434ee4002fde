import type { Call, Fact, SqlStatement } from '../../model/facts.ts';
import type { FindingDraft } from '../../model/finding.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { lastName, receiver, shorten, words } from '../vocabulary/code/call-names.ts';
import { codeOfScope } from '../vocabulary/code/code-text.ts';
import { counterpartScope, within } from '../vocabulary/code/counterpart.ts';
import { holdsLine } from '../vocabulary/code/hunk-lines.ts';
import { escaped } from '../vocabulary/code/literal-patterns.ts';
import { newCallsIn } from '../vocabulary/code/scope-changes.ts';
import { tokensOf } from '../vocabulary/code/token-lines.ts';
import { isAtomic, isLocked, READ, WRITE } from '../vocabulary/locks/atomic-calls.ts';
import { readThroughParts } from '../vocabulary/locks/read-through-parts.ts';
import { lookedUpAndMade } from '../vocabulary/queries/looked-up-and-made.ts';
import { isRelative, lostArithmetic, lostArithmeticOf } from '../vocabulary/schema/sql-transactions.ts';

/**
 * ## What it sees
 * A change of a number that the database or a store made in one step (`x = x - n`, `increment`, `$push`, `store.bump(key)`) and
 * that is now read, computed and written back, in the function itself or in one that it calls now, or read by another function and
 * written here.
 *
 * ## Why it matters
 * Two callers read the same number and both write theirs: one booking, one payment, one seat is lost.
 *
 * ## When it is fine
 * A transaction that locks the row (`FOR UPDATE`, serialisable). That is not flagged.
 *
 * ## What it misses
 * A number that was always read first.
 */
export default defineRule({
  id: 'concurrency/read-modify-write',
  version: '1.0.0',
  severity: 'high',
  confidence: 'medium',
  title: 'An atomic update became read, compute, write',
  reads: ['calls', 'options', 'statements'],
  evidence: [{ title: 'AWS DynamoDB 2025-10-20: a check that was old when it was used', url: 'https://aws.amazon.com/message/101925/' }],
  *check(input): Iterable<FindingDraft> {
    const told = [...readHere(input)];
    yield* told;
    if (told.length > 0) return;
    for (const write of readThroughParts(input)) yield { side: 'after', range: write.range, message: text(write.scope) };
  },
});

/** Where the number is read, computed and written in the function itself, or all of it in one that it calls. */
function* readHere(input: RuleInput): Iterable<FindingDraft> {
  const flagged = new Set<string>();
  for (const call of input.removed.calls) {
    const scope = counterpartScope(input, call.scope);
    if (scope === undefined || flagged.has(call.scope)) continue;
    const fresh = newCallsIn(input, call.scope);
    if (!isAtomic(call) && !(setsByOwn(fresh) && !READ.test(call.callee) && call.args.length > 1)) continue;
    const read = fresh.find((other) => READ.test(other.callee) || other.args.some((argument) => /^['"`]\s*select\b/i.test(argument)));
    const write = fresh.find((other) => WRITE.test(other.callee) || other.args.some((argument) => /^['"`]\s*update\b/i.test(argument)));
    // An object that is already there was read when it was made.
    const isHeld = write !== undefined && /\.(save|asave|Save)$/.test(write.callee) && !/\.(Save)$/.test(write.callee);
    if (fresh.some(isAtomic) || isLocked(input, scope)) continue;
    if (read !== undefined && write === undefined && isFlushed(input, scope)) {
      flagged.add(call.scope);
      yield { side: 'before', range: call.range, message: text(call.scope) };
      continue;
    }
    if ((read === undefined && !isHeld) || write === undefined) continue;
    flagged.add(call.scope);
    yield toldAt(input, call, write);
  }
  yield* writtenHere(input);
  yield* ownCounters(input, flagged);
  yield* askedAndInserted(input);
  yield* lookedUpAndMade(input);
  if (flagged.size === 0)
    for (const statement of [...lostArithmetic(input), ...objects(input)])
      yield { side: 'before', range: statement.range, message: text(statement.scope) };
}

/** `stock.setQuantity(stock.getQuantity() - n)`: what one statement of a repository did is computed here now. */
function setsByOwn(fresh: readonly Call[]): boolean {
  return fresh.some(({ callee, args }) => {
    const name = /(?:^|\.)set([A-Z]\w*)$/.exec(callee)?.[1];
    return name !== undefined && new RegExp(`\\.(get)?${name}\\(\\) ?[-+*]`).test(args.join(' '));
  });
}

/**
 * The write that took the place of an atomic change, where it stands in another hunk than what went: in the function itself or in
 * one of the file that it calls now.
 */
function* writtenHere(input: RuleInput): Iterable<FindingDraft> {
  const { before, after } = input;
  if (before === undefined || after === undefined) return;
  const isHere = (fact: Fact): boolean =>
    input.added.calls.some((call) => call.key === fact.key) || input.added.statements.some((statement) => statement.key === fact.key);
  const told = new Set<string>();
  for (const call of before.calls) {
    if (!isAtomic(call) || input.removed.calls.includes(call) || told.has(call.scope)) continue;
    const scope = counterpartScope(input, call.scope);
    if (scope === undefined || after.calls.some((other) => other.key === call.key)) continue;
    const fresh = [...newCallsIn(input, call.scope), ...calledFrom(input, scope)];
    if (fresh.some(isAtomic) || isLocked(input, scope)) continue;
    const write = fresh.find((other) => WRITE.test(other.callee) && isHere(other) && computesIn(input, other.scope));
    if (write === undefined || !(fresh.some((other) => READ.test(other.callee)) || /(^|\.)(self|this|\w+)\.a?save$/i.test(write.callee)))
      continue;
    told.add(call.scope);
    yield { side: 'after', range: write.range, message: text(write.scope) };
  }
  for (const old of lostArithmeticOf(input)) {
    if (input.removed.statements.some((statement) => statement.key === old.key)) continue;
    const write = input.added.statements.find(
      (other) => other.verb === 'update' && other.sets.some((column) => old.sets.includes(column)) && isHere(other),
    );
    if (write !== undefined) yield { side: 'after', range: write.range, message: text(write.scope) };
  }
}

/** New calls of the functions of this file that `scope` calls and that were not there before. */
function calledFrom(input: RuleInput, scope: string): readonly Call[] {
  const { before, after } = input;
  if (before === undefined || after === undefined) return [];
  const called = new Set(after.calls.filter((call) => within(call.scope, scope)).map((call) => lastName(call.callee)));
  const isNew = (name: string): boolean => !before.scopes.some((other) => other.name === name);
  return after.calls.filter((call) => call.scope !== '' && isNew(call.scope) && called.has(lastName(call.scope)));
}

/** `INSERT … ON CONFLICT` that became a SELECT and an INSERT where it found nothing: two callers find nothing. */
function* askedAndInserted(input: RuleInput): Iterable<FindingDraft> {
  const settles = ({ verb, names }: SqlStatement): boolean =>
    verb === 'insert' && (names.includes('conflict') || names.includes('duplicate') || names[1] === 'ignore');
  const { before, after } = input;
  if (before === undefined || after === undefined) return;
  for (const old of input.removed.statements) {
    const scope = settles(old) ? counterpartScope(input, old.scope) : undefined;
    if (scope === undefined) continue;
    const own = after.statements.filter((other) => within(other.scope, scope) && other.targets[0] === old.targets[0]);
    const asks = own.some((other) => other.verb === 'select' && !before.statements.some(({ key }) => key === other.key));
    if (!asks || !own.some(({ verb }) => verb === 'insert') || own.some(settles) || isLocked(input, scope)) continue;
    yield { side: 'before', range: old.range, message: text(scope), severity: 'medium' };
  }
}

/** `SET n = n - 1` that became `row.n = left` of an object that is saved: what was one statement is read, computed and written. */
function objects(input: RuleInput): readonly SqlStatement[] {
  return input.removed.statements.filter((old) => {
    const scope = old.verb === 'update' && isRelative(old) ? counterpartScope(input, old.scope) : undefined;
    if (scope === undefined || scope === '' || isLocked(input, scope)) return false;
    const saves = input.after?.calls.some(
      (call) =>
        within(call.scope, scope) &&
        /^(commit|flush|save|asave|saveAndFlush|persist|merge|saveChanges|SaveChanges|Save|update)$/.test(lastName(call.callee)),
    );
    const { text: code } = codeOfScope(input.after, scope);
    // What a mapper's column is set to is computed by the database: `row.n = Row.n - 1`, `F('n') - 1`.
    const isSet = [...code.matchAll(/\.\s?(\w{1,60})\s?(?:[-+]=|=(?!=))\s?(\w{0,60})/g)].some(
      ([, name = '', value = '']) => old.sets.some((column) => words(column) === words(name)) && !/^[A-Z]/.test(value),
    );
    const left = input.after?.statements.some((other) => other.verb === 'update' && within(other.scope, scope) && isRelative(other));
    return saves === true && isSet && left !== true;
  });
}

/** A mapper's object whose number is counted here, and written when its session is: `quota.used += n`, `session.commit()`. */
function isFlushed({ after }: RuleInput, scope: string): boolean {
  const isOwn = after?.calls.some(
    (call) => within(call.scope, scope) && /(?:session|db|uow|em|manager)\.(?:commit|flush)$/i.test(call.callee),
  );
  return isOwn === true && /\. ?(\w{1,60}) (?:[-+]=|= [a-z]\w{0,60} ?\. ?\1 [-+]) /.test(codeOfScope(after, scope).text);
}

/** A number is counted up or down in the function. */
function computesIn(input: RuleInput, scope: string): boolean {
  return /(?:\+|-|\*|\||&)=|\+\+|--|[\w)\]] [-+*] [\w(]/.test(codeOfScope(input.after, scope).text);
}

/** `store.bump(key, 1)` of the project's own that became `store.read(key)`, a sum, and `store.write(key, …)` of the same thing. */
function* ownCounters(input: RuleInput, flagged: Set<string>): Iterable<FindingDraft> {
  for (const call of input.removed.calls) {
    const holder = receiver(call.callee);
    const scope = counterpartScope(input, call.scope);
    if (holder === '' || scope === undefined || scope === '' || flagged.has(call.scope) || !COUNTS.test(words(lastName(call.callee))))
      continue;
    const fresh = newCallsIn(input, call.scope).filter((other) => receiver(other.callee) === holder);
    const shares = (other: Call): boolean => other.args.some((argument) => argument.length > 2 && call.args.includes(argument));
    const read = fresh.find(
      (other) => shares(other) && /^(get|read|load|fetch|find|peek|lookup|current|one|value|query)\b/.test(words(lastName(other.callee))),
    );
    const write = fresh.find(
      (other) =>
        shares(other) && /^(set|put|write|save|store|replace|update|upsert|overwrite|persist)\b/.test(words(lastName(other.callee))),
    );
    if (read === undefined || write === undefined || isLocked(input, scope) || !computesIn(input, scope)) continue;
    if (isPlainMap(input, lastName(holder))) continue;
    flagged.add(call.scope);
    yield toldAt(input, call, write);
  }
}

/** At the write where this hunk has it, and otherwise where the one step stood. */
function toldAt({ hunk }: RuleInput, call: Call, write: Call): FindingDraft {
  return holdsLine(hunk.after, write.range.start.line)
    ? { side: 'after', range: write.range, message: text(call.scope) }
    : { side: 'before', range: call.range, message: text(call.scope) };
}

/** `totals = new HashMap<>()`, which no two threads may share in the first place. */
function isPlainMap({ after }: RuleInput, name: string): boolean {
  return new RegExp(`\\b${escaped(name)}=new (?:Linked|Weak|Identity)?(?:HashMap|TreeMap|HashSet|ArrayList)\\b`).test(tokensOf(after, ''));
}

const COUNTS =
  /\b(bump|incr|increment|increase|decr|decrement|decrease|add|subtract|adjust|advance|tick|take|consume|next|count|reserve|release|credit|debit|accumulate|append|push|pop|draw|claim|allot|step|up|down|swap|compute|modify|mutate|transform|merge|patch)\b/;

function text(scope: string): string {
  return `\`${shorten(scope || 'the module', 34)}\` reads, computes and writes back`;
}
