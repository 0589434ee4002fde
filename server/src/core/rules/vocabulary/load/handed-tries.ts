import type { Loop, SourceFacts } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { RETRIES_AT_LEAST, RETRY_FACTOR } from '../../thresholds.ts';
import { lastName, shorten } from '../code/call-names.ts';
import { codeOfScope } from '../code/code-text.ts';
import { counterpartScope, hasScope, within } from '../code/counterpart.ts';
import { newCallsIn } from '../code/scope-changes.ts';
import { boundOf, growsWithTries, hasJitter, isPause, namesTries, retriesOf } from './retries.ts';
import { triedIn } from './retry-loops.ts';

/**
 * Tries that went into a function which is new in the change and runs again what it is handed: `policy.Do(ctx, func() …)`,
 * `patiently(ask)`. It is told where that one knows no end, because it has none or because nobody gives it the number that it may be
 * given; where it tries far more often; and where it waits no more, or no longer each time.
 */
export function* handedTries(input: RuleInput): Iterable<FindingDraft> {
  const { before, after } = input;
  if (before === undefined || after === undefined) return;
  for (const loop of input.added.loops) {
    if (loop.scope === '' || hasScope(before, loop.scope) || !runsWhatItIsGiven(after, loop)) continue;
    const old = takenFrom(input, before, after, loop);
    if (old === undefined) continue;
    const name = shorten(lastName(loop.scope), 28);
    const tell = (message: string): FindingDraft => ({ side: 'after', range: loop.range, message: fitMessage(message) });
    const bound = boundNow(after, loop);
    const was = boundOf(old) ?? 0;
    if (bound === Number.POSITIVE_INFINITY) {
      yield tell(`\`${name}\` tries without end: nothing bounds it, or nobody says how often`);
      const call = newCallsIn(input, old.scope).find(({ callee }) => lastName(callee) === lastName(loop.scope));
      if (call !== undefined)
        yield { side: 'after', range: call.range, message: fitMessage(`\`${name}\` is not told how often, and tries without end`) };
    } else if (bound !== undefined && was > 0 && bound >= was * RETRY_FACTOR && bound >= RETRIES_AT_LEAST)
      yield tell(`the tries went from ${was} to ${bound} in \`${name}\``);
    else {
      const lost = lostPause(before, after, old, loop);
      if (lost !== undefined) yield tell(`the pause between the tries of \`${name}\` ${lost}`);
    }
  }
}

/** The loop of tries that a function had whose counterpart hands its work to this one now. */
function takenFrom(input: RuleInput, before: SourceFacts, after: SourceFacts, loop: Loop): Loop | undefined {
  return before.loops.find((old) => {
    if (old.endless || old.kind === 'each' ? !namesTries(old) : !namesTries(old) && triedIn(input, 'before', old) === undefined)
      return false;
    const now = counterpartScope(input, old.scope);
    if (now === undefined || now === loop.scope || after.loops.some((other) => other.scope === now && other.head === old.head))
      return false;
    return newCallsIn(input, old.scope).some(
      ({ callee, kind }) =>
        kind !== 'new' && lastName(callee) === lastName(loop.scope.split('.').find((part) => part === lastName(callee)) ?? loop.scope),
    );
  });
}

/** A parameter of the function, or of the one around it, is called in the loop: `call(ctx)`, `supplier.get()`. */
function runsWhatItIsGiven({ calls, symbols, tokens, language }: SourceFacts, { scope, body }: Loop): boolean {
  const given = new Set(
    symbols.flatMap(({ name, parameters }) => (within(scope, name) && name !== '' ? parameters.map((parameter) => parameter.name) : [])),
  );
  // A decorator of Python hands its function to one inside, which is no symbol of the file.
  for (const name of language === 'python' ? parametersInside(tokens, scope) : []) given.add(name);
  return calls.some(
    ({ callee, range }) =>
      body.startLine <= range.start.line && range.start.line <= body.endLine && given.has(/^\w+/.exec(callee)?.[0] ?? ''),
  );
}

/** Parameters of the functions inside a function, on the way to a scope: `work` of `again.wrap.inner`. */
function parametersInside(tokens: SourceFacts['tokens'], scope: string): readonly string[] {
  const parts = new Set(scope.split('.').slice(1));
  return tokens.flatMap(({ text }, at) => {
    if (text !== 'def' || !parts.has(tokens[at + 1]?.text ?? '')) return [];
    const rest = tokens.slice(at + 3, at + 30);
    const end = rest.findIndex((token) => token.text === ')');
    return rest.slice(0, Math.max(end, 0)).flatMap((token) => (/^[A-Za-z_]\w*$/.test(token.text) ? [token.text] : []));
  });
}

