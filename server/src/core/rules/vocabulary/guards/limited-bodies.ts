import type { Call, Guard } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { lastName } from '../code/call-names.ts';
import { numberIn } from '../code/computed-numbers.ts';
import { counterpartScope, within } from '../code/counterpart.ts';
import { escaped } from '../code/literal-patterns.ts';

/**
 * True where what reads the body stops at the number that its announced length was held against: `r.ContentLength > maxUpload` beside
 * `http.MaxBytesReader(w, r.Body, maxUpload)`, or a handler behind `http.MaxBytesHandler(next, maxUpload)` or a layer of its router.
 */
export function isBodyLimited(input: RuleInput, guard: Guard): boolean {
  const { before, after } = input;
  const bound = ANNOUNCED.exec(guard.test)?.[1];
  const scope = counterpartScope(input, guard.scope);
  const most = bound === undefined ? undefined : numberIn(bound, before);
  if (after === undefined || most === undefined || scope === undefined || scope === '') return false;
  const isEnough = ({ callee, args }: Call): boolean =>
    LIMITS.test(callee) && args.some((argument) => (numberIn(argument, after) ?? Number.POSITIVE_INFINITY) <= most);
  return after.calls.some((limit) => isEnough(limit) && (within(limit.scope, scope) || standsInFront(after.calls, limit, lastName(scope))));
}

const ANNOUNCED = /^(?:\w+\.)*(?:ContentLength|content_length(?:\(\))?|getContentLength(?:Long)?\(\)) > ([\w.:]+)$/;
const LIMITS = /(?:^|\.)(?:MaxBytesReader|MaxBytesHandler|RequestSize)$|\bDefaultBodyLimit::max$|\bRequestBodyLimitLayer::new$/;
const IN_FRONT = /^(?:use|Use|With|layer|route_layer|wrap)$/;

/** A route hands its handler to the function that limits, or a router asks that function in front of all. */
function standsInFront(calls: readonly Call[], { callee, scope }: Call, handler: string): boolean {
  const names = [callee, ...(scope === '' ? [] : [lastName(scope)])];
  const own = new RegExp(`\\b${escaped(handler)}\\b`);
  const registering = calls.filter(({ args }) => args.some((argument) => own.test(argument)));
  return calls.some(({ callee: mount, args }) => {
    const said = args.join(', ');
    if (!names.some((name) => new RegExp(`(?<![\\w$])${escaped(name)}\\b`).test(said))) return false;
    if (own.test(said)) return true;
    if (!IN_FRONT.test(lastName(mount))) return false;
    // Of the router that has the handler, or of one that hands on all, where another file has it.
    const router = ROUTER.exec(mount)?.[0];
    return (
      registering.length === 0 ||
      own.test(mount) ||
      registering.some(({ callee: route }) => router !== undefined && ROUTER.exec(route)?.[0] === router)
    );
  });
}

/** The variable that a chain of calls begins with: `app` of `app.route("/up", post(up)).layer`. */
const ROUTER = /^[a-z_]\w*(?=\.)/;
