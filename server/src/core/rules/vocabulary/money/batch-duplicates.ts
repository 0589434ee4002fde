import type { RuleInput } from '../../define.ts';
import { boundAbove } from '../code/bindings.ts';
import { codeOfScope, tokensOn } from '../code/code-text.ts';
import { bodiesAskedBy } from '../code/new-bodies.ts';

/**
 * True where a set that a function made for itself told what stands twice in one batch (`const seen = new Set()`, `if (seen.has(email)) throw …`), and
 * what stands twice is found in another way now, here or in a function that the change brought: `all.indexOf(x) !== at`, `new Set(all).size`.
 */
export function isFoundTwiceOtherwise(input: RuleInput, asked: string, line: number, scope: string): boolean {
  const { before, after } = input;
  const set = /^!?([A-Za-z_$][\w$]*)\.has\b/.exec(asked)?.[1];
  if (set === undefined || before === undefined || after === undefined || scope === '') return false;
  if (!/^Set(?: < [\w .|]{1,40} >)? \( \)$/.test(boundAbove(before, set, line) ?? '')) return false;
  const texts = [
    codeOfScope(after, scope).text,
    ...bodiesAskedBy(input, scope).map(({ facts, place }) =>
      tokensOn(facts, place.startLine, place.endLine)
        .map(({ text }) => text)
        .join(' '),
    ),
  ];
  return texts.some((text) => TWICE.test(text));
}

/** What stands at another place as well, or how many are left of all when each is taken once. */
const TWICE =
  /\b(?:last)?indexOf \( [\w$.]{1,40} \) (?:!==?|<|===?) [A-Za-z_$][\w$.]{0,39}|\bSet \( [^;]{1,120}\) \. size\b|\buniq(?:By|ue)? \(/i;
