import type { Call, SourceFacts } from '../../model/facts.ts';
import type { FindingDraft } from '../../model/finding.ts';
import type { LineSpan } from '../../model/hunk.ts';
import type { Range } from '../../model/range.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage } from '../quote.ts';
import { boundAbove } from '../vocabulary/code/bindings.ts';
import { lastName, shorten } from '../vocabulary/code/call-names.ts';
import { tokensOn } from '../vocabulary/code/code-text.ts';
import { counterpartScope, within } from '../vocabulary/code/counterpart.ts';
import { keepOf } from '../vocabulary/code/kept.ts';
import { selfFed } from '../vocabulary/load/reactive-effects.ts';

/**
 * ## What it sees
 * An effect of a component that runs after every render: its dependency list is gone, or holds an object, an array or a
 * function that is built anew in every render, or a state that the effect itself sets. A hook of the same file whose caller
 * hands it such a function, and an effect of Vue, Angular or Solid that sets what it reads.
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
  version: '1.1.0',
  severity: 'high',
  confidence: 'high',
  title: 'An effect runs after every render',
  reads: ['calls', 'options', 'symbols', 'conditions', 'guards', 'tokens'],
  evidence: [
    {
      title: 'Cloudflare 2025-09-12: an object in a dependency array',
      url: 'https://blog.cloudflare.com/deep-dive-into-cloudflares-sept-12-dashboard-and-api-outage/',
    },
  ],
  *check(input): Iterable<FindingDraft> {
    yield* selfFed(input);
    yield* handedFunctions(input);
    for (const call of input.removed.calls) {
      if (!isEffect(call) || call.args.length < 2 || !lostList(input, call)) continue;
      yield {
        side: 'before',
        range: clip(call.range, input.hunk.before, input.hunk.removed),
        message: fitMessage(`\`${lastName(call.callee)}\` lost its dependencies and runs after every render`),
      };
    }
    for (const call of input.after === undefined ? [] : effectsIn(input.after)) {
      const [, list] = call.args;
      const at = list === undefined ? 'here' : placeOfList(input, call, list);
      if (at === 'elsewhere') continue;
      const isNew = at === 'below' || input.added.calls.includes(call);
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
      const fed = isNew || lostCondition(input, call) ? feedsItself(input, call, list) : undefined;
      if (fed !== undefined) {
        yield {
          side: 'after',
          range: clip(call.range, input.hunk.after, input.hunk.added),
          message: fitMessage(`the effect sets \`${shorten(fed, 26)}\`, which it depends on, without a condition`),
        };
        continue;
      }
      const unstable = unstableIn(input, call, list);
      // A new effect is flagged in its own hunk; an old one where its dependency became an object.
      const stood = input.before?.calls.some((other) => other.key === call.key) === true;
      const built = !stood
        ? undefined
        : (input.added.options.find(
            (option) => option.name === unstable && option.scope === call.scope && isVariable(option.key, option.name),
          ) ??
          input.added.symbols.find((symbol) => symbol.name === `${call.scope}.${unstable}`) ??
          input.removed.options
            .filter((option) => option.name === unstable)
            .flatMap(() => input.after?.calls.filter((other) => other === call) ?? [])[0]);
      const declared = stood && unstable !== undefined && built === undefined && isDeclaredAnew(input, call, unstable);
      if (unstable === undefined || (!isNew && built === undefined && !declared)) continue;
      const range = isNew ? clip(call.range, input.hunk.after, input.hunk.added) : (built?.range ?? call.range);
      yield {
        side: 'after',
        range,
        message: fitMessage(`\`${shorten(unstable, 30)}\` is new in every render and runs the effect again`),
        severity: keepsState(input, call) || setsIn(input, `${call.scope}.${unstable}`) ? 'high' : 'medium',
      };
    }
  },
});

/** A hook of this file whose effect depends on a parameter, and whose caller builds what it hands over anew each time. */
function* handedFunctions(input: RuleInput): Iterable<FindingDraft> {
  const { after } = input;
  if (after === undefined) return;
  for (const effect of effectsIn(after)) {
    const names = (/^\[(.*)\]$/s.exec(effect.args[1]?.trim() ?? '')?.[1] ?? '').split(',').map((part) => part.trim());
    const hook = after.symbols.find(
      (symbol) => symbol.name === effect.scope && symbol.kind === 'function' && /^use[A-Z]/.test(symbol.name),
    );
    const handed = hook?.parameters.flatMap(({ name }, at) => (names.includes(name) ? [{ name, at }] : [])) ?? [];
    const isNew = input.added.calls.includes(effect);
    const isBuilt = (call: Call, at: number): boolean => isMadeAnew(call.args[at] ?? '', call, after);
    const built = after.calls.find(
      (call) =>
        call.callee === hook?.name &&
        handed.some(({ at }) => isBuilt(call, at) && (isNew || input.added.calls.includes(call) || wasKept(input, call, at))),
    );
    const name = built === undefined ? undefined : handed.find(({ at }) => isBuilt(built, at))?.name;
    if (built === undefined || name === undefined) continue;
    yield {
      side: 'after',
      range: clip(isNew ? effect.range : built.range, input.hunk.after, input.hunk.added),
      message: fitMessage(`\`${shorten(name, 24)}\` of \`${shorten(built.callee, 22)}\` is new in every render`),
      severity: keepsState(input, effect) ? 'high' : 'medium',
    };
  }
}

