import type { Call, Guard, SourceFacts } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { lastName } from '../code/call-names.ts';
import { tokensOn } from '../code/code-text.ts';
import { counterpartScope, within } from '../code/counterpart.ts';
import { isExtracted, newCallsIn, newGuardsIn } from '../code/scope-changes.ts';
import { isAccessTest } from '../guards/guard-kinds.ts';
import { declaring } from './asked-roles.ts';
import { isDependencyNow } from './dependency-guards.ts';
import { isGuardByBody } from './refusing-functions.ts';
import { routeOf } from './route-items.ts';

/** A call of a function that finds a thing and refuses whoever it does not belong to, which is asked no more. */
export interface LostOwnerCall {
  readonly call: Call;
  /** The condition by which the function refused, as written. */
  readonly test: string;
}

/**
 * `await getOrder(req.user, id);` in front of `startPayment(id)`, whose answer nobody took: what it was called for is that it throws. Also
 * `order = getOrder(user, id)` that finds the order by its id alone now. Known by the body of the function: a condition of it compares
 * what the caller hands over with what was found, and refuses.
 */
export function* lostOwnerCalls(input: RuleInput, isOther: (call: Call) => boolean): Iterable<LostOwnerCall> {
  for (const call of input.removed.calls) {
    if (call.kind !== 'call' || call.scope === '' || call.args.length === 0 || isOther(call) || routeOf(call) !== undefined) continue;
    const scope = counterpartScope(input, call.scope);
    if (scope === undefined || isAskedStill(input, call, scope) || !isGuardByBody(input, call.callee)) continue;
    const found = ownerGuard(input, call);
    if (found === undefined || isAskedOtherwise(input, call, scope, found.who)) continue;
    if (isBare(input.before, call) ? isWorkLeft(input, call, scope, found.who) : isFoundOtherwise(input, call.scope))
      yield { call, test: found.guard.test };
  }
}

function isAskedStill(input: RuleInput, call: Call, scope: string): boolean {
  const asks = (other: Call): boolean => lastName(other.callee) === lastName(call.callee);
  return (
    input.after?.calls.some((other) => asks(other) && within(other.scope, scope)) === true ||
    isExtracted(input, call) ||
    isDependencyNow(input, call)
  );
}

/** The condition of the called function that asks of whom it is given, and what the call gives for that. */
function ownerGuard(input: RuleInput, call: Call): { readonly guard: Guard; readonly who: string } | undefined {
  const name = lastName(call.callee);
  for (const facts of input.after === undefined ? [] : declaring(input, input.after, name)) {
    const parameters = facts.symbols.find((symbol) => lastName(symbol.name) === name)?.parameters ?? [];
    const own = parameters.filter(({ name: word }) => !/^(?:self|this|cls)$/.test(word));
    for (const guard of facts.guards) {
      if (lastName(guard.scope) !== name || guard.exit === 'break' || !COMPARES.test(guard.test) || !isAccessTest(guard.test)) continue;
      const at = own.findIndex((parameter) => new RegExp(`(?<![\\w$.])${parameter.name.replace(/\W/g, '')}[?!]?\\.`).test(guard.test));
      const who = /^[\w$.]+/.exec(call.args[at] ?? '')?.[0];
      if (at >= 0 && who !== undefined) return { guard, who };
    }
  }
  return undefined;
}

const COMPARES = /[!=]=|\bnot in\b|\bis not\b|[iI]ncludes\(|[cC]ontains\(|[eE]quals\(/;

/** Something else is told who asks now, a condition asks it, or something stands in front of the route. */
function isAskedOtherwise(input: RuleInput, call: Call, scope: string, who: string): boolean {
  const speaks = (text: string): boolean => text.replace(/[!?]/g, '').includes(who);
  return (
    newGuardsIn(input, call.scope).some(({ test }) => isAccessTest(test) || speaks(test)) ||
    newCallsIn(input, call.scope).some(({ callee, args }) => !TELLS.test(callee) && args.some(speaks)) ||
    input.added.calls.some(
      (other) => /(?:^|\.)(?:use|param|all|addHook|before_action|middleware)$/.test(other.callee) || isLongerRoute(input, other, scope),
    )
  );
}

const TELLS = /^(?:\w+\.)*(?:log|logger|logging|console|audit|metrics|tracer|res|reply|response)\b/i;

function isLongerRoute({ before }: RuleInput, call: Call, scope: string): boolean {
  const path = routeOf(call)?.path;
  if (path === undefined || !scope.startsWith(call.callee)) return false;
  return (
    before?.calls.some((old) => old.callee === call.callee && routeOf(old)?.path === path && old.args.length < call.args.length) === true
  );
}

/** A statement of its own: nothing takes what the call answers. */
function isBare(before: SourceFacts | undefined, call: Call): boolean {
  if (before === undefined || call.use === 'discarded') return call.use === 'discarded';
  const [first, second] = tokensOn(before, call.range.start.line, call.range.start.line).filter(({ text }) => !/^[{};]$/.test(text));
  const [head = ''] = call.callee.split(/[.(]/);
  return call.use === 'awaited' && first?.text === 'await' && second?.text === head;
}

/** Something behind it is done as before, and is not told who asks: what is told may ask by itself. */
function isWorkLeft(input: RuleInput, call: Call, scope: string, who: string): boolean {
  const { before, after } = input;
  const behind = before?.calls.filter((other) => other.scope === call.scope && other.range.start.line > call.range.end.line) ?? [];
  const left = behind.filter(
    ({ callee, kind }) =>
      kind !== 'assertion' &&
      !TELLS.test(callee) &&
      after?.calls.some((other) => other.scope === scope && other.callee === callee) === true,
  );
  return left.length > 0 && !left.some(({ args }) => args.some((text) => text.startsWith(who)));
}

/** What the function gave is read from the store itself now. */
function isFoundOtherwise(input: RuleInput, scope: string): boolean {
  return newCallsIn(input, scope).some(({ callee, use }) => use !== 'discarded' && READS.test(lastName(callee)));
}

const READS = /^(?:find|get|load|fetch|read|select|one|first|scalar|query|lookup)/i;
