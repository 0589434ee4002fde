import type { Condition, Guard } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { lastName, shorten, words } from '../code/call-names.ts';
import { escaped } from '../code/literal-patterns.ts';
import { newCallsIn, newGuardsIn } from '../code/scope-changes.ts';
import type { Loosening } from '../conditions/loosening.ts';
import { split } from '../conditions/parts.ts';
import { type ConditionChange, changedConditions } from '../guards/condition-changes.ts';
import { spelledOut } from '../guards/condition-names.ts';
import { isFoundForOwner } from '../guards/found-for-owner.ts';
import { isAccessName, isAccessTest } from '../guards/guard-kinds.ts';
import { demandOf } from './role-lattice.ts';

/** Conditions that ask who somebody is and let more people through than before. */
export function* loosenedConditions(input: RuleInput): Iterable<FindingDraft> {
  for (const change of changedConditions(input)) {
    const { before, after, loosened } = change;
    if (isRate(input, after.scope)) continue;
    if (!isAccess(change)) continue;
    const old = demandOf(before.test);
    const now = demandOf(after.test);
    const sinks = old !== undefined && now !== undefined && now < old && loosened === undefined && !isSpelledAlike(input, change);
    if (loosened === undefined ? !sinks : isAskedElsewhere(input, change, loosened)) continue;
    yield { side: 'after', range: after.range, message: fitMessage(told(loosened, after.test, after.scope)), ...weight(loosened) };
  }
}

/** The same parts in any order, where a name stands for one of them: `isOwner` beside `const isOwner = doc.ownerId === user.id`. */
function isSpelledAlike({ before: old, after: now }: RuleInput, { before, after }: ConditionChange): boolean {
  if (old === undefined || now === undefined) return false;
  const [was, is] = [split(spelledOut(old, before.test)), split(spelledOut(now, after.test))];
  return was.all === is.all && was.items.toSorted().join() === is.items.toSorted().join();
}

function isAccess({ before }: ConditionChange): boolean {
  if ('exit' in before)
    return isAccessTest(before.test) && (before.exit === 'throw' || before.exit === 'answer' || ASKS_WHO.test(words(before.test)));
  return before.kind === 'answers' && isPredicate(lastName(before.scope)) ? true : ASKS_WHO.test(words(before.test));
}

/** What a condition must hold to be about somebody's right, where nothing refuses. */
const ASKS_WHO =
  /\b(role|roles|permission|permissions|is admin|is owner|is staff|is superuser|is authenticated|is authorized|owner id|has role|has permission|has scope|has any role|can (edit|view|delete|manage|update|access|refund|approve|write|read|publish|create|remove))\b/;

/** A function that asked, and answers `true` to everybody now. */
export function* everybody(input: RuleInput): Iterable<FindingDraft> {
  for (const answer of input.added.conditions) {
    if (answer.kind !== 'answers' || !/^(true|True)$/.test(answer.test) || !isPredicate(lastName(answer.scope))) continue;
    const was = input.before?.scopes.some((scope) => scope.name === answer.scope) ?? false;
    const had =
      input.before?.conditions.some(
        (other) => other.scope === answer.scope && other.kind === 'answers' && /^(true|True)$/.test(other.test),
      ) ?? false;
    const asks = [...(input.after?.guards ?? []), ...(input.after?.conditions ?? [])].some(
      (other) => other.scope === answer.scope && other !== answer,
    );
    if (was && !had && !asks && !isRate(input, answer.scope))
      yield { side: 'after', range: answer.range, message: fitMessage(`everybody may now in \`${shorten(lastName(answer.scope), 30)}\``) };
  }
}

/** A function that asked some and answered others `true`, and answers `true` to all of them now. */
export function* askedSome(input: RuleInput): Iterable<FindingDraft> {
  const { before, after, removed } = input;
  if (before === undefined || after === undefined) return;
  const told = new Set<string>();
  for (const gone of [...removed.guards, ...removed.conditions]) {
    const { scope } = gone;
    if (told.has(scope) || !isPredicate(lastName(scope)) || isRate(input, scope) || isPlainYes(gone)) continue;
    const left = [...after.guards, ...after.conditions].filter((other) => other.scope === scope);
    const had = before.conditions.some((other) => other.scope === scope && isPlainYes(other));
    if (!had || left.length === 0 || !left.every(isPlainYes)) continue;
    told.add(scope);
    yield { side: 'before', range: gone.range, message: fitMessage(`everybody may now in \`${shorten(lastName(scope), 30)}\``) };
  }
}

const isPlainYes = (one: Guard | Condition): boolean => 'kind' in one && one.kind === 'answers' && /^(?:true|True)$/.test(one.test);

/** How often somebody may is another question. */
function isRate({ path }: RuleInput, scope: string): boolean {
  return /\b(limit|limits|limiter|rate|throttl\w*|quota)\b/.test(words(`${path} ${scope}`));
}

/** A function that answers whether somebody may: `canRefund`, `has_object_permission`, `isOwner`. */
function isPredicate(name: string): boolean {
  return /^(can|may|is|has|allow|authorize|check|test_func|permits?|should_allow)/i.test(name) && isAccessName(name);
}

/** How a condition that was loosened is told. */
export function told(loosened: Loosening | undefined, test: string, scope: string): string {
  const where = scope === '' ? '' : ` in \`${shorten(lastName(scope), 20)}\``;
  switch (loosened?.kind) {
    case 'inverted':
      return `\`${shorten(loosened.part, 40)}\` is the opposite of what was asked${where}`;
    case 'lost':
      return `\`${shorten(loosened.part, 40)}\` is no longer asked${where}`;
    case 'added':
      return `\`${shorten(loosened.part, 36)}\` is enough now${where}`;
    case 'joined':
      return `any part of \`${shorten(loosened.part, 36)}\` is enough now${where}`;
    case 'constant':
      return `everybody may now${where}: \`${shorten(test, 24)}\``;
    case 'presence':
      return `\`${shorten(loosened.part, 34)}\` only asks for any value${where}`;
    default:
      return `\`${shorten(test, 40)}\` asks for less than before${where}`;
  }
}

/** How bad it is: a part less of several is less than everybody. */
export function weight(loosened: Loosening | undefined): Pick<FindingDraft, 'severity'> {
  // Another way in may be what was wanted; it is still for somebody else to say so.
  return loosened?.kind === 'added' || loosened?.kind === 'raised' ? { severity: 'high' } : {};
}

/** The part that went is asked by another guard of the same function now, or by a check that is called. */
function isAskedElsewhere(input: RuleInput, { before, after }: ConditionChange, { kind, part }: Loosening): boolean {
  if (kind === 'raised') return true;
  if (kind !== 'lost') return false;
  if (isFoundForOwner(input, { test: part, scope: before.scope })) return true;
  const words = part.match(/[A-Za-z_$][\w$]*/g) ?? [];
  const asks = (text: string): boolean => words.length > 0 && words.every((word) => new RegExp(`\\b${escaped(word)}\\b`).test(text));
  return (
    newGuardsIn(input, before.scope).some((guard) => guard.range !== after.range && asks(guard.test)) ||
    newCallsIn(input, before.scope).some(
      (call) =>
        // What a new function of this file asks is seen there.
        lastName(call.callee) !== lastName(after.scope) &&
        isAccessName(lastName(call.callee)) &&
        /^(require|assert|ensure|check|verify|authori)/i.test(lastName(call.callee)),
    )
  );
}
