import type { Call, Guard } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { lastName, receiver, words } from '../code/call-names.ts';
import { counterpartScope } from '../code/counterpart.ts';
import { escaped } from '../code/literal-patterns.ts';
import { newCallsIn, newGuardsIn } from '../code/scope-changes.ts';

/** The row of the message goes in where there is none, and what came of it is asked: `createMany({ skipDuplicates: true })`, `if (count === 0) return`. */
export function isInsertedOnce(input: RuleInput, guard: Guard): boolean {
  return (
    isAnsweredByInsert(input, guard) ||
    newCallsIn(input, guard.scope).some(
      (call) =>
        insertsOnce(call) &&
        newGuardsIn(input, guard.scope).some(({ exit, range }) => exit !== 'throw' && range.start.line >= call.range.start.line),
    )
  );
}

function insertsOnce({ callee, args }: Call): boolean {
  return (
    /^(?:on_?conflict_?do_?nothing|insert_?ignore|or_?ignore|put_?if_?absent|set_?nx)$/i.test(lastName(callee)) ||
    /\b(?:insert|into|values)\b.*\bignore$/i.test(callee) ||
    args.some((argument) => /\bskipDuplicates: true\b|\bignore_conflicts=True\b|\bON CONFLICT\b.{0,80}\bDO NOTHING\b/i.test(argument))
  );
}

/** The map or the set that was asked takes what is new and says whether it was: `return holders.putIfAbsent(seat, buyer) == null`. */
function isAnsweredByInsert({ before, after }: RuleInput, guard: Guard): boolean {
  const scope = counterpartScope({ before, after }, guard.scope);
  return (
    after?.conditions.some(({ kind, test, scope: own }) => {
      const holder = /^(?:return )?!?((?:[\w$]+\.)*[\w$]+)\.(?:putIfAbsent|setIfAbsent|add|insert|TryAdd|compareAndSet)\(/.exec(test)?.[1];
      return kind === 'answers' && own === scope && holder !== undefined && guard.reads.includes(lastName(holder));
    }) === true
  );
}

/** What is there already is given back, and made where there is none: `Optional.ofNullable(findByKey(key)).orElseGet(() -> …)`. */
export function isFoundOrMade(input: RuleInput, guard: Guard): boolean {
  return newCallsIn(input, guard.scope).some(
    ({ callee }) =>
      /^(orElseGet|or|or_else|unwrap_or_else|computeIfAbsent|getOrElse|get_or_insert_with|or_insert_with)$/.test(lastName(callee)) &&
      /\b(find|get|load|lookup|fetch|by)\b/.test(words(receiver(callee))) &&
      guard.reads.some((name) => new RegExp(`\\b${escaped(name)}\\b`).test(receiver(callee))),
  );
}
