import type { Call, SqlStatement } from '../../model/facts.ts';
import type { FindingDraft } from '../../model/finding.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { clipToHunk } from '../hunk-range.ts';
import { fitMessage, quote } from '../quote.ts';
import { isHolder } from '../vocabulary/access/holders.ts';
import { lastName, receiver, shorten, words } from '../vocabulary/code/call-names.ts';
import { rangeOfLine } from '../vocabulary/code/code-text.ts';
import { changedLists } from '../vocabulary/code/named-lists.ts';
import { freedWork } from '../vocabulary/guards/freed-work.ts';
import { catalogueWidened } from '../vocabulary/queries/catalogue-queries.ts';
import { shortenedTargets } from '../vocabulary/queries/conflict-targets.ts';
import { shownDeleted } from '../vocabulary/queries/deleted-rows.ts';
import { departedQueries } from '../vocabulary/queries/departed-filters.ts';
import { shortenedNames } from '../vocabulary/queries/derived-names.ts';
import { placeOfCondition } from '../vocabulary/queries/place-of-condition.ts';
import { type NarrowedQuery, widenedQueries } from '../vocabulary/queries/query-filters.ts';
import { rebuiltStatements } from '../vocabulary/queries/rebuilt-statements.ts';
import { repeatedInserts } from '../vocabulary/queries/repeated-inserts.ts';
import { shortenedFilters } from '../vocabulary/queries/shortened-filters.ts';
import { newerColumn } from '../vocabulary/queries/stale-upserts.ts';
import { turnedCutoffs } from '../vocabulary/queries/turned-cutoffs.ts';
import { unsaidConditions } from '../vocabulary/queries/unsaid-conditions.ts';
import { VERSION, versionColumn } from '../vocabulary/queries/version-columns.ts';
import type { LostCondition } from '../vocabulary/schema/compared-statements.ts';
import { laterLineOf } from '../vocabulary/schema/condition-lines.ts';
import { filledBy } from '../vocabulary/schema/filled-tables.ts';
import { remadeViews } from '../vocabulary/schema/remade-views.ts';
import { arrivedWithout, departedWithout, lostConditions } from '../vocabulary/schema/sql-conditions.ts';
import { isDownMigration, isTemporaryTable, lastPart } from '../vocabulary/schema/sql-context.ts';
import { asWritten } from '../vocabulary/schema/written-conditions.ts';

/**
 * ## What it sees
 * A DELETE, an UPDATE or the selection of a batch that stays and asks for less than before: a condition that is gone, a LIMIT
 * that is gone, a comparison that lets more through or is turned round, a cut-off that lies ahead. In SQL files,
 * in SQL inside strings, and in the calls of object mappers and query builders (`filter(…)`, `where(…)`, `deleteMany({ where })`).
 * A view or a function that is made anew without one of its conditions, and a table that is filled with what a later statement
 * deletes. A query of the catalogue that no longer says of which schema. An insert that overwrites the row that is there (`DO NOTHING` that became `DO UPDATE`), or no longer does, or takes it for the same by fewer columns; a query that finds
 * deleted rows as well (`withDeleted`, `Unscoped`). Also a list of what must stay that loses entries, and a
 * delete in a loop whose condition is gone.
 *
 * ## Why it matters
 * The statement works as before and meets other people's rows. Atlassian deleted 775 customers' sites because a script was
 * given a wider list than it was written for.
 *
 * ## When it is fine
 * The condition stands in another form, is stricter now, or went into the query that the statement is built from. These are
 * not flagged where it can be seen.
 *
 * ## What it misses
 * Conditions that are put together at run time, values that mean more than before, and a query of an object mapper that went
 * to another file where the name of its lost condition is still said of something else.
 */
