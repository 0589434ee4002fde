import type { Call, SourceFacts } from '../../../model/facts.ts';
import type { LineSpan } from '../../../model/hunk.ts';
import type { Range } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { lastName } from '../code/call-names.ts';
import { keepOf } from '../code/kept.ts';

/** Effects of a file, in their order. */
export const effectsIn = keepOf((facts: SourceFacts) => facts.calls.filter(isEffect));

/** `useEffect` and its kin. */
export function isEffect(call: Call): boolean {
  return (
    call.kind === 'call' && /^(useEffect|useLayoutEffect|useInsertionEffect|useAsyncEffect|useDeepEffect)$/.test(lastName(call.callee))
  );
}

/** Effects of one component on one side. */
export function countEffects(input: RuleInput, side: 'before' | 'after', scope: string): number {
  return input[side]?.calls.filter((other) => isEffect(other) && other.scope === scope).length ?? 0;
}

/** The line of the effect below this one, counted as all lines of facts are. */
export function nextEffect(input: RuleInput, call: Call): number | undefined {
  return input.after?.calls.find((other) => other.range.start.line > call.range.end.line && isEffect(other))?.range.start.line;
}

/** A variable of the component and not a property of some literal. */
export function isVariable(key: string, name: string): boolean {
  return key.startsWith(`(.${name}: `);
}

/** The part of a range that the hunk holds, so that an effect is flagged where it changed and not where it begins. */
export function clip(range: Range, span: LineSpan, lines: readonly string[]): Range {
  const first = Math.max(range.start.line, span.start);
  const last = Math.min(range.end.line, span.start + span.lines - 1);
  const at = (line: number): string => (lines[line - span.start] ?? '').trimEnd();
  return {
    start: first === range.start.line ? range.start : { line: first, character: Math.max(0, at(first).search(/\S/)) },
    end: last === range.end.line ? range.end : { line: last, character: at(last).length },
  };
}
