import type { Call } from '../../../model/facts.ts';
import type { Range } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { lastName } from '../code/call-names.ts';
import { within } from '../code/counterpart.ts';

/** A right that was given for some things of a kind, and is given for all of them now. */
export interface LostGrantCondition {
  readonly range: Range;
  /** What may be done to what: `'update', 'Invoice'`. */
  readonly right: string;
  /** The condition that went. */
  readonly was: string;
}

const GIVES = /^(?:can|allow|grant|permit|addPermission|addRule|definePermission)$/;

/** `can('update', 'Invoice', { ownerId: user.id })` that became `can('update', 'Invoice')`, as abilities are written (CASL, CanCan). */
export function* lostGrantConditions({ removed, added, before, after }: RuleInput): Generator<LostGrantCondition> {
  for (const old of removed.calls) {
    const was = conditionOf(old);
    if (was === undefined) continue;
    const [action, subject] = old.args;
    const now = added.calls.find(
      (call) =>
        call.callee === old.callee &&
        (call.args[0] === action || /^['"`](?:manage|all)['"`]$/.test(call.args[0] ?? '')) &&
        call.args[1] === subject &&
        conditionOf(call) === undefined,
    );
    if (now === undefined) continue;
    // A rule behind it takes the rest back, which did not stand there before.
    const stood = new Set(before?.calls.map(({ key }) => key));
    const isTakenBack = after?.calls.some(
      (call) =>
        /^(?:cannot|deny|forbid)$/.test(lastName(call.callee)) &&
        call.args[1] === subject &&
        within(call.scope, now.scope) &&
        !stood.has(call.key),
    );
    if (isTakenBack !== true) yield { range: now.range, right: `${now.args[0]}, ${subject}`, was };
  }
}

/** What a grant asks of the thing itself: an object with something in it, or a name that holds one. */
function conditionOf({ callee, args }: Call): string | undefined {
  if (!GIVES.test(lastName(callee)) || args.length < 2) return undefined;
  const last = args.at(-1) ?? '';
  return args.length > 2 && !/^\{\s*\}$|^\[|^['"`]|^(?:null|undefined)$/.test(last) ? last : undefined;
}
