import type { Call, SourceFacts } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { lastName, receiver } from '../code/call-names.ts';
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
  if (isOfRouter(after, call, scope) || isOfImportedAlias(input, after, call, scope)) return true;
  const makers = new Set(
    after.calls
      .filter(
        (other) =>
          other.callee === call.callee && other.args.slice(1).join() === call.args.slice(1).join() && !hasScope(before, other.scope),
      )
      .map((other) => lastName(other.scope)),
  );
  const given = after.calls.filter(({ callee, args }) => GIVES.test(lastName(callee)) && args.some((argument) => makers.has(argument)));
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

const saidBy = ({ callee, args }: Call): string => `${callee}(${args.join(', ')})`;

/** FastAPI: the router of the view asks for all of its routes: `router = APIRouter(dependencies=[Depends(require_scope("rides"))])`. */
function isOfRouter(after: SourceFacts, call: Call, scope: string): boolean {
  const routers = new Set(
    after.calls.filter((other) => other.kind === 'decorator' && other.scope === scope).map(({ callee }) => receiver(callee)),
  );
  return after.calls.some(
    (maker) =>
      maker.scope === '' &&
      maker.args.some((argument) => /^dependencies=/.test(argument) && argument.includes(saidBy(call))) &&
      routers.has(tokensOn(after, maker.range.start.line, maker.range.start.line)[0]?.text ?? ''),
  );
}

/** A parameter's type that another file of the change declares with the same check: `Rider = Annotated[User, Depends(require_scope("rides"))]`. */
function isOfImportedAlias({ trees, path, factsAt }: RuleInput, after: SourceFacts, call: Call, scope: string): boolean {
  const types = after.symbols.find(({ name }) => name === scope)?.parameters.map(({ type }) => type) ?? [];
  return types
    .filter((type) => /^[A-Z]\w*$/.test(type))
    .some((type) =>
      trees.after
        .mentioning(type, ['.py'])
        .filter((other) => other !== path)
        .slice(0, MOST_FILES)
        .some((other) => {
          const facts = factsAt('after', other);
          return facts?.calls.some(
            (given) =>
              GIVES.test(lastName(given.callee)) &&
              given.args.includes(saidBy(call)) &&
              tokensOn(facts, given.range.start.line, given.range.start.line)[0]?.text === type,
          );
        }),
    );
}

const GIVES = /^(Depends|Security|Provide|Inject)$/;

/** More files than these that name a type say that its name is a common one. */
const MOST_FILES = 12;

/** `only: [:show]` holds in front of no other method, `except: :index` of every other one. */
function isInFrontOf(argument: string, method: string): boolean {
  const [, word, names = ''] = /^:?(only|except)\b\s?(?:=>|:)?\s?(.*)$/s.exec(argument) ?? [];
  if (word === undefined || !/^[[:%]/.test(names)) return true;
  const listed: readonly string[] = names.match(/\w+[?!]?/g) ?? [];
  return listed.includes(method) === (word === 'only');
}
