import type { Call, Guard, SourceFacts } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { lastName, receiver, words } from '../code/call-names.ts';
import { counterpartScope } from '../code/counterpart.ts';
import { isIn, workScopes } from '../code/own-parts.ts';

/**
 * True where a guard asked of the error that a callback was handed, and what called it back is awaited now, and throws. What was handed
 * to a library of control flow (`async.eachLimit(keys, 4, render, done)`) is what was called.
 */
export function isAwaitedNow({ before, after, ...input }: RuleInput, { test, scope, range }: Guard): boolean {
  const now = counterpartScope({ before, after }, scope);
  if (before === undefined || after === undefined || now === undefined || !/^!?!?[A-Za-z_$][\w$]*( [!=]==? (null|undefined))?$/.test(test))
    return false;
  const { line } = range.start;
  const [caller] = before.calls
    .filter(
      (call) =>
        call.use === 'discarded' &&
        call.args.some((argument) => IS_FUNCTION.test(argument)) &&
        line - NEAR <= (isFlow(call) || IS_FUNCTION.test(call.args.at(-1) ?? '') ? call.range.end.line : call.range.start.line) &&
        call.range.start.line <= line,
    )
    .slice(-1);
  if (caller === undefined) return false;
  const asked = isFlow(caller) ? stepsOf(before, caller, line) : [lastName(caller.callee)];
  const isSwallowed = input.added.handlers.some(
    ({ outcome, guarded }) => outcome === 'swallows' && guarded.some((name) => asked.includes(lastName(name))),
  );
  const scopes = workScopes(after, now);
  const own = after.calls.filter((call) => isIn(scopes, call.scope));
  // The call went with its callback, and what is asked in its place is waited for.
  const isGone = !isFlow(caller) && !after.calls.some(({ callee }) => asked.includes(lastName(callee)));
  return (
    !isSwallowed &&
    own.some(
      (call) =>
        (asked.includes(awaitedName(call)) || (!isFlow(caller) && saysBoth(caller, call)) || (isGone && call.use === 'awaited')) &&
        (isFlow(caller) ? isHeard(own, call) : isTaken(own, call)),
    )
  );
}

const IS_FUNCTION = /^(async )?fn$/;

/** Lines between the callback of a call, where the call's own lines end, and what it asks first. */
const NEAR = 4;

/** Somebody takes the answer; `promisify(read)();` is a call that nobody waits for, whatever is made on the way to it. */
function isTaken(own: readonly Call[], { use, callee, range }: Call): boolean {
  if (use === 'discarded') return false;
  if (!PROMISED.test(lastName(callee))) return true;
  const { line, character } = range.start;
  return !own.some(
    (other) =>
      other.use === 'discarded' &&
      other.callee.startsWith(callee) &&
      other.range.start.line === line &&
      other.range.start.character === character,
  );
}

/** What the call does, without what only made a promise of it: `getAsync`, `promisify(get)()`, `promisify(get)`. */
function awaitedName({ callee, args }: Call): string {
  const promised = /^(?:\w+\.)?\w+\(([\w$.]+)\)$/.exec(callee)?.[1];
  if (promised !== undefined && PROMISED.test(lastName(callee.slice(0, callee.indexOf('('))))) return lastName(promised);
  if (PROMISED.test(lastName(callee))) return lastName(args[0] ?? '');
  return lastName(callee).replace(/(Async|Promise)$/, '');
}

/** The method of a module that is taken out of it now, and says the module's name itself: `payouts.open(id, fn)` and `openPayouts(id)`. */
export function saysBoth({ callee }: Call, call: Call): boolean {
  const [module, method] = [words(receiver(callee)).split(' '), words(lastName(callee)).split(' ')];
  const now = words(awaitedName(call)).split(' ');
  const isOf = (word: string): boolean => module.some((each) => each === word || each === `${word}s`);
  return (
    call.callee === lastName(call.callee) &&
    now.length > method.length &&
    method.every((word) => now.includes(word)) &&
    now.every((word) => method.includes(word) || isOf(word))
  );
}

const PROMISED = /^(?:promisify|pify|fromCallback|denodeify)$/;

/** caolan's `async`: it hands on the first error of all the calls that it makes. */
function isFlow({ callee }: Call): boolean {
  return /^async\.(?:each|forEach|map|filter|concat|times|series|parallel|waterfall|auto|reduce|queue|some|every|until|whilst|retry)\w*$/.test(
    callee,
  );
}

/** What a library of control flow was given to call: a function by its name, or what one without a name hands its callback to. */
function stepsOf(before: SourceFacts, flow: Call, line: number): readonly string[] {
  const named = flow.args.slice(1).filter((argument) => /^(?:[\w$]+\.)*[A-Za-z_$][\w$]*$/.test(argument) && !CALLBACK.test(argument));
  const inside = before.calls.filter(
    ({ range, args }) =>
      flow.range.start.line <= range.start.line &&
      range.start.line <= line &&
      range !== flow.range &&
      (CALLBACK.test(args.at(-1) ?? '') || IS_FUNCTION.test(args.at(-1) ?? '')),
  );
  return [...named, ...inside.map(({ callee }) => callee)].map(lastName);
}

const CALLBACK = /^(?:next|cb|callback|done)$/;

/** Awaited itself, or inside of what is: `await Promise.all(keys.map((key) => render(key)))`. */
function isHeard(own: readonly Call[], call: Call): boolean {
  return own.some(
    ({ use, callee, range, args }) =>
      use === 'awaited' &&
      lastName(callee) !== 'allSettled' &&
      (range === call.range || (range.start.line <= call.range.start.line && call.range.end.line <= range.end.line && args.length > 0)),
  );
}
