import type { Call } from '../../../model/facts.ts';
import { lastName, literal } from '../code/call-names.ts';
import { routeOf } from './route-items.ts';

/** A route by what it leads to, however it is written. */
export interface RouteParts {
  /** In lower case: `post` of `r.Post(…)`, `r.Method("POST", …)` and `mux.Handle("POST /hives", …)`. */
  readonly verb: string;
  /** What stands between its address and its handler, and what is put around the handler, as written. */
  readonly items: readonly string[];
  /** A name, and nothing that is written on the spot: `h.Add` of `keepers(http.HandlerFunc(h.Add))`. */
  readonly handler: string;
}

/** Undefined for what is no route, and for a handler without a name. */
export function routeParts(call: Call): RouteParts | undefined {
  const told = /^(?:Method|MethodFunc)$/.test(lastName(call.callee)) ? literal(call.args[0]) : undefined;
  if (call.kind !== 'call' || (told === undefined ? routeOf(call) === undefined : call.args.length < 3)) return undefined;
  const inside = /^([A-Z]+) \//.exec(literal(call.args[0]) ?? '')?.[1];
  const wrapped = /^((?:[A-Za-z_$][\w$.]*\()*)([A-Za-z_$][\w$]*(?:\.[A-Za-z_$][\w$]*)*)\)*$/.exec(call.args.at(-1) ?? '');
  const [, around = '', handler = ''] = wrapped ?? [];
  if (handler === '' || handler === 'fn') return undefined;
  return {
    verb: (told ?? inside ?? lastName(call.callee)).toLowerCase(),
    items: [
      ...call.args.slice(told === undefined ? 1 : 2, -1),
      ...around.split('(').filter((name) => name !== '' && !/HandlerFunc$/.test(name)),
    ],
    handler,
  };
}
