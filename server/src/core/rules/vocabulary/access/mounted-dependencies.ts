import type { Call, Option, SourceFacts } from '../../../model/facts.ts';
import type { Range, Side } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { lastName, words } from '../code/call-names.ts';
import { rangeOfLine, tokensOn } from '../code/code-text.ts';
import { factsInside } from '../code/facts-by-place.ts';
import { groupBy, keepOf } from '../code/kept.ts';
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
  for (const option of removed.options) {
    if (option.name !== 'dependencies' || !MOUNTS.test(lastName(option.callee))) continue;
    const old = before.calls.find((call) => call.callee === option.callee && factsInside([option], call.range).length > 0);
    const name = old === undefined ? '' : mountOf(before, old);
    const fresh = mountsOf(after).get(name);
    if (old === undefined || name === '' || fresh === undefined || fresh.length > 1) continue;
    const [asked, now] = [askedBy(before, old), askedBy(after, fresh[0])];
    const was = asked.find((one) => !now.includes(one) && !isMountedStill(input, one));
    if (was === undefined) continue;
    const place = fresh[0]?.range;
    const { start, lines } = hunk.after;
    const isHere = place !== undefined && place.start.line >= start && place.start.line < start + lines;
    const given = factsInside(removed.calls, option.range).find(isGiven)?.range ?? option.range;
    const came = now.filter((one) => !asked.includes(one));
    const [side, range] = isHere && came.length > 0 ? (['after', place] as const) : (['before', given] as const);
    yield { side, range, was, mount: old.args.find(isPositional) ?? name.slice(name.indexOf(' ') + 1), came };
  }
}

/** What all routes of a router or an application are asked, by the names of what is given: as many of them ask it as before. */
function isMountedStill(input: RuleInput, name: string): boolean {
  const asks = (option: Option, facts: SourceFacts | undefined): boolean =>
    option.name === 'dependencies' && MOUNTS.test(lastName(option.callee)) && namesIn(facts, option.value).includes(name);
  const count = (facts: SourceFacts | undefined): number => facts?.options.filter((option) => asks(option, facts)).length ?? 0;
  return count(input.after) >= count(input.before) || input.addedElsewhere().options.some((option) => asks(option, undefined));
}

/** True where all routes of this file are asked for it: by its router, or where another file of the change mounts it. */
export function isAskedOfAll(input: RuleInput, name: string): boolean {
  const asks = ({ name: option, callee, value }: Option): boolean =>
    option === 'dependencies' && MOUNTS.test(lastName(callee)) && namesIn(input.after, value).includes(name);
  return input.after?.options.some(asks) === true || isMountedBehind(input, name);
}

/** `include_router(tenants.router, dependencies=[Depends(superuser)])` that came to another file, of the module that this file is. */
function isMountedBehind(input: RuleInput, name: string): boolean {
  const parts = input.path.replace(/\.py$/, '').split('/');
  const own = parts.findLast((part) => !/^(?:__init__|routers?|routes|api|views|endpoints)$/.test(part)) ?? '';
  return input.addedElsewhere().calls.some(({ callee, args }) => {
    const list = args.find((argument) => /^dependencies=/.test(argument));
    const mounted = args.find(isPositional) ?? '';
    const isOwn = MOUNTS.test(lastName(callee)) && (mounted === '' || words(mounted).includes(words(own)));
    return isOwn && list !== undefined && namesIn(undefined, list).includes(name);
  });
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
function mountOf(facts: SourceFacts, call: Call): string {
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
  return call?.args.flatMap((argument) => (/^dependencies=/.test(argument) ? namesIn(facts, argument.slice(13)) : [])) ?? [];
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
