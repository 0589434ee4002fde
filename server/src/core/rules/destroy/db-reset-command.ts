import type { Call, Command } from '../../model/facts.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage, quote } from '../quote.ts';
import { lastName, receiver } from '../vocabulary/code/call-names.ts';
import { wipedAtStart } from '../vocabulary/schema/wiped-at-start.ts';
import { commandsInSettings } from '../vocabulary/shell/commands-in-settings.ts';
import { innerCommands } from '../vocabulary/shell/inner-commands.ts';
import { spawnedCommands } from '../vocabulary/shell/spawned.ts';
import { wrappedCommands } from '../vocabulary/shell/wrapped-commands.ts';

/**
 * ## What it sees
 * Commands that drop, reset or wipe a database: `prisma migrate reset`, `prisma db push --accept-data-loss`, `rails db:reset`,
 * `manage.py flush`, `dropdb`, `alembic downgrade base`, `flyway clean`, `artisan migrate:fresh` and their kin; also
 * where a program runs them, or a platform before a release (`fly.toml`, `Procfile`, `render.yaml` and their kin). And settings
 * under which a program makes its tables anew whenever it starts: `ddl-auto: create`, `dropSchema: true`.
 *
 * ## Why it matters
 * They are made for a developer's own machine and ask nothing when a flag or a pipeline answers for the person.
 *
 * ## When it is fine
 * In scripts and with environments named for tests or development, and on databases whose name says so.
 *
 * ## What it misses
 * Reset commands of tools that are not in the table, and the database behind the address in the environment.
 */
export default defineRule({
  id: 'destroy/db-reset-command',
  version: '1.0.0',
  severity: 'critical',
  confidence: 'high',
  title: 'Runs a command that wipes a database',
  reads: ['commands', 'calls', 'options', 'settings'],
  evidence: [
    { title: 'Prisma: safer defaults for reset', url: 'https://github.com/prisma/orm/pull/26378' },
    { title: 'Replit agent deleted a production database', url: 'https://vibegraveyard.ai/story/saastr-replit-agent-db-wipe' },
  ],
  *check(input) {
    const { added, path } = input;
    for (const call of added.calls) {
      if (call.kind === 'call' && /\bflyway\w*(\(\))?\.clean$/i.test(call.callee) && !isTestPath(path))
        yield { side: 'after', range: call.range, message: fitMessage(`${quote(call.callee, 40)} wipes the database`) };
    }
    for (const call of added.calls) {
      if (!wipes(call) || isTestPath(path) || isForTests({ scope: call.scope, written: call.callee }, path)) continue;
      yield {
        side: 'after',
        range: call.range,
        message: fitMessage(`${quote(`${call.callee}(${call.args.join(', ')})`, 48)} wipes the database`),
      };
    }
    for (const command of [...added.commands, ...spawnedCommands(added), ...wrappedCommands(input), ...commandsInSettings(input)]) {
      const words = command.words.map((word) => word.text);
      if (![command, ...innerCommands(command)].some(wipesBy) || isForTests(command, path) || ranBefore(input, command)) continue;
      yield { side: 'after', range: command.range, message: fitMessage(`${quote(words.join(' '), 50)} wipes the database`) };
    }
    yield* wipedAtStart(input);
  },
});

