import type { Call, Condition, Guard, SourceFacts, SqlStatement } from '../../../model/facts.ts';
import type { Range, Side } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { counterpartScope, within } from '../code/counterpart.ts';
import { changedConditions } from './condition-changes.ts';
import { isAccessTest } from './guard-kinds.ts';

/** Work that stays while the condition before it is gone, or no longer says what goes but what stays. */
export interface FreedWork {
  readonly side: Side;
  /** Of the condition: the lost one, or the one in its place. */
  readonly range: Range;
  /** The lost condition, as written. */
  readonly test: string;
  readonly calls: readonly Call[];
  readonly statements: readonly SqlStatement[];
}

/**
 * Calls and statements that both sides make, and that a `continue` of their loop or an `if` around them held back before this
 * change. Where what the condition compared still stands in the function (it went into a query, a filter, another test), it is
 * not gone.
 */
export function freedWork(input: RuleInput): readonly FreedWork[] {
  const known = freed.get(input);
  if (known !== undefined) return known;
  const found = findFreed(input);
  freed.set(input, found);
  return found;
}

const freed = new WeakMap<RuleInput, readonly FreedWork[]>();

function findFreed(input: RuleInput): readonly FreedWork[] {
  const { before, after, removed } = input;
  if (before === undefined || after === undefined) return [];
  const found: FreedWork[] = [];
  for (const lost of [...removed.guards, ...removed.conditions]) {
    const isGuard = 'exit' in lost;
    // Who may is for the rules of access.
    if ((isGuard ? lost.exit !== 'break' : lost.kind !== 'wraps') || PRESENCE.test(lost.test) || isAccessTest(lost.test)) continue;
    const scope = counterpartScope(input, lost.scope);
    if (scope === undefined) continue;
    const work = heldBack(before, lost);
    const calls = after.calls.filter((call) => within(call.scope, scope) && work.calls.some((old) => old.callee === call.callee));
    const statements = after.statements.filter(
      (one) =>
        within(one.scope, scope) && work.statements.some((old) => old.verb === one.verb && old.targets.join() === one.targets.join()),
    );
    if (calls.length + statements.length === 0) continue;
    const turned = turnedAround(lost, input, scope) ?? comparedBackwards(lost, input);
    if (turned !== undefined) found.push({ side: 'after', range: turned.range, test: lost.test, calls, statements });
    else if (isGone(lost, work, after, scope)) found.push({ side: 'before', range: lost.range, test: lost.test, calls, statements });
  }
  return found;
}

/** Whether there is a value at all, or an error: no choice of what goes. */
export const PRESENCE =
  /^!?\(?(not )?[\w$.?[\]'"]+\)?( (is|is not) None| ?[!=]==? ?(null|undefined|nil|None))?$|^(err|error|e)\b|\b(is_none|isNil|isNull|is_empty|isEmpty|dry_?run|verbose|debug|force)\b|\.length === 0/i;

function heldBack(facts: SourceFacts, condition: Guard | Condition): { calls: readonly Call[]; statements: readonly SqlStatement[] } {
  const loop =
    'exit' in condition
      ? facts.loops.findLast(
          (one) =>
            one.body.startLine <= condition.range.start.line &&
            condition.range.start.line <= one.body.endLine &&
            within(condition.scope, one.scope),
        )
      : undefined;
  const from = condition.range.start.line;
  const to = loop?.body.endLine ?? from + 12;
  const isInside = ({ range, scope }: Call | SqlStatement): boolean =>
    isBehind(range, condition.range) && range.start.line <= to && within(scope, condition.scope);
  if ('exit' in condition) {
    if (loop === undefined) return { calls: [], statements: [] };
    return { calls: facts.calls.filter(isInside), statements: facts.statements.filter(isInside) };
  }
  const calls = facts.calls.filter((call) => isInside(call) && condition.guarded.includes(call.callee));
  const statements = facts.statements.filter(
    (one) => isInside(one) && calls.some(({ range }) => range.start.line <= one.range.start.line && one.range.end.line <= range.end.line),
  );
  return { calls, statements };
}

/** Past the condition: what it asks is no part of the work. */
function isBehind({ start }: Range, { end }: Range): boolean {
  return start.line > end.line || (start.line === end.line && start.character >= end.character);
}

/** `if name in stage:` became `if name not in keep:` about the same name: all that nobody thought of goes now. */
function turnedAround(lost: Guard | Condition, input: RuleInput, scope: string): Guard | Condition | undefined {
  if ('exit' in lost || isNegated(lost.test)) return undefined;
  return [...input.added.conditions].find(
    (fresh) =>
      fresh.kind === 'wraps' &&
      within(fresh.scope, scope) &&
      isNegated(fresh.test) &&
      fresh.reads[0] === lost.reads[0] &&
      fresh.guarded.some((callee) => lost.guarded.includes(callee)) &&
      !/&&|\|\||\band\b|\bor\b/.test(fresh.test),
  );
}

/** `if (item.createdAt < cut)` that is `>`: what was to stay goes, and what was to go stays. */
function comparedBackwards(lost: Guard | Condition, input: RuleInput): Guard | Condition | undefined {
  const change = changedConditions(input).find(({ before }) => before === lost);
  if (change?.loosened?.kind !== 'inverted' || !/[<>]/.test(lost.test) || 'exit' in change.after !== 'exit' in lost) return undefined;
  return 'kind' in lost && 'kind' in change.after && change.after.kind !== lost.kind ? undefined : change.after;
}

function isNegated(test: string): boolean {
  return /^!\s*[\w(]|^not\b|\bnot in\b|!=|\bne\(/.test(test);
}

/** What the condition compared, without what the work itself names, stands nowhere in the function any more. */
function isGone(lost: Guard | Condition, work: { readonly calls: readonly Call[] }, after: SourceFacts, scope: string): boolean {
  const named = new Set(work.calls.flatMap(({ callee, args }) => [callee, ...args].join(' ').match(/[A-Za-z_]\w*/g) ?? []));
  const compared = (lost.test.match(/[A-Za-z_]\w*/g) ?? []).filter(
    (word) => !named.has(word) && !/^(not|in|is|and|or|len|None|null|true|false|True|False|nil|undefined|self|this)$/.test(word),
  );
  if (compared.length === 0) return false;
  // A parameter that nothing reads any more still stands in the head of the function.
  const parameters = new Set(after.symbols.find(({ name }) => name === scope)?.parameters.map(({ name }) => name));
  const all = wordsIn(after, scope);
  const now = new Set(all.filter((word, at) => !parameters.has(word) || all.indexOf(word) !== at));
  return compared.every((word) => !now.has(word));
}

/** Names and the words inside strings. */
function wordsIn(facts: SourceFacts, scope: string): readonly string[] {
  const place = facts.scopes.find((other) => other.name === scope);
  const tokens = place === undefined ? facts.tokens : facts.tokens.filter(({ line }) => line >= place.startLine && line <= place.endLine);
  return tokens.flatMap(({ text }) => text.match(/[A-Za-z_]\w*/g) ?? []);
}
