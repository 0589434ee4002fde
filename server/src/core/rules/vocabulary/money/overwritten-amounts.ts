import type { Range } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { boundAbove } from '../code/bindings.ts';
import { lastName, words } from '../code/call-names.ts';
import { changedLines } from '../code/changed-lines.ts';
import { rangeOfLine } from '../code/code-text.ts';
import { counterpartScope } from '../code/counterpart.ts';
import { isTestScope } from '../code/test-cases.ts';
import { isHolding } from './turned-signs.ts';

/** An amount that grew or sank by a value, and is set to that value now. */
export interface OverwrittenAmount {
  readonly range: Range;
  readonly name: string;
  readonly value: string;
}

/** `invoice.paid += amount` that became `= amount`, `{ increment: cents }` that became `cents`: what was there before is forgotten. */
export function* overwrittenAmounts(input: RuleInput): Iterable<OverwrittenAmount> {
  const { after } = input;
  if (after === undefined) return;
  const fresh = changedLines(input, 'after').filter(({ scope }) => !isTestScope(scope));
  if (fresh.length === 0) return;
  for (const old of changedLines(input, 'before')) {
    for (const { name, value, text } of asSet(old.text)) {
      const same = fresh.find((line) => line.scope === counterpartScope(input, old.scope) && spaceless(line.text) === text);
      if (same === undefined || !isHolding(name)) continue;
      // The sum may have been made on a line above.
      const bound = /^[\w$]+$/.test(value) ? boundAbove(after, value, same.line) : undefined;
      if (bound?.split(/\W+/).includes(lastName(name)) === true) continue;
      yield { range: rangeOfLine(input, 'after', same.line), name: lastName(name), value };
      break;
    }
  }
}

const NAME = String.raw`([A-Za-z_$][\w$.]{0,80})`;
/** Each way to change an amount by a value: what is changed, and the value where it is not all that follows. */
const STEPS: readonly RegExp[] = [
  new RegExp(`${NAME}(?<sets>[+-]=)(?!=)`),
  new RegExp(String.raw`${NAME}(?<sets>[:=]\{['"]?\$?(?:increment|decrement|inc)['"]?:)(?<value>[^{}]{1,80})\}`),
  new RegExp(String.raw`(?<![\w$.])${NAME}(?<sets>=\1[+-])`),
  new RegExp(String.raw`(?<![\w$.])${NAME}(?<sets>=F\(['"]\1['"]\)[+-])`),
  new RegExp(String.raw`(?<![\w$.])${NAME}(?<sets>=\1\.(?:add|plus|subtract|minus)\()(?<value>[^()]{1,80})\)`),
];

/** A line with its step written as if the amount were set to the value. */
function asSet(line: string): readonly { readonly name: string; readonly value: string; readonly text: string }[] {
  const flat = spaceless(line);
  return STEPS.flatMap((step) => {
    const match = step.exec(flat);
    if (match === null) return [];
    const { sets = '', value } = match.groups ?? {};
    const [name = '', rest] = [match[1], flat.slice(match.index + match[0].length)];
    const given = value ?? /^[\w$.]+/.exec(rest)?.[0] ?? '';
    // A number by itself counts, or starts anew.
    if (given === '' || /^[\d.]+$/.test(given) || /\b(?:i|n|count|index|offset|page)\b/.test(words(lastName(name)))) return [];
    return [{ name, value: given, text: `${flat.slice(0, match.index)}${name}${sets.startsWith(':') ? ':' : '='}${value ?? ''}${rest}` }];
  });
}

function spaceless(text: string): string {
  return text.replace(/\s+/g, '');
}
