import type { RuleInput } from '../../define.ts';
import { lastName } from '../code/call-names.ts';
import { holesOf, isHarmlessHole, isStatementText } from '../schema/sql-holes.ts';
import type { FilledText } from './filled-text.ts';
import { openHoles } from './open-holes.ts';
import { RUNS } from './running-calls.ts';

/** A function of the program's own that was handed a whole statement and its values, and is handed the values inside it now. */
export function* handedStatements(input: RuleInput): Iterable<FilledText> {
  for (const call of input.added.calls) {
    if (RUNS.test(lastName(call.callee)) || NO_RUN.test(call.callee)) continue;
    const text = call.args.slice(0, 3).find((argument) => isStatementText(argument));
    const value = text === undefined ? undefined : openHoles(text, input, call.scope)[0];
    const was = input.removed.calls.some(
      (old) =>
        old.callee === call.callee &&
        old.args.slice(0, 3).some((argument) => isStatementText(argument)) &&
        old.args.slice(0, 3).every((argument) => !isStatementText(argument) || holesOf(argument).every(isHarmlessHole)),
    );
    if (value !== undefined && was) yield { range: call.range, value, into: call.callee };
  }
}

/** Writes, raises or compares a text, and runs nothing. */
const NO_RUN =
  /(^|\.)(log|logger|logging|console|slog|fmt|assert|expect|t)\b|(print\w*|debug|info|warn|error|format|push|append|toBe|toEqual|Error\w*|Exception|describe|it|test|text|literal_column)!?$/i;
