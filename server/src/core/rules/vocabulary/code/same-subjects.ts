import type { SourceFacts } from '../../../model/facts.ts';
import type { Assertion } from './assertions.ts';
import { boundAbove } from './bindings.ts';
import { lastName } from './call-names.ts';

/**
 * True where the assertion that only asks for any value asks about what the exact one compared.
 * A function that was asked what it throws (its text is `fn`) is asked what it gives: the subject is what it calls. What it is given
 * may be written otherwise: `price({ days: 3 })`, `price(stay({ days: 3 }))`. A name stands for what the test bound it to.
 */
export function isAboutSame(exact: Assertion, present: Assertion, before?: SourceFacts, after?: SourceFacts): boolean {
  if (exact.throws === true && present.throws === true) return true;
  if (/^(true|false|True|1|)$/.test(present.subject) || exact.subject === 'fn') return true;
  const asked = plain(present.subject);
  return isIn(asked, plain(exact.text)) || isIn(plain(spelled(asked, present, after)), plain(spelled(exact.text, exact, before)));
}

function isIn(asked: string, compared: string): boolean {
  if (holdsWhole(compared, asked)) return true;
  const called = callee(asked);
  return called !== undefined && !LOOKS_UP.test(lastName(called)) && ['(', ','].some((edge) => compared.includes(`${edge}${called}(`));
}

/** True where a text holds another one that neither begins nor ends inside a word. */
function holdsWhole(text: string, part: string): boolean {
  for (let at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + 1))
    if (!/[\w$]/.test(text[at - 1] ?? '') || !/^[\w$]/.test(part))
      if (!/[\w$]/.test(text[at + part.length] ?? '') || !/[\w$]$/.test(part)) return true;
  return false;
}

/** Without what only asks that there is any (`.is_ok()`, `.called`), and alike for a test that is a method. */
function plain(text: string): string {
  return text
    .replace(/"/g, "'")
    .replace(/\b(?:self|this|cls)\./g, '')
    .replace(/\b(?:await|new)(?=[A-Za-z_])/g, '')
    .replace(/(?:\.(?:is_(?:ok|err|some|none)|isPresent|isEmpty|is_empty|unwrap(?:_err)?|called|call_count|called_once)(?:\(\))?)+$/, '');
}

/** A text whose names are told by what the test bound them to, twice at most: `body` is `client.get('/x').json()`. */
function spelled(text: string, { range }: Assertion, facts: SourceFacts | undefined): string {
  if (facts === undefined) return text;
  let now = text;
  for (let turn = 0; turn < 2; turn += 1) {
    const names = [...new Set(now.match(/(?<![\w$.'"])[a-z_]\w*(?![\w('"])/gi) ?? [])].slice(0, MOST_NAMES);
    const bound = new Map(names.map((name) => [name, boundAbove(facts, name, range.start.line)] as const));
    if (![...bound.values()].some((value) => value !== undefined)) return now;
    now = now.replace(/(?<![\w$.'"])[a-z_]\w*(?![\w('"])/gi, (name) => bound.get(name)?.replace(/\s+/g, '') ?? name);
    if (now.length > LONGEST) return now;
  }
  return now;
}

/** Names of an assertion that are looked up, and how long what stands for them may get. */
const MOST_NAMES = 8;
const LONGEST = 2_000;

/** `price` of `price(stay(3))`; undefined where the call is asked for something in turn: `find('.price').text()`. */
function callee(subject: string): string | undefined {
  const name = /^([\w$.:]+)\(.*\)$/.exec(subject)?.[1];
  if (name === undefined) return undefined;
  let depth = 0;
  for (let at = name.length; at < subject.length - 1; at += 1) {
    depth += subject[at] === '(' ? 1 : subject[at] === ')' ? -1 : 0;
    if (depth === 0) return undefined;
  }
  return name;
}

/** Which of many is told by what it is given. */
const LOOKS_UP =
  /^(?:get|find|query|locat|select|within|item|at|nth|first|last|fetch|load|read|wrap|render|mount|filter|map|len$|length|count|str|int|Number|String|JSON|\$)/;
