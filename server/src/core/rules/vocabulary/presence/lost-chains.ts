import type { Call, CodeToken, SourceFacts } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { shorten, words } from '../code/call-names.ts';
import { textsByLine, tokensOn } from '../code/code-text.ts';
import { counterpartScope } from '../code/counterpart.ts';
import { keepOf } from '../code/kept.ts';
import { escaped } from '../code/literal-patterns.ts';
import { isTestScope } from '../code/test-cases.ts';
import { tokensOf } from '../code/token-lines.ts';
import { isAskedInFront } from '../guards/asked-in-front.ts';
import { isGivenByType } from './given-by-type.ts';
import { isAsked, isUsed } from './presence-asked.ts';

/** `a?.b` that became `a.b`, and a fallback that is gone, in a function that gained no condition about it. */
export function* lostChains(input: RuleInput): Iterable<FindingDraft> {
  if (!/\.[cm]?[jt]sx?$/.test(input.path) || input.before === undefined || input.after === undefined) return;
  const fresh = freshLines(input);
  for (const scope of changedScopes(input)) {
    const asked = askedIn(input.before, scope);
    // It is told on a line of this hunk or not at all.
    if (!asked.some((one) => lineWith(fresh, one) !== undefined)) continue;
    const counterpart = counterpartScope(input, scope);
    if (counterpart === undefined || isTestScope(scope)) continue;
    const before = tokensOf(input.before, scope);
    const after = tokensOf(input.after, counterpart);
    const lost = lostChainIn(asked, before, after, (name) => isAsked(input, counterpart, name, after.replace(/\?\./g, '.')));
    const range = lost === undefined ? undefined : lineWith(fresh, lost);
    if (lost === undefined || range === undefined || !isFirstOf(input.after, counterpart, lost, range)) continue;
    if (lost.was === '?.' && (isAskedInFront(input, scope, lost.text) || isGivenByType(input, [scope, counterpart], lost.name))) continue;
    yield {
      side: 'after',
      range,
      message: fitMessage(`\`${shorten(lost.text, 34)}\` had \`${lost.was}\` and is taken for granted`),
      ...(FOREIGN.test(words(lost.text)) ? {} : { severity: 'medium' as const }),
    };
  }
}

/** A value that is asked for on the old side, by what stands behind it. */
interface Asked {
  readonly was: '?.' | '??';
  /** What stands there where nobody asks: `a.b` of `a?.b`, `read()` of `const x = read() ?? y`. */
  readonly text: string;
  /** The same without white space. */
  readonly flat: string;
  /** `a`, `x`. */
  readonly name: string;
  /** `a?.b`, `read()?`. */
  readonly whole: string;
}

/** Values of a function with a `?.` or a `??` behind them, in the order in which they are looked at. */
function askedIn(facts: SourceFacts, scope: string): readonly Asked[] {
  const known = askedByScope(facts);
  const found = known.get(scope) ?? findAsked(tokensOf(facts, scope));
  known.set(scope, found);
  return found;
}

/** The old side stays as it is while the new one is typed. */
const askedByScope = keepOf((_facts: SourceFacts) => new Map<string, readonly Asked[]>());

function findAsked(text: string): readonly Asked[] {
  const chains = text.matchAll(/(?<![\w$.])([A-Za-z_$][\w$]*(?:\.[A-Za-z_$][\w$]*)*)\?\.([A-Za-z_$][\w$]*)/g);
  const values = text.matchAll(
    /\b(?:const|let) ([A-Za-z_$][\w$]*)(?::[\w$<>[\]|]{1,60})?=(?:await )?([A-Za-z_$][\w$.]{0,60}\([^()]{0,60}\))\?\?(?!(?:fail|die|bail|raise|panic|abort|unreachable|throw|redirect|notFound)\w*\()/g,
  );
  return [
    ...[...chains].map(
      ([whole, name = '', property = '']): Asked => ({
        was: '?.',
        text: `${name}.${property}`,
        flat: `${name}.${property}`,
        name,
        whole,
      }),
    ),
    ...[...values].map(
      ([, name = '', value = '']): Asked => ({
        was: '??',
        text: value,
        flat: value.replace(/\s+/g, ''),
        name,
        whole: `${value}?`,
      }),
    ),
  ];
}

/** The first value that had a `?.` or a `??` behind it on the old side and has none on the new one. */
function lostChainIn(values: readonly Asked[], before: string, after: string, isAskedNow: (name: string) => boolean): Asked | undefined {
  return values.find(({ was, text, name, whole }) => {
    if (after.includes(whole)) return false;
    if (was === '??') return after.includes(text) && isUsed(after, name) && !isAskedNow(name);
    const plain = new RegExp(`(?<![\\w$.])${escaped(name)}!?\\.${escaped(text.slice(name.length + 1))}(?![\\w$])`);
    return plain.test(after) && !plain.test(before) && !isAskedNow(name);
  });
}

/** Lines of the hunk's new side, white space and `!` left out. */
function freshLines({ hunk, after }: RuleInput): ReadonlyMap<number, string> {
  const { start, lines } = hunk.after;
  const flat = new Map<number, string>();
  for (const { line, text } of tokensOn(after, start, start + lines - 1))
    flat.set(line, `${flat.get(line) ?? ''}${text.replace(/!/g, '')}`);
  return flat;
}

/** The line that holds a text. */
function lineWith(lines: ReadonlyMap<number, string>, { flat }: Asked): Call['range'] | undefined {
  for (const [line, code] of lines)
    if (code.includes(flat)) return { start: { line, character: 0 }, end: { line: line + 1, character: 0 } };
  return undefined;
}

/** However many places of a function take it for granted, it is one question: it stands at the first of them. */
function isFirstOf(after: SourceFacts, scope: string, { flat }: Asked, range: Call['range']): boolean {
  const start = after.scopes.find(({ name }) => name === scope)?.startLine;
  return start === undefined || !flatLines(tokensOn(after, start, range.start.line - 1)).some((code) => code.includes(flat));
}

function flatLines(tokens: readonly CodeToken[]): readonly string[] {
  return [...textsByLine(tokens).values()].map((parts) => parts.join('').replace(/!/g, ''));
}

/** Names of what came from outside. */
export const FOREIGN =
  /\b(config|settings|body|payload|params|query|response|res|data|row|rows|result|policy|policies|env|input|event|message|record|user|session|account|order|customer|limits|features?|options|profile|json|parsed)\b/;

/** Scopes that lie around lines which this hunk took out, the innermost of each. */
function changedScopes(input: RuleInput): readonly string[] {
  const { start, lines } = input.hunk.before;
  const touched = input.before?.scopes.filter((scope) => scope.startLine < start + lines && scope.endLine >= start) ?? [];
  return [...new Set(touched.filter((scope) => !touched.some((inner) => inner.name.startsWith(`${scope.name}.`))).map(({ name }) => name))];
}
