import type { Call, SourceFacts } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { lastName, shorten } from '../code/call-names.ts';
import { counterpartScope } from '../code/counterpart.ts';
import { keepOf } from '../code/kept.ts';

/** Middleware, an interceptor or an annotation that kept a request to one time and is mounted no more: `@UseInterceptors(IdempotencyInterceptor)`. */
export function* lostOnceMounts(input: RuleInput): Iterable<FindingDraft> {
  const { before, after } = input;
  if (before === undefined || after === undefined) return;
  const told = new Set<number>();
  for (const call of input.removed.calls) {
    const name = namedBy(call);
    const { line } = call.range.start;
    if (name === undefined || told.has(line)) continue;
    const scope = counterpartScope(input, call.scope);
    if (scope === undefined || (call.kind === 'decorator' && isOnOwner(after, scope))) continue;
    // As many as before stand in the file, wherever they stand; or another file of the change mounts it.
    if (mountsOf(after).length >= mountsOf(before).length || input.addedElsewhere().calls.some((other) => namedBy(other) !== undefined))
      continue;
    if (call.kind !== 'decorator' && !after.calls.some(({ callee }) => ROUTES.test(lastName(callee)))) continue;
    told.add(line);
    yield {
      side: 'before',
      range: call.range,
      message: fitMessage(`\`${shorten(name, 30)}\` is gone: \`${shorten(scope || 'a request', 26)}\` may happen twice`),
    };
  }
}

/** What a call mounts that keeps to one time, or what it is itself. */
function namedBy({ kind, callee, args }: Call): string | undefined {
  const own = lastName(callee);
  if (kind === 'decorator') return [own, ...args].map((text) => ONCE.exec(text)?.[0]).find(Boolean);
  if (!MOUNTS.test(own) && !ROUTES.test(own)) return undefined;
  return args
    .map((text) => (/^['"`{]/.test(text) ? undefined : ONCE.exec(text)?.[0]))
    .find((name) => name !== undefined && !/key$/i.test(name));
}

const ONCE = /(?<![\w'"`/])(?:[\w.:]*(?:\.|::))?\w*(?:[iI]dempoten|[dD]edup(?!licat))\w*/;
const MOUNTS =
  /^(?:use|Use|With|with|UseInterceptors|useGlobalInterceptors|addFilter\w*|layer|route_layer|wrap|add_middleware|register|Group|route)$/;
const ROUTES =
  /^(?:post|put|patch|delete|Post|Put|Patch|Delete|POST|PUT|PATCH|DELETE|HandleFunc|Handle|Method|MethodFunc|route|add_api_route|add_url_rule|all)$/;

const mountsOf = keepOf(({ calls }: SourceFacts) => calls.filter((call) => namedBy(call) !== undefined));

/** The class that the method stands in says it for all of its methods. */
function isOnOwner(after: SourceFacts, scope: string): boolean {
  return mountsOf(after).some(({ kind, scope: own }) => kind === 'decorator' && (own === scope || scope.startsWith(`${own}.`)));
}
