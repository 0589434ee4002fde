import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage, quote } from '../../quote.ts';
import { words } from '../code/call-names.ts';
import { nameOf } from './setting-index.ts';
import { changedSettings, placeOf, type SettingChange } from './settings.ts';

/**
 * A store that a test or a preview works on and that is production's now: `DATABASE_URL: ${{ secrets.PROD_DATABASE_URL }}` of a job
 * `e2e`, of `.env.test`, or in front of the command that tests. What only reads, and a copy, is none.
 */
export function* testsOnProduction(input: RuleInput): Iterable<FindingDraft> {
  for (const change of changedSettings(input)) {
    const { before, after } = change;
    if (after === undefined || !STORE.test(nameOf(after)) || !isProduction(after.value) || isProduction(before?.value)) continue;
    if (!isOfTests(change, input)) continue;
    yield {
      ...placeOf(change),
      severity: 'critical',
      message: fitMessage(`tests work on production now: ${quote(`${nameOf(after)}: ${String(after.value)}`, 48)}`),
    };
  }
  for (const command of input.added.commands) {
    const [, name = '', value = ''] = /(?:^|\s)([A-Z][A-Z0-9_]*)=(\S+)/.exec(command.written) ?? [];
    if (!STORE.test(name) || !isProduction(value) || !RUNS_TESTS.test(command.written)) continue;
    if (input.before?.commands.some((other) => other.written.includes(value) && RUNS_TESTS.test(other.written)) === true) continue;
    yield {
      side: 'after',
      range: command.range,
      severity: 'critical',
      message: fitMessage(`tests work on production now: ${quote(`${name}=${value}`, 48)}`),
    };
  }
}

/** Variables that say where rows are kept. An address of a page is none: a smoke test asks production. */
const STORE =
  /^(?:\w+_)?(DATABASE|DB|PG|POSTGRES(?:QL)?|MYSQL|MARIADB|MONGO(?:DB)?|REDIS|CLICKHOUSE|ELASTIC(?:SEARCH)?|SQLALCHEMY|JDBC|DATASOURCE|SUPABASE|NEON|PLANETSCALE|TURSO)(?:_?(?:HOST(?:NAME)?|URL|URI|DSN|NAME|DATABASE|CONNECTION(?:_STRING|_URL)?|DATABASE_UR[LI]|DB_URL|SERVER|ENDPOINT))?$|^(?:DIRECT_URL|DSN|CONNECTION_STRING|DATABASE_DSN)$/i;
const COPY = /\b(read ?only|readonly|reader?|replica|ro|snapshot|masked|anonymi[sz]ed|sanitized|clone|cloned|copy|dump|shadow|like)\b/;

function isProduction(value: unknown): boolean {
  const text = words(String(value ?? '').replace(/[^A-Za-z0-9]+/g, ' '));
  return /\b(prod|production|prd|live)\b/.test(text) && !COPY.test(text) && !/\b(non|not|pre) ?(prod|production)\b/.test(text);
}

/** What a service that is no test is never called. */
const SURELY_TESTS = /\b(e2e|end to end|cypress|playwright|previews?|review ?apps?)\b/;
const TESTS =
  /\b(e2e|end to end|tests?|testing|integration|acceptance|cypress|playwright|specs?|previews?|review ?apps?|pull request|pr)\b/;
/** What is meant to meet production. */
const MEANT =
  /\b(deploy\w*|release|migrat\w+|smoke|synthetics?|monitor\w*|canary|backup|restore|prod|production|read ?only|load test|publish)\b/;
const RUNS_TESTS =
  /\b(playwright|cypress|jest|vitest|mocha|pytest|rspec|phpunit|go test|cargo test|gradlew? test|mvn (?:verify|test)|(?:npm|pnpm|yarn|bun)(?: run)? \w*(?:test|e2e)[\w:-]*)\b/;

/** A job by its name, or by the file's where its own says nothing; a file of variables by its name. */
function isOfTests({ resource }: SettingChange, { path }: RuleInput): boolean {
  const file = words((path.split('/').at(-1) ?? '').replace(/[^A-Za-z0-9]+/g, ' '));
  const own = resource === undefined ? '' : words(resource.name.replace(/[^A-Za-z0-9]+/g, ' '));
  if (resource === undefined && !/(^|\/)\.github\/|gitlab|compose|(^|\/)\.env|azure-pipelines|circleci|buildkite/.test(path)) return false;
  // A service may be called after what it integrates.
  if (resource !== undefined && resource.type !== 'job' && !SURELY_TESTS.test(`${own} ${file}`) && !/\btests?\b/.test(file)) return false;
  if (MEANT.test(own) || (MEANT.test(file) && !TESTS.test(own))) return false;
  return TESTS.test(own) || TESTS.test(file);
}
