import type { RuleInput } from '../../define.ts';
import { lastName } from '../code/call-names.ts';
import { within } from '../code/counterpart.ts';
import { escaped } from '../code/literal-patterns.ts';
import { isHarmlessHole, isStatementText } from '../schema/sql-holes.ts';
import type { FilledText } from './filled-text.ts';

/** A place in the text of a statement that waits to be filled, within quotes or where a value stands: `name = '{name}'`, `= %s`, `= @@ID@@`. */
const WAITS = /(?:=|<|>|\blike\b|\bin\b)\s*\(?\\?'?%?(?:\{\w*\}|%s|%\(\w+\)s|\$\w+|\$\{\w+\}|@@?\w+@@?|__\w+__|<\w+>|\[\w+\])/i;
const FILLS =
  /^(replace|replaceAll|ReplaceAll|Replace|format|format_map|substitute|safe_substitute|formatted|interpolate|render|template|sub|gsub|Sprintf|sprintf)$/;

/** A statement with places in it that are filled as text before somebody runs it: `wanted.replace("{k}", keeper)`. */
export function* filledLater(input: RuleInput): Iterable<FilledText> {
  for (const option of input.added.options) {
    if (option.callee !== '' || !isStatementText(option.value) || !WAITS.test(option.value)) continue;
    const old = input.before?.options.find((other) => other.name === option.name && other.callee === '');
    if (old !== undefined && WAITS.test(old.value) && old.value.includes("'{")) continue;
    const fill = input.added.calls.find(
      (call) =>
        FILLS.test(lastName(call.callee)) &&
        within(call.scope, option.scope) &&
        (new RegExp(`^${escaped(option.name)}[.(]`).test(call.callee) || call.args[0] === option.name) &&
        call.args.some((argument) => /^[A-Za-z_$][\w$.[\]'"()]*$/.test(argument) && argument !== option.name && !isHarmlessHole(argument)),
    );
    const value = fill?.args.findLast((argument) => !/^['"`]/.test(argument) && argument !== option.name);
    if (fill !== undefined && value !== undefined) yield { range: fill.range, value, into: option.name };
  }
}
