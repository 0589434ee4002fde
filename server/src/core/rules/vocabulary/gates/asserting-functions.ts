import type { Call, Fact, Guard, SourceFacts } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { declaring } from '../access/asked-roles.ts';
import { isAssertionCall, plainScope } from '../code/assertions.ts';
import { lastName } from '../code/call-names.ts';
import { tokensOn } from '../code/code-text.ts';
import { within } from '../code/counterpart.ts';
import type { TestCase } from '../code/test-cases.ts';

/**
 * A helper of the tests that the change calls now, and which asserts: `expectItems(response, 3)`. Its body says so where it is found; a
 * function of the program that is called alike, `checkStock(order)`, asserts nothing.
 */
export function callsHelper(input: RuleInput, now: TestCase): boolean {
  return input.added.calls.some(
    (call) =>
      within(plainScope(call.scope), now.id) &&
      HELPER.test(lastName(call.callee)) &&
      !now.assertions.some(({ range }) => range === call.range) &&
      !isAssertionCall(call) &&
      isHelper(input, call),
  );
}

const HELPER = /^(assert|expect|verify|check|should|must|validate|require)[A-Z_]\w*$/;
/** Words that a program has no other use for. */
const ASSERTS = /^(?:assert|expect)/;
/** Go hands a helper the test that it may fail. */
const TEST = /^(?:t|tb|b|s\.T\(\)|suite\.T\(\))$/;

function isHelper(input: RuleInput, call: Call): boolean {
  const name = lastName(call.callee);
  const { after } = input;
  if (after === undefined) return false;
  const own = after.scopes.some((scope) => lastName(scope.name) === name);
  const files = own ? [after] : declaring(input, after, name);
  return files.length === 0 ? ASSERTS.test(name) || TEST.test(call.args[0] ?? '') : files.some((facts) => asserts(facts, name));
}

/** It asserts, or hands its work to what does by its name. A function of the program may throw: that is no assertion. */
function asserts(facts: SourceFacts, name: string): boolean {
  const isOwn = ({ scope }: Fact): boolean => scope.split('.').includes(name);
  const isStatement = ({ range: { start } }: Guard): boolean => tokensOn(facts, start.line, start.line)[0]?.text === 'assert';
  return (
    facts.calls.some(
      (call) =>
        isOwn(call) &&
        (isAssertionCall(call) ||
          lastName(call.callee) === 'AssertionError' ||
          (lastName(call.callee) !== name && HELPER.test(lastName(call.callee)) && ASSERTS.test(lastName(call.callee)))),
    ) || facts.guards.some((guard) => isOwn(guard) && guard.exit === 'throw' && isStatement(guard))
  );
}