export default defineRule({
  id: 'data/filter-widened',
  version: '1.0.0',
  severity: 'high',
  confidence: 'medium',
  title: 'A write meets more rows than before',
  reads: ['statements', 'calls', 'options', 'guards', 'conditions', 'symbols', 'tokens'],
  evidence: [
    {
      title: 'Atlassian 2022-04: sites deleted by a script',
      url: 'https://www.atlassian.com/engineering/post-incident-review-april-2022-outage',
    },
  ],
  *check(input): Iterable<FindingDraft> {
    const told = [
      ...[...lostConditions(input), ...departedWithout(input)].map((lost) => ({ lost, side: 'before' as const, statement: lost.before })),
      ...arrivedWithout(input).map((lost) => ({ lost, side: 'after' as const, statement: lost.after })),
    ];
    const ofCatalogues = new Set(
      catalogueWidened(
        input,
        told.map(({ lost }) => lost),
      ),
    );
    for (const { lost, side, statement } of told) {
      const isTaken = isTakenByWrite(lost.after, input);
      if (!isTaken && !ofCatalogues.has(lost) && !(isWrite(lost.after, input) || isWrite(lost.before, input))) continue;
      if (!isTaken && isTemporaryTable(lost.after.targets[0] ?? '', input.after)) continue;
      // A version that is asked no more is version-check-removed.
      if (/^(update|delete)$/.test(lost.after.verb) && versionColumn(lost.condition) !== undefined) continue;
      const newer = newerColumn(lost.before);
      if (newer !== undefined && lost.condition.startsWith(`${newer} <`)) continue;
      if (isDownMigration(lost.after, input.path, input.after)) continue;
      yield {
        side,
        range: (side === 'before' ? laterLineOf(input, statement, lost.condition) : undefined) ?? clipToHunk(input, side, statement.range),
        message: fitMessage(describe(lost, asWritten(input, lost.before, lost.condition))),
      };
    }
    yield* remade(input);
    const lines = new Set<number>();
    for (const query of [
      ...widenedQueries(input),
      ...departedQueries(input),
      ...rebuiltStatements(input),
      ...unsaidConditions(input),
      ...shortenedNames(input),
    ]) {
      const { line } = query.range.start;
      if (VERSION.test(query.lost) || lines.has(line)) continue;
      lines.add(line);
      yield { ...placeOfCondition(input, query), message: fitMessage(describeQuery(query)) };
    }
    for (const { range, scope } of turnedCutoffs(input))
      yield { side: 'after', range, message: fitMessage(`the cut-off of ${quote(scope, 28)} lies ahead: what is new goes too`) };
    yield* shortenedExceptions(input);
    for (const { range, what, now } of repeatedInserts(input))
      yield {
        side: 'after',
        range,
        message: fitMessage(
          now === 'overwrites'
            ? `${quote(what, 26)} overwrites the row that is there; it left it alone`
            : `${quote(what, 26)} leaves the row that is there; it brought it up to date`,
        ),
        ...(now === 'keeps' ? { severity: 'medium' as const } : {}),
      };
    for (const { lost, ...place } of shortenedTargets(input))
      yield { ...place, message: fitMessage(`the row that is overwritten is no longer known by ${quote(lost, 28)}`) };
    for (const { side, range, what } of shownDeleted(input))
      yield { side, range, message: fitMessage(`${quote(what, 28)}: the query finds what was deleted, too`), severity: 'medium' };
    for (const { line, lost, work } of shortenedFilters(input, takesRows))
      yield {
        side: 'after',
        range: rangeOfLine(input, 'after', line),
        message: fitMessage(`${quote(work.callee, 28)} also takes what ${quote(lost, 26)} left out`),
      };
    for (const { side, range, test, calls } of freedWork(input)) {
      const victim = calls.find(({ callee }) => TAKES.test(lastName(callee)) && /[.:]/.test(callee));
      if (victim !== undefined && !IN_MEMORY.test(receiver(victim.callee)) && !IS_THERE.test(test))
        yield { side, range, message: fitMessage(`${quote(victim.callee, 28)} no longer asks for ${quote(test, 24)}`) };
    }
  },
});

/** Told where the condition stood, or where a definition of another file is made anew. */
function* remade(input: RuleInput): Iterable<FindingDraft> {
  for (const { statement, lost } of remadeViews(input)) {
    const column = /[a-z_]\w*/.exec(lost.condition)?.[0] ?? '';
    // Whose rows they are is tenant-filter-removed.
    if (isHolder(column)) continue;
    const isHere = input.removed.statements.includes(lost.before);
    const what = `${/function|procedure/.test(statement.verb) ? 'function' : 'view'} ${quote(statement.targets[0] ?? '', 22)}`;
    yield {
      side: isHere ? 'before' : 'after',
      range: isHere
        ? (laterLineOf(input, lost.before, lost.condition) ?? clipToHunk(input, 'before', lost.before.range))
        : clipToHunk(input, 'after', statement.range),
      ...(KEEPS_OUT.test(words(lost.condition)) ? {} : { severity: 'medium' as const }),
      message: fitMessage(
        `${what} ${lost.kind === 'turned' ? 'asks for the opposite of' : 'no longer asks for'} ${quote(lost.condition || 'LIMIT', 28)}`,
      ),
    };
  }
}

/** What is over, or not to be seen, by its column. */
const KEEPS_OUT =
  /\b(?:delet\w+|archiv\w+|void\w*|cancel\w+|hidden|private|public|publish\w+|visible|visibility|active|inactive|banned|blocked|suspend\w+|revoked?|consent\w*|opt(?:ed)? (?:in|out)|unsubscribed|draft|approved|confirmed|expire\w*|withdrawn|disabled|enabled|removed|purged|redacted|sensitive|restricted|embargo\w*)\b/;

const TAKES =
  /^(delete|remove|destroy|purge|erase|wipe|expunge|unlink|rmtree|archive|deactivate|suspend|cancel|terminate|expire|revoke|close)/i;