/** Written where it is handed over, or bound to such in the component above: what `useMemo` keeps begins with its name. */
function isMadeAnew(argument: string, call: Call, after: SourceFacts): boolean {
  const isLiteral = (text: string): boolean => /^(fn$|[{[]|new [A-Z])/.test(text) && !/^\[ ?\]$/.test(text);
  const value = call.scope !== '' && /^[a-z]\w*$/.test(argument) ? boundAbove(after, argument, call.range.start.line) : undefined;
  return isLiteral(argument) || (value !== undefined && isLiteral(value));
}

/** The same call was handed something that stays from one render to the next, and this hunk binds that name anew. */
function wasKept({ before, hunk, after }: RuleInput, call: Call, at: number): boolean {
  const old = before?.calls.find(({ key }) => key === call.key);
  const name = call.args[at] ?? '';
  const { start, lines } = hunk.after;
  return (
    before !== undefined &&
    old !== undefined &&
    !isMadeAnew(name, old, before) &&
    tokensOn(after, start, start + lines - 1).some(
      ({ text }, index, all) => text === name && /^(const|let)$/.test(all[index - 1]?.text ?? ''),
    )
  );
}

const effectsIn = keepOf((facts: SourceFacts) => facts.calls.filter(isEffect));

function isEffect(call: Call): boolean {
  return (
    call.kind === 'call' && /^(useEffect|useLayoutEffect|useInsertionEffect|useAsyncEffect|useDeepEffect)$/.test(lastName(call.callee))
  );
}

/**
 * Where an effect that stayed got another list: below what else this hunk changed of it, or in another hunk, where it is told.
 * A call that crosses two hunks is a fact of the first alone.
 */
function placeOfList(input: RuleInput, call: Call, list: string): 'here' | 'below' | 'elsewhere' {
  const { start, lines } = input.hunk.after;
  const holds = (line: number): boolean => start <= line && line < start + lines;
  const old = input.before?.calls.filter((other) => isEffect(other) && other.scope === call.scope) ?? [];
  const stood = input.before?.calls.some(({ key }) => key === call.key) === true;
  const [only] = old;
  const isOnOneLine = tokensOn(input.after, call.range.end.line, call.range.end.line).some(({ text }) => text === '[');
  if (stood || !isOnOneLine || only === undefined || old.length > 1 || effects(input, 'after', call.scope) > 1 || only.args[1] === list)
    return 'here';
  if (holds(call.range.end.line)) return input.added.calls.includes(call) ? 'here' : 'below';
  return input.added.calls.includes(call) ? 'elsewhere' : 'here';
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
        (/^(set[A-Z]\w*|dispatch|mutate|refetch)$/.test(lastName(other.callee)) ||
          (/^\w+$/.test(other.callee) && setsWithin(input, call.scope, other.callee)) ||
          other.args.some((argument) => /^set[A-Z]\w*$/.test(argument))),
    ) ?? false
  );
}

