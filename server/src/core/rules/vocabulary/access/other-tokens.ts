import type { Call, SourceFacts } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { boundAbove } from '../code/bindings.ts';
import { words } from '../code/call-names.ts';

/** Tokens that are passed round openly: a place in a list, a word of a text, a switch that stops work. As `words` spells them. */
export const OPEN_TOKEN =
  /\b(page token|next token|cancellation token|continuation token|stop token|sync token|cancel token|next page token|lexer|parser|kind)\b/;

/**
 * True for a `token` that is a word of a text or the place of a page: by what gave it (`lexer.next()`, `page.nextToken`,
 * `for (const token of tokenize(text))`), or by a function or a file that reads a language and says nothing of who may do what.
 */
export function isOpenToken(input: RuleInput, { scope, range }: Call, name: string): boolean {
  const { after } = input;
  if (after === undefined || !/^tok(?:en)?$/i.test(name)) return false;
  const given = givenTo(after, name, range.start.line);
  if (OPEN_TOKEN.test(words(given))) return true;
  const place = words(`${scope} ${input.path}`);
  return !ASKS_WHO.test(`${place} ${words(given)}`) && (READS_TEXT.test(place) || GIVES_WORD.test(given));
}

/** What a name was bound to above a line, or what the list was bound to that a loop around the line runs over. */
function givenTo(facts: SourceFacts, name: string, line: number): string {
  const bound = boundAbove(facts, name, line);
  if (bound !== undefined) return bound;
  if (facts.loops.length > MOST_LOOPS) return '';
  const loop = facts.loops.findLast(({ range, body, head }) => {
    const isAround = range.start.line <= line && line <= body.endLine;
    return isAround && head.split(/[^\w$]+/, 6).includes(name);
  });
  if (loop === undefined) return '';
  const over = loop.head.slice(loop.head.lastIndexOf(' ') + 1);
  return `${over} ${boundAbove(facts, over, line) ?? ''}`;
}

/** A file of more is not read by a person, and each of its lines would be asked about all of them. */
const MOST_LOOPS = 400;

const READS_TEXT =
  /\b(lex|lexer|lexing|tokeni[sz]er?|tokeni[sz]ation|parse|parser|parsers|parsing|scanner|grammar|syntax|compiler|interpreter|ast)\b/;
/** As `boundAbove` spells it, with white space between tokens. */
const GIVES_WORD = /(?:^|[ .])(?:next|peek|advance|lex|scan|consume|tokeni[sz]e|lookahead)\b ?\(/i;
const ASKS_WHO =
  /\b(auth\w*|oauth\w*|login|session|sessions|jwt|oidc|sso|saml|secret|secrets|credential|credentials|password|user|users|account|accounts|api|http|header|headers|request|req|cookie|cookies|bearer|webhook|client|middleware|security|csrf|invite|reset|verify|identity|access|refresh|token store)\b/;
