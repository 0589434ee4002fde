import { lastName } from './call-names.ts';
import type { Assertion } from './test-cases.ts';

/**
 * True where the assertion that only asks for any value asks about what the exact one compared.
 * A function that was asked what it throws (its text is `fn`) is asked what it gives: the subject is what it calls. What it is given
 * may be written otherwise: `price({ days: 3 })`, `price(stay({ days: 3 }))`.
 */
export function isAboutSame(exact: Assertion, present: Assertion): boolean {
  if (/^(true|false|True|1|)$/.test(present.subject) || exact.subject === 'fn' || exact.text.includes(present.subject)) return true;
  const called = callee(present.subject);
  return called !== undefined && !LOOKS_UP.test(lastName(called)) && ['(', ','].some((edge) => exact.text.includes(`${edge}${called}(`));
}

/** `price` of `price(stay(3))`; undefined where the call is asked for something in turn: `find('.price').text()`. */
function callee(subject: string): string | undefined {
  const name = /^([\w$.]+)\(.*\)$/.exec(subject)?.[1];
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
