import type { Call, FileFacts } from '../../../model/facts.ts';
import type { Range } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { lastName, literal } from '../code/call-names.ts';
import { counterpartScope } from '../code/counterpart.ts';
import { isAccessTest } from '../guards/guard-kinds.ts';

/** A function or a route that went to another file of the change, and a guard of it that did not come along. */
export interface MovedUnguarded {
  readonly item: string;
  /** `wipe`, `delete /users`. */
  readonly moved: string;
  readonly range: Range;
}

/**
 * Handlers that left their file for another one while what stood in front of them stayed behind or went: a decorator of a
 * function, an item of a route. Where anything in the file it went to asks who may (a router-level `use`, a decorator of its
 * class, a check in its body), it is guarded. `isItem` judges by name.
 */
export function movedUnguarded(input: RuleInput, isItem: (name: string) => boolean): readonly MovedUnguarded[] {
  // Whether a name is one of a guard may take other files to say, so that is asked of what moved alone.
  const removed = input.removed.calls.filter((call) => call.kind === 'decorator' || addressOf(call) !== undefined);
  const removedGuards = input.removed.guards.filter(({ test, scope }) => scope !== '' && isAccessTest(test));
  if (removed.length + removedGuards.length === 0) return [];
  const elsewhere = input.addedElsewhere();
  return [
    ...removed.flatMap((call) => {
      const moved = call.kind === 'decorator' ? movedFunction(input, call.scope, elsewhere) : movedRoute(input, call, elsewhere);
      const item = moved === undefined ? undefined : (call.kind === 'decorator' ? [call.callee] : call.args).find(isItem);
      return moved === undefined || item === undefined || isGuarded(elsewhere, moved, isItem) ? [] : [{ item, moved, range: call.range }];
    }),
    ...removedGuards.flatMap((guard) => {
      const moved = movedFunction(input, guard.scope, elsewhere);
      return moved === undefined || isGuarded(elsewhere, moved, isItem) ? [] : [{ item: guard.test, moved, range: guard.range }];
    }),
  ];
}

/** The name of a function that this file has no more, under which another file of the change gained one. */
function movedFunction(input: RuleInput, scope: string, elsewhere: FileFacts): string | undefined {
  const name = lastName(scope);
  if (scope === '' || name.length < 3 || counterpartScope(input, scope) !== undefined) return undefined;
  const arrives = elsewhere.symbols.some((symbol) => /^(function|method)$/.test(symbol.kind) && lastName(symbol.name) === name);
  return arrives ? name : undefined;
}

const VERB = /^(get|post|put|patch|delete|del|all|GET|POST|PUT|PATCH|DELETE|Get|Post|Put|Patch|Delete|HandleFunc|Handle|route)$/;

/** The address under which a call registers a route. */
function addressOf(call: Call): string | undefined {
  const path = literal(call.args[0]);
  return path?.startsWith('/') === true && VERB.test(lastName(call.callee)) ? path : undefined;
}

/** `delete /users` of a route that this file registers no more, and another file of the change does. */
function movedRoute({ after }: RuleInput, call: Call, elsewhere: FileFacts): string | undefined {
  const [path, verb] = [addressOf(call), lastName(call.callee)];
  if (path === undefined) return undefined;
  const isSame = (other: Call): boolean => other.kind === 'call' && lastName(other.callee) === verb && literal(other.args[0]) === path;
  return after?.calls.some(isSame) !== true && elsewhere.calls.some(isSame) ? `${verb} ${path}` : undefined;
}

function isGuarded({ calls, guards }: FileFacts, moved: string, isItem: (name: string) => boolean): boolean {
  const isOf = (scope: string): boolean => scope === '' || lastName(scope) === moved || !scope.includes('.');
  return (
    guards.some(({ test, scope }) => lastName(scope) === moved && isAccessTest(test)) ||
    calls.some((call) => (isItem(call.callee) || isItem(lastName(call.callee)) || call.args.some(isItem)) && isOf(call.scope))
  );
}