/** What a bound is compared behind: where it is not there, nothing is. */
const MAY_BE_ABSENT =
  /(?<![\w.])([\w.]+) (?:[=]==?|<=) (?:0|null|undefined|None|nil) (?:\|\||or\b)|(?<![\w.])([\w.]+) is None or\b|(?<![\w.])([\w.]+) (?:!==?|>) (?:0|null|undefined|None|nil) (?:&&|and)|(?<![\w.])([\w.]+) is not None and\b|(?:^|[;(] ?)(?:!|not )([\w.]+) (?:\|\||or\b)|^([\w.]+) (?:&&|and) /;

/** How often the loop goes round at most; without end where nothing says it, undefined where that cannot be told. */
function boundNow(after: SourceFacts, loop: Loop): number | undefined {
  const { startLine, endLine } = loop.body;
  const isInside = (line: number): boolean => startLine <= line && line <= endLine;
  const bounds = loop.endless
    ? after.guards
        .filter(({ test, range }) => isInside(range.start.line) && /[<>]=?|\b(?:attempts?|tries|retries|deadline)\b/.test(test))
        .map(({ test }) => test)
    : [loop.head];
  if (bounds.length === 0) return Number.POSITIVE_INFINITY;
  const names = bounds.map((text) => {
    const match = MAY_BE_ABSENT.exec(text);
    return match === null ? undefined : lastName(match.slice(1).find((part) => part !== undefined) ?? '');
  });
  const plain = boundOf(loop);
  if (plain !== undefined) return plain;
  if (names.some((name) => name === undefined)) return givenAs(after, loop, boundName(bounds[0] ?? ''))?.value;
  const values = names.map((name) => givenAs(after, loop, name ?? '') ?? { value: Number.POSITIVE_INFINITY });
  return values.some(({ value }) => value === undefined) ? undefined : Math.min(...values.map(({ value }) => value ?? 0));
}

/** `attempts` of `attempt <= p.attempts`, `range(attempts)`. */
function boundName(text: string): string {
  return lastName(/(?:[<>]=?|!=|range\(|\.\.=?) ?([A-Za-z_][\w.]*)/.exec(text)?.[1] ?? '');
}

/** What is given for a bound by its name: a field, a keyword, an argument at its place, its default. Undefined where nobody gives any. */
function givenAs(after: SourceFacts, { scope }: Loop, name: string): { readonly value: number | undefined } | undefined {
  if (name === '') return { value: undefined };
  const holder = after.symbols.find(
    (symbol) => within(scope, symbol.name) && symbol.parameters.some((parameter) => parameter.name === name),
  );
  const at =
    holder?.parameters
      .filter((parameter) => !/^(?:self|cls|this)$/.test(parameter.name))
      .findIndex((parameter) => parameter.name === name) ?? -1;
  const written = [
    ...after.options
      .filter((option) => option.name === name && (option.callee !== '' || within(option.scope, scope)))
      .map(({ value }) => value),
    ...after.calls.flatMap(({ callee, args }) =>
      holder !== undefined &&
      lastName(callee) === lastName(holder.name) &&
      at >= 0 &&
      args[at] !== undefined &&
      !/^\w+\s?=(?!=)/.test(args[at] ?? '')
        ? [args[at] ?? '']
        : [],
    ),
  ].filter((value) => !/^(?:0|None|null|nil|undefined)$/.test(value));
  return written.length === 0 ? undefined : { value: Math.max(...written.map((value) => retriesOf(value) ?? Number.NaN)) || undefined };
}

function lostPause(before: SourceFacts, after: SourceFacts, old: Loop, loop: Loop): string | undefined {
  const waits = (facts: SourceFacts, { body }: Loop): boolean =>
    facts.calls.some(({ callee, range }) => isPause(callee) && body.startLine <= range.start.line && range.start.line <= body.endLine);
  if (waits(before, old) && !waits(after, loop)) return 'is gone';
  const [was, is] = [codeOfScope(before, old.scope).text, codeOfScope(after, loop.scope).text];
  if (!waits(before, old)) return undefined;
  if (growsWithTries(was) && !growsWithTries(is) && !/\b(?:backoff|delay|wait|pause)\w* \(/i.test(is)) return 'no longer grows';
  return hasJitter(was) && !hasJitter(is) && !growsWithTries(is) ? 'is no longer random' : undefined;
}
