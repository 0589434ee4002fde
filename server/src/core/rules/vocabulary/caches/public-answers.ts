import type { Range } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { SESSION } from '../access/identity-sources.ts';
import { changedLines } from '../code/changed-lines.ts';
import { rangeOfLine } from '../code/code-text.ts';
import { within } from '../code/counterpart.ts';
import { tokensOf } from '../code/token-lines.ts';

/**
 * Lines that let every cache on the way keep an answer for who is signed in: `Cache-Control: public`, `s-maxage`, `.cachePublic()`.
 * An answer that was public before, and one only for those who are not signed in, are left out.
 */
export function* publicAnswers(input: RuleInput): Generator<Range> {
  const { before, after } = input;
  if (after === undefined) return;
  for (const { line, scope, text } of changedLines(input, 'after')) {
    if (scope === '' || !isPublic(text) || /private/.test(text)) continue;
    const body = tokensOf(after, scope);
    if (!SIGNED_IN.test(body) && !SESSION.test(body)) continue;
    if (/\bvary/i.test(body) || isPublic(tokensOf(before, scope))) continue;
    const isForNobody = [...after.conditions, ...after.guards].some(
      (condition) =>
        within(condition.scope, scope) && condition.range.start.line <= line && SIGNED_IN.test(condition.test.replaceAll(' ', '')),
    );
    if (!isForNobody) yield rangeOfLine(input, 'after', line);
  }
}

const PUBLIC =
  /cache-?_?control['"`]?\]?[(,:=\s]{1,4}['"`]?[^'"`]{0,60}(?:\bpublic\b|s-maxage)|\.cachePublic\(\)|\bCacheControl::public\b|\bpublic=True/i;

function isPublic(text: string): boolean {
  return PUBLIC.test(text);
}

/** The function knows who asks. */
const SIGNED_IN =
  /\b(?:req|request|ctx|c|context|r)\.(?:state\.|locals\.)?(?:user|session|auth)\b|\bcurrent_?[uU]ser\b|\bPrincipal\b|\bAuthenticationPrincipal\b|\bclaims\b/;
