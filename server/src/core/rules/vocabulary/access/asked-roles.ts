import type { Call, Guard, SourceFacts } from '../../../model/facts.ts';
import type { Range } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { lastName, receiver } from '../code/call-names.ts';
import { counterpartScope, within } from '../code/counterpart.ts';
import { groupBy } from '../code/kept.ts';
import { answersIn } from '../guards/handed-guards.ts';
import { classesOfAction } from './action-permissions.ts';

/** More files than this that name a guard say that its name is a common one. */
const MOST_FILES = 8;
const DEEPEST = 4;

/** Who is let through by what stands in front of a function, by the names of roles. */
export interface AskedRoles {
  readonly roles: ReadonlySet<string>;
  /** Where it is said: the decorator, the entry of a table, the dependency. */
  readonly range: Range;
}

/** A function that asked for roles in its body, and what stands in front of it now asks for others as well. */
export interface RoleChange {
  readonly scope: string;
  readonly was: string;
  readonly gained: string;
  readonly range: Range;
}

/**
 * True where a lost condition that named roles is asked in front of its function now: by a decorator that is told them, a permission class
 * that names them (itself, in its base, for this action alone), a dependency. Whether it lets others through as well is another question.
 */
export function isAskedInFrontByRole(input: RuleInput, guard: Guard): boolean {
  const wanted = rolesOf(guard);
  return wanted.size > 0 && inFront(input, guard.scope).some(({ roles }) => [...wanted].some((role) => roles.has(role)));
}

/** Functions whose roles went in front of them and are more now: `@graded('foreman', 'driver')` where only a foreman could. */
export function* gainedRoles(input: RuleInput): Iterable<RoleChange> {
  const { before, after, hunk } = input;
  if (before === undefined || after === undefined) return;
  const { start, lines } = hunk.after;
  for (const [scope, guards] of groupBy(
    before.guards.filter((guard) => guard.scope !== '' && rolesOf(guard).size > 0),
    (guard) => guard.scope,
  )) {
    const now = counterpartScope(input, scope);
    const [guard] = guards;
    if (
      guard === undefined ||
      guards.length > 1 ||
      (now !== undefined && after.guards.some((other) => other.scope === now && rolesOf(other).size > 0))
    )
      continue;
    const wanted = rolesOf(guard);
    const asked = inFront(input, scope);
    // What must hold together lets through whom all of them let through.
    const own = asked.filter(({ roles }) => [...wanted].some((role) => roles.has(role)));
    const [least] = [...own].sort((a, b) => a.roles.size - b.roles.size);
    const gained = least === undefined ? undefined : [...least.roles].find((role) => !wanted.has(role));
    if (least === undefined || gained === undefined) continue;
    const { line } = least.range.start;
    if (line >= start && line < start + lines) yield { scope, was: [...wanted].join(', '), gained, range: least.range };
  }
}

/** The names in quotes that a condition compares with, where it refuses everybody else. */
function rolesOf(guard: Guard): ReadonlySet<string> {
  const refuses = guard.exit === 'throw' || guard.exit === 'answer';
  return new Set(
    refuses && /!==?|\bnot in\b|^!|^not /.test(guard.test) && !/ (?:and|&&) /.test(guard.test)
      ? answersIn(guard).filter((text) => !/^(?:role|roles|user|none|grade|group)$/.test(text))
      : [],
  );
}

