import type { Call, SourceFacts } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { lastName, shorten } from '../code/call-names.ts';
import { counterpartScope, within } from '../code/counterpart.ts';
import { keepOf } from '../code/kept.ts';
import { asksElsewhere } from '../code/scope-changes.ts';
import { isAccessName } from '../guards/guard-kinds.ts';
import { isIn, tailOf } from './chain-places.ts';

const LAYERS =
  /^(layer|route_layer|wrap|wrap_fn|guard|addFilterBefore|addFilterAfter|addFilter|addFilterAt|addInterceptor|addInterceptors)$/;

/** Of warp each filter of a route is one, `.and(with_auth())`. */
const isPut = ({ callee }: Call): boolean => LAYERS.test(lastName(callee)) || (callee.endsWith('.and') && callee.includes('warp::'));

const isLayer = (call: Call): boolean => isPut(call) && call.args.some(isAccessName);

const layersOf = keepOf(({ calls }: SourceFacts): readonly Call[] => calls.filter(isLayer));

/** A layer of a Rust router, or a filter or interceptor of a servlet container, that asked who calls and stands nowhere now. */
export function* lostLayers(input: RuleInput): Iterable<FindingDraft> {
  if (input.before === undefined || layersOf(input.before).length === 0) return;
  const kept = new Set(input.after === undefined ? [] : layersOf(input.after).map(({ key }) => key));
  for (const call of layersOf(input.before)) {
    // A chain belongs to the hunk that has its first line; the link that is gone may stand in another one.
    if (kept.has(call.key) || !isIn(input.hunk.before, tailOf(call))) continue;
    const scope = counterpartScope(input, call.scope);
    const layersIn = (side: readonly Call[] | undefined, at: string): number =>
      side?.filter((other) => isLayer(other) && within(other.scope, at)).length ?? 0;
    // A layer that stays has other words before it where the chain changed.
    if (scope === undefined || layersIn(input.after?.calls, scope) >= layersIn(input.before?.calls, call.scope)) continue;
    const stands = input.after?.calls.filter((other) => isPut(other) && isSameLayer(other, call)) ?? [];
    if (stands.length > 0 && !isLeftOutside(input, call, stands)) continue;
    const isAsked = asksElsewhere(input, call.scope);
    if (input.addedElsewhere().calls.some((other) => isLayer(other) && isSameLayer(other, call) && isAsked(other))) continue;
    const range = tailOf(call);
    const item = call.args.find(isAccessName) ?? '';
    yield {
      side: 'before',
      range,
      message: fitMessage(`\`${shorten(item, 36)}\` no longer guards \`${shorten(call.scope, 20) || 'the routes'}\``),
    };
  }
}

/** The same layer, whichever way its functions were brought in: `axum::middleware::from_fn(check)` and `from_fn(check)`. */
function isSameLayer(one: Call, other: Call): boolean {
  const plain = ({ args }: Call): string => args.join().replace(/\b\w+::(?=[a-z])/g, '');
  return plain(one) === plain(other);
}

/**
 * The layer held for one route, `.route('/x', get(show).route_layer(check))`, and no layer like it stands around that route now: the route
 * was put behind it, and a router asks the layers of what stands in front of them.
 */
function isLeftOutside({ before, after }: RuleInput, { callee, range }: Call, stands: readonly Call[]): boolean {
  const isRoute = (other: Call): boolean => lastName(other.callee) === 'route' && other.args.length === 2;
  const held = before?.calls.find(
    (other) =>
      isRoute(other) &&
      other.args[1]?.startsWith(callee) === true &&
      other.range.start.line <= range.start.line &&
      tailOf(other).end.line >= range.end.line,
  );
  const path = held?.args[0];
  if (path === undefined || after === undefined) return false;
  const now = after.calls.filter((other) => isRoute(other) && other.args[0] === path);
  return now.some(
    (route) =>
      stands.some((layer) => route.callee.startsWith(`${layer.callee}(`)) &&
      !stands.some(
        (layer) => layer.callee.replace(/\s/g, '').includes(`.route(${path},`) || route.args[1]?.startsWith(layer.callee) === true,
      ),
  );
}
