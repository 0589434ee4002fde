import type { Call } from '../../model/facts.ts';
import type { FindingDraft } from '../../model/finding.ts';
import type { LineSpan } from '../../model/hunk.ts';
import type { Range } from '../../model/range.ts';
import { lastName, shorten } from '../call-names.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage } from '../quote.ts';

/**
 * ## What it sees
 * An effect of a component that runs after every render: its dependency list is gone, or holds an object, an array or a
 * function that is built anew in every render.
 *
 * ## Why it matters
 * Where the effect asks a server and keeps the answer, each answer renders, and each render asks again: every open page becomes
 * a load generator.
 *
 * ## When it is fine
 * Values of useMemo, useCallback and useRef, and plain values. These are not flagged.
 *
 * ## What it misses
 * A property whose parent builds it anew, and a hook of another file that returns a new object each time.
 */
export default defineRule({
  id: 'runtime/effect-loop',
  version: '1.0.0',
  severity: 'high',
  confidence: 'high',
  title: 'An effect runs after every render',
  reads: ['calls', 'options'],
  evidence: [
    {
      title: 'Cloudflare 2025-09-12: an object in a dependency array',
      url: 'https://blog.cloudflare.com/deep-dive-into-cloudflares-sept-12-dashboard-and-api-outage/',
    },
  ],
  *check(input): Iterable<FindingDraft> {
    for (const call of input.removed.calls) {
      if (!isEffect(call) || call.args.length < 2 || !lostList(input, call)) continue;
      yield {
        side: 'before',
        range: clip(call.range, input.hunk.before, input.hunk.removed),
        message: fitMessage(`\`${lastName(call.callee)}\` lost its dependencies and runs after every render`),
      };
    }
    for (const call of input.after?.calls.filter(isEffect) ?? []) {
      const isNew = input.added.calls.includes(call);
      const [, list] = call.args;
      if (list === undefined) {
        const isFresh =
          input.before?.scopes.some((scope) => scope.name === call.scope) !== true ||
          effects(input, 'before', call.scope) < effects(input, 'after', call.scope);
        if (isNew && isFresh && keepsState(input, call))
          yield {
            side: 'after',
            range: call.range,
            message: fitMessage(`\`${lastName(call.callee)}\` has no dependencies and runs after every render`),
          };
        continue;
      }
      const unstable = unstableIn(input, call, list);
      // A new effect is flagged in its own hunk; an old one where its dependency became an object.
      const stood = input.before?.calls.some((other) => other.key === call.key) === true;
      const built = !stood
        ? undefined
        : input.added.options.find(
            (option) => option.name === unstable && option.scope === call.scope && isVariable(option.key, option.name),
          );
      if (unstable === undefined || (!isNew && built === undefined)) continue;
      const range = isNew ? clip(call.range, input.hunk.after, input.hunk.added) : (built?.range ?? call.range);
      yield {
        side: 'after',
        range,
        message: fitMessage(`\`${shorten(unstable, 30)}\` is new in every render and runs the effect again`),
        severity: keepsState(input, call) ? 'high' : 'medium',
      };
    }
  },
});

function isEffect(call: Call): boolean {
  return (
    call.kind === 'call' && /^(useEffect|useLayoutEffect|useInsertionEffect|useAsyncEffect|useDeepEffect)$/.test(lastName(call.callee))
  );
}

/** An effect of this component now has no list, and as many as before have none for another reason. */
function lostList(input: RuleInput, call: Call): boolean {
  const bare = (side: 'before' | 'after'): number =>
    input[side]?.calls.filter((other) => isEffect(other) && other.scope === call.scope && other.args.length < 2).length ?? 0;
  return bare('after') > bare('before') && effects(input, 'after', call.scope) >= effects(input, 'before', call.scope);
}

function effects(input: RuleInput, side: 'before' | 'after', scope: string): number {
  return input[side]?.calls.filter((other) => isEffect(other) && other.scope === scope).length ?? 0;
}

/** The effect sets state or asks a server, so that it causes the next render itself. */
function keepsState(input: RuleInput, call: Call): boolean {
  const { start, end } = call.range;
  const scopeEnd = input.after?.scopes.find((scope) => scope.name === call.scope)?.endLine ?? end.line;
  const last = call.args.length > 1 ? end.line : (nextEffect(input, call) ?? scopeEnd);
  return (
    input.after?.calls.some(
      (other) =>
        other.range.start.line >= start.line &&
        other.range.start.line <= last &&
        other !== call &&
        /^(set[A-Z]\w*|dispatch|mutate|refetch)$/.test(lastName(other.callee)),
    ) ?? false
  );
}

function nextEffect(input: RuleInput, call: Call): number | undefined {
  return input.after?.calls.find((other) => other.range.start.line > call.range.end.line && isEffect(other))?.range.start.line;
}

/** The first element of a dependency list that is a new value each time: written in place, or built in the component. */
function unstableIn(input: RuleInput, call: Call, list: string): string | undefined {
  const inner = /^\[(.*)\]$/s.exec(list.trim())?.[1];
  if (inner === undefined) return undefined;
  if (/(^|,)\s*([{[]|fn\b)/.test(inner)) return shorten(inner.trim(), 30);
  const names = inner.split(',').map((part) => part.trim());
  return names.find(
    (name) =>
      call.scope !== '' &&
      input.after?.options.some(
        (option) =>
          option.name === name &&
          option.scope.startsWith(call.scope) &&
          option.callee === '' &&
          isVariable(option.key, name) &&
          /^([{[]|fn$)/.test(option.value),
      ),
  );
}

/** A variable of the component and not a property of some literal. */
function isVariable(key: string, name: string): boolean {
  return key.startsWith(`(.${name}: `);
}

/** The part of a range that the hunk holds, so that an effect is flagged where it changed and not where it begins. */
function clip(range: Range, span: LineSpan, lines: readonly string[]): Range {
  const first = Math.max(range.start.line, span.start);
  const last = Math.min(range.end.line, span.start + span.lines - 1);
  const at = (line: number): string => (lines[line - span.start] ?? '').trimEnd();
  return {
    start: first === range.start.line ? range.start : { line: first, character: Math.max(0, at(first).search(/\S/)) },
    end: last === range.end.line ? range.end : { line: last, character: at(last).length },
  };
}
