import type { Call } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { lastName } from '../code/call-names.ts';
import { tokensOn } from '../code/code-text.ts';
import { counterpartScope, within } from '../code/counterpart.ts';

/** The hunk took a condition out of the effect. */
export function lostCondition(input: RuleInput, { range, scope }: Call): boolean {
  const { start, lines } = input.hunk.after;
  const overlaps = range.start.line < start + Math.max(1, lines) && range.end.line >= start;
  return (
    overlaps &&
    [...input.removed.conditions, ...input.removed.guards].some((old) => within(counterpartScope(input, old.scope) ?? '\u0000', scope))
  );
}

/** A state that stands among the dependencies and that the effect sets each time it runs, to something new. */
export function feedsItself(input: RuleInput, call: Call, list: string): string | undefined {
  const names = (/^\[(.*)\]$/s.exec(list.trim())?.[1] ?? '').split(',').map((part) => part.trim());
  const first = call.range.start.line;
  const end = input.after?.tokens.find((token) => token.line >= call.range.end.line && token.text === ')')?.line ?? call.range.end.line;
  const isInside = (line: number): boolean => line >= first && line <= Math.max(end, call.range.end.line);
  // Whether it was cancelled meanwhile is asked of an effect that runs again as of any other.
  const isAsked = [...(input.after?.conditions ?? []), ...(input.after?.guards ?? [])].some(
    ({ range, test }) => isInside(range.start.line) && !CANCELLED.test(test),
  );
  if (isAsked) return undefined;
  return names.find((name) => {
    if (!/^[a-z]\w*$/.test(name)) return false;
    const setter = `set${name[0]?.toUpperCase() ?? ''}${name.slice(1)}`;
    if (keepsAnswer(input, first, Math.max(end, call.range.end.line), setter)) return true;
    return input.after?.calls.some(
      (other) =>
        other.callee === setter &&
        other.scope.startsWith(call.scope) &&
        isInside(other.range.start.line) &&
        // A plain constant is the same the second time, and React stops there.
        (/^(fn$|\{|\[)/.test(other.args[0] ?? '') ||
          new RegExp(`\\b${name}\\b\\s*[+\\-*]`).test(other.args[0] ?? '') ||
          new RegExp(`\\.\\.\\.${name}\\b`).test(other.args[0] ?? '')),
    );
  });
}

/** What a server answers is another object each time: `.then(setLines)`, `.then((x) => setLines(x.data))`, `setLines(await …)`. */
function keepsAnswer({ after }: RuleInput, first: number, last: number, setter: string): boolean {
  const calls = after?.calls.filter(({ range }) => range.start.line >= first && range.start.line <= last) ?? [];
  if (calls.some(({ callee }) => /\.(?:text|subscribe)$/.test(callee))) return false;
  if (calls.some(({ callee, args }) => lastName(callee) === 'then' && args[0] === setter)) return true;
  const sets = calls.filter(({ callee, args }) => callee === setter && !PLAIN.test(args[0] ?? ''));
  if (sets.length === 0) return false;
  const code = tokensOn(after, first, last)
    .map(({ text }) => text)
    .join(' ');
  return sets.some(({ args: [value = ''] }) => {
    if (/\bawait\b/.test(value)) return true;
    const [name] = /^[a-z]\w*/.exec(value) ?? [];
    if (name === undefined) return false;
    const then = new RegExp(`\\. then \\( (?:async )?(?:\\( )?(?:\\{ )?${name}\\b`);
    const bound = new RegExp(`\\b(?:const|let|var) (?:[{[] )?${name}(?: [^=;]{0,60})? = (?:\\( )?await\\b`);
    return then.test(code) || bound.test(code);
  });
}

/** A number or a text is the same the second time. */
const PLAIN = /^$|\.(?:length|size|count|total|id|name|status|ok)$|[<>!=]=|^(?:String|Number|Boolean)\(/;

const CANCELLED =
  /^!?(?:is|was|did)?_?(?:cancel|cancelled|canceled|off|alive|active|mounted|unmounted|disposed|stale|ignore|ignored|aborted|stopped|done|current)(?:ref)?(?:\.current)?$|^!?(?:controller|ac|abort|signal)\.(?:signal\.)?aborted$/i;
