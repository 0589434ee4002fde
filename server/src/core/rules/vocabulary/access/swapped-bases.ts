import type { Call } from '../../../model/facts.ts';
import type { Range } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { counterpartScope } from '../code/counterpart.ts';

/** What a procedure, an action or a route is built on: `protectedProcedure` that became `publicProcedure`. */
export interface SwappedBase {
  readonly was: string;
  readonly now: string;
  readonly range: Range;
}

const GUARDED_BASE =
  /^(?:protected|auth|authed|authenticated|authori[sz]ed|private|secure|secured|admin|signedIn|loggedIn|staff|member|restricted|guarded|with(?:Auth|User|Session|Role|Admin)|user|session|org|owner|tenant)(?:$|[A-Z_])/;
const OPEN_BASE = /^(?:public|open|base|anonymous|unprotected|plain|unauthenticated|insecure|guest|any|noAuth|without|t|root)(?:$|[A-Z_])/;

/** Chains that go on as before from an open base where a guarded one stood. */
export function swappedBases(input: RuleInput): readonly SwappedBase[] {
  return input.removed.calls.flatMap((old) => {
    const was = root(old);
    if (
      old.kind !== 'call' ||
      !GUARDED_BASE.test(was) ||
      !/[a-z](?:Procedure|Action|ActionClient|Client|Route|Router|Handler|Query|Mutation|Endpoint|Api|Resolver|Loader|Group)$/.test(was)
    )
      return [];
    const bare = was.replace(GUARDED_BASE, '').toLowerCase();
    const now = input.added.calls.find(
      (call) =>
        call.kind === 'call' &&
        call.callee.slice(root(call).length) === old.callee.slice(was.length) &&
        counterpartScope(input, old.scope) === call.scope &&
        root(call) !== was &&
        (OPEN_BASE.test(root(call)) || root(call).toLowerCase() === was.toLowerCase().slice(-root(call).length)) &&
        root(call).toLowerCase().endsWith(bare),
    );
    return now === undefined ? [] : [{ was, now: root(now), range: now.range }];
  });
}

function root({ callee }: Call): string {
  return /^[A-Za-z_$][\w$]*/.exec(callee)?.[0] ?? '';
}
