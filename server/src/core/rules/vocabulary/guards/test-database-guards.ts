import type { Call, Condition, FileFacts, Guard } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { lastName, words } from '../code/call-names.ts';
import { codeOfScope } from '../code/code-text.ts';
import { within } from '../code/counterpart.ts';
import { newBodiesOf } from '../code/new-bodies.ts';
import { isTestScope } from '../code/test-cases.ts';

/**
 * Conditions in the set-up of tests that refused to run against a database that is not a test's (`if not url.database.endswith("_test")`),
 * gone while the set-up still empties or makes tables: whoever has another address in the environment empties that one. None that a
 * test case asks about its answer, and none where the address is a test's by itself now.
 */
export function lostDatabaseGuards(input: RuleInput): readonly (Guard | Condition)[] {
  const { after, removed, added, path } = input;
  if (after === undefined || !OF_TESTS.test(path)) return [];
  const lost = refusals(removed);
  if (lost.length === 0 || !after.calls.some(empties)) return [];
  const elsewhere = input.addedElsewhere();
  if (refusals(after).length > 0 || refusals(elsewhere).length > 0 || elsewhere.guards.some(asksForTests)) return [];
  const isSafe =
    added.calls.some(({ callee, args }) => {
      const text = [`${callee}()`, ...args].join(' ').replace(/(?<![\w.])[\w.]+(?=\()/g, (name) => (isSafeByName(input, name) ? '' : name));
      return SAFE.test(words(text));
    }) || added.options.some(({ name, value }) => SAFE.test(words(`${name} ${value}`)));
  return isSafe ? [] : lost;
}

/** A function of this change that is called as if it were safe, and neither refuses nor makes a database of its own. */
function isSafeByName(input: RuleInput, callee: string): boolean {
  const bodies = newBodiesOf(input, callee);
  return (
    bodies.length > 0 &&
    bodies.every(({ facts, place }) => {
      const refuses = facts.guards.some(({ scope, exit }) => within(scope, place.name) && exit !== 'return');
      const makes = facts.calls.some(
        (call) => within(call.scope, place.name) && /container|sqlite|assert|create_?database/i.test(call.callee),
      );
      return !refuses && !makes && /getenv|environ/.test(codeOfScope(facts, place.name).text);
    })
  );
}

/** Where the set-up of tests lives. */
const OF_TESTS =
  /(?:^|\/)(?:(?:src\/)?tests?|specs?|__tests__|e2e|integration[-_]tests?)\/|(?:^|\/)conftest\.py$|_test\.(?:go|py)$|[._-](?:test|spec|e2e)\.[cm]?[jt]sx?$|(?:Test|Tests|IT)\.java$/;

function refusals({ guards, conditions }: Pick<FileFacts, 'guards' | 'conditions'>): readonly (Guard | Condition)[] {
  return [
    ...guards.filter((guard) => guard.exit === 'throw' || guard.exit === 'answer'),
    ...conditions.filter(({ kind, guarded }) => kind === 'wraps' && guarded.some((callee) => STOPS.test(callee))),
  ].filter((asked) => asksForTests(asked) && isSetUp(asked.scope));
}

/** Go runs `TestMain` around all tests of a package. */
function isSetUp(scope: string): boolean {
  return lastName(scope) === 'TestMain' || !(isTestScope(scope) || /^test/i.test(lastName(scope)));
}

/** The place where the data lies, and the word by which it is a test's or not. */
function asksForTests({ test }: Pick<Guard, 'test'>): boolean {
  const text = words(test);
  return /\b(?:database|db|dsn|urls?|uri|host|hostname|env|environment|schema|datasource|connection)\b/.test(text) && KIND.test(text);
}

const KIND = /\b(?:tests?|testing|local|localhost|127 0 0 1|ci|sandbox|prod|production|live|staging|disposable|ephemeral|throwaway)\b/;

/** Ends the run. */
const STOPS =
  /^(?:pytest\.(?:exit|fail|skip)|sys\.exit|os\._exit|exit|quit|process\.exit|os\.Exit|log\.Fatal\w*|panic|System\.exit|abort|raise)$/;

/** A database that comes and goes with the run, or whose name says that it is a test's. */
const SAFE =
  /\b(?:tests?|testing|testcontainers?|containers?|disposable|ephemeral|throwaway|temporary|tmp|in memory|memory|sqlite|local|localhost|assert\w*|ensure\w*|require\w*|guard\w*)\b/;

/** What a set-up does to the tables of whatever it is connected to. */
function empties({ callee, args }: Call): boolean {
  return (
    /\b(?:drop|truncate|reset|wipe|purge|flush|clean|clear|delete all|delete many|create all|sync|migrate|destroy)\b/.test(
      words(lastName(callee)),
    ) || args.some((argument) => /\b(?:TRUNCATE|DROP (?:TABLE|SCHEMA|DATABASE)|DELETE FROM)\b/i.test(argument))
  );
}
