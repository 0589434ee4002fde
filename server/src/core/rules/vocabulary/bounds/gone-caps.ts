import type { Guard, SourceFacts } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { words } from '../code/call-names.ts';
import { counterpartScope, within } from '../code/counterpart.ts';
import { keepOf } from '../code/kept.ts';
import { tokenTexts } from '../code/token-lines.ts';

/**
 * Guards that held something below a constant cap, in a function that was written anew: another bound may have taken the guard's place
 * (`n < min` of `n < 1 || n > maxPageSize`), but the cap is gone with its number, and nothing in the change is called one any more.
 */
export function* goneCaps(input: RuleInput): Generator<Guard> {
  const { before, after } = input;
  for (const guard of input.removed.guards) {
    const cap = UPPER.exec(guard.test)?.[1];
    if (cap === undefined || !CAP.test(words(cap)) || before === undefined || after === undefined) continue;
    const value = before.options.find(({ name, callee }) => name === cap && callee === '')?.value.replaceAll('_', '');
    if (value === undefined || !/^\d{2,}$/.test(value) || speaksOfCaps(after) || hasNumber(after, value)) continue;
    const scope = counterpartScope(input, guard.scope) ?? (asksFurther(before, after, guard.scope) ? guard.scope : '');
    if (scope === '') continue;
    const elsewhere = input.addedElsewhere();
    const names = [...elsewhere.options.flatMap(({ name, value: given }) => [name, given]), ...elsewhere.guards.map(({ test }) => test)];
    if (!names.some((name) => CAP.test(words(name)) || name.replaceAll('_', '') === value)) yield guard;
  }
}

/** `n > maxPageSize`, `len(rows) >= MAX_ROWS`. */
const UPPER = /[\w)\]] >=? (?:[\w]+\.)?([A-Za-z]\w*)(?:\)|$| \|\|| or )/;

const CAP = /\b(?:max|maximum|limits?|cap|caps|ceiling|most|upper|quota|threshold|budget|allowed|clamp)\b/;

/** The function has another name and other calls; what it read by name, `Get("size")`, is read still. */
function asksFurther(before: SourceFacts, after: SourceFacts, scope: string): boolean {
  const names = new Set(before.calls.flatMap((call) => (within(call.scope, scope) ? call.args.filter((text) => NAMED.test(text)) : [])));
  return names.size > 0 && after.calls.some(({ args }) => args.some((text) => names.has(text)));
}

const NAMED = /^['"][a-z]\w{2,}['"]$/i;

const speaksOfCaps = keepOf((facts: SourceFacts): boolean => [...tokenTexts(facts)].some((text) => CAP.test(words(text))));

function hasNumber(facts: SourceFacts, value: string): boolean {
  return [...tokenTexts(facts)].some((text) => /^\d/.test(text) && text.replaceAll('_', '') === value);
}
