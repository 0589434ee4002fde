import type { Call, Option, SourceFacts } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { lastName, literal, receiver } from '../code/call-names.ts';

const EXTENSIONS = ['.ts', '.tsx', '.mts', '.js', '.mjs', '.cjs'];
const BEFORE_HANDLER = /^(?:onRequest|preParsing|preValidation|preHandler)$/;

/**
 * Fastify: an option of a route, `{ preHandler: verifySession }`, that a hook of the plugin around it stands for now:
 * `app.addHook('preHandler', verifySession)` before the route, on the instance that has the route or that registers the plugin.
 */
export function isHookOfPlugin(input: RuleInput, option: Option): boolean {
  const { before, after } = input;
  if (before === undefined || after === undefined || !BEFORE_HANDLER.test(option.name)) return false;
  const items = option.value.match(/[A-Za-z_$][\w$.]*/g) ?? [];
  const old = before.calls.find((call) => call.callee === option.callee && option.scope === placeOf(call));
  if (old === undefined) return false;
  const routes = after.calls.filter(
    (call) => lastName(call.callee) === lastName(old.callee) && literal(call.args[0]) === literal(old.args[0]),
  );
  return isBehindHooks(input, old, routes, items);
}

/** The same for what stood in front of a route in any way: `routes` are its calls now, `items` the names of what stood there. */
export function isBehindHooks(input: RuleInput, old: Call, routes: readonly Call[], items: readonly string[]): boolean {
  const { after } = input;
  if (after?.language !== 'typescript' || routes.length === 0 || items.length === 0) return false;
  return routes.every((route) => isHooked(after, route, items)) || isRegisteredBehind(input, old, items);
}

/** The place in which facts about the arguments of a call stand. */
function placeOf({ scope, callee, args }: Call): string {
  return `${scope === '' ? '' : `${scope}.`}${callee}(${args[0] ?? ''})`;
}

/** A hook with all of these stands before the call, on the same instance of the same function. */
function isHooked(facts: SourceFacts, call: Call, items: readonly string[]): boolean {
  const own = receiver(call.callee);
  return facts.calls.some((hook) => {
    if (lastName(hook.callee) !== 'addHook' || receiver(hook.callee) !== own || hook.scope !== call.scope) return false;
    if (!BEFORE_HANDLER.test(literal(hook.args[0]) ?? '') || hook.range.start.line >= call.range.start.line) return false;
    if (!isAround(facts, hook, call)) return false;
    const given: readonly string[] = hook.args[1]?.match(/[A-Za-z_$][\w$.]*/g) ?? [];
    const inside = facts.calls.filter((other) => other.scope === placeOf(hook) && other.use !== 'discarded').map(({ callee }) => callee);
    return items.every((item) => given.includes(item) || (given[0] === 'fn' && inside.includes(item)));
  });
}

/** Every function handed to `register` that the hook stands in has the call in it as well: what is inside holds for nothing outside. */
function isAround(facts: SourceFacts, hook: Call, call: Call): boolean {
  return facts.calls.every(
    (other) => lastName(other.callee) !== 'register' || !isInside(facts, hook, other) || isInside(facts, call, other),
  );
}

function isInside(facts: SourceFacts, inner: Call, outer: Call): boolean {
  const end = closingLine(facts, outer);
  return outer !== inner && outer.range.start.line < inner.range.start.line && inner.range.start.line <= end;
}

/** The line on which the brackets of a call end, 1-based. */
function closingLine({ tokens }: SourceFacts, { range, callee }: Call): number {
  const own = lastName(callee);
  const at = tokens.findIndex(({ text, line }) => line >= range.start.line && text === own);
  let depth = 0;
  for (let index = at + 1; at >= 0 && index < tokens.length; index += 1) {
    if (/^[([{]$/.test(tokens[index]?.text ?? '')) depth += 1;
    if (/^[)\]}]$/.test(tokens[index]?.text ?? '')) depth -= 1;
    if (depth === 0) return tokens[index]?.line ?? range.start.line;
  }
  return range.start.line;
}

/** Wherever the plugin is registered, in other files of the tree after, a hook stands before it. */
function isRegisteredBehind(input: RuleInput, { scope }: Call, items: readonly string[]): boolean {
  const [plugin = ''] = scope.split('.');
  if (!/^\w{3,}$/.test(plugin)) return false;
  const places = input.trees.after
    .mentioning(plugin, EXTENSIONS)
    .filter((path) => path !== input.path)
    .flatMap((path) => {
      const facts = input.factsAt('after', path);
      const calls = facts?.calls.filter(({ callee, args }) => lastName(callee) === 'register' && args[0] === plugin) ?? [];
      return facts === undefined ? [] : calls.map((call) => ({ facts, call }));
    });
  return places.length > 0 && places.every(({ facts, call }) => isHooked(facts, call, items));
}
