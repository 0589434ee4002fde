import type { Call, Fact } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { lastName, literal, shorten } from '../code/call-names.ts';
import { counterpartScope } from '../code/counterpart.ts';
import { factsInside } from '../code/facts-by-place.ts';
import { groupBy, keepOf } from '../code/kept.ts';
import { escaped } from '../code/literal-patterns.ts';

/** Calls that ask a flag service, by the last part of their name. */
const ASKS =
  /^(isEnabled|isFeatureEnabled|featureEnabled|useFlag|useFeatureFlag|useFeature|useFeatureIsOn|isFlagEnabled|getFlag|flagEnabled|hasFeature|hasFlag|boolVariation|variation|stringVariation|checkGate|isOn|is_enabled|getBooleanValue|get_boolean_value|feature|flag_is_active|switch_is_active|feature_enabled|is_feature_enabled|flag_enabled|is_flag_enabled|bool_variation|IsEnabled|IsFeatureEnabled|FeatureEnabled|BoolVariation|BooleanValue|isActive|check_gate|is_on|getTreatment|get_treatment|has_feature|enabled)$/;

/** `s.Flags.Enabled(ctx, "night-export", id)`: only what it is asked of says that it is about a flag. */
const OF_FLAGS =
  /(?:^|\.)(?:flags?|features?|feature_?flags?|toggles?|switches|experiments?)\.(?:Enabled|On|Active|IsOpen|Allows|IsActive)$/i;

