import type { Call, SourceFacts } from '../../../model/facts.ts';
import type { Range, Side } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { lastName } from '../code/call-names.ts';
import { rangeOfLine, scopeAtLine } from '../code/code-text.ts';
import { isAccessName } from '../guards/guard-kinds.ts';

/** A list of guards that stays where it was and holds none any more. */
export interface EmptiedGuard {
  /** What holds the list: `@UseGuards`, `permission_classes`. */
  readonly item: string;
  /** What it guarded. */
  readonly owner: string;
  readonly range: Range;
  readonly side: Side;
}

/** A list that holds nothing. */
export const EMPTY = /^(\[\s*\]|\(\s*\)|\{\s*\}|None|null|undefined|list\(\)|tuple\(\)|set\(\))$/;

/** Classes that let everybody in. */
const OPEN = /\b(AllowAny|Allow\w*All|PermitAll|AllowAnonymous|permitAll)\b/;

const LISTED =
  /^(permission_classes|authentication_classes|UseGuards|Roles|RolesAllowed|Secured|Permissions|RequirePermissions?|RequireRoles?|RequireScopes?|Scopes|RequiredScopes|roles_required|roles_accepted|role_required|permissions_required|requires)$/;

/** Decorators, an action's own list in front of its class's, and a method that answers with the list. */
export function* emptiedGuards(input: RuleInput): Iterable<EmptiedGuard> {
  yield* decorators(input);
  yield* actions(input);
  yield* answers(input);
}

/** `@permission_classes([IsCurator])` that became `@permission_classes([])`, `@UseGuards(Curator)` that became `@UseGuards()`. */
function* decorators({ removed, after }: RuleInput): Iterable<EmptiedGuard> {
  for (const call of removed.calls) {
    const name = lastName(call.callee);
    if (call.kind !== 'decorator' || !(LISTED.test(name) || isAccessName(name)) || !holdsGuards(call.args)) continue;
    const now =
      after?.calls.filter((other) => other.kind === 'decorator' && other.callee === call.callee && other.scope === call.scope) ?? [];
    // A decorator that is called without anything may have a meaning of its own; a list that is known to be one has none.
    const isEmpty = (args: readonly string[]): boolean => (args.length === 0 ? LISTED.test(name) : !holdsGuards(args));
    if (now.length > 0 && now.every(({ args }) => isEmpty(args)))
      yield { item: `@${call.callee}`, owner: call.scope, range: call.range, side: 'before' };
  }
}

function holdsGuards(args: readonly string[]): boolean {
  return args.some((argument) => !EMPTY.test(argument) && !OPEN.test(argument));
}

/** `@action(detail=True, permission_classes=[])` of a method that was there, and that its class guarded until now. */
function* actions({ added, before }: RuleInput): Iterable<EmptiedGuard> {
  const opens = ({ args }: Call): boolean =>
    args.some((argument) => {
      const [, value] = /^(?:permission|authentication)_classes ?= ?(\S.*)$/s.exec(argument) ?? [];
      return value !== undefined && (EMPTY.test(value) || OPEN.test(value));
    });
  for (const call of added.calls) {
    if (call.kind !== 'decorator' || !opens(call) || before?.symbols.some(({ name }) => name === call.scope) !== true) continue;
    const was = before.calls.some(
      (old) => old.kind === 'decorator' && old.callee === call.callee && old.scope === call.scope && opens(old),
    );
    if (!was) yield { item: `@${call.callee}`, owner: call.scope, range: call.range, side: 'after' };
  }
}

const METHOD = /(^|\.)(get_permissions|get_authenticators|getPermissions|get_permission_classes|getGuards)$/;

/** `get_permissions` that answers with an empty list where it named classes. */
function* answers(input: RuleInput): Iterable<EmptiedGuard> {
  const { before, after, hunk } = input;
  if (before === undefined || after === undefined) return;
  const { start, lines } = hunk.after;
  for (const line of openAnswers(after)) {
    const owner = scopeAtLine(after, line);
    if (line < start || line >= start + lines || !before.scopes.some(({ name }) => name === owner)) continue;
    const count = (facts: SourceFacts): number => openAnswers(facts).filter((other) => scopeAtLine(facts, other) === owner).length;
    if (count(after) > count(before))
      yield { item: owner.slice(owner.lastIndexOf('.') + 1), owner, range: rangeOfLine(input, 'after', line), side: 'after' };
  }
}

/** Lines on which such a method answers with nothing, or with what lets everybody in. */
function openAnswers({ tokens, scopes }: SourceFacts): readonly number[] {
  const methods = scopes.filter(({ name }) => METHOD.test(name));
  if (methods.length === 0) return [];
  return tokens.flatMap(({ text, line }, at) => {
    if (text !== 'return' || !methods.some(({ startLine, endLine }) => startLine <= line && line <= endLine)) return [];
    const said = tokens
      .slice(at + 1, at + 5)
      .filter((token) => token.line === line)
      .map((token) => token.text)
      .join('');
    return /^(\[\]|\(\)|\[AllowAny)/.test(said) ? [line] : [];
  });
}