/** A function of the component that the effect calls sets state, also one that `useCallback` keeps. */
function setsWithin(input: RuleInput, component: string, name: string): boolean {
  if (setsIn(input, `${component}.${name}`)) return true;
  const line = input.after?.tokens.find(
    ({ text }, at) => text === name && /^(const|let|var)$/.test(input.after?.tokens[at - 1]?.text ?? ''),
  )?.line;
  const kept = input.after?.calls.find(
    (call) => /^(useCallback|useEvent|useEffectEvent)$/.test(lastName(call.callee)) && call.range.start.line === line,
  );
  return (
    kept !== undefined &&
    input.after?.calls.some(
      (call) =>
        call.range.start.line >= kept.range.start.line &&
        call.range.end.line <= kept.range.end.line &&
        /^(set[A-Z]\w*|dispatch)$/.test(lastName(call.callee)),
    ) === true
  );
}

/** The function that the effect depends on sets state. */
function setsIn(input: RuleInput, scope: string): boolean {
  return (
    input.after?.calls.some(
      (call) =>
        call.scope === scope &&
        (/^set[A-Z]\w*$/.test(lastName(call.callee)) || call.args.some((argument) => /^set[A-Z]\w*$/.test(argument))),
    ) === true
  );
}

function nextEffect(input: RuleInput, call: Call): number | undefined {
  return input.after?.calls.find((other) => other.range.start.line > call.range.end.line && isEffect(other))?.range.start.line;
}

/** The first element of a dependency list that is a new value each time: written in place, or built in the component. */
function unstableIn(input: RuleInput, call: Call, list: string): string | undefined {
  const inner = /^\[(.*)\]$/s.exec(list.trim())?.[1];
  if (inner === undefined) return undefined;
  if (/(^|,)\s*([{[]|fn\b|new [A-Z])/.test(inner)) return shorten(inner.trim(), 30);
  if (
    /\.(filter|map|slice|concat|flatMap|toSorted|toSpliced|split|entries)\(|^Object\.(keys|values|entries|assign|fromEntries)\(/.test(
      inner,
    ) &&
    !/\.join\(|\.length\b|JSON\.stringify/.test(inner)
  )
    return shorten(inner.trim(), 30);
  const names = inner.split(',').map((part) => part.trim());
  return names.find(
    (name) =>
      call.scope !== '' &&
      (isDeclaredIn(input, call, name) ||
        input.after?.options.some(
          (option) =>
            option.name === name &&
            option.scope.startsWith(call.scope) &&
            option.callee === '' &&
            isVariable(option.key, name) &&
            /^([{[]|fn$)/.test(option.value),
        ) === true),
  );
}

/** The hunk made it such a function. */
function isDeclaredAnew(input: RuleInput, call: Call, name: string): boolean {
  const line = input.after?.scopes.find((scope) => scope.name === `${call.scope}.${name}`)?.startLine ?? 0;
  const { start, lines } = input.hunk.after;
  return line >= start && line < start + lines && isDeclaredIn(input, call, name);
}

/** A function that is declared in the component itself, anew in each render. */
function isDeclaredIn(input: RuleInput, call: Call, name: string): boolean {
  const place = input.after?.scopes.find((scope) => scope.name === `${call.scope}.${name}`);
  const tokens =
    place === undefined ? [] : (input.after?.tokens.filter((token) => token.line === place.startLine).map((token) => token.text) ?? []);
  const at = tokens.indexOf('function');
  if (at >= 0 && (tokens[at + 1] === name || tokens[at + 2] === name)) return true;
  // An arrow, and not what `useCallback` keeps.
  const named = tokens.indexOf(name);
  return tokens[named + 1] === '=' && (tokens[named + 2] === '(' || tokens[named + 2] === 'async' || tokens[named + 3] === '=>');
}

/** The hunk took a condition out of the effect. */
function lostCondition(input: RuleInput, { range, scope }: Call): boolean {
  const { start, lines } = input.hunk.after;
  const overlaps = range.start.line < start + Math.max(1, lines) && range.end.line >= start;
  return (
    overlaps &&
    [...input.removed.conditions, ...input.removed.guards].some((old) => within(counterpartScope(input, old.scope) ?? '\u0000', scope))
  );
}

/** A state that stands among the dependencies and that the effect sets each time it runs, to something new. */
function feedsItself(input: RuleInput, call: Call, list: string): string | undefined {
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

const CANCELLED =
  /^!?(?:is|was|did)?_?(?:cancel|cancelled|canceled|off|alive|active|mounted|unmounted|disposed|stale|ignore|ignored|aborted|stopped|done|current)(?:ref)?(?:\.current)?$|^!?(?:controller|ac|abort|signal)\.(?:signal\.)?aborted$/i;

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
