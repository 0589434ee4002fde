import type { Call, SourceFacts } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { isAccessName } from '../guards/guard-kinds.ts';
import { CURRENT, DEMANDS } from './demanded-names.ts';
import type { LostFrameworkGuard } from './framework-guards.ts';

const FILTER = /^(prepend_)?(before|around)_(action|filter)$/;
const SKIP = /^skip_(before|around)_(action|filter)$/;

/**
 * Rails: `before_action :require_staff` that a controller no longer says while it stays, that holds for fewer of its actions
 * (`only:`, `except:`, `if:`), or that a new `skip_before_action` takes from one.
 */
export function* lostFilters(input: RuleInput): Iterable<LostFrameworkGuard> {
  const { before, after } = input;
  if (before?.language !== 'ruby' || after === undefined) return;
  yield* unprotectedForms(input);
  const isNew = (name: string, scope: string): boolean =>
    !before.calls.some((call) => call.scope === scope && filtersOf(call).includes(name));
  const isReplaced = (scope: string): boolean =>
    after.calls.some((call) => call.scope === scope && filtersOf(call).some((name) => isNew(name, scope)));
  for (const call of input.removed.calls) {
    const owner = after.symbols.some(({ name }) => name === call.scope) ? call.scope : undefined;
    const [item] = filtersOf(call).filter((name) => owner !== undefined && uncovered(before, after, owner, name) !== undefined);
    if (owner === undefined || item === undefined || isReplaced(owner)) continue;
    const action = uncovered(before, after, owner, item) ?? '';
    yield { item, owner: action === '' ? owner : `${owner}.${action}`, range: call.range };
  }
  for (const call of input.added.calls) {
    const [item] = SKIP.test(call.callee)
      ? namesOf(call).filter((name) => isFilter(name) && uncovered(before, after, call.scope, name) !== undefined)
      : [];
    if (item !== undefined && !isReplaced(call.scope))
      yield { item, owner: `${call.scope}.${uncovered(before, after, call.scope, item)}`, range: call.range, side: 'after' };
  }
}

/** An action that the filter stood in front of and does not any more; empty where it is gone from a controller without actions. */
function uncovered(before: SourceFacts, after: SourceFacts, owner: string, item: string): string | undefined {
  const stands = (facts: SourceFacts): boolean => facts.calls.some((call) => call.scope === owner && filtersOf(call).includes(item));
  if (!stands(after)) return stands(before) ? '' : undefined;
  const names = (facts: SourceFacts): readonly string[] =>
    facts.symbols.flatMap(({ name, kind, scope }) => (kind === 'method' && scope === owner ? [name.slice(owner.length + 1)] : []));
  const actions = names(before).filter((name) => name !== item && names(after).includes(name));
  return actions.find((action) => covers(before, owner, item, action) && !covers(after, owner, item, action));
}

/** Every controller of Rails asks for the token of its own forms, and one that other machines send to has none to ask for. */
function* unprotectedForms({ before, after, added, path }: RuleInput): Iterable<LostFrameworkGuard> {
  for (const call of added.calls) {
    const isSkip = SKIP.test(call.callee) && namesOf(call).includes('verify_authenticity_token');
    const isOff = call.callee === 'protect_from_forgery' && call.args.some((argument) => /null_session/.test(argument));
    const stood = before?.symbols.some(({ name }) => name === call.scope) === true;
    if (!(isSkip || isOff) || !stood || MACHINES.test(`${path} ${call.scope}`)) continue;
    const had = before?.calls.some(
      (other) => other.scope === call.scope && other.callee === call.callee && other.args.join() === call.args.join(),
    );
    const actions = after?.symbols.find(({ name, kind }) => kind === 'method' && name.startsWith(`${call.scope}.`));
    if (had !== true && actions !== undefined)
      yield { item: 'verify_authenticity_token', owner: call.scope, range: call.range, side: 'after' };
  }
}

const MACHINES = /webhook|callback|\bapi\b|\/api\/|Api::|hooks?_|ipn|saml|sso|omniauth/i;

function covers({ calls }: SourceFacts, owner: string, item: string, action: string): boolean {
  const own = calls.filter((call) => call.scope === owner && namesOf(call).includes(item));
  const holds = (call: Call): boolean => {
    const [only, except] = [listed(call, 'only'), listed(call, 'except')];
    return (only === undefined || only.includes(action)) && except?.includes(action) !== true;
  };
  // What is asked of the request may be asked of none.
  const isAlways = (call: Call): boolean => !call.args.some((argument) => /^(if|unless):/.test(argument));
  return (
    own.some((call) => FILTER.test(call.callee) && isAlways(call) && holds(call)) &&
    !own.some((call) => SKIP.test(call.callee) && holds(call))
  );
}

/** Actions of `only: [:create, :destroy]`; undefined where the call says none. */
function listed({ args }: Call, name: string): readonly string[] | undefined {
  const text = args.find((argument) => argument.startsWith(`${name}:`));
  return text?.slice(name.length + 1).match(/[a-z_]\w*[?!]?/g) ?? undefined;
}

function namesOf({ args }: Call): readonly string[] {
  return args.filter((argument) => argument.startsWith(':')).map((argument) => argument.slice(1));
}

function filtersOf(call: Call): readonly string[] {
  return call.kind === 'call' && FILTER.test(call.callee) ? namesOf(call).filter(isFilter) : [];
}

function isFilter(name: string): boolean {
  return (
    isAccessName(name) || CURRENT.test(name) || DEMANDS.test(name) || /^(authenticate|authori[sz]e|verify_authenticity_token)/.test(name)
  );
}
