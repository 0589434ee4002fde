import type { Call, Guard, SourceFacts } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { lastName } from '../code/call-names.ts';
import { codeOfScope } from '../code/code-text.ts';
import { counterpartScope, hasScope, within } from '../code/counterpart.ts';
import { escaped } from '../code/literal-patterns.ts';
import { newBodiesOf } from '../code/new-bodies.ts';
import { inlined, oneLineBodies } from '../code/one-line-bodies.ts';
import { newCallsIn } from '../code/scope-changes.ts';
import { alternatives, anonymous, piecesOf } from '../conditions/pieces.ts';

/**
 * True where the function hands a predicate to one that the change brought, which stops where its answer is no: `retry.Do(ctx, transient,
 * send)` with `transient(err) = errors.Is(err, ErrBusy)`, and `if !retryable(err) { return err }` in `Do`, where `!errors.Is(err, ErrBusy)`
 * stopped before.
 */
export function isAskedByPredicate(input: RuleInput, guard: Guard): boolean {
  const { before, after } = input;
  const now = counterpartScope(input, guard.scope);
  if (before === undefined || after === undefined || now === undefined || now === '') return false;
  const wanted = alternatives(inlined(before, piecesOf(guard.test))).map(anonymous);
  if (isAskedByMember(input, guard, wanted)) return true;
  return newCallsIn(input, guard.scope).some((call) =>
    call.args.some((argument, at) => {
      const answers = answersOf(input, now, call, argument);
      if (answers.length === 0) return false;
      return newBodiesOf(input, call.callee).some(({ facts, place }) => {
        const taker = facts.symbols.find(({ name }) => name === place.name);
        const parameter = taker?.parameters.filter(({ name }) => !/^(?:self|cls|this)$/.test(name))[at]?.name;
        if (parameter === undefined) return false;
        return facts.guards.some(({ scope, test, exit }) => {
          const [, negation, own] = /^(!|not )?([A-Za-z_$][\w$]*)\([^()]*\)$/.exec(test) ?? [];
          if (own !== parameter || !within(scope, place.name) || (exit !== guard.exit && exit !== 'throw')) return false;
          return answers.some((pieces) => {
            const asked = alternatives(negation === undefined ? pieces : ['!', '(', ...pieces, ')']).map(anonymous);
            return wanted.every((reason) => reason.length > SHORTEST && asked.includes(reason));
          });
        });
      });
    }),
  );
}

/**
 * The same of a predicate that is handed among options: `retry(send, { attempts: 3, isFatal })`, `retry(send, BACKOFF)` with a function
 * `isFatal` in `BACKOFF`, and `if (attempt === attempts || isFatal(err)) break;` in front of a `throw` in what takes it.
 */
function isAskedByMember(input: RuleInput, guard: Guard, wanted: readonly string[]): boolean {
  const { before, after } = input;
  if (before === undefined || after === undefined) return false;
  const members = after.conditions.flatMap(({ kind, scope, test }) => {
    const isNew = kind === 'answers' && scope !== '' && !hasScope(before, scope);
    const asked = isNew ? alternatives(inlined(after, piecesOf(test))).map(anonymous) : [];
    return asked.length > 0 && wanted.every((reason) => reason.length > SHORTEST && asked.includes(reason)) ? [lastName(scope)] : [];
  });
  return members.some((member) =>
    newCallsIn(input, guard.scope).some((call) => {
      const isGiven = call.args.some(
        (argument) =>
          new RegExp(`\\b${escaped(member)}\\b`).test(argument) ||
          (/^[A-Za-z_$][\w$]*$/.test(argument) && after.symbols.some(({ name }) => name === `${argument}.${member}`)),
      );
      return isGiven && newBodiesOf(input, call.callee).some(({ facts, place }) => stopsAt(facts, place.name, member));
    }),
  );
}

/** A condition of the function stops, in one of its alternatives, where the member says so; it leaves a loop in front of a `throw`. */
function stopsAt(facts: SourceFacts, scope: string, member: string): boolean {
  const throwsBehind = / (?:throw|raise) /.test(codeOfScope(facts, scope).text);
  return facts.guards.some(
    (other) =>
      within(other.scope, scope) &&
      (other.exit === 'throw' || (other.exit === 'break' && throwsBehind)) &&
      other.test.split('||').some((part) => new RegExp(`^(?:[\\w$.#]+\\.)?${escaped(member)}\\([^()]*\\)$`).test(part.trim())),
  );
}

/** `$1 < 0` is asked by many. */
const SHORTEST = 8;

/** What a handed function answers, as pieces: a new one of this file by its name, or one without a name that stands in the call. */
function answersOf({ before, after }: RuleInput, now: string, call: Call, argument: string): readonly (readonly string[])[] {
  if (before === undefined || after === undefined) return [];
  if (/^(?:[\w$]+(?:\.|::))?[A-Za-z_$][\w$]*$/.test(argument) && argument !== 'fn') {
    const name = lastName(argument);
    const body = hasScope(before, name) ? undefined : oneLineBodies(after).get(name);
    return body === undefined ? [] : [inlined(after, body.pieces)];
  }
  if (!/^(?:async )?fn$|=>|^lambda\b/.test(argument)) return [];
  const { line } = call.range.start;
  return after.conditions.flatMap(({ kind, scope, test, range }) =>
    kind === 'answers' && within(scope, now) && line <= range.start.line && range.start.line <= line + LONGEST_CALL
      ? [inlined(after, piecesOf(test))]
      : [],
  );
}

/** Lines of a call that a function without a name may stand in. */
const LONGEST_CALL = 20;
