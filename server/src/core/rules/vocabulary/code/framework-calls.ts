import type { Call, SourceFacts } from '../../../model/facts.ts';
import { lastName } from './call-names.ts';
import { tokensOn } from './code-text.ts';
import { groupBy, keepOf } from './kept.ts';
import { escaped } from './literal-patterns.ts';

/**
 * Calls that a framework makes in front of a function, as if they stood in it: FastAPI's `Depends(it)` among its parameters, behind the
 * name of a type (`Paging = Annotated[Page, Depends(page_of)]`) or on its router, and the handlers that Express runs before a route's own
 * (test/facts/framework-calls.test.ts).
 */
export const frameworkCalls = keepOf((facts: SourceFacts): readonly Call[] => [...injected(facts), ...inFront(facts)]);

const INJECTS = /^(Depends|Security)$/;

function* injected(facts: SourceFacts): Iterable<Call> {
  const given = facts.calls.filter(({ callee, args }) => INJECTS.test(lastName(callee)) && /^[A-Za-z_][\w.]*(?:\(|$)/.test(args[0] ?? ''));
  if (given.length === 0) return;
  const decorated = groupBy(
    facts.calls.filter(({ kind }) => kind === 'decorator'),
    ({ scope }) => scope,
  );
  for (const call of given) {
    // `Depends(member_with('till'))` asks what that one gives.
    const maker = /^[\w.]+/.exec(call.args[0] ?? '')?.[0] ?? '';
    if (call.scope !== '') {
      yield madeIn(call.scope, maker, call);
      continue;
    }
    const line = tokensOn(facts, call.range.start.line, call.range.start.line).map(({ text }) => text);
    const name = line[line.indexOf('=') - 1];
    if (name === undefined) continue;
    for (const { kind, name: own, parameters } of facts.symbols) {
      if (kind !== 'function' && kind !== 'method') continue;
      const isTyped = parameters.some(({ type }) => type === name);
      const isRouted = decorated.get(own)?.some(({ callee }) => callee.startsWith(`${name}.`)) === true;
      if (isTyped || isRouted) yield madeIn(own, maker, call);
    }
  }
}

const ROUTE = /^([\s\S]+)\.(get|post|put|patch|delete|head|options|all)\('([^']*)'\)$/;

const ROUTES = /^(get|post|put|patch|delete|head|options|all|use)$/;

/** `app.get('/x', signedIn, …)`, `app.route('/x').all(signedIn).get(…)`, `app.use(signedIn)` above the route. */
function* inFront(facts: SourceFacts): Iterable<Call> {
  const routing = facts.calls.filter(({ callee }) => ROUTES.test(lastName(callee)));
  for (const { name: scope, startLine } of facts.scopes) {
    const [, router = '', method = '', path = ''] = ROUTE.exec(scope) ?? [];
    if (router === '') continue;
    const chain = new RegExp(`^${escaped(router)}\\s*\\.route\\('${escaped(path)}'\\)`);
    for (const call of routing) {
      const line = call.range.start.line;
      const isOwn = call.callee === `${router}.${method}` && call.args[0]?.slice(1, -1) === path;
      const isLink = chain.test(call.callee) && (lastName(call.callee) === 'all' || lastName(call.callee) === method);
      const isUsed = call.callee === `${router}.use` && line < startLine && !/^['"`]/.test(call.args[0] ?? '');
      if (!isOwn && !isLink && !isUsed) continue;
      for (const argument of call.args) {
        const [, handler] = /^([A-Za-z_$][\w$.]*)(?:\([^()]*\))?$/.exec(argument) ?? [];
        if (handler !== undefined && handler !== 'fn') yield madeIn(scope, handler, call);
      }
    }
  }
}

function madeIn(scope: string, callee: string, { range }: Call): Call {
  return { kind: 'call', callee, args: [], use: 'discarded', scope, range, key: `${callee} in front of ${scope}` };
}
