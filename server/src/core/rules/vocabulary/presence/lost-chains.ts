import type { Call } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { shorten, words } from '../code/call-names.ts';
import { counterpartScope } from '../code/counterpart.ts';
import { isTestScope } from '../code/test-cases.ts';
import { tokensOf } from '../code/token-lines.ts';
import { isAskedInFront } from '../guards/asked-in-front.ts';
import { escaped, isAsked, isUsed } from './presence-asked.ts';

/** `a?.b` that became `a.b`, and a fallback that is gone, in a function that gained no condition about it. */
export function* lostChains(input: RuleInput): Iterable<FindingDraft> {
  if (!/\.[cm]?[jt]sx?$/.test(input.path) || input.before === undefined || input.after === undefined) return;
  for (const scope of changedScopes(input)) {
    const counterpart = counterpartScope(input, scope);
    if (counterpart === undefined || isTestScope(scope)) continue;
    const before = tokensOf(input.before, scope);
    const after = tokensOf(input.after, counterpart);
    const lost = lostChainIn(before, after, (name) => isAsked(input, counterpart, name, after.replace(/\?\./g, '.')));
    const range = lost === undefined ? undefined : lineWith(input, lost.text);
    if (lost === undefined || range === undefined || (lost.was === '?.' && isAskedInFront(input, scope, lost.text))) continue;
    yield {
      side: 'after',
      range,
      message: fitMessage(`\`${shorten(lost.text, 34)}\` had \`${lost.was}\` and is taken for granted`),
      ...(FOREIGN.test(words(lost.text)) ? {} : { severity: 'medium' as const }),
    };
  }
}

interface LostChain {
  readonly text: string;
  readonly was: '?.' | '??';
}

/** The first value that had a `?.` or a `??` behind it on the old side and has none on the new one. */
function lostChainIn(before: string, after: string, asked: (name: string) => boolean): LostChain | undefined {
  for (const [whole, root = '', property = ''] of before.matchAll(
    /(?<![\w$.])([A-Za-z_$][\w$]*(?:\.[A-Za-z_$][\w$]*)*)\?\.([A-Za-z_$][\w$]*)/g,
  )) {
    const plain = new RegExp(`(?<![\\w$.])${escaped(root)}!?\\.${escaped(property)}(?![\\w$])`);
    if (!after.includes(whole) && plain.test(after) && !plain.test(before) && !asked(root))
      return { text: `${root}.${property}`, was: '?.' };
  }
  for (const [, name = '', value = ''] of before.matchAll(
    /\b(?:const|let) ([A-Za-z_$][\w$]*)(?::[\w$<>[\]|]{1,60})?=(?:await )?([A-Za-z_$][\w$.]{0,60}\([^()]{0,60}\))\?\?(?!(?:fail|die|bail|raise|panic|abort|unreachable|throw|redirect|notFound)\w*\()/g,
  )) {
    if (!after.includes(`${value}?`) && after.includes(value) && isUsed(after, name) && !asked(name)) return { text: value, was: '??' };
  }
  return undefined;
}

/** The line of the hunk's new side that holds a text, white space left out. */
function lineWith(input: RuleInput, text: string): Call['range'] | undefined {
  const { start, lines } = input.hunk.after;
  const flat = new Map<number, string>();
  for (const token of input.after?.tokens ?? [])
    if (token.line >= start && token.line < start + lines) flat.set(token.line, `${flat.get(token.line) ?? ''}${token.text}`);
  const line = [...flat].find(([, code]) => code.replace(/!/g, '').includes(text.replace(/\s+/g, '')))?.[0];
  return line === undefined ? undefined : { start: { line, character: 0 }, end: { line: line + 1, character: 0 } };
}

/** Names of what came from outside. */
const FOREIGN =
  /\b(config|settings|body|payload|params|query|response|res|data|row|rows|result|policy|policies|env|input|event|message|record|user|session|account|order|customer|limits|features?|options|profile|json|parsed)\b/;

/** Scopes that lie around lines which this hunk took out, the innermost of each. */
function changedScopes(input: RuleInput): readonly string[] {
  const { start, lines } = input.hunk.before;
  const touched = input.before?.scopes.filter((scope) => scope.startLine < start + lines && scope.endLine >= start) ?? [];
  return [...new Set(touched.filter((scope) => !touched.some((inner) => inner.name.startsWith(`${scope.name}.`))).map(({ name }) => name))];
}
