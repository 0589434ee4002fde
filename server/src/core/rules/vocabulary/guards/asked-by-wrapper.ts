import type { Guard } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { routeOf } from '../access/route-items.ts';
import { boundAbove } from '../code/bindings.ts';
import { lastName } from '../code/call-names.ts';
import { tokensOn } from '../code/code-text.ts';
import { counterpartScope } from '../code/counterpart.ts';
import { escaped } from '../code/literal-patterns.ts';
import { type NewBody, newBodiesOf } from '../code/new-bodies.ts';

/** More files than this that name a handler say that its name is a common one. */
const MOST_FILES = 8;

/**
 * True where a handler lost a question about what a call gave it (`if (!key)` behind `const key = req.get('idempotency-key')`), and each route hands
 * the handler to a function that the change brought, which makes the same call and decides by its answer: `router.post('/', idempotent(create))`.
 */
export function isAskedByWrapper(input: RuleInput, guard: Guard): boolean {
  const { before, after } = input;
  const name = /^!?([A-Za-z_$][\w$]*)(?: [!=]==? (?:null|undefined))?$/.exec(guard.test)?.[1];
  const own = lastName(counterpartScope(input, guard.scope) ?? '');
  if (before === undefined || after === undefined || name === undefined || !/^\w{3,}$/.test(own)) return false;
  const given = boundAbove(before, name, guard.range.start.line);
  if (given === undefined || !given.includes('(')) return false;
  const wraps = [...after.calls, ...input.addedElsewhere().calls].some(({ args }) => args.some((text) => text.includes(own)));
  if (!wraps) return false;
  const paths = input.trees.after.mentioning(own, ['.ts', '.tsx', '.js', '.mjs']).filter((path) => !/\.(?:test|spec)\./.test(path));
  if (paths.length > MOST_FILES) return false;
  const calls = paths.flatMap((path) => (path === input.path ? after : input.factsAt('after', path))?.calls ?? []);
  // Whoever calls it by itself goes past the wrapper.
  if (calls.some(({ callee }) => lastName(callee) === own)) return false;
  const handlers = calls.flatMap((call) => (routeOf(call) === undefined ? [] : (call.args.at(-1) ?? '')));
  const mine = handlers.filter((text) => text.split(/[^\w$]+/).includes(own));
  return (
    mine.length > 0 &&
    mine.every((text) => {
      const wrapper = new RegExp(`^([A-Za-z_$][\\w$.]*)\\((?:[^()]*, ?)?${escaped(own)}\\)$`).exec(text)?.[1];
      return wrapper !== undefined && newBodiesOf(input, wrapper).some((body) => decidesBy(body, given, name));
    })
  );
}

/** The body binds the same call, and asks for its answer: in a condition that stops, or in one that chooses what is done. */
function decidesBy({ facts, place }: NewBody, given: string, name: string): boolean {
  const text = tokensOn(facts, place.startLine, place.endLine)
    .map((token) => token.text)
    .join(' ')
    .replaceAll('await ', '');
  const at = text.indexOf(`= ${given.replaceAll('await ', '')}`);
  const now = at < 0 ? undefined : text.slice(0, at).trimEnd().split(' ').at(-1);
  return (
    now !== undefined &&
    (text.includes(`if ( ! ${now} )`) ||
      (now === name && new RegExp(`(?<![\\w$!] ?)${escaped(now)} (?:\\?\\?|\\?) |if \\( ${escaped(now)} \\)`).test(text)))
  );
}