/** Another thing than a list of this process loses what the call is handed. */
function takesRows({ callee }: Call): boolean {
  return TAKES.test(lastName(callee)) && /[.:]/.test(callee) && !IN_MEMORY.test(receiver(callee));
}

/** Whether a file is there says nothing of which one it is. */
const IS_THERE = /\b(?:exists|existsSync|isfile|is_file|isdir|is_dir|lexists|file_exists)\b/;

const IN_MEMORY =
  /(cache|map|set|list|items|queue|dict|params|headers|storage|elements?|nodes?|children|classlist|index|seen|array|buffer)s?$/i;

/** Names of lists that keep something out: what must stay, what is not touched. */
const EXCEPTS =
  /\b(held|holds?|keep|keeps|kept|protect|protected|exclude|excludes|excluded|exclusions?|except|exceptions|exempt|exempted|skip|skipped|ignore|ignored|preserve|preserved|retain|retained|immune|pinned|reserved|safe|untouchable|never|allow ?list|white ?list|spared?|sacred|permanent|undeletable|guarded|locked|active|live|vip)\b/;
const REMOVES =
  /\b(delete|purge|remove|prune|clean|cleanup|sweep|expire|archive|wipe|erase|reap|retention|drop|destroy|truncate|deactivate|suspend|terminate)/i;

/** A list of what must stay, in a file that deletes, loses entries: what they stood for goes with the next run. */
function* shortenedExceptions(input: RuleInput): Iterable<FindingDraft> {
  const { after } = input;
  for (const list of changedLists(input)) {
    const [lost] = list.removed;
    if (lost === undefined || list.added.length >= list.removed.length || !EXCEPTS.test(words(list.name))) continue;
    const deletes =
      after?.statements.some(({ verb }) => /^(delete|truncate|drop-table|update)$/.test(verb)) === true ||
      after?.calls.some(({ callee }) => REMOVES.test(words(lastName(callee))) && !IN_MEMORY.test(receiver(callee))) === true;
    if (!deletes) continue;
    const names = list.removed.map(({ text }) => text).join(', ');
    yield {
      side: 'before',
      range: rangeOfLine(input, 'before', lost.line),
      message: fitMessage(`${quote(list.name, 22)} no longer keeps ${quote(names, 32)}`),
    };
  }
}

/** What it selects fills a table by which a later statement of the file deletes or changes rows: `CREATE TEMP TABLE doomed AS SELECT …`. */
function isTakenByWrite(statement: SqlStatement, { after }: RuleInput): boolean {
  const filled = filledBy(statement);
  const behind =
    after?.statements.filter(({ verb, range }) => TAKES_ROWS.test(verb) && range.start.line > statement.range.start.line) ?? [];
  // Rows may be taken out of the selection again, by a condition of their own.
  if (filled === undefined || behind.some(({ targets }) => lastPart(targets[0] ?? '') === filled)) return false;
  return behind.some(({ names }) => names.includes(filled));
}

const TAKES_ROWS = /^(delete|update|merge)$/;

/** A statement that changes rows, and a query in a file or a function that goes on to change what it found. */
function isWrite(statement: SqlStatement, input: RuleInput): boolean {
  if (/^(delete|update|merge)$/.test(statement.verb)) return true;
  if (statement.verb === 'insert') return /\barchive|purge|expire|delete/i.test(input.path);
  if (statement.verb !== 'select') return false;
  if (
    /(^|[/._-])(purge|prune|cleanup|clean|expire|archive|sweep|delete|reap|gc|retention|batch|backfill|jobs?)([/._-]|$)/i.test(input.path)
  )
    return true;
  return /\b(purge|prune|clean|expire|archive|sweep|delete|remove|reap|close|cancel|deactivate|suspend|charge|refund|notify|send)/i.test(
    statement.scope.replace(/([a-z])([A-Z])/g, '$1 $2').replaceAll('_', ' '),
  );
}

function describe({ after, kind }: LostCondition, condition: string): string {
  const verb = after.verb === 'create-table' ? 'SELECT' : after.verb.toUpperCase();
  const what = `${verb} of ${quote(after.targets[0] ?? after.names[2] ?? '', 22)}`;
  if (kind === 'limit') return `${what} has no LIMIT any more`;
  const asked = condition.replace(/([<>!]) ([=>])/g, '$1$2');
  if (kind === 'turned') return `${what} asks for the opposite of ${quote(asked, 28)}`;
  return kind === 'loosened' ? `${what} lets more through than ${quote(asked, 28)}` : `${what} no longer asks for ${quote(asked, 28)}`;
}

function describeQuery({ callee, lost, isTurned }: NarrowedQuery): string {
  if (isTurned) return `\`${shorten(callee, 34)}\` asks for the opposite of \`${shorten(lost, 22)}\``;
  return `\`${shorten(callee, 34)}\` no longer asks for \`${shorten(lost, 22)}\``;
}
