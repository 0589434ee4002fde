import type { Severity } from '../../model/finding.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage, quote } from '../quote.ts';
import { escaped } from '../vocabulary/code/literal-patterns.ts';
import { isStanding } from '../vocabulary/schema/schema-changes.ts';
import { type HunkStatement, statementsOfHunk } from '../vocabulary/schema/schema-statements.ts';
import { isOtherDialect } from '../vocabulary/schema/sql-dialect.ts';

/**
 * ## What it sees
 * A statement by which Postgres writes a standing table anew: VACUUM FULL, CLUSTER, a new column whose default is another value in
 * each row (`gen_random_uuid()`, `clock_timestamp()`, a serial, a stored generated column), SET LOGGED, SET TABLESPACE; and SET
 * UNLOGGED, after which a crash empties the table. In SQL, in strings of a program, in a script, and by a migration tool.
 *
 * ## Why it matters
 * Nobody can even read the table until the last row is written. On a large one that is an outage of minutes or hours, and the
 * disk needs room for a second copy.
 *
 * ## When it is fine
 * The table is new in the same change, the default is one value for all (`now()` too), a plain VACUUM, another database.
 *
 * ## What it misses
 * How many rows the table has, and functions of one's own that are volatile.
 */
export default defineRule({
  id: 'data/table-rewritten',
  version: '1.0.0',
  severity: 'medium',
  confidence: 'high',
  title: 'Writes a whole table anew while nobody can read it',
  reads: ['statements', 'calls', 'settings'],
  evidence: [
    {
      title: 'strong_migrations: adding a column with a volatile default',
      url: 'https://github.com/ankane/strong_migrations#adding-a-column-with-a-default-value',
    },
    { title: 'PostgreSQL: VACUUM', url: 'https://www.postgresql.org/docs/current/sql-vacuum.html' },
  ],
  *check(input) {
    for (const statement of statementsOfHunk(input, 'after')) {
      const found = judge(statement, input);
      if (found === undefined || isOtherDialect(input)) continue;
      yield { side: statement.side, range: statement.range, severity: found.severity, message: fitMessage(found.message) };
    }
  },
});

interface Rewrite {
  readonly severity: Severity;
  readonly message: string;
}

function judge(statement: HunkStatement, input: RuleInput): Rewrite | undefined {
  const { verb, names, targets } = statement;
  const isFull = verb === 'vacuum' && names.includes('full');
  if (isFull || verb === 'cluster') {
    const table = names.find((name) => !NOISE.test(name));
    if (table !== undefined && !isStanding(table, statement, input)) return undefined;
    const what = isFull ? 'VACUUM FULL' : 'CLUSTER';
    return { severity: 'high', message: `nobody can read ${table === undefined ? 'a table' : quote(table)} while ${what} writes it anew` };
  }
  const [table = ''] = targets;
  if (verb !== 'alter-table' || !isStanding(table, statement, input)) return undefined;
  const said = names.join(' ');
  if (/\bset unlogged\b/.test(said)) return { severity: 'high', message: `a crash empties ${quote(table)} from now on: SET UNLOGGED` };
  const moved = /\bset (logged|tablespace)\b/.exec(said)?.[1];
  if (moved !== undefined)
    return { severity: 'medium', message: `nobody can read ${quote(table)} while it is copied: SET ${moved.toUpperCase()}` };
  const column = statement.actions.find(({ kind, name, marks, type = '' }) => {
    if (kind !== 'add-column') return false;
    const said = clauseOf(statement.key, name);
    if (marks.includes('filled') || /^(?:small|big)?serial$/.test(type)) return !/\bvirtual\b/i.test(said);
    return marks.includes('default') && VOLATILE.test(said);
  });
  return column === undefined
    ? undefined
    : { severity: 'medium', message: `writes every row of ${quote(table)} anew to fill ${quote(column.name)}, under a lock` };
}

/** What a table that is declared whole says of one column, up to the comma behind it; of any other statement all that it says. */
function clauseOf(text: string, column: string): string {
  if (!/^\W*create table\b/i.test(text)) return text;
  const start = text.search(new RegExp(`(?<![\\w.])"?${escaped(column)}"?(?!\\w)`, 'i'));
  if (start < 0) return text;
  let depth = 0;
  for (let at = start; at < text.length; at += 1) {
    const character = text[at];
    if (character === '(') depth += 1;
    else if (character === ')') depth -= 1;
    if (depth < 0 || (depth === 0 && character === ',')) return text.slice(start, at);
  }
  return text.slice(start);
}

/** Words of VACUUM and CLUSTER that name no table. */
const NOISE = /^(?:vacuum|cluster|full|analyze|verbose|freeze|parallel|skip_locked|on|off|true|false|\d+)$/;

/** Functions that give another value for each row. */
const VOLATILE = /\b(?:gen_random_uuid|gen_random_bytes|uuid_generate_v\w+|uuidv[47]|random|clock_timestamp|timeofday|nextval) ?\(/i;
