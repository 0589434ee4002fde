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
    added.calls.some((call) => isOfTests(input, call)) ||
    added.options.some(({ name, value }) => PLACE.test(words(name)) && SAFE.test(words(`${name} ${saidSafely(input, value)}`)));
  return isSafe ? [] : lost;
}

/**
 * A call that makes a database of its own (`PostgresContainer()`), refuses by its name (`assert_test_database(url)`), gives the address of
 * a test's (`test_database_url()`), or connects to one (`make_engine("sqlite://")`). `ensure_extension(url)` and `load_test_rows(url)` do not.
 */
function isOfTests(input: RuleInput, { callee, args }: Call): boolean {
  const own = words(lastName(callee));
  if (OWN.test(words(callee))) return true;
  if (ASKS.test(own) ? stopsByName(input, callee) : isSaidSafely(input, callee) && GIVES.test(own) && SAFE.test(own)) return true;
  const given = args.filter((argument) => {
    const keyword = /^(\w+) ?=(?!=)/.exec(argument)?.[1];
    return keyword === undefined || PLACE.test(words(keyword));
  });
  const isAddress = CONNECTS.test(own) || (ENVIRONMENT.test(words(callee)) && PLACE.test(words(args[0] ?? '')));
  return isAddress && given.some((argument) => SAFE.test(words(saidSafely(input, argument))));
}

/** A function of this change that is called as if it stopped has a condition that does. */
function stopsByName(input: RuleInput, callee: string): boolean {
  const bodies = newBodiesOf(input, callee);
  return bodies.length === 0 || bodies.some(({ facts, place }) => refusals(facts).some(({ scope }) => within(scope, place.name)));
}

/** A text without the functions that say more than they do. */
function saidSafely(input: RuleInput, text: string): string {
  return text.replace(/(?<![\w.])[\w.]+(?=\()/g, (name) => (isSaidSafely(input, name) ? name : ''));
}

const isSaidSafely = (input: RuleInput, callee: string): boolean => !isSafeByName(input, callee);

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
  return PLACE.test(text) && KIND.test(text);
}

const PLACE = /\b(?:database|db|dsn|urls?|uri|host|hostname|env|environment|schema|datasource|connection)\b/;
const KIND = /\b(?:tests?|testing|local|localhost|127 0 0 1|ci|sandbox|prod|production|live|staging|disposable|ephemeral|throwaway)\b/;

/** Ends the run. */
const STOPS =
  /^(?:pytest\.(?:exit|fail|skip)|sys\.exit|os\._exit|exit|quit|process\.exit|os\.Exit|log\.Fatal\w*|panic|System\.exit|abort|raise)$/;

/** A database that comes and goes with the run, or whose name says that it is a test's. */
const SAFE =
  /\b(?:tests?|testing|testcontainers?|containers?|disposable|ephemeral|throwaway|temporary|tmp|in memory|memory|sqlite|local|localhost)\b/;
const OWN =
  /\b(?:testcontainers?|containers?|testing postgresql|pglite|embedded postgres|in memory \w+|create (?:test|temporary) database)\b/;
/** Refuses what is no test's, by its name. */
const ASKS =
  /^(?:assert|ensure|require|guard|refuse|check|verify|must|only|forbid|abort)\b.*\b(?:tests?|testing|local|disposable|throwaway|ephemeral|sandbox|safe|prod|production|live)\b/;
/** Gives or makes one, and does nothing to it. */
const GIVES =
  /^(?!(?:load|seed|reset|clear|clean|drop|truncate|migrate|populate|fill|print|log)\b).*\b(?:database|db|dsn|url|uri|host|schema|connection)$/;
const CONNECTS = /\b(?:engine|connect|connection|client|pool|open|database|db|data ?source|sequelize|knex|prisma|session|url|dsn)\b/;
const ENVIRONMENT = /\b(?:setenv|putenv|environ|env)\b/;

/** What a set-up does to the tables of whatever it is connected to. */
function empties({ callee, args }: Call): boolean {
  return (
    /\b(?:drop|truncate|reset|wipe|purge|flush|clean|clear|delete all|delete many|create all|sync|migrate|destroy)\b/.test(
      words(lastName(callee)),
    ) || args.some((argument) => /\b(?:TRUNCATE|DROP (?:TABLE|SCHEMA|DATABASE)|DELETE FROM)\b/i.test(argument))
  );
}
