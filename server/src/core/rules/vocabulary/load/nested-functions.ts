import type { Call } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { lastName, shorten, words } from '../code/call-names.ts';
import { hasScope, within } from '../code/counterpart.ts';
import { factsInside } from '../code/facts-by-place.ts';
import { standingBody } from '../code/own-wrappers.ts';
import { lostCallsIn } from '../code/scope-changes.ts';
import { namesTries } from './retries.ts';
import { isRetryCall } from './retry-nesting.ts';

/**
 * Tries that are new around a function of the project which tries by itself, in this file or in another one: `withRetry(() =>
 * fetchRate(pair))`, and `fetchRate` asks three times. The tries multiply.
 */
export function* nestedFunctions(input: RuleInput): Iterable<FindingDraft> {
  const { before, after } = input;
  if (before === undefined || after === undefined) return;
  for (const call of input.added.calls) {
    if (!triesAgain(call) || lostCallsIn(input, call.scope).some(triesAgain) || input.removed.calls.some(triesAgain)) continue;
    const names = call.kind === 'decorator' ? calledBy(after.calls, call) : handedTo(after.calls, call);
    const inner = names.find((name) => triesByItself(input, name));
    if (inner === undefined) continue;
    yield {
      side: 'after',
      range: call.range,
      message: fitMessage(`\`${shorten(call.callee, 24)}\` tries \`${shorten(inner, 26)}\` again, which tries by itself`),
    };
  }
}

/** More functions than these in one call are a whole program. */
const MOST_NAMES = 8;

function triesAgain(call: Call): boolean {
  if (call.kind === 'decorator') return /\b(retry|retries|retrying|retryable|backoff|on exception)\b/.test(words(call.callee));
  return isRetryCall(call);
}

function calledBy(calls: readonly Call[], { scope }: Call): readonly string[] {
  const own = calls.filter((other) => other.kind === 'call' && scope !== '' && within(other.scope, scope));
  return [...new Set(own.map(({ callee }) => callee))].filter((callee) => lastName(callee) !== lastName(scope)).slice(0, MOST_NAMES);
}

/** What the handed function calls, or the function that is handed by its name. */
function handedTo(calls: readonly Call[], call: Call): readonly string[] {
  const called = factsInside(calls, call.range).filter((other) => other !== call && other.kind === 'call');
  const handed = call.args.filter((argument) => /^[A-Za-z_$][\w$.]{2,80}$/.test(argument));
  return [...new Set([...called.map(({ callee }) => callee), ...handed])].slice(0, MOST_NAMES);
}

function triesByItself(input: RuleInput, callee: string): boolean {
  // `crm.remove` is not the function `remove` that calls it.
  const isOfAnother = callee.includes('.') && !/^(?:this|self)\./.test(callee);
  if (isOfAnother && input.before !== undefined && hasScope(input.before, lastName(callee))) return false;
  const body = standingBody(input, callee);
  return body !== undefined && !isRetryName(callee) && (body.calls.some(triesAgain) || body.loops.some(namesTries));
}

function isRetryName(callee: string): boolean {
  return /\b(retry|retries|retrying|backoff)\b/.test(words(lastName(callee)));
}