/** The same through the tool's own interface: alembic, Django, Liquibase, golang-migrate, goose, umzug, knex, sea-orm, sqlx, Diesel, MikroORM. */
function wipes({ kind, callee, args }: Call): boolean {
  if (kind === 'decorator') return false;
  const name = lastName(callee);
  const from = receiver(callee);
  const text = args.join(', ');
  switch (name) {
    case 'downgrade':
      return /["'](base|zero)["']/.test(text) && !/^(op|self)$/.test(from);
    case 'call_command':
    case 'execute_from_command_line':
      return /["'](flush|reset_db|reset_schema)["']/.test(text) || (/["']migrate["']/.test(text) && /["']zero["']/.test(text));
    case 'dropAll':
      return /liquibase/i.test(from);
    case 'dropAllObjects':
      return true;
    case 'Drop':
      return args.length === 0 && /(^|\.)(m|mig|migrator|migration|migrate)$/.test(from);
    case 'Down':
      return args.length === 0 && /(^|\.)(m|mig|migrator|migrate)$/.test(from);
    case 'Reset':
    case 'ResetContext':
      return from === 'goose' || /(^|\.)(migrator|provider)$/.test(from);
    case 'DownTo':
    case 'DownToContext':
      return /\b0$/.test(text);
    case 'down':
    case 'undo':
      return (/umzug|migrator/i.test(from) && /\bto: 0\b|, 0$|\bNone$/.test(text)) || /Migrator::down$/.test(callee);
    case 'rollback':
      return /\bmigrate$/.test(from) && /,\s*true$/.test(text);
    case 'fresh':
    case 'refresh':
    case 'reset':
      return /\bMigrator(::|\.|$)/.test(callee) && /db|conn|pool/.test(text);
    case 'revert_all_migrations':
    case 'refreshDatabase':
    case 'dropDatabase':
      return name !== 'dropDatabase' || /schema|generator/i.test(from);
    case 'ensureDatabase':
      return /\bclear: true\b/.test(text);
    default:
      return false;
  }
}

