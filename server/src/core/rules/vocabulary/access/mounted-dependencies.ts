import type { Call, SourceFacts } from '../../../model/facts.ts';
import type { Range, Side } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { lastName, receiver } from '../code/call-names.ts';
import { rangeOfLine, tokensOn } from '../code/code-text.ts';
import { factsInside } from '../code/facts-by-place.ts';
import { groupBy, keepOf } from '../code/kept.ts';
import { escaped } from '../code/literal-patterns.ts';
import { tokenTexts } from '../code/token-lines.ts';

/** A router, or the whole application, whose routes were all asked something that they are not asked any more. */
export interface LostMount {
  readonly side: Side;
  readonly range: Range;
  /** What was asked, `require_admin`, and of what. */
  readonly was: string;
  readonly mount: string;
  /** What is asked there for the first time now; empty where it is nothing. */
  readonly came: readonly string[];
}

const MOUNTS = /^(?:include_router|APIRouter|FastAPI)$/;
const GIVEN = /\b(?:Depends|Security)\((\w[\w.]*(?:\([^()]*\))?)/g;

/** FastAPI: `include_router(admin.router, dependencies=[Depends(require_admin)])`, and the same list of a router or of the application. */
export function* lostMounts(input: RuleInput): Iterable<LostMount> {
  const { before, after, removed, hunk } = input;
  if (before === undefined || after?.language !== 'python') return;
  for (const old of mountsTouched(before, removed)) {
    const name = mountOf(before, old);
    const fresh = mountsOf(after).get(name);
    if (name === '' || fresh === undefined || fresh.length > 1) continue;
    const [asked, now] = [askedBy(before, old), askedBy(after, fresh[0])];
    const was = asked.find((one) => !now.includes(one) && !isMountedStill(input, old, one));
    if (was === undefined) continue;
    const place = fresh[0]?.range;
    const { start, lines } = hunk.after;
    const isHere = place !== undefined && place.start.line >= start && place.start.line < start + lines;
    const list = factsInside(before.options, old.range).find((each) => each.name === 'dependencies' && each.callee === old.callee);
    // It is told where the list stood, and not where another argument of the same call changed.
    const line = (list ?? old).range.start.line;
    if (line < hunk.before.start || line >= hunk.before.start + Math.max(hunk.before.lines, 1)) continue;
    const given = factsInside(removed.calls, (list ?? old).range).find(isGiven)?.range ?? (list ?? old).range;
    const came = now.filter((one) => !asked.includes(one));
    const [side, range] = isHere && came.length > 0 ? (['after', place] as const) : (['before', given] as const);
    yield { side, range, was, mount: old.args.find(isPositional) ?? name.slice(name.indexOf(' ') + 1), came };
  }
}

/** Calls of the before side that ask something of all routes and are not as they were: themselves, or in one of their arguments. */
function mountsTouched(before: SourceFacts, { calls, options }: RuleInput['removed']): ReadonlySet<Call> {
  const isMount = ({ callee, args }: Call): boolean => MOUNTS.test(lastName(callee)) && args.some((argument) => ASKS.test(argument));
  const lists = options.filter(({ name, callee }) => name === 'dependencies' && MOUNTS.test(lastName(callee)));
  const around = lists.flatMap((option) =>
    before.calls.filter((call) => call.callee === option.callee && factsInside([option], call.range).length > 0).slice(0, 1),
  );
  return new Set([...calls.filter((call) => call.kind === 'call' && isMount(call)), ...around]);
}

/**
 * The routes of a mount are asked by something else that they stand behind: the application, the router that it was included in, another
 * mount of the same router, the router in its own file; of an application, by each router that it includes.
 */
function isMountedStill(input: RuleInput, old: Call, asked: string): boolean {
  const { after } = input;
  if (after === undefined) return true;
  const own = lastName(old.callee);
  const asks = (call: Call): boolean => askedBy(after, call).includes(asked);
  const all = [...mountsOf(after).values()].flat();
  const includes = all.filter(({ callee }) => lastName(callee) === 'include_router');
  if (own === 'FastAPI') return includes.length > 0 && includes.every(asks);
  const mounted = own === 'include_router' ? (old.args.find(isPositional) ?? '') : (mountOf(input.before, old).split(' ')[1] ?? '');
  const isOuter = (call: Call): boolean =>
    lastName(call.callee) === 'FastAPI' ||
    (own === 'include_router' && mountOf(after, call) === `APIRouter ${receiver(old.callee)}`) ||
    call.args.find(isPositional) === mounted;
  if (all.some((call) => isOuter(call) && asks(call))) return true;
  return own === 'include_router' ? asksItself(input, mounted, asked) : isMountedBehind(input, asked);
}

/** True where the routes of a function, or of the whole file, are asked for it: by their router, or where another file of the change mounts it. */
export function isAskedOfAll(input: RuleInput, name: string, scope: string): boolean {
  const { after } = input;
  if (after === undefined) return false;
  const asks = [...mountsOf(after).values()].flat().filter((call) => askedBy(after, call).includes(name));
  return asks.some((call) => isOver(after, call, scope)) || isMountedBehind(input, name);
}

/** What stood in the list of a mount, asked by something else that its routes stand behind. */
export function isAskedBehindMount(input: RuleInput, given: Call): boolean {
  const mounts = input.before === undefined ? [] : [...mountsOf(input.before).values()].flat();
  const mount = mounts.find(({ range }) => factsInside([given], range).length > 0);
  return mount !== undefined && isMountedStill(input, mount, given.args[0] ?? '');
}

/** True for what stands in the list of another router of the file than that of a function's routes. */
export function isOfOtherRouter(facts: SourceFacts | undefined, given: Call, scope: string): boolean {
  if (facts === undefined) return false;
  const mount = [...mountsOf(facts).values()].flat().find((call) => factsInside([given], call.range).length > 0);
  return mount !== undefined && !isOver(facts, mount, scope);
}

/** The mount holds the routes of a function; where nothing says which router it is on, each one may. */
function isOver(facts: SourceFacts, mount: Call, scope: string): boolean {
  const marks = facts.calls.filter((call) => call.kind === 'decorator' && call.scope === scope && scope !== '');
  const routers = new Set(marks.map(({ callee }) => receiver(callee)).filter((name) => name !== ''));
  if (routers.size === 0 || routers.has(mountOf(facts, mount).split(' ')[1] ?? '')) return true;
  return lastName(mount.callee) === 'FastAPI' && [...mountsOf(facts).values()].flat().some(({ args }) => routers.has(args[0] ?? ''));
}

/** `include_router(tenants.router, dependencies=[Depends(superuser)])` that came to another file, of the module that this file is. */
function isMountedBehind(input: RuleInput, name: string): boolean {
  const own = moduleOf(input.path);
  const [folder = ''] = input.path.split('/');
  return filesThatAsk(input, name).some(({ path, facts }) => {
    const isOwn = (call: Call): boolean => {
      const mounted = call.args.find(isPositional) ?? '';
      return lastName(call.callee) === 'include_router' && mounted !== '' && isOf(facts, mounted, own);
    };
    return facts.calls.some((call) => {
      if (!MOUNTS.test(lastName(call.callee)) || !askedBy(facts, call).includes(name)) return false;
      // A program asks it of all that it holds; another router only of what it includes.
      if (lastName(call.callee) === 'FastAPI') return path.startsWith(`${folder}/`) || folder === input.path;
      const router = mountOf(facts, call).split(' ')[1];
      return isOwn(call) || facts.calls.some((other) => isOwn(other) && receiver(other.callee) === router);
    });
  });
}

/** The module of a mounted router, `admin` of `admin.router`, asks it of all of its routes by itself now. */
function asksItself(input: RuleInput, mounted: string, name: string): boolean {
  return filesThatAsk(input, name).some(
    ({ path, facts }) =>
      isOf(input.after, mounted, moduleOf(path)) &&
      facts.calls.some((call) => lastName(call.callee) === 'APIRouter' && askedBy(facts, call).includes(name)),
  );
}

/** Other files of the program that name what is asked, where the change brought another list of dependencies to one of them. */
function filesThatAsk({ addedElsewhere, trees, path: own, factsAt }: RuleInput, name: string): readonly Asking[] {
  const came = addedElsewhere();
  const isNew = came.calls.some(({ callee, args }) => MOUNTS.test(lastName(callee)) && args.some((argument) => ASKS.test(argument)));
  if (!isNew && !came.options.some(({ name: option, callee }) => option === 'dependencies' && MOUNTS.test(lastName(callee)))) return [];
  const paths = trees.after.mentioning(lastName(name.split('(')[0] ?? ''), ['.py']).filter((path) => path !== own);
  return paths.slice(0, MOST_FILES).flatMap((path) => {
    const facts = factsAt('after', path);
    return facts === undefined ? [] : [{ path, facts }];
  });
}

interface Asking {
  readonly path: string;
  readonly facts: SourceFacts;
}

const MOST_FILES = 8;
const ASKS = /^dependencies=/;
/** How modules and names of routers are called beside what they are about. */
const GENERIC = /^(?:__init__|routers?|routes|api|views|endpoints)$/;

/** `tenants` of `app/api/tenants.py` and of `app/tenants/router.py`. */
function moduleOf(path: string): string {
  const parts = path.replace(/\.py$/, '').split('/');
  return parts.findLast((part) => !GENERIC.test(part)) ?? '';
}

/** `tenants.router`, `tenants_router`, or a name that was imported from the module. */
function isOf(facts: SourceFacts | undefined, mounted: string, module: string): boolean {
  const parts = mounted.split('.').map((part) => part.replace(/_(?:routers?|routes|api)$/, ''));
  if (module === '' || parts.some((part) => part === module || `${part}_router` === module)) return module !== '';
  const line = new RegExp(
    `^from [\\w.]*\\b${escaped(module)}(?:\\.\\w+)? import [^\\n]*\\b${escaped(mounted.split('.')[0] ?? '')}\\b`,
    'm',
  );
  return line.test(facts?.text ?? '');
}

/** What a program itself puts in the place of a dependency: `app.dependency_overrides[current_user] = lambda: …`, which is for tests. */
export function* overriddenDependencies(input: RuleInput): Iterable<{ readonly name: string; readonly range: Range }> {
  const { after, hunk } = input;
  if (after?.language !== 'python' || !tokenTexts(after).has('dependency_overrides')) return;
  for (const [at, text] of hunk.added.entries()) {
    const name = /\bdependency_overrides\[([\w.]+)\]\s*=(?!=)/.exec(text)?.[1];
    const line = hunk.after.start + at;
    if (name !== undefined) yield { name, range: rangeOfLine(input, 'after', line) };
  }
}

const isPositional = (argument: string): boolean => !/^\w+=/.test(argument);
const isGiven = ({ callee }: Call): boolean => /^(?:Depends|Security)$/.test(lastName(callee));

/** A mount by what it mounts, a router or an application by the name that it is given. */
function mountOf(facts: SourceFacts | undefined, call: Call): string {
  const own = lastName(call.callee);
  const of =
    own === 'include_router' ? call.args.find(isPositional) : tokensOn(facts, call.range.start.line, call.range.start.line)[0]?.text;
  return of === undefined ? '' : `${own} ${of}`;
}

const mountsOf = keepOf((facts: SourceFacts) =>
  groupBy(
    facts.calls.filter(({ callee, kind }) => kind === 'call' && MOUNTS.test(lastName(callee))),
    (call) => mountOf(facts, call),
  ),
);

function askedBy(facts: SourceFacts, call: Call | undefined): readonly string[] {
  return call?.args.flatMap((argument) => (ASKS.test(argument) ? namesIn(facts, argument.slice(13)) : [])) ?? [];
}

/** The names in a list, or in the list that this file gives a name: `dependencies=ADMIN`, `ADMIN = [Depends(require_admin)]`. */
function namesIn(facts: SourceFacts | undefined, list: string): readonly string[] {
  const written = [...list.matchAll(GIVEN)].map(([, name = '']) => name);
  const names = new Set(list.match(/\b[A-Za-z_]\w+\b(?!\s*\()/g));
  const behind = (facts?.calls ?? []).filter(
    (call) => call.scope === '' && isGiven(call) && names.has(tokensOn(facts, call.range.start.line, call.range.start.line)[0]?.text ?? ''),
  );
  return [...written, ...behind.flatMap(({ args }) => args[0] ?? [])];
}
