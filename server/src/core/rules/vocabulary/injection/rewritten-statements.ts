import type { RuleInput } from '../../define.ts';
import { lastName } from '../code/call-names.ts';
import { within } from '../code/counterpart.ts';
import { escaped } from '../code/literal-patterns.ts';
import { holesOf, isHarmlessHole, isStatementText } from '../schema/sql-holes.ts';
import type { FilledText } from './filled-text.ts';
import { openHoles } from './open-holes.ts';
import { RUNS } from './running-calls.ts';

/** The text was rewritten where it is kept under a name, and the call that runs it stayed as it was; or where it is one part of what is handed over. */
export function* rewrittenStatements(input: RuleInput): Iterable<FilledText> {
  for (const option of input.added.options) {
    if (!isStatementText(option.value)) continue;
    const isHanded = TEXT.test(option.name) && RUNS.test(lastName(option.callee));
    if (option.callee !== '' && !isHanded) continue;
    const [value] = openHoles(option.value, input, option.scope);
    const old = input.removed.options.find((other) => other.name === option.name && other.callee === option.callee);
    if (value === undefined || old === undefined || holesOf(old.value).some((hole) => !isHarmlessHole(hole))) continue;
    if (isHanded) {
      yield { range: option.range, value, into: option.callee };
      continue;
    }
    const run = input.after?.calls.find(
      (call) =>
        !input.added.calls.includes(call) &&
        RUNS.test(lastName(call.callee)) &&
        within(call.scope, option.scope) &&
        call.args.slice(0, 3).some((argument) => new RegExp(`^(?:[\\w.]*text\\()?${escaped(option.name)}\\)?$`).test(argument)),
    );
    if (run !== undefined) yield { range: option.range, value, into: run.callee };
  }
}

/** The part of a query that is its text: `query({ text: '…', values: […] })`. */
const TEXT = /^(?:text|sql|query|statement|queryString|QueryString)$/;
