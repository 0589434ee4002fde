import type { Call } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { lastName } from '../code/call-names.ts';
import { tokensOn } from '../code/code-text.ts';
import { counterpartScope, hasScope, within } from '../code/counterpart.ts';

/**
 * True where a removed check is made by a new function that a framework calls in front of the own one: `Depends(skipper)` among
 * its parameters, or a type that stands for it (`Skipper = Annotated[User, Depends(skipper)]`).
 */
export function isDependencyNow(input: RuleInput, call: Call): boolean {
  const { before, after } = input;
  const scope = counterpartScope(input, call.scope);
  const place = scope === undefined ? undefined : after?.scopes.find(({ name }) => name === scope);
  if (before === undefined || after === undefined || place === undefined || scope === undefined) return false;
  const makers = new Set(
    after.calls
      .filter(
        (other) =>
          other.callee === call.callee && other.args.slice(1).join() === call.args.slice(1).join() && !hasScope(before, other.scope),
      )
      .map((other) => lastName(other.scope)),
  );
  const given = after.calls.filter(
    ({ callee, args }) => /^(Depends|Security|Provide|Inject)$/.test(lastName(callee)) && args.some((argument) => makers.has(argument)),
  );
  if (given.some((other) => within(other.scope, scope))) return true;
  // Rails: `before_action :load_order`, a method of the class that makes the check now.
  const hooked = after.calls.some(
    ({ callee, args }) =>
      /^(prepend_)?(before|around)_(action|filter)$/.test(callee) &&
      args.some((argument) => makers.has(argument.replace(/^:/, ''))) &&
      args.every((argument) => isInFrontOf(argument, lastName(scope))),
  );
  if (hooked && makers.size > 0) return true;
  const aliases = new Set(given.flatMap(({ range }) => tokensOn(after, range.start.line, range.start.line)[0]?.text ?? []));
  const head = after.symbols.find(({ name }) => name === scope)?.parameters ?? [];
  return head.some(({ type }) => aliases.has(type));
}

/** `only: [:show]` holds in front of no other method, `except: :index` of every other one. */
function isInFrontOf(argument: string, method: string): boolean {
  const [, word, names = ''] = /^:?(only|except)\b\s?(?:=>|:)?\s?(.*)$/s.exec(argument) ?? [];
  if (word === undefined || !/^[[:%]/.test(names)) return true;
  const listed: readonly string[] = names.match(/\w+[?!]?/g) ?? [];
  return listed.includes(method) === (word === 'only');
}