function inFront(input: RuleInput, scope: string): readonly AskedRoles[] {
  const { after } = input;
  if (after === undefined) return [];
  const now = counterpartScope(input, scope);
  const found: AskedRoles[] = [];
  const add = (roles: ReadonlySet<string> | undefined, range: Range): void =>
    void (roles !== undefined && roles.size > 0 && found.push({ roles, range }));
  for (const call of after.calls) {
    if (now === undefined || (call.scope !== now && call.scope !== receiver(now))) continue;
    if (call.kind === 'decorator') add(toldTo(input, after, call), call.range);
    const made = /^(?:Depends|Security)$/.test(lastName(call.callee)) && call.scope === now ? call.args[0] : undefined;
    const [, callee, given] = /^([\w.]+)(?:\((.*)\))?$/s.exec(made ?? '') ?? [];
    if (callee !== undefined) add(toldTo(input, after, { ...call, callee, args: given === undefined ? [] : [given] }), call.range);
  }
  const owner = receiver(scope);
  if (owner !== '' && after.language === 'python')
    for (const { name, range } of classesOfAction(after, owner, lastName(scope))) add(rolesOfName(input, after, name, 0), range);
  return found;
}

/** The roles that a decorator or the maker of a dependency is told, where what it makes asks for them; else those that its own body names. */
function toldTo(input: RuleInput, after: SourceFacts, { callee, args }: Call): ReadonlySet<string> | undefined {
  const told = (args.join(' ').match(/(['"])[\w-]{3,40}\1/g) ?? []).map((text) => text.slice(1, -1).toLowerCase());
  if (told.length === 0 || args.some((argument) => /['"][^'"]*\(/.test(argument))) return rolesOfName(input, after, callee, 0);
  const own = declaring(input, after, lastName(callee));
  const isAsking = own.some((facts) => {
    const parameters = facts.symbols
      .filter(({ name }) => lastName(name) === lastName(callee))
      .flatMap((symbol) => symbol.parameters.map(({ name }) => name.replace(/^\*+/, '')));
    return [...facts.guards, ...facts.conditions].some(
      ({ scope, reads }) => scope.split('.').includes(lastName(callee)) && reads.some((name) => parameters.includes(name)),
    );
  });
  return isAsking ? new Set(told) : undefined;
}

/** The names that a permission class or a function without arguments compares with, or that its base is given to compare with. */
function rolesOfName(input: RuleInput, after: SourceFacts, callee: string, depth: number): ReadonlySet<string> | undefined {
  const name = lastName(callee);
  for (const facts of depth > DEEPEST ? [] : declaring(input, after, name)) {
    const isOwn = ({ scope }: { readonly scope: string }): boolean => within(scope, name);
    const asked = [...facts.guards, ...facts.conditions]
      .filter(isOwn)
      .flatMap(({ test }) => quoted(test.replace(/\bgetattr\([^()]*\)|\.get\([^()]*\)/g, '')));
    const listed = facts.options
      .filter((option) => option.scope === name && /role|grade|group|level|rank|allow|right|permission|scope/i.test(option.name))
      .flatMap(({ value }) => quoted(value));
    if (asked.length + listed.length > 0) return new Set([...asked, ...listed]);
    const bases = facts.symbols.find((symbol) => symbol.name === name && symbol.kind === 'class')?.type.match(/[A-Za-z_]\w*/g) ?? [];
    for (const base of bases) {
      const roles = rolesOfName(input, facts, base, depth + 1);
      if (roles !== undefined) return roles;
    }
  }
  return undefined;
}

function quoted(text: string): readonly string[] {
  return (text.match(/(['"])[\w-]{3,40}\1/g) ?? []).map((part) => part.slice(1, -1).toLowerCase());
}

/** Facts of the files that declare a function or a class: the own one, or others of the tree after. */
export function declaring(input: RuleInput, after: SourceFacts, name: string): readonly SourceFacts[] {
  const declares = (facts: SourceFacts): boolean => facts.scopes.some((place) => place.name === name);
  if (declares(after)) return [after];
  if (!/^[A-Za-z_]\w{2,}$/.test(name)) return [];
  const extension = input.path.slice(input.path.lastIndexOf('.'));
  const files = input.trees.after.mentioning(name, [extension]).filter((path) => path !== input.path);
  return files.length > MOST_FILES ? [] : files.flatMap((path) => input.factsAt('after', path) ?? []).filter(declares);
}
