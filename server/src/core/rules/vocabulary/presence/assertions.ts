import type { Call, SourceFacts } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { boundAbove } from '../code/bindings.ts';
import { lastName, literal, shorten } from '../code/call-names.ts';
import { counterpartScope, within } from '../code/counterpart.ts';
import { keepOf } from '../code/kept.ts';
import { escaped } from '../code/literal-patterns.ts';
import { missingNames } from '../code/missing-names.ts';
import { cameAlong, newGuardsIn } from '../code/scope-changes.ts';
import { isTestScope } from '../code/test-cases.ts';
import { tokensOf } from '../code/token-lines.ts';

/** `x!` on data, in a function that lost a check, or several in one. */
export function* assertedValues(input: RuleInput): Iterable<FindingDraft> {
  const fresh = input.added.calls.filter(
    (call) => call.kind === 'assertion' && isData(call.callee) && !isTestScope(call.scope) && !cameAlong(input, call),
  );
  for (const call of fresh) {
    const lost =
      [...input.removed.guards, ...input.removed.conditions].some(
        (other) => counterpartScope(input, other.scope) === call.scope && shares(other.reads, call.callee),
      ) ||
      hadFallback(input, call) ||
      wasAskedByName(input, call) ||
      isCheckedByCaller(input, call);
    // Two on one chain: nothing on the way was asked.
    const several = fresh.some((other) => other.scope === call.scope && other.callee.includes('!'));
    const [first] = fresh.filter((other) => other.scope === call.scope);
    if (first !== call) continue;
    yield {
      side: 'after',
      range: call.range,
      message: fitMessage(`\`${shorten(call.callee, 40)}\` is taken for granted: \`!\``),
      // A view that cannot be drawn is one person's.
      severity: lost ? (/\.[jt]sx$/.test(input.path) ? 'medium' : 'high') : several && input.before !== undefined ? 'medium' : 'low',
    };
  }
}

/** The same value had a name before, which was asked: `const rate = rates.find(…); if (!rate) return`. */
function wasAskedByName(input: RuleInput, { callee, scope }: Call): boolean {
  const { before, removed } = input;
  const [head = ''] = callee.split('(');
  if (before === undefined || !/[.(]/.test(callee) || head.length < 3) return false;
  const isCall = callee.includes('(');
  const isSame = (bound: string | undefined): boolean => (isCall ? bound?.startsWith(`${head}(`) === true : bound === callee);
  return removed.guards.some(
    (guard) =>
      counterpartScope(input, guard.scope) === scope &&
      missingNames(guard).some((name) => isSame(boundAbove(before, name, guard.range.start.line)?.replaceAll(' ', ''))),
  );
}

/** It stands in a new function, and the one that calls it asked for what is missing itself before. */
function isCheckedByCaller(input: RuleInput, { scope }: Call): boolean {
  const { before, after } = input;
  if (before === undefined || after === undefined || scope === '' || before.scopes.some(({ name }) => name === scope)) return false;
  const stays = guardKeys(after);
  return before.guards.some((guard) => {
    if (stays.has(guard.key) || missingNames(guard).length === 0) return false;
    const caller = counterpartScope(input, guard.scope);
    if (caller === undefined || caller === scope || newGuardsIn(input, guard.scope).some((other) => missingNames(other).length > 0))
      return false;
    return after.calls.some((call) => within(call.scope, caller) && lastName(call.callee) === lastName(scope));
  });
}

const guardKeys = keepOf((facts: SourceFacts): ReadonlySet<string> => new Set(facts.guards.map(({ key }) => key)));

/** What belongs to a frame, an element or a map that was just filled is known by who wrote it. */
function isData(value: string): boolean {
  return (
    !/^this\.#?\w+$|\.current$|^document|querySelector|getElementById|\.(get|shift|pop|at|exec|match)\([^)]*\)$|\]$|^(match|m|parent|node|el|element|ref|container|root)$/.test(
      value,
    ) && literal(value) === undefined
  );
}

function shares(reads: readonly string[], value: string): boolean {
  return reads.some((name) => name.length > 1 && new RegExp(`\\b${escaped(name)}\\b`).test(value));
}

/** The same value had `?.` or `??` in the function before. */
function hadFallback(input: RuleInput, call: Call): boolean {
  const value = call.callee.replace(/[!\s]/g, '');
  const before = tokensOf(input.before, call.scope).replace(/!/g, '');
  const [root = value] = value.split('.');
  return before.includes(`${value}?`) || (before.includes(`${root}?.`) && before.replace(/\?\./g, '.').includes(value));
}
