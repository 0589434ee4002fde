import type { Range } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { SESSION } from '../access/identity-sources.ts';
import { changedLines } from '../code/changed-lines.ts';
import { rangeOfLine } from '../code/code-text.ts';
import { formerScope, within } from '../code/counterpart.ts';
import { tokensOf } from '../code/token-lines.ts';

/**
 * Lines that let every cache on the way keep an answer for who is signed in: `Cache-Control: public`, `s-maxage`, `.cachePublic()`.
 * An answer that was public before, and one only for those who are not signed in, are left out. A function that told the two
 * apart and says one thing to all now is among them.
 */
export function* publicAnswers(input: RuleInput): Generator<Range> {
  const { before, after } = input;
  if (after === undefined) return;
  for (const { line, scope, text } of changedLines(input, 'after')) {
    if (scope === '' || !isPublic(text) || /private/.test(text)) continue;
    const body = tokensOf(after, scope);
    if (/\bvary/i.test(body)) continue;
    if (!SIGNED_IN.test(body) && !SESSION.test(body)) {
      if (keptForThemselves(input, scope, body)) yield rangeOfLine(input, 'after', line);
      continue;
    }
    if (isPublic(tokensOf(before, scope))) continue;
    const isForNobody = [...after.conditions, ...after.guards].some(
      (condition) =>
        within(condition.scope, scope) && condition.range.start.line <= line && SIGNED_IN.test(condition.test.replaceAll(' ', '')),
    );
    if (!isForNobody) yield rangeOfLine(input, 'after', line);
  }
}

/** The function asked who is signed in and kept their answers from every cache; it asks nobody now, and keeps none. */
function keptForThemselves(input: RuleInput, scope: string, body: string): boolean {
  const { before, after } = input;
  const own = formerScope(input, scope)?.name;
  if (before === undefined || after === undefined || own === undefined) return false;
  const was = tokensOf(before, own);
  const asked = SIGNED_IN.test(was) || SESSION.test(was) || /\b(?:is_?)?(?:signed|logged)_?in\b|\bis_?authenticated\b/i.test(was);
  if (!asked || !UNSHARED.test(was) || UNSHARED.test(body)) return false;
  // Another function of the file keeps them now, or this one is handed the words to say.
  const all = after.tokens.map(({ text }) => text).join(' ');
  return !UNSHARED.test(all);
}

/** What keeps an answer from the caches that others share. */
const UNSHARED = /\bprivate\b(?! [\w]+ [\w(:;=]| static| readonly)|\bno-store\b|\bno_store\b|\bnoStore\b|\bnever_cache\b|\bcachePrivate\b/;

const PUBLIC =
  /cache-?_?control['"`]?\]?[(,:=\s]{1,4}['"`]?[^'"`]{0,60}(?:\bpublic\b|s-maxage)|\.cachePublic\(\)|\bCacheControl::public\b|\bpublic=True/i;

function isPublic(text: string): boolean {
  return PUBLIC.test(text);
}

/** The function knows who asks. */
const SIGNED_IN =
  /\b(?:req|request|ctx|c|context|r)\.(?:state\.|locals\.)?(?:user|session|auth)\b|\bcurrent_?[uU]ser\b|\bPrincipal\b|\bAuthenticationPrincipal\b|\bclaims\b/;
