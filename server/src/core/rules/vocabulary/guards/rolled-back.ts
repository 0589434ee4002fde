import type { Handler } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { callsInside } from './guard-kinds.ts';

/** A failure to take a transaction back, `client.query('ROLLBACK').catch(() => undefined)`: what made it be taken back is what counts. */
export function isOfRollback({ after }: RuleInput, handler: Handler): boolean {
  const { line } = handler.range.start;
  const asked = [...callsInside(handler, after?.calls ?? []), ...(after?.calls.filter(({ range }) => range.start.line === line) ?? [])];
  return (
    handler.guarded.length > 0 &&
    handler.guarded.every((callee) => asked.some((call) => call.callee === callee && /^['"`]rollback\b/i.test(call.args[0] ?? '')))
  );
}
