import type { Call } from '../../../model/facts.ts';
import type { Range, Side } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { lastName, words } from '../code/call-names.ts';
import { changedCalls } from '../code/changed-calls.ts';
import { within } from '../code/counterpart.ts';
import { isExtracted } from '../code/scope-changes.ts';

/** A lock in a store that ended by itself and does not any more: whoever dies with it holds it for ever. */
export interface EndlessClaim {
  readonly side: Side;
  readonly range: Range;
  readonly callee: string;
}

/** `SET lock … NX EX 300` without its time, `SetNX(…, 0)`, `setIfAbsent(key, value)` without its duration, a lost `expire` behind `setnx`. */
export function* endlessClaims(input: RuleInput): Generator<EndlessClaim> {
  for (const { before, after } of changedCalls(input))
    if (isClaim(before) && isClaim(after) && hasEnd(before) && !hasEnd(after) && !endsElsewhere(input, after))
      yield { side: 'after', range: after.range, callee: after.callee };
  for (const call of input.removed.calls) {
    if (!/^p?expire(?:at)?$/i.test(lastName(call.callee)) || isExtracted(input, call)) continue;
    const claim = input.after?.calls.find((other) => within(other.scope, call.scope) && isClaim(other));
    if (claim !== undefined && !hasEnd(claim) && !endsElsewhere(input, claim))
      yield { side: 'before', range: call.range, callee: claim.callee };
  }
}

/** Set where nobody holds it, under a name that says what it is. */
function isClaim({ callee, args, scope, kind }: Call): boolean {
  const name = lastName(callee);
  const isOnce =
    /^(?:setnx|set_nx|setIfAbsent|putIfAbsent|trySet|set_if_not_exists)$/i.test(name) ||
    (/^set$/i.test(name) && args.some((argument) => /^['"]NX['"]$|\bNX: true\b|\bnx: true\b|^nx=True$|SetArgs/i.test(argument)));
  return (
    kind === 'call' &&
    isOnce &&
    /\b(?:lock|locks|locked|mutex|lease|claim|leader|semaphore|running|acquire)\b/.test(
      words(`${callee} ${args.join(' ')} ${lastName(scope)}`),
    )
  );
}

function hasEnd({ callee, args }: Call): boolean {
  if (/^SetNX$/.test(lastName(callee))) return args.length > 3 && !/^(?:0|time\.Duration\(0\)|redis\.KeepTTL)$/.test(args.at(-1) ?? '0');
  if (/^(?:setIfAbsent|trySet)$/.test(lastName(callee))) return args.length > 2;
  return args.some((argument) =>
    /^['"](?:EX|PX|EXAT|PXAT)['"]$|\b(?:EX|PX|ex|px|exat|pxat|ttl|TTL|expires?_?[iI]n|expiration)\b ?[:=]|^(?:ex|px|exat|pxat)=/.test(
      argument,
    ),
  );
}

function endsElsewhere({ after }: RuleInput, { scope }: Call): boolean {
  return (
    after?.calls.some((other) => within(other.scope, scope) && /^p?expire(?:at)?$|keepAlive|renew|extend/i.test(lastName(other.callee))) ===
    true
  );
}