/** True where a call asks a flag service about one flag. */
export function asksFlag(call: Call): boolean {
  if (call.kind !== 'call' || flagOf(call) === undefined) return false;
  return (
    ASKS.test(lastName(call.callee)) ||
    (OF_FLAGS.test(call.callee) && (literal(call.args[0]) ?? literal(call.args[1])) !== undefined) ||
    (/^(([\w.]*(flags?|features?|toggles?|switches|ff))\.)?(on|flag|ff|toggle|active|is_active|gate|enabled_for|get_bool|getBool|isOpen|is_set)$/i.test(
      call.callee,
    ) &&
      call.args.length <= 2 &&
      literal(call.args[0]) !== undefined &&
      !call.args.some((argument) => /=>|\bfunction\b|\bfunc\(|\blambda\b/.test(argument)))
  );
}

/** The flag's own name: the first literal that is told. */
export function flagOf(call: Call): string | undefined {
  return (
    literal(call.args[0]) ??
    literal(call.args[1]) ??
    call.args.find((argument) => /^[\w.]*(FLAG|FEATURE|Flag|Feature)s?[\w.]*$/.test(argument)) ??
    call.args.find((argument, at) => at < 2 && /^(\w+\.)*[A-Z][A-Z\d_]{2,}$/.test(argument))
  );
}

/** The value that is taken where the service does not answer, and that turned. */
export function* turnedFallbacks(input: RuleInput): Iterable<FindingDraft> {
  for (const call of input.added.calls) {
    if (!asksFlag(call)) continue;
    const flag = flagOf(call);
    const old = input.removed.calls.find(
      (other) =>
        asksFlag(other) && other.callee === call.callee && flagOf(other) === flag && counterpartScope(input, other.scope) === call.scope,
    );
    const fallback = (asked: Call | undefined): string | undefined =>
      asked?.args.map((argument) => argument.replace(/^default\s*=\s*/, '')).find((argument) => /^(true|false)$/i.test(argument));
    const [was, is] = [fallback(old), fallback(call)];
    if (was === undefined || is === undefined || was === is) continue;
    yield {
      side: 'after',
      range: call.range,
      message: fitMessage(`without an answer \`${shorten(flag ?? '', 30)}\` is now ${is}; it was ${was}`),
    };
  }
}

/** A flag that keeps its name and turns on other code: what stands behind the question is another function, here or in a new one. */
export function* otherCodeBehind(input: RuleInput): Iterable<FindingDraft> {
  const touched = new Set(input.removed.calls.map((call) => call.scope));
  const fresh = new Set(input.added.calls.map((call) => `${call.scope} ${lastName(call.callee)}`));
  const told = new Set<string>();
  const rewritten = keysOf(input, 'before').size > 0 && input.added.calls.some(asksFlag);
  for (const place of gatesOf(input, 'before')) {
    const isHere = touched.has(place.scope) && isTouched(input, place);
    // What it turned on may stay where the flag is off, with something new in its place.
    const now = counterpartScope(input, place.scope);
    if (!isHere && !rewritten && !(touched.has(place.scope) && input.added.calls.some(({ scope }) => scope === now))) continue;
    const flag = keyBehind(input, 'before', place);
    if (flag === undefined || told.has(flag)) continue;
    const gates = gatesOf(input, 'after').filter((other) => keyBehind(input, 'after', other) === flag);
    const was = workOf(input, 'before', place);
    const same = gates.find((other) => other.scope === now) ?? gates.find((other) => input.added.calls.some((call) => isAt(call, other)));
    // Where another place still asks for what was asked, that one was only added.
    if (same === undefined || gates.some((other) => workOf(input, 'after', other).some((name) => was.includes(name)))) continue;
    const is = workOf(input, 'after', same);
    if (same.scope !== now && !input.added.calls.some((call) => isAt(call, same))) continue;
    if (same.scope === now && !isHere && !is.every((name) => fresh.has(`${same.scope} ${name}`))) continue;
    if (was.length === 0 || is.length === 0 || was.some((name) => is.includes(name)) || isRenamed(input, was, is)) continue;
    told.add(flag);
    yield {
      side: 'after',
      range: placeOf(input, same, is[0] ?? ''),
      message: fitMessage(
        `flag \`${shorten(flag, 26)}\` turned on \`${shorten(was[0] ?? '', 18)}\` and now \`${shorten(is[0] ?? '', 18)}\``,
      ),
    };
  }
}

/** The question that a gate asks about a flag: the flag's own key, also behind a constant. */
function keyBehind(input: RuleInput, side: 'before' | 'after', gate: Gate): string | undefined {
  if (input[side] === undefined || callsThatAsk(input[side].calls).length === 0) return undefined;
  const asked = callsIn(input, side, gate).find(asksFlag) ?? askedBy(input, side, gate);
  return asked === undefined ? undefined : keyOf(input, side, asked);
}

function keyOf(input: RuleInput, side: 'before' | 'after', call: Call): string | undefined {
  const flag = flagOf(call);
  if (flag === undefined) return undefined;
  const last = flag.slice(flag.lastIndexOf('.') + 1);
  const found = input[side]?.options.filter((option) => option.name === last && literal(option.value) !== undefined) ?? [];
  return found.length === 1 ? (literal(found[0]?.value) ?? flag) : flag;
}

function keysOf(input: RuleInput, side: 'before' | 'after'): ReadonlySet<string> {
  const asking = input[side] === undefined ? [] : callsThatAsk(input[side].calls);
  return new Set(asking.flatMap((call) => keyOf(input, side, call) ?? []));
}

const callsThatAsk = keepOf((calls: readonly Call[]) => calls.filter(asksFlag));

function isAt(call: Call, gate: Gate): boolean {
  return call.scope === gate.scope && call.range.start.line === gate.range.start.line;
}

function gatesOf(input: RuleInput, side: 'before' | 'after'): readonly Gate[] {
  return [...(input[side]?.guards ?? []), ...(input[side]?.conditions ?? [])];
}

/** A call that this hunk took away stood behind it. */
function isTouched(input: RuleInput, gate: Gate): boolean {
  const removed = factsOf(input.removed.calls).get(gate.scope) ?? [];
  const behind = removed.length === 0 ? [] : workOf(input, 'before', gate);
  return removed.some((call) => behind.includes(lastName(call.callee)));
}

const factsOf = keepOf((calls: readonly Call[]) => groupBy(calls, ({ scope }) => scope));

interface Gate extends Fact {
  readonly guarded?: readonly string[];
}

/** Calls inside the fact's range, and on its lines. */
function callsIn(input: RuleInput, side: 'before' | 'after', { range }: Fact): readonly Call[] {
  return factsInside(input[side]?.calls ?? [], range);
}

function askedBy(input: RuleInput, side: 'before' | 'after', { range }: Fact): Call | undefined {
  const { line } = range.start;
  const own = { start: { line, character: 0 }, end: { line: line + 1, character: 0 } };
  return factsInside(input[side]?.calls ?? [], own).find(asksFlag);
}

function workOf(input: RuleInput, side: 'before' | 'after', gate: Gate): readonly string[] {
  const names =
    gate.guarded ??
    callsIn(input, side, gate)
      .filter((call) => !asksFlag(call))
      .map((call) => call.callee);
  return names
    .map(lastName)
    .filter(
      (name) =>
        !ASKS.test(name) &&
        !/^(log|info|debug|warn|error|increment|incr|track|Println|Printf|print|get|set|String|Number|Boolean|map|filter)$/.test(name),
    );
}

/** Where the new function is called. */
function placeOf(input: RuleInput, gate: Gate, name: string): Fact['range'] {
  return input.added.calls.find((call) => call.scope === gate.scope && lastName(call.callee) === name)?.range ?? gate.range;
}

/** The function has another name everywhere, and does what it did: most lines of its declaration are still there. */
function isRenamed(input: RuleInput, was: readonly string[], is: readonly string[]): boolean {
  const extension = input.path.slice(input.path.lastIndexOf('.'));
  return (
    was.every((name) => input.trees.after.mentioning(name, [extension]).length === 0) &&
    was.some((old) => is.some((fresh) => isAlike(input, extension, old, fresh)))
  );
}

function isAlike(input: RuleInput, extension: string, old: string, fresh: string): boolean {
  const before = declarationOf(input, 'before', extension, old);
  const after = declarationOf(input, 'after', extension, fresh);
  if (before === undefined || after === undefined) return false;
  const lines = new Set(after);
  return before.filter((line) => lines.has(line)).length >= before.length / 2;
}

/** The lines behind the one that declares a name, as far as they are indented further; the name itself is left out. */
function declarationOf(input: RuleInput, side: 'before' | 'after', extension: string, name: string): readonly string[] | undefined {
  for (const path of input.trees[side].mentioning(name, [extension])) {
    const content = input.trees[side].read(path);
    const lines = content?.kind === 'text' ? content.text.split('\n') : [];
    const at = lines.findIndex((line) =>
      new RegExp(`\\b(function|const|let|def|func|fn|class|static|public|private)\\b[^=(]*\\b${escaped(name)}\\b`).test(line),
    );
    if (at < 0) continue;
    const body = lines.slice(at + 1, at + 30);
    const end = body.findIndex((line) => line.trim() !== '' && !/^\s/.test(line));
    return (end < 0 ? body : body.slice(0, end)).map((line) => line.trim()).filter((line) => line.length > 1);
  }
  return undefined;
}
