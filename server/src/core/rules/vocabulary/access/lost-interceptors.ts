import type { Call } from '../../../model/facts.ts';
import type { Range } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { lastName } from '../code/call-names.ts';
import { counterpartScope } from '../code/counterpart.ts';

/** A service of gRPC that an interceptor stood in front of, and stands in front of no more. */
export interface LostInterceptor {
  readonly item: string;
  readonly service: string;
  readonly range: Range;
}

/** `LedgerServer::with_interceptor(ledger, check_auth)` that became `LedgerServer::new(ledger)`, `ServerInterceptors.intercept(service, auth)`. */
export function* lostInterceptors(input: RuleInput, isItem: (name: string) => boolean): Iterable<LostInterceptor> {
  for (const call of input.removed.calls) {
    if (!PUTS_IN_FRONT.test(call.callee)) continue;
    const items = namesOf(call).filter(isItem);
    const [service = ''] = call.args;
    const scope = counterpartScope(input, call.scope);
    if (scope === undefined || items.length === 0) continue;
    const beside = (input.after?.calls ?? []).filter((other) => other.scope === scope);
    const isServed = beside.some((other) => !PUTS_IN_FRONT.test(other.callee) && other.args.some((argument) => argument.includes(service)));
    const [item] = items.filter((name) => !beside.some((other) => other.args.some((argument) => wordsOf(argument).includes(name))));
    const isReplaced = beside.some((other) => namesOf(other).some((name) => isItem(name) && !items.includes(name)));
    if (item !== undefined && isServed && !isReplaced) yield { item, service, range: call.range };
  }
}

const PUTS_IN_FRONT = /(?:::|\.)(?:with_interceptor|intercept|interceptForward)$|^InterceptedService::new$/;

function namesOf({ callee, args }: Call): readonly string[] {
  return /interceptor|layer|intercept/i.test(callee) ? args.slice(1).flatMap(wordsOf).map(lastName) : [];
}

function wordsOf(text: string): readonly string[] {
  return text.match(/[A-Za-z_$][\w$]*/g) ?? [];
}
