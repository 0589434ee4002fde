import type { Option } from '../../../model/facts.ts';
import type { Range } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { lastName } from '../code/call-names.ts';
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
  return [...ofChains(input), ...ofMembers(input)];
}

function ofChains(input: RuleInput): readonly SwappedBase[] {
  return input.removed.calls.flatMap((old) => {
    const was = root(old.callee);
    if (old.kind !== 'call' || !isGuardedBase(was)) return [];
    const now = input.added.calls.find(
      (call) =>
        call.kind === 'call' &&
        call.callee.slice(root(call.callee).length) === old.callee.slice(was.length) &&
        counterpartScope(input, old.scope) === call.scope &&
        isOpenFor(was, root(call.callee)),
    );
    return now === undefined ? [] : [{ was, now: root(now.callee), range: now.range }];
  });
}

/** The one member of a router by its name, `create: adminProcedure.input(…).mutation(…)`, whatever became of its input and of its file. */
function ofMembers({ before, after, removed }: RuleInput): readonly SwappedBase[] {
  return removed.options.flatMap((old) => {
    const was = root(old.value);
    if (!isGuardedBase(was) || !PROCEDURE.test(old.value)) return [];
    const isSame = ({ name, callee, value }: Option): boolean =>
      name === old.name && lastName(callee) === lastName(old.callee) && PROCEDURE.exec(value)?.[1] === PROCEDURE.exec(old.value)?.[1];
    const [now, ...others] = after?.options.filter(isSame) ?? [];
    const isOnly = before?.options.filter(isSame).length === 1 && others.length === 0;
    return now === undefined || !isOnly || !isOpenFor(was, root(now.value)) ? [] : [{ was, now: root(now.value), range: now.range }];
  });
}

const PROCEDURE = /\.(query|mutation|subscription|handler|action)\((?:fn|[\w$.]+)? ?\)$/;

function isGuardedBase(name: string): boolean {
  return (
    GUARDED_BASE.test(name) &&
    /[a-z](?:Procedure|Action|ActionClient|Client|Route|Router|Handler|Query|Mutation|Endpoint|Api|Resolver|Loader|Group)$/.test(name)
  );
}

/** `publicProcedure` or `procedure` for `adminProcedure`. */
function isOpenFor(was: string, now: string): boolean {
  const bare = was.replace(GUARDED_BASE, '').toLowerCase();
  return (
    now !== '' &&
    now !== was &&
    (OPEN_BASE.test(now) || now.toLowerCase() === was.toLowerCase().slice(-now.length)) &&
    now.toLowerCase().endsWith(bare)
  );
}

function root(text: string): string {
  return /^[A-Za-z_$][\w$]*/.exec(text)?.[0] ?? '';
}