/** The same command through the same wrapper, which only moved or got another ending, or through another package runner. */
function ranBefore({ before, after }: RuleInput, { written, scope }: Command): boolean {
  const plain = (text: string): string =>
    text
      .replace(/^(?:npx|bunx|pnpx|(?:pnpm|yarn|npm|bun|bundle)(?: exec| dlx| run| x)?(?: --)?|(?:poetry|uv|pipenv|pdm) run) /, '')
      .replace(/(^| )(?:[\w.@-]+\/)+([\w-]+)(?:\.sh|\.bash)?(?= )/g, '$1$2')
      .replace(/\.(?:sh|bash) /g, ' ');
  // A variable is one under any name.
  const nameless = (text: string): string => plain(text).replace(/["']?\$(?:\{\w+\}|\w+)["']?/g, '$');
  // And one that was given its value in the same function stands for it: `local database="shop_$2"`.
  const given = new Map(
    after?.commands.flatMap((other) =>
      other.scope === scope && /^(local|declare|readonly|typeset)$/.test(other.name)
        ? other.words.slice(1).flatMap(({ source }) => {
            const [, name, value] = /^(\w+)=(.+)$/s.exec(source) ?? [];
            return name === undefined || value === undefined ? [] : [[name, value] as const];
          })
        : [],
    ),
  );
  const inFull = written.replace(
    /["']?\$(?:\{(\w+)\}|(\w+))["']?/g,
    (all, one?: string, other?: string) => given.get(one ?? other ?? '') ?? all,
  );
  const wanted = [nameless(written), nameless(inFull)];
  return before?.commands.some((other) => wanted.includes(nameless(other.written))) === true;
}

type Reset = (words: readonly string[], command: Command) => boolean;

const follows =
  (program: string, pattern: RegExp): Reset =>
  (words, command) =>
    command.name === program && pattern.test(words.slice(1).join(' '));

/** Programs that run what follows somewhere else: the command stands behind their own words. */
const RUNS_INSIDE =
  /^(docker|docker-compose|podman|podman-compose|kubectl|oc|ssh|heroku|fly|flyctl|railway|poetry|uv|pipenv|pdm|hatch|su|sudo)$/;

const RESETS: readonly Reset[] = [
  follows('prisma', /^migrate reset\b/),
  // A function of the script that runs what it is given somewhere else.
  (words) => words.some((word, at) => word === 'prisma' && words[at + 1] === 'migrate' && words[at + 2] === 'reset'),
  follows('prisma', /^db push\b.*--(force-reset|accept-data-loss)\b/),
  follows('rails', /\bdb:(drop|reset|purge|migrate:reset|schema:load|structure:load)\b/),
  follows('rake', /\bdb:(drop|reset|purge|migrate:reset|schema:load|structure:load)\b/),
  (words) =>
    words.some(
      (word, at) =>
        (at < 3 || RUNS_INSIDE.test(words[0] ?? '')) &&
        /(^|\/)manage\.py$/.test(word) &&
        /^(flush|reset_db|reset_schema)$/.test(words[at + 1] ?? ''),
    ),
  follows('django-admin', /^(flush|reset_db)\b/),
  follows('dropdb', /./),
  follows('alembic', /\bdowngrade base\b/),
  follows('flyway', /\bclean\b/),
  follows('liquibase', /\b(drop-?all)\b/i),
  follows('mix', /^ecto\.(drop|reset)\b/),
  (words) => words.some((word, at) => /(^|\/)artisan$/.test(word) && /^(migrate:(fresh|refresh|reset)|db:wipe)$/.test(words[at + 1] ?? '')),
  follows('supabase', /^db reset\b/),
  follows('sequelize', /\bdb:(drop|migrate:undo:all)\b/),
  follows('sequelize-cli', /\bdb:(drop|migrate:undo:all)\b/),
  follows('knex', /\bmigrate:rollback\b.*--all\b/),
  follows('typeorm', /\bschema:drop\b/),
  follows('drizzle-kit', /\bdrop\b|\bpush\b.*--force\b/),
  follows('dotnet', /^ef database drop\b/),
  follows('sqlx', /^(database|db) (drop|reset)\b/),
  follows('diesel', /^database reset\b/),
  follows('goose', /\b(reset|down-to 0)\b/),
  follows('migrate', /\bdown -all\b|\bdrop( -f)?$/),
  follows('mysqladmin', /\bdrop\b/),
  follows('heroku', /\bpg:reset\b/),
  (words) => words.some((word, at) => /(^|\/)manage\.py$/.test(word) && words[at + 1] === 'migrate' && words.includes('zero')),
  follows('pg_restore', /(^|\s)(--clean|-[abd-zA-Z0-9_]*c\w*)(\s|$)/),
  follows('wp', /^db (reset|drop|clean)\b/),
  follows('drush', /^(sql-drop|sql:drop|site-install)\b/),
  follows('hasura', /^migrate apply\b.*--down\b/),
  follows('atlas', /^schema (clean|apply\b.*--auto-approve)/),
  follows('dbmate', /^drop\b/),
  follows('rabbitmqctl', /^(reset|force_reset|delete_vhost|purge_queue)\b/),
  follows('kafka-topics', /--delete\b/),
  follows('kafka-topics.sh', /--delete\b/),
  follows('neonctl', /^branches reset\b/),
  follows('mikro-orm', /^(schema:(drop|fresh)|migration:fresh)\b/),
  follows('adonis', /^(migration:(fresh|refresh|reset)|db:wipe)\b/),
  follows('drizzle-kit', /\breset\b/),
  follows('pgreset', /./),
  (words, command) =>
    command.name === 'curl' &&
    words.some((word) => /^(-X)?DELETE$/.test(word)) &&
    words.some((word) => /:9200\/(_all|\*|[\w*-]+)\/?$/.test(word)),
  (words, command) => /^mongo(sh)?$/.test(command.name) && words.some((word) => /\bdropDatabase\s*\(/.test(word)),
];

function wipesBy(command: Command): boolean {
  const words = command.words.map((word) => word.text);
  return RESETS.some((reset) => reset(words, command));
}

const TEST_ENVIRONMENT =
  /\b(NODE_ENV|RAILS_ENV|APP_ENV|MIX_ENV|DJANGO_ENV|ENV|ENVIRONMENT)=["']?(test|testing|ci|dev|development|local)\b|\.env\.(test|testing|ci|dev|development|local)\b|--env[= ](test|testing|local|dev)\b|\b\w*[_-](test|testing|dev|e2e)\b|localhost|127\.0\.0\.1/;

function isForTests(command: Pick<Command, 'written' | 'scope'>, path: string): boolean {
  if (TEST_ENVIRONMENT.test(command.written)) return true;
  return (
    /(^|[.:_/-])(tests?|e2e|dev|develop|development|local|ci-db|playwright|cypress)([.:_/-]|$)/i.test(command.scope) || isTestPath(path)
  );
}

function isTestPath(path: string): boolean {
  return /(^|[/._-])(test|tests|e2e|dev|local)[._-][^/]*$|[._-](test|e2e|dev|local)\.[a-z]+$|(^|\/)Procfile\.(test|dev|development|local)$/i.test(
    path,
  );
}
