import type { RuleInput } from '../../define.ts';
import { lastName } from '../code/call-names.ts';
import { within } from '../code/counterpart.ts';
import { WRITES } from './chain-links.ts';

/** Whether a function goes on to change or to send what it found, by itself or in a function of its file. */
export function writesIn(input: RuleInput, scope: string, isOwn = false): boolean {
  return (
    input.after?.calls.some(
      (call) =>
        within(call.scope, scope) &&
        call.kind === 'call' &&
        // A function of the same file that it calls by its plain name does the work.
        ((!isOwn &&
          /^[A-Za-z_]\w*$/.test(call.callee) &&
          call.callee !== scope &&
          input.after?.scopes.some(({ name }) => name === call.callee) === true &&
          writesIn(input, call.callee, true)) ||
          WRITES.test(lastName(call.callee)) ||
          /^(save|send|cancel|archive|close|suspend|charge|refund)/.test(lastName(call.callee))),
    ) === true
  );
}

const STORES =
  /^(update\w*|Updates?|UpdateColumns?|Save|Delete|Exec|save\w*|put\w*|Put|NewWriter|PutItem|UpdateItem|apply\w*|write\w*|patch\w*|replace\w*|set\w*|delete\w*|remove\w*|insert\w*|upsert\w*|execute|query|exec|Exec\w*|send|store\w*|publish\w*|commit\w*|upload\w*|fetch|request|index|findOneAndUpdate|swap\w*|install\w*|activate\w*)$/;

/** Whether a function writes to a database, a store, a file or another service, by a statement or by what it calls. */
export function writesToStore(input: RuleInput, scope: string): boolean {
  const statement =
    input.after?.statements.some((other) => within(other.scope, scope) && /^(update|insert|delete|merge|upsert)$/.test(other.verb)) ??
    false;
  return statement || (input.after?.calls.some((call) => within(call.scope, scope) && STORES.test(lastName(call.callee))) ?? false);
}
