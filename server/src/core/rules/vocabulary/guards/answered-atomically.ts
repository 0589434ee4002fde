import type { Guard } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { codeOfScope } from '../code/code-text.ts';
import { counterpartScope } from '../code/counterpart.ts';
import { escaped } from '../code/literal-patterns.ts';

/**
 * True where the bound is asked in one atomic step that goes no further than it, and its outcome is the answer: `if (used >= limit)
 * return false; used++; return true` that is `return used.getAndUpdate(n -> n < limit ? n + 1 : n) < limit`, or Rust's `fetch_update` with
 * `Some(n + 1)` under the bound alone. A bound that is asked beside the step is none: another thread comes in between.
 */
export function isAnsweredAtomically(input: RuleInput, guard: Guard): boolean {
  const { before, after } = input;
  const [, subject, sign = '', bound = ''] = /^(?:this\.|self\.)?(\w+) (>=?|<=?) ([\w.]+)$/.exec(guard.test) ?? [];
  const goesOn = OPPOSITE[sign];
  if (subject === undefined || goesOn === undefined || after === undefined || guard.exit !== 'return') return false;
  const scope = counterpartScope({ before, after }, guard.scope);
  const step = after.language === 'java' ? updated : after.language === 'rust' ? fetched : undefined;
  if (scope === undefined || step === undefined) return false;
  const spaced = escaped(bound.replace(/^(?:this|self)\./, '').replaceAll('.', ' . '));
  return step(`${OWN}${subject}`, `${goesOn} ${OWN}${spaced}`).test(codeOfScope(after, scope).text);
}

const OWN = '(?:(?:this|self) \\. )?';

/** Java: the step leaves the number where the bound is met, and what it was before is held against the bound. */
function updated(holder: string, within: string): RegExp {
  const most = within.startsWith('< ') ? `|Math \\. min \\( \\1 \\+ 1 , ${within.slice(2)} \\)` : '';
  return new RegExp(`\\breturn ${holder} \\. getAndUpdate \\( (\\w+) -> (?:\\1 ${within} \\? \\1 [+-] \\w+ : \\1${most}) \\) ${within} ;`);
}

/** Rust: the step gives nothing where the bound is met, and the function answers whether it gave anything. */
function fetched(holder: string, within: string): RegExp {
  const moved = '\\( \\2 [+-] \\w+ \\)';
  return new RegExp(
    `${holder} \\. fetch_update \\( ([\\w:]+ (?:[\\w:]+ )*, ){2}\\| (\\w+) \\| (?:if \\2 ${within} \\{ Some ${moved} \\} else \\{ None \\}` +
      `|\\( \\2 ${within} \\) \\. then_some ${moved}) ,? ?\\) \\. is_ok \\( \\) ;? ?\\}? ?$`,
  );
}

const OPPOSITE: Readonly<Record<string, string>> = {
  '>=': '<',
  '>': '<=',
  '<': '>=',
  '<=': '>',
};
