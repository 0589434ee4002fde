import type { Call, SourceFacts } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { isWrite, lastName, receiver, words } from '../code/call-names.ts';
import { tokensOn } from '../code/code-text.ts';
import { counterpartScope, within } from '../code/counterpart.ts';

/** A write that ran in a transaction and is made beside it now. */
export interface LeftTransaction {
  readonly call: Call;
  /** The connection or client that holds the transaction: `tx`. */
  readonly handle: string;
}

/**
 * Writes that were made with the handle of a transaction (`tx.ExecContext(…)`) and are made with another one now (`db.ExecContext(…)`),
 * in a function that still opens the transaction. What is only noted, that it may stay where all else is undone, is left out.
 */
export function leftTransactions(input: RuleInput, opens: (call: Call) => boolean): readonly LeftTransaction[] {
  const { after, added, removed } = input;
  if (after === undefined) return [];
  return added.calls.flatMap((call): readonly LeftTransaction[] => {
    const from = receiver(call.callee);
    if (call.kind !== 'call' || from === '' || !writes(call) || NOTED.test(words(`${call.callee} ${call.args.join(' ')}`))) return [];
    const old = removed.calls.find((other) => {
      const [handle = '', ...rest] = other.callee.split('.');
      return (
        rest.length > 0 &&
        lastName(other.callee) === lastName(call.callee) &&
        call.callee.endsWith(`.${rest.join('.')}`) &&
        !call.callee.startsWith(`${handle}.`) &&
        other.args.join() === call.args.join() &&
        counterpartScope(input, other.scope) === call.scope
      );
    });
    const [handle = ''] = old?.callee.split('.') ?? [];
    return old !== undefined && holdsTransaction(after, call, handle, opens) ? [{ call, handle }] : [];
  });
}

const NOTED = /\b(?:audit\w*|logs?|attempts?|history|metrics?|traces?)\b/;

function writes({ callee, args }: Call): boolean {
  const isSql = args.some((argument) => /^['"`]\s*(?:insert|update|delete|merge)\b/i.test(argument));
  return isSql || (isWrite(callee) && !/^(?:query|execute|exec|run|set|add|emit|dispatch)\w*$/i.test(lastName(callee)));
}

/** The function around the write opens a transaction above it, which the handle stands for and the new holder does not. */
function holdsTransaction(facts: SourceFacts, call: Call, handle: string, opens: (call: Call) => boolean): boolean {
  const [holder = ''] = call.callee.split('.');
  const above = facts.calls.filter((other) => other.range.start.line <= call.range.start.line && within(call.scope, other.scope));
  const opening = above.filter(opens);
  if (!opening.some((other) => begins(other, handle) || isGiven(facts, other, handle))) return false;
  // A part of the same transaction: `const inner = await tx.savepoint()`.
  return ![...opening, ...above.filter((other) => receiver(other.callee) === handle)].some(
    (other) => begins(other, holder) || isGiven(facts, other, holder),
  );
}

/** `client.query('BEGIN')`: what it is said to holds the transaction from here on. */
function begins({ callee, args }: Call, name: string): boolean {
  return receiver(callee) === name && args.some((argument) => /^['"`]\s*(?:begin|start transaction)\b/i.test(argument));
}

/** The line of a call gives a name to its answer, or to what a function is handed. */
function isGiven(facts: SourceFacts, { range }: Call, name: string): boolean {
  const word = name.replace(/\$/g, '\\$&');
  const code = tokensOn(facts, range.start.line, range.start.line).map(({ text }) => text);
  return new RegExp(
    `(?:\\(|,) (?:async )?(?:function )?(?:\\( )?${word}(?: : [\\w.<> ]{1,60})?(?: \\))? (?:=>|\\{)|\\bfunc \\( (?:\\w+ [\\w.]+ , )?${word} |\\b${word}(?: , \\w+)? :?= |\\bas ${word}\\b|\\| ${word} \\|`,
  ).test(code.join(' '));
}
