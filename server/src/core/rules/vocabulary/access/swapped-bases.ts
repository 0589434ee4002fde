import type { Option } from '../../../model/facts.ts';
import type { Range } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { lastName } from '../code/call-names.ts';
import { counterpartScope } from '../code/counterpart.ts';
import { roleLevel } from './role-lattice.ts';

/** What a procedure, an action or a route is built on: `protectedProcedure` that became `publicProcedure`. */
export interface SwappedBase {
  readonly was: string;
  readonly now: string;
  readonly range: Range;
}

const GUARDED_BASE =
  /^(?:protected|auth|authed|authenticated|authori[sz]ed|private|secure|secured|admin|signedIn|loggedIn|staff|member|restricted|guarded|with(?:Auth|User|Session|Role|Admin)|user|session|org|owner|tenant)(?:$|[A-Z_])/;
const OPEN_BASE = /^(?:public|open|base|anonymous|unprotected|plain|unauthenticated|insecure|guest|any|noAuth|without|t|root)(?:$|[A-Z_])/;

/** Whether one base asks less than the other. */
type IsLess = (was: string, now: string) => boolean;

/** Chains that go on as before from an open base where a guarded one stood. */
export function swappedBases(input: RuleInput): readonly SwappedBase[] {
  return [...ofChains(input, isOpenFor), ...ofMembers(input, isOpenFor)];
}

/** Chains that go on from the base of a lesser role: `ownerProcedure` that became `memberProcedure`. */
export function loweredBases(input: RuleInput): readonly SwappedBase[] {
  return [...ofChains(input, isLowerFor), ...ofMembers(input, isLowerFor), ...ofUses(input)];
}

function ofChains(input: RuleInput, isLess: IsLess): readonly SwappedBase[] {
  return input.removed.calls.flatMap((old) => {
    const was = root(old.callee);
    if (old.kind !== 'call' || !isGuardedBase(was)) return [];
    const now = input.added.calls.find(
      (call) =>
        call.kind === 'call' &&
        call.callee.slice(root(call.callee).length) === old.callee.slice(was.length) &&
        counterpartScope(input, old.scope) === call.scope &&
        isLess(was, root(call.callee)),
    );
    return now === undefined ? [] : [{ was, now: root(now.callee), range: now.range }];
  });
}

/** The one member of a router on the same base, whose own middleware asks for less: `.use(requireOwner)` to `.use(requireMember)`. */
function ofUses({ before, after, removed }: RuleInput): readonly SwappedBase[] {
  return removed.options.flatMap((old) => {
    const isSame = ({ name, callee, value }: Option): boolean =>
      name === old.name && callee === old.callee && root(value) === root(old.value) && PROCEDURE.test(value);
    const was = usedIn(old.value);
    const [now, ...others] = after?.options.filter(isSame) ?? [];
    const is = usedIn(now?.value ?? '');
    if (was === undefined || is === undefined || now === undefined || others.length > 0 || before?.options.filter(isSame).length !== 1)
      return [];
    return is.level < was.level && is.level > 0 ? [{ was: was.name, now: is.name, range: now.range }] : [];
  });
}

/** The middleware of a chain that asks for the most, by the role that it is named for. */
function usedIn(value: string): { readonly name: string; readonly level: number } | undefined {
  return [...value.matchAll(/\.use\(([A-Za-z_$][\w$.]*)\)/g)]
    .flatMap(([, name = '']) => {
      const word = lastName(name).replace(/^(?:require|ensure|assert|must_?be|is|has|only|with)_?(?=[A-Z])/, '');
      const level = NO_ROLE.test(word) ? undefined : roleLevel(word);
      return level === undefined ? [] : [{ name, level }];
    })
    .toSorted((one, other) => other.level - one.level)[0];
}

/** The one member of a router by its name, `create: adminProcedure.input(…).mutation(…)`, whatever became of its input and of its file. */
function ofMembers({ before, after, removed }: RuleInput, isLess: IsLess): readonly SwappedBase[] {
  return removed.options.flatMap((old) => {
    const was = root(old.value);
    if (!isGuardedBase(was) || !PROCEDURE.test(old.value)) return [];
    const isSame = ({ name, callee, value }: Option): boolean =>
      name === old.name && lastName(callee) === lastName(old.callee) && PROCEDURE.exec(value)?.[1] === PROCEDURE.exec(old.value)?.[1];
    const [now, ...others] = after?.options.filter(isSame) ?? [];
    const isOnly = before?.options.filter(isSame).length === 1 && others.length === 0;
    return now === undefined || !isOnly || !isLess(was, root(now.value)) ? [] : [{ was, now: root(now.value), range: now.range }];
  });
}

const PROCEDURE = /\.(query|mutation|subscription|handler|action)\((?:fn|[\w$.]+)? ?\)$/;

const BASE = /[a-z](Procedure|Action|ActionClient|Client|Route|Router|Handler|Query|Mutation|Endpoint|Api|Resolver|Loader|Group)$/;

function isGuardedBase(name: string): boolean {
  return BASE.test(name) && (GUARDED_BASE.test(name) || (levelOf(name) ?? 0) > 0);
}

/** A store that is read or written, and a client that acts as somebody, guard nobody. */
const NO_ROLE = /^(?:read|readonly|read_only|reader|write|writer|all|open|any|none)$/i;

/** What the first word of a base asks for, in the order of the roles; whoever has signed in is a user. */
function levelOf(name: string): number | undefined {
  const kind = BASE.exec(name)?.[1];
  if (kind === undefined || /^(?:Client|Api)$/.test(kind)) return undefined;
  const word = name.slice(0, -kind.length).replace(/^(?:with|require|as)(?=[A-Z])/, '');
  if (NO_ROLE.test(word)) return undefined;
  return /^(?:protected|auth|authed|authorized|private|secure|secured|signedIn|loggedIn|authorised)$/i.test(word) ? 1 : roleLevel(word);
}

/** `memberProcedure` or `protectedProcedure` for `ownerProcedure`. */
function isLowerFor(was: string, now: string): boolean {
  const [from, to] = [levelOf(was), levelOf(now)];
  return from !== undefined && to !== undefined && to > 0 && to < from && BASE.exec(was)?.[1] === BASE.exec(now)?.[1];
}

/** `publicProcedure` or `procedure` for `adminProcedure`. */
function isOpenFor(was: string, now: string): boolean {
  const bare = was.replace(GUARDED_BASE, '').toLowerCase();
  return (
    now !== '' &&
    now !== was &&
    (OPEN_BASE.test(now) || bareName(now) === was.toLowerCase().slice(-bareName(now).length)) &&
    now.toLowerCase().endsWith(bare)
  );
}

const bareName = (name: string): string => name.slice(name.indexOf('.') + 1).toLowerCase();

function root(text: string): string {
  // `t.procedure` of tRPC is the base of all others.
  return /^(?:t|trpc|api)\.procedure\b|^[A-Za-z_$][\w$]*/.exec(text)?.[0] ?? '';
}
