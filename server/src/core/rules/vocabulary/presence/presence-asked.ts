import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { boundAbove } from '../code/bindings.ts';
import { shorten } from '../code/call-names.ts';
import { changedCode, rangeOfLine, scopeAtLine } from '../code/code-text.ts';
import { counterpartScope, within } from '../code/counterpart.ts';
import { escaped } from '../code/literal-patterns.ts';
import { missingNames } from '../code/missing-names.ts';
import { movedText } from '../code/moved-text.ts';
import { newGuardsIn } from '../code/scope-changes.ts';
import { isTestScope } from '../code/test-cases.ts';
import { tokensOf } from '../code/token-lines.ts';
import { lostGuards } from '../guards/lost-guards.ts';

/** `if (x == null) return` that goes away while `x.y` stays. */
export function* lostQuestions(input: RuleInput): Iterable<FindingDraft> {
  for (const guard of lostGuards(input, (candidate) => missingNames(candidate).length > 0)) {
    const names = missingNames(guard);
    const scope = counterpartScope(input, guard.scope);
    if (scope === undefined || isTestScope(guard.scope) || (guard.scope === '' && scope === '')) continue;
    // An error that is thrown or answered is another rule's.
    if (guard.exit === 'throw' || guard.exit === 'answer') continue;
    const after = tokensOf(input.after, scope);
    const name = names.find(
      (one) => (isUsed(after, one) && !isAsked(input, scope, one, after)) || isTakenWhereFound(input, after, one, guard.range.start.line),
    );
    if (name === undefined || newGuardsIn(input, guard.scope).length > 0) continue;
    yield {
      side: 'before',
      range: guard.range,
      message: fitMessage(`\`${shorten(name, 30)}\` may be missing and is used in \`${shorten(scope, 26)}\``),
    };
  }
}

/** What was looked up under a name and asked for is taken apart where it is looked up: `policies.get(region).getRules()`. */
function isTakenWhereFound({ before }: RuleInput, after: string, name: string, line: number): boolean {
  const bound = before === undefined ? undefined : boundAbove(before, name, line)?.replaceAll(' ', '');
  if (bound === undefined || !/[\])]$/.test(bound) || !/^[\w.]+[[(]/.test(bound) || !CAN_MISS.test(bound)) return false;
  const code = after.replaceAll(' ', '');
  const at = code.indexOf(bound);
  const [holder = ''] = bound.split(/\.\w+\(|\[/);
  if (['containsKey', 'contains', 'has', 'contains_key'].some((asks) => code.includes(`${holder}.${asks}(`))) return false;
  return at >= 0 && /^(?:\.\w|\[)/.test(code.slice(at + bound.length));
}

/** What finds one of many, or nothing. */
const CAN_MISS = /\]$|(?:^|\.)(?:get|find|lookup|first|last|peek|poll|match|exec|search|getParameter|getHeader|getAttribute|next)\w*\(/i;

/** `if (x != null) use(x.y)` and `x == null ? 0 : x.y` whose condition goes away while `x.y` stays. */
export function* lostConditions(input: RuleInput): Iterable<FindingDraft> {
  for (const { line, name, test, reads } of presenceAsked(input)) {
    const old = scopeAtLine(input.before, line);
    const scope = counterpartScope(input, old);
    if (scope === undefined || scope === '' || isTestScope(old) || movedText(input, test, reads)) continue;
    const after = tokensOf(input.after, scope);
    if (!isUsed(after, name) || isAsked(input, scope, name, after) || newGuardsIn(input, old).length > 0) continue;
    // What the head of a `try` opens is there as long as its block runs.
    if (new RegExp(`\\btry\\((?:[^{}]{0,400};)?(?:final )?[\\w<>.]{1,40} ${escaped(name)}=`).test(after)) continue;
    yield {
      side: 'before',
      range: rangeOfLine(input, 'before', line),
      message: fitMessage(`\`${shorten(name, 30)}\` may be missing and is used in \`${shorten(scope, 26)}\``),
    };
  }
}

interface PresenceAsked {
  readonly line: number;
  readonly name: string;
  readonly test: string;
  readonly reads: readonly string[];
}

function presenceAsked(input: RuleInput): readonly PresenceAsked[] {
  const wrapped = input.removed.conditions.flatMap(({ kind, test, reads, range }) => {
    const found =
      /(?:^|; |&& )([\w$.]+) (?:!==?) (?:null|undefined|nil)$/.exec(test) ??
      /^([\w.]+) is not None$/.exec(test) ??
      /^Objects\.nonNull\(([\w.]+)\)$/.exec(test);
    return kind === 'wraps' && found?.[1] !== undefined ? [{ line: range.start.line, name: found[1], test, reads }] : [];
  });
  const code = changedCode(input, 'before');
  const chosen = [
    ...code.text.matchAll(/(?<![\w$] \.)(?:^|[ (=])([\w$]+(?: \. [\w$]+)*) [!=]==? (?:null|undefined) \?/g),
    ...code.text.matchAll(/ if ([\w]+(?: \. \w+)*) is (?:not )?None else /g),
  ].map((match) => {
    const name = (match[1] ?? '').replaceAll(' ', '');
    return { line: code.lineAt((match.index ?? 0) + 1), name, test: match[0].trim(), reads: [name] };
  });
  return [...wrapped, ...chosen];
}

/** The value is taken apart: a property, an index or a call of it. */
export function isUsed(text: string, name: string): boolean {
  return new RegExp(`(?<![\\w$.])${escaped(name)}(\\.(?!\\?)[A-Za-z_$]|\\[|\\()`).test(text);
}

export function isAsked(input: RuleInput, scope: string, name: string, text: string): boolean {
  const own = new RegExp(`(?<![\\w$.])${escaped(name)}(?![\\w$])`);
  const facts = input.after;
  if (facts === undefined) return true;
  const asks = (test: string): boolean => own.test(test);
  if (facts.guards.some((guard) => within(guard.scope, scope) && asks(guard.test))) return true;
  if (facts.conditions.some((condition) => within(condition.scope, scope) && condition.kind === 'wraps' && asks(condition.test)))
    return true;
  return (
    new RegExp(`(?<![\\w$.])${escaped(name)}(\\?\\.|&&|\\?\\?|!==?(null|undefined|nil)| is not None|\\?(?![.:]))`).test(text) ||
    new RegExp(`\\bif ${escaped(name)}:`).test(text)
  );
}
