import type { Call, SourceFacts } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { lastName, receiver, shorten } from '../code/call-names.ts';
import { within } from '../code/counterpart.ts';
import { holdsLine } from '../code/hunk-lines.ts';

/**
 * Python's views that went to another router of their file: `@router.get` of `APIRouter(dependencies=[Depends(require_staff)])` is
 * `@exports.get` now, and nothing asks for whoever calls `exports`. Told where a new router is made, else at the view. Nothing is
 * said where the new router is not made in the file. `isItem` judges by name.
 */
export function* redecoratedRoutes(input: RuleInput, isItem: (name: string) => boolean): Iterable<FindingDraft> {
  const { before, after, path } = input;
  if (before === undefined || after === undefined || !/\.pyi?$/.test(path)) return;
  // What is new may be a guard under a name that says little.
  const mayAsk = (name: string): boolean => isItem(name) || MAY_ASK.test(name);
  const told = new Set<string>();
  for (const now of after.calls) {
    const router = receiver(now.callee);
    if (!isView(now) || told.has(router)) continue;
    const old = before.calls.filter((other) => isView(other) && other.scope === now.scope);
    const was = old.length === 1 ? receiver(old[0]?.callee ?? '') : '';
    const made = makerOf(after, router);
    if (was === '' || was === router || made === undefined) continue;
    const place = isMade(before, router) ? now : made;
    if (!isOnHunk(input, place)) continue;
    const lost = guardsOf(input, 'before', was).find(isItem);
    if (lost === undefined || guardsOf(input, 'after', router).some(mayAsk) || asksItself(before, after, now, mayAsk)) continue;
    told.add(router);
    yield {
      side: 'after',
      range: place.range,
      message: fitMessage(
        `\`${shorten(lost, 26)}\` no longer guards \`${shorten(now.scope, 26)}\`, which is of \`${shorten(router, 16)}\` now`,
      ),
      ...(place === now ? {} : { related: [{ path, line: now.range.start.line, message: 'the view now' }] }),
    };
  }
}

const MAY_ASK = /(^|[._])(require|ensure|verify|check|must|only|current|auth\w*|user|role|scope|permission|login)/i;

/** A decorator that registers what stands below it under an address: `@bp.delete(…)`. */
export function isView({ kind, callee }: Call): boolean {
  return (
    kind === 'decorator' &&
    /^(get|post|put|patch|delete|route|api_route|websocket|api_operation)$/.test(lastName(callee)) &&
    receiver(callee) !== ''
  );
}

const MAKERS = /(^|\.)(APIRouter|FastAPI|Blueprint|Flask|Router|NinjaAPI|APIBlueprint|Sanic|Quart)$/;

/** The call whose result a router's name is given to. */
function makerOf(facts: SourceFacts, router: string): Call | undefined {
  return facts.calls.find(({ callee, range }) => {
    if (!MAKERS.test(callee)) return false;
    const at = facts.tokens.findIndex(({ line }) => line === range.start.line);
    return facts.tokens[at]?.text === router && /^[=:]$/.test(facts.tokens[at + 1]?.text ?? '');
  });
}

function isMade(facts: SourceFacts, router: string): boolean {
  return makerOf(facts, router) !== undefined;
}

/** What a router asks of all its routes: where it is made, where it is put, in front of each request, and by the router around it. */
function guardsOf(input: RuleInput, side: 'before' | 'after', router: string, depth = 0): readonly string[] {
  const facts = input[side];
  if (facts === undefined || depth > DEEPEST) return [];
  const asked = makerOf(facts, router)?.args.filter((argument) => ASKS.test(argument)) ?? [];
  const hooks = facts.calls.filter(({ callee }) => callee === `${router}.before_request`);
  const others = input.trees[side].mentioning(router, ['.py']).filter((path) => path !== input.path);
  const around = others.length > MOST_FILES ? [] : others.flatMap((path) => input.factsAt(side, path)?.calls ?? []);
  const mounts = [...facts.calls, ...around].filter(
    ({ callee, args }) =>
      /^(include_router|register_blueprint|add_router|mount)$/.test(lastName(callee)) &&
      args.some((argument) => lastName(argument) === router),
  );
  const outer = mounts
    .filter((mount) => facts.calls.includes(mount))
    .flatMap(({ callee }) => guardsOf(input, side, receiver(callee), depth + 1));
  return [
    ...[...asked, ...mounts.flatMap(({ args }) => args.filter((argument) => ASKS.test(argument)))].flatMap(namesIn),
    ...hooks.flatMap(({ kind, scope, args }) => (kind === 'decorator' ? [scope] : args)),
    ...outer,
  ];
}

const DEEPEST = 3;
/** A router of more files than this has a common name. */
const MOST_FILES = 12;
const ASKS = /^(dependencies|auth|decorators|middleware|guards|permissions)\s*=/;

/** `require_staff` of `dependencies=[Depends(require_staff)]`. */
function namesIn(argument: string): readonly string[] {
  return (argument.slice(argument.indexOf('=') + 1).match(/[A-Za-z_][\w.]*/g) ?? []).filter(
    (name) => !/^(Depends|Security|fastapi)$/.test(name),
  );
}

/** The view took the question over: its own dependency, another decorator, or a call in it. */
function asksItself(before: SourceFacts, after: SourceFacts, view: Call, isItem: (name: string) => boolean): boolean {
  const asks = (facts: SourceFacts): readonly string[] =>
    facts.calls
      .filter(({ scope }) => within(scope, view.scope))
      .flatMap(({ callee, args }) => [callee, ...args.flatMap(namesIn)])
      .filter(isItem);
  const had = new Set(asks(before));
  return asks(after).some((name) => !had.has(name));
}

function isOnHunk({ hunk }: RuleInput, { range }: Call): boolean {
  return holdsLine(hunk.after, range.start.line);
}
