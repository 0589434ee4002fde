import type { Call, Option, SourceFacts } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { endOfCall } from '../code/call-ends.ts';
import { lastName, literal, receiver } from '../code/call-names.ts';
import { within } from '../code/counterpart.ts';
import { asksOtherWord } from './mounted-instead.ts';
import { objectsNamed } from './named-chains.ts';

const EXTENSIONS = ['.ts', '.tsx', '.mts', '.js', '.mjs', '.cjs'];
const BEFORE_HANDLER = /^(?:onRequest|preParsing|preValidation|preHandler)$/;

/**
 * Fastify: an option of a route, `{ preHandler: verifySession }`, that a hook of the plugin around it stands for now:
 * `app.addHook('preHandler', verifySession)` before the route, on the instance that has the route or that registers the plugin.
 */
export function isHookOfPlugin(input: RuleInput, option: Option): boolean {
  const { before, after } = input;
  if (before === undefined || after === undefined || !BEFORE_HANDLER.test(option.name)) return false;
  const items = option.value.match(/[A-Za-z_$][\w$.]*(?:\([^()]*\))?/g) ?? [];
  const old = before.calls.find((call) => call.callee === option.callee && option.scope === placeOf(call));
  if (old === undefined) return false;
  const routes = after.calls.filter(
    (call) => lastName(call.callee) === lastName(old.callee) && literal(call.args[0]) === literal(old.args[0]),
  );
  // The rest may stand in what the route is handed: `app.post('/x', canWrite, …)`.
  const isStated = (route: Call, item: string): boolean =>
    route.args.slice(1).some((argument) => [argument, ...objectsNamed(input, 'after', argument)].some((text) => saysItem(text, item)));
  const left = items.filter((item) => !routes.every((route) => isStated(route, item)));
  if (routes.length > 0 && items.length > 0 && left.length === 0) return true;
  return isBehindHooks(input, old, routes, left);
}

/** Word for word, with what it is handed. */
function saysItem(text: string, item: string): boolean {
  const [own, code] = [item, text].map((each) => each.replace(/\s/g, ''));
  const at = own === undefined || code === undefined ? -1 : code.indexOf(own);
  return at >= 0 && !/[\w$.]/.test(code?.[at - 1] ?? '') && !/[\w$.(]/.test(code?.[at + (own?.length ?? 0)] ?? '');
}

/** The same for what stood in front of a route in any way: `routes` are its calls now, `items` what stood there, as written. */
export function isBehindHooks(input: RuleInput, old: Call, routes: readonly Call[], items: readonly string[]): boolean {
  const { after } = input;
  if (after?.language !== 'typescript' || routes.length === 0 || items.length === 0) return false;
  return routes.every((route) => isHooked(after, route, items)) || isRegisteredBehind(input, old, items);
}

/**
 * Whether what a hook of Fastify runs stands in front of the handlers of a scope, `plugin.app.post('/x')`: undefined where no hook runs
 * it, false where it runs behind the work, behind the route, in another plugin or
 * without being waited for.
 */
export function isBehindHook(facts: SourceFacts, item: string, scope: string): boolean | undefined {
  const runs = (hook: Call): boolean => {
    if (lastName(hook.callee) !== 'addHook') return false;
    const place = placeOf(hook);
    return itemsOfHook(facts, hook).includes(item) || facts.calls.some(({ scope, callee }) => scope === place && callee === item);
  };
  if (!facts.calls.some(runs)) return undefined;
  const routes = facts.calls.filter((call) => within(scope, placeOf(call)));
  return routes.length > 0 && routes.every((route) => isHooked(facts, route, [item]));
}

/** True where a hook runs a function, by its scope or a part of it, and does not stand in front of the handlers of `scope`. */
export function isHookElsewhere(facts: SourceFacts, owner: string, scope: string): boolean {
  return owner.split('.').some((item) => isBehindHook(facts, item, scope) === false);
}

/** The place in which facts about the arguments of a call stand. */
function placeOf({ scope, callee, args }: Call): string {
  return `${scope === '' ? '' : `${scope}.`}${callee}(${args[0] ?? ''})`;
}

/** Each of these is what a hook before the call runs, on the same instance of the same function. */
function isHooked(facts: SourceFacts, call: Call, items: readonly string[]): boolean {
  const own = receiver(call.callee);
  const hooks = facts.calls.filter((hook) => {
    if (lastName(hook.callee) !== 'addHook' || receiver(hook.callee) !== own || hook.scope !== call.scope) return false;
    if (!BEFORE_HANDLER.test(literal(hook.args[0]) ?? '') || hook.range.start.line >= call.range.start.line) return false;
    return isAround(facts, hook, call);
  });
  return items.every((item) => {
    const [name = item] = /^[\w$.]+/.exec(item) ?? [];
    return hooks.some((hook) => itemsOfHook(facts, hook).includes(name) && !asksOtherWord(item, hook.args[1] ?? ''));
  });
}

/** What a hook is handed by name, and what a function without a name that it is handed waits for or gives back. */
function itemsOfHook(facts: SourceFacts, hook: Call): readonly string[] {
  const given: readonly string[] = hook.args[1]?.match(/[A-Za-z_$][\w$.]*/g) ?? [];
  if (given[0] !== 'fn') return given;
  const place = placeOf(hook);
  return [...given, ...facts.calls.filter(({ scope, use }) => scope === place && use !== 'discarded').map(({ callee }) => callee)];
}

/** Every function handed to `register` that the hook stands in has the call in it as well: what is inside holds for nothing outside. */
function isAround(facts: SourceFacts, hook: Call, call: Call): boolean {
  return facts.calls.every(
    (other) => lastName(other.callee) !== 'register' || !isInside(facts, hook, other) || isInside(facts, call, other),
  );
}

function isInside(facts: SourceFacts, inner: Call, outer: Call): boolean {
  const end = endOfCall(facts, outer);
  return outer !== inner && outer.range.start.line < inner.range.start.line && inner.range.start.line <= end;
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
