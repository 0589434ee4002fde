import type { Call, Fact } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { lastName, literal, shorten } from './call-names.ts';
import { counterpartScope } from './counterpart.ts';

/** Calls that ask a flag service, by the last part of their name. */
const ASKS =
  /^(isEnabled|isFeatureEnabled|featureEnabled|useFlag|useFeatureFlag|useFeature|useFeatureIsOn|isFlagEnabled|getFlag|flagEnabled|hasFeature|hasFlag|boolVariation|variation|stringVariation|checkGate|isOn|is_enabled|getBooleanValue|get_boolean_value|feature|flag_is_active|switch_is_active|feature_enabled|is_feature_enabled|flag_enabled|is_flag_enabled|bool_variation|IsEnabled|IsFeatureEnabled|FeatureEnabled|BoolVariation|BooleanValue|isActive|check_gate|is_on|getTreatment|get_treatment|has_feature|enabled)$/;

/** True where a call asks a flag service about one flag. */
export function asksFlag(call: Call): boolean {
  if (call.kind !== 'call' || flagOf(call) === undefined) return false;
  return (
    ASKS.test(lastName(call.callee)) ||
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
    call.args.find((argument) => /^[\w.]*(FLAG|FEATURE|Flag|Feature)s?[\w.]*$/.test(argument))
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

/** A flag that keeps its name and turns on other code: what stands behind the question is another function. */
export function* otherCodeBehind(input: RuleInput): Iterable<FindingDraft> {
  const touched = new Set(input.removed.calls.map((call) => call.scope));
  for (const place of gatesOf(input, 'before').filter((gate) => touched.has(gate.scope) && isTouched(input, gate))) {
    const asked = callsIn(input, 'before', place).find(asksFlag) ?? askedBy(input, 'before', place);
    const flag = asked === undefined ? undefined : flagOf(asked);
    const scope = counterpartScope(input, place.scope);
    if (asked === undefined || flag === undefined || scope === undefined) continue;
    const same = gatesOf(input, 'after').find(
      (other) =>
        other.scope === scope &&
        [...callsIn(input, 'after', other), askedBy(input, 'after', other)].some(
          (call) => call !== undefined && asksFlag(call) && flagOf(call) === flag,
        ),
    );
    if (same === undefined) continue;
    const was = workOf(input, 'before', place);
    const is = workOf(input, 'after', same);
    if (was.length === 0 || is.length === 0 || was.some((name) => is.includes(name)) || isRenamed(input, was, is)) continue;
    yield {
      side: 'after',
      range: placeOf(input, same, is[0] ?? ''),
      message: fitMessage(
        `flag \`${shorten(flag, 26)}\` turned on \`${shorten(was[0] ?? '', 18)}\` and now \`${shorten(is[0] ?? '', 18)}\``,
      ),
    };
  }
}

function gatesOf(input: RuleInput, side: 'before' | 'after'): readonly Gate[] {
  return [...(input[side]?.guards ?? []), ...(input[side]?.conditions ?? [])];
}

/** A call that this hunk took away stood behind it. */
function isTouched(input: RuleInput, gate: Gate): boolean {
  const behind = workOf(input, 'before', gate);
  return input.removed.calls.some((call) => call.scope === gate.scope && behind.includes(lastName(call.callee)));
}

interface Gate extends Fact {
  readonly guarded?: readonly string[];
}

/** Calls inside the fact's range, and on its lines. */
function callsIn(input: RuleInput, side: 'before' | 'after', { range }: Fact): readonly Call[] {
  return (
    input[side]?.calls.filter(
      ({ range: { start } }) =>
        (start.line > range.start.line || (start.line === range.start.line && start.character >= range.start.character)) &&
        (start.line < range.end.line || (start.line === range.end.line && start.character < range.end.character)),
    ) ?? []
  );
}

function askedBy(input: RuleInput, side: 'before' | 'after', { range }: Fact): Call | undefined {
  return input[side]?.calls.find((call) => call.range.start.line === range.start.line && asksFlag(call));
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
      new RegExp(`\\b(function|const|let|def|func|fn|class|static|public|private)\\b[^=(]*\\b${name}\\b`).test(line),
    );
    if (at < 0) continue;
    const body = lines.slice(at + 1, at + 30);
    const end = body.findIndex((line) => line.trim() !== '' && !/^\s/.test(line));
    return (end < 0 ? body : body.slice(0, end)).map((line) => line.trim()).filter((line) => line.length > 1);
  }
  return undefined;
}
