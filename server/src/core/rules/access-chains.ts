import type { Call } from '../model/facts.ts';
import type { FindingDraft } from '../model/finding.ts';
import type { Range } from '../model/range.ts';
import { lastName, receiver, shorten } from './call-names.ts';
import { counterpartScope, within } from './counterpart.ts';
import type { RuleInput } from './define.ts';
import { isAccessName } from './guard-kinds.ts';
import { fitMessage } from './quote.ts';

/**
 * Access rules that are written as one long chain of calls: Spring Security's `requestMatchers(…).hasRole(…)`, the layers of a
 * Rust router, the filters and interceptors of a servlet container.
 */
export function* lostChains(input: RuleInput): Iterable<FindingDraft> {
  yield* openedMatchers(input);
  yield* forgeryChecksOff(input);
  yield* lostLayers(input);
}

const STRICT =
  /^(authenticated|fullyAuthenticated|hasRole|hasAnyRole|hasAuthority|hasAnyAuthority|hasPermission|access|denyAll|rememberMe)$/;
const OPEN = /^(permitAll|anonymous)$/;
const MATCHER =
  /(?:^|\.)(anyRequest\(\)|anyExchange\(\)|(?:requestMatchers|antMatchers|mvcMatchers|pathMatchers|regexMatchers)\([^()]*(?:\([^()]*\)[^()]*)*\))$/;

/** What each matcher of a side demands, by the matcher's text. */
function matchersOf(calls: readonly Call[]): ReadonlyMap<string, Call> {
  const found = new Map<string, Call>();
  for (const call of calls) {
    const name = lastName(call.callee);
    const matcher = STRICT.test(name) || OPEN.test(name) ? MATCHER.exec(receiver(call.callee))?.[1] : undefined;
    if (matcher !== undefined && !found.has(matcher)) found.set(matcher, call);
  }
  return found;
}

function* openedMatchers(input: RuleInput): Iterable<FindingDraft> {
  const before = matchersOf(input.before?.calls ?? []);
  const after = matchersOf(input.after?.calls ?? []);
  const rest = after.get('anyRequest()') ?? after.get('anyExchange()');
  for (const [matcher, old] of before) {
    if (!STRICT.test(lastName(old.callee))) continue;
    const now = after.get(matcher);
    const shown = shorten(matcher, 34);
    if (now !== undefined && OPEN.test(lastName(now.callee))) {
      const range = tailOf(now);
      if (isIn(input.hunk.after, range)) yield { side: 'after', range, message: fitMessage(`\`${shown}\` is open to everybody now`) };
    } else if (now === undefined && after.size > 0 && rest !== undefined && OPEN.test(lastName(rest.callee))) {
      const range = tailOf(old);
      if (isIn(input.hunk.before, range))
        yield { side: 'before', range, message: fitMessage(`\`${shown}\` falls to what is open to everybody`) };
    }
  }
}

/** Protection against forged requests, switched off in a chain that had it. */
function* forgeryChecksOff(input: RuleInput): Iterable<FindingDraft> {
  const isOff = (call: Call): boolean =>
    (lastName(call.callee) === 'disable' && /csrf/i.test(receiver(call.callee))) ||
    (lastName(call.callee) === 'csrf' && call.args.some((argument) => /disable/.test(argument)));
  if (input.before === undefined || input.before.calls.some(isOff)) return;
  for (const call of input.added.calls) {
    if (!isOff(call)) continue;
    const range = tailOf(call);
    if (!isIn(input.hunk.after, range)) continue;
    yield {
      side: 'after',
      range,
      message: fitMessage(`\`${shorten(call.callee.slice(-30), 30)}\` lets forged requests in`),
      severity: 'high',
    };
    return;
  }
}

const LAYERS =
  /^(layer|route_layer|wrap|wrap_fn|guard|addFilterBefore|addFilterAfter|addFilter|addFilterAt|addInterceptor|addInterceptors)$/;

function* lostLayers(input: RuleInput): Iterable<FindingDraft> {
  const isLayer = (call: Call): boolean => LAYERS.test(lastName(call.callee)) && call.args.some(isAccessName);
  for (const call of input.removed.calls) {
    if (!isLayer(call)) continue;
    const scope = counterpartScope(input, call.scope);
    const name = (side: readonly Call[] | undefined, at: string): number =>
      side?.filter((other) => isLayer(other) && within(other.scope, at)).length ?? 0;
    // A layer that stays has other words before it where the chain changed.
    if (scope === undefined || name(input.after?.calls, scope) >= name(input.before?.calls, call.scope)) continue;
    if (input.after?.calls.some((other) => other.args.join() === call.args.join() && LAYERS.test(lastName(other.callee))) === true)
      continue;
    const range = tailOf(call);
    if (!isIn(input.hunk.before, range)) continue;
    const item = call.args.find(isAccessName) ?? '';
    yield {
      side: 'before',
      range,
      message: fitMessage(`\`${shorten(item, 36)}\` no longer guards \`${shorten(call.scope, 20) || 'the routes'}\``),
    };
  }
}

/** The last link of a chain, where the chain begins many lines above. */
function tailOf(call: Call): Range {
  const { end } = call.range;
  const length = lastName(call.callee).length + call.args.join(', ').length + 2;
  return { start: { line: end.line, character: Math.max(0, end.character - length) }, end };
}

function isIn(span: RuleInput['hunk']['after'], range: Range): boolean {
  return span.start <= range.end.line && range.end.line < span.start + Math.max(1, span.lines);
}
