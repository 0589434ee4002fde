import type { Call, Guard, SourceFacts } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { lastName, receiver, words } from '../code/call-names.ts';
import { counterpartScope, within } from '../code/counterpart.ts';
import { onlyIn } from '../code/fact-keys.ts';
import { keepOfBoth } from '../code/kept.ts';
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
    if (value === undefined || !/^\d{2,}$/.test(value) || asksForCaps(before, after) || hasNumber(before, after, value)) continue;
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

/** The change brought something that holds a value below a cap: a condition that names one, a clamp, a schema or a tag. */
const asksForCaps = keepOfBoth(
  (before: SourceFacts, after: SourceFacts): boolean =>
    [...onlyIn(after.guards, before.guards), ...onlyIn(after.conditions, before.conditions)].some(({ test }) => CAP.test(words(test))) ||
    onlyIn(after.calls, before.calls).some(caps) ||
    [...tokenTexts(after)].some((text) => TAG.test(text) && !tokenTexts(before).has(text)),
);

/** `min(n, 100)`, `clamp(n, 1, 100)`, `z.number().max(100)`, and whatever is handed a cap by its name; `Math.max` is a bound below. */
function caps({ callee, args }: Call): boolean {
  const [own, of] = [words(lastName(callee)), receiver(callee)];
  if (/^(?:clamp|clamped|cap|capped|bounded|at most)\b/.test(own)) return true;
  if (own === 'min') return args.length > 1 || args.some(namesCap);
  if (own === 'max' || own === 'lte') return of !== '' && of !== 'Math' ? args.length > 0 : /^[A-Z]/.test(lastName(callee));
  return args.some(namesCap);
}

/** `maxPageSize`, `caps.page`, `le=MAX_ROWS`; a `limit` is as often the very number that was held. */
function namesCap(argument: string): boolean {
  return (
    /^(?:\w+ ?[=:] ?)?[\w.]+$/.test(argument) && /\b(?:max|maximum|cap|caps|ceiling|most|quota|allowed)\b|^lte? ?=/.test(words(argument))
  );
}

/** A tag of Go: `validate:"gte=1,lte=100"`. */
const TAG = /^`.*\b(?:max|lte?)=\d/s;

/** The number stands as often as it did. */
function hasNumber(before: SourceFacts, after: SourceFacts, value: string): boolean {
  const count = ({ tokens }: SourceFacts): number =>
    tokens.filter(({ text }) => /^\d/.test(text) && text.replaceAll('_', '') === value).length;
  return count(after) >= count(before);
}
