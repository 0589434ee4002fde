import type { CodeToken } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { keepOf } from '../code/kept.ts';

/**
 * True where a statement is plainly not for Postgres: by the words of its file, by its path, or because the tree names another
 * database and never Postgres. What locks there locks otherwise.
 */
export function isOtherDialect(input: RuleInput): boolean {
  const known = answers.get(input);
  if (known !== undefined) return known;
  const answer = byPath(input.path) ?? byWords(input) ?? byTree(input);
  answers.set(input, answer);
  return answer;
}

const answers = new WeakMap<RuleInput, boolean>();

function byPath(path: string): boolean | undefined {
  if (/postgres|pgsql|(^|[/._-])pg([/._-]|$)|\.psql$|supabase/i.test(path)) return false;
  return /mysql|mariadb|sqlite|mssql|sqlserver|oracle|(^|[/._-])(d1|libsql|turso|planetscale|clickhouse|snowflake|bigquery)([/._-]|$)/i.test(
    path,
  )
    ? true
    : undefined;
}

/** Words that only one of the dialects has. */
function byWords({ after, path }: RuleInput): boolean | undefined {
  if (!/\.(sql|ddl)$/i.test(path)) return undefined;
  return after === undefined ? undefined : byTokens(after.tokens);
}

const byTokens = keepOf((tokens: readonly CodeToken[]): boolean | undefined => {
  if (tokens.some(({ text }) => /^(concurrently|timestamptz|jsonb|bigserial|plpgsql|lock_timeout)$/.test(text))) return false;
  return tokens.some(({ text }) => text.startsWith('`') || /^\[\w/.test(text) || OTHERS.test(text)) ? true : undefined;
});

const OTHERS =
  /^(auto_increment|autoincrement|pragma|innodb|nvarchar|varchar2|number|unsigned|modify|datetime|tinyint|mediumtext|longtext|algorithm|strftime|clustered|nonclustered)$/;

function byTree({ trees }: RuleInput): boolean {
  const names = (word: string): boolean =>
    trees.after.mentioning(word, ['.json', '.toml', '.txt', '.prisma', '.yml', '.yaml', '.mod', '.gradle', '.xml', '.ts', '.js', '.py'])
      .length > 0;
  if (['postgres', 'postgresql', 'pg', 'psycopg2', 'psycopg', 'asyncpg', 'pgx', 'supabase'].some(names)) return false;
  return ['mysql', 'mysql2', 'sqlite', 'sqlite3', 'mariadb', 'mssql', 'pymysql', 'mysqlclient', 'tedious', 'oracledb', 'd1_databases'].some(
    names,
  );
}
