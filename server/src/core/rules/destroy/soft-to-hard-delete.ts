import type { Call, CodeToken, Fact, Option, SourceFacts, SqlStatement } from '../../model/facts.ts';
import type { FindingDraft } from '../../model/finding.ts';
import type { Range } from '../../model/range.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage, quote } from '../quote.ts';
import { lastName, receiver, shorten, words } from '../vocabulary/code/call-names.ts';
import { scopeAtLine, tokensOn } from '../vocabulary/code/code-text.ts';
import { counterpartScope, hasScope, within } from '../vocabulary/code/counterpart.ts';
import { onlyIn } from '../vocabulary/code/fact-keys.ts';
import { keepOfBoth } from '../vocabulary/code/kept.ts';
import { newBodiesOf } from '../vocabulary/code/new-bodies.ts';
import { newCallsIn } from '../vocabulary/code/scope-changes.ts';
import { isDownMigration, lastPart } from '../vocabulary/schema/sql-context.ts';

/**
 * ## What it sees
 * A row that was marked as deleted and is now deleted, in the same function, in SQL (also a status of the same rows) or past the mark (`Unscoped()`, `force: true`); and a model that loses the mark which its deletes
 * set (`@SQLDelete`, gorm's `DeletedAt`, `paranoid`), or a table the trigger that set it.
 *
 * ## Why it matters
 * The mark could be taken back, and everything that points at the row still worked.
 *
 * ## When it is fine
 * The law asks for it, and what hangs on the row was looked at.
 *
 * ## What it misses
 * A mark that another service sets, or a trigger whose name says nothing of it.
 */
export default defineRule({
  id: 'destroy/soft-to-hard-delete',
  version: '1.0.0',
  severity: 'high',
  confidence: 'high',
  title: 'A soft delete became a real one',
  reads: ['calls', 'options', 'statements', 'symbols'],
  evidence: [
    {
      title: 'Atlassian 2022-04: sites deleted instead of deactivated',
      url: 'https://www.atlassian.com/engineering/post-incident-review-april-2022-outage',
    },
  ],
  *check(input): Iterable<FindingDraft> {
    const lost = marksIn(input);
    for (const call of input.added.calls) {
      const isHard = UNSCOPED.test(call.callee) && HARD.test(lastName(call.callee)) && wasSoft(input, call);
      const isReal =
        deletesRow(call) &&
        !stoodThere(input, call) &&
        !isOwnMark(input, call) &&
        lost.some((fact) => {
          const stands = counterpartScope(input, fact.scope);
          return stands === undefined ? isRenamed(input, fact.scope, call.scope) : within(call.scope, stands);
        });
      if (!isHard && !((isReal || isWorkOfMark(input, call)) && !isMarkedByModel(input, call))) continue;
      yield {
        side: 'after',
        range: call.range,
        message: fitMessage(`\`${shorten(call.callee, 34)}\` deletes what was only marked before`),
      };
    }
    yield* unscopedBefore(input);
    yield* lostFromModel(input);
    yield* deletedRows(input);
    yield* forcedDeletes(input);
    yield* droppedTriggers(input);
  },
});

/** A trigger or a rule of the database that made a mark of a delete, by its name, and that is dropped and not made again. */
function* droppedTriggers({ added, after, path }: RuleInput): Iterable<FindingDraft> {
  for (const statement of added.statements) {
    const name =
      statement.names[
        statement.names.findIndex((word) => /^(?:trigger|rule)$/.test(word)) + (statement.names.includes('exists') ? 3 : 1)
      ] ?? '';
    if (
      !/^drop-(?:trigger|rule)$/.test(statement.verb) ||
      !/\b(?:soft delet\w*|tombstone\w*|mark deleted|archive on delete|prevent (?:hard )?delet\w*|no (?:hard )?delete)\b/.test(words(name))
    )
      continue;
    const isRemade = after?.statements.some(
      (other) => /^create-(?:or-replace-)?(?:trigger|rule)$/.test(other.verb) && other.names.includes(name),
    );
    if (isRemade !== true && !isDownMigration(statement, path, after))
      yield { side: 'after', range: statement.range, message: fitMessage(`without ${quote(name, 34)} a delete takes the row itself`) };
  }
}

/** In a new function, of this file or of one that is read with it, which a function asks now that marked the row before. */
function isWorkOfMark(input: RuleInput, call: Call): boolean {
  const { before, after } = input;
  if (before === undefined || after === undefined || call.scope === '' || hasScope(before, call.scope) || !deletesRow(call)) return false;
  const isHere = ({ scope }: Fact): boolean => within(scope, call.scope);
  // It marks the row and takes what hangs on it.
  if (after.options.some((option) => isHere(option) && isMark(option)) || after.calls.some((other) => isHere(other) && setsMark(other)))
    return false;
  return lostMarks(before, after).some((scope) => isWorkOf(input, scope, call.scope));
}

/** A function is new, and an old one asks it now and did not before. */
function isWorkOf(input: RuleInput, old: string, part: string): boolean {
  if (input.before === undefined || old === '' || part === '' || hasScope(input.before, part)) return false;
  return newCallsIn(input, old).some(({ callee }) => lastName(callee) === lastName(part));
}

/** Functions of the old side that marked a row and do not any more. */
const lostMarks = keepOfBoth((before: SourceFacts, after: SourceFacts): readonly string[] => {
  const marks = [...onlyIn(before.options, after.options).filter(isMark), ...onlyIn(before.calls, after.calls).filter(setsMark)];
  return [...new Set(marks.map(({ scope }) => scope))].filter((scope) => scope !== '');
});

/** What the call is named after came with the change, marks the row and takes none: `repository.delete` that sets `deletedAt`. */
function isOwnMark(input: RuleInput, call: Call): boolean {
  const bodies = newBodiesOf(input, call.callee);
  return (
    bodies.length > 0 &&
    bodies.every(({ facts, place }) => {
      const inside = ({ range }: Fact): boolean => place.startLine <= range.start.line && range.end.line <= place.endLine;
      const calls = facts.calls.filter(inside);
      const marks = facts.options.some((option) => inside(option) && isMark(option)) || calls.some(setsMark);
      const assigned = assignedMarks(facts, place.startLine, place.endLine).length > 0;
      const updates = facts.statements.some((one) => inside(one) && one.verb === 'update' && setColumns(one).some(isMarkColumn));
      const takes = calls.some(deletesRow) || facts.statements.some((one) => inside(one) && one.verb === 'delete');
      return (marks || assigned || updates) && !takes;
    })
  );
}

function isMarkColumn(column: string): boolean {
  return MARK.test(words(column)) || JOINED.test(column);
}

/** Names of marks that some lines assign: `member.deleted_at = Set(…)`, for what is assigned need not be a plain value. */
function assignedMarks(facts: SourceFacts | undefined, first: number, last: number): readonly CodeToken[] {
  const tokens = tokensOn(facts, first, last);
  return tokens.filter(
    ({ text }, at) =>
      tokens[at - 1]?.text === '.' && tokens[at + 1]?.text === '=' && MARK.test(words(text)) && !isLive(text, tokens[at + 2]?.text ?? ''),
  );
}

/** The function deleted the same rows before, whatever is written otherwise in the call. */
function stoodThere(input: RuleInput, call: Call): boolean {
  return input.before?.calls.some((old) => old.callee === call.callee && counterpartScope(input, old.scope) === call.scope) === true;
}

const MARK =
  /\b(deleted at|deactivated at|archived at|removed at|is deleted|deleted|is active|active|archived|is archived|disabled at|deleted on|is removed|closed at|trashed at|trashed|hidden|hidden at|is hidden|shelved|shelved at|suspended|suspended at|retired|retired at|withdrawn|withdrawn at|void|voided|voided at|voided on|tombstone|tombstoned|cancelled at|canceled at|discontinued|discontinued at|revoked at|retracted|retracted at|is retracted|redacted at|rescinded at|ended at|expired at|inactive|is inactive|inactivated at|disabled|is disabled|obsolete|is obsolete|binned|is trashed|recycled|soft deleted|removed on|deletion date|deleted by|archived on|terminated at|effective until|valid until|valid to|left at|closed on|unpublished at|blocked at)\b/;
/** The same of a query in the words of the entity, which come in lower case. */
const JOINED = /(^|\.)((deleted|deactivated|archived|removed|disabled|closed|trashed)(at|on)|is(deleted|active|archived|removed))$/;
const STATE =
  /\b(deleted|archived|deactivated|removed|inactive|trashed|closed|retired|withdrawn|suspended|disabled|hidden|void|voided|cancelled|canceled|shelved|discontinued|obsolete|terminated|ended|left|dormant|retracted|rescinded)\b/;
const SOFT =
  /^(softDelete\w*|softRemove|archive|deactivate|markDeleted|markAsDeleted|trash|soft_delete\w*|mark_deleted|mark_as_deleted|SoftDelete\w*|Archive|Deactivate|MarkDeleted|MarkAsDeleted|discard)$/;
const HARD =
  /^(delete|deleteOne|deleteMany|remove|destroy|hardDelete|findByIdAndDelete|findOneAndDelete|del|purge|erase|hard_delete|delete_one|delete_many|delete_by_id|Delete|DeleteOne|DeleteByID|DeleteById|Remove|HardDelete|Purge|Erase|deleteById|deleteAll|deleteAllById|deleteInBatch|deleteAllInBatch|deleteAllByIdInBatch)$/;
/** The same in a project's own words: `ledger.expunge(case)`, `store.dropMember(id)`. */
const TAKES = /^(hard )?(delete|remove|destroy|purge|erase|expunge|wipe|obliterate|shred|drop|nuke|eradicate|scrub)\b/;
const UNSCOPED = /\bUnscoped\(\)/;

/** A new function with a part of the old name that went into a type: `closeLocker(db, id)` and `Lockers.close(id)`. */
function isRenamed({ before }: RuleInput, old: string, fresh: string): boolean {
  const [was, is] = [words(lastName(old)).split(' '), words(lastName(fresh)).split(' ')];
  return (
    fresh !== '' &&
    before?.scopes.some(({ name }) => name === fresh) === false &&
    is.some((word) => word.length > 3 && was[0] === word) &&
    is.every((word) => was.includes(word))
  );
}

/** Where this hunk no longer marks a row: an assignment, a setter, a call that says so by its name, an update of the column. */
function marksIn(input: RuleInput): readonly Pick<Fact, 'scope'>[] {
  const { removed, hunk, before } = input;
  const { start, lines } = hunk.before;
  const assigned = assignedMarks(before, start, start + lines - 1).map(({ line }) => ({ scope: scopeAtLine(before, line) }));
  return removed.options.length + removed.calls.length === 0
    ? []
    : [...removed.options.filter(isMark), ...removed.calls.filter(setsMark), ...(input.removed.calls.length > 0 ? assigned : [])];
}

function isMark({ name, value }: Option): boolean {
  if (/^(status|state)$/i.test(lastName(name))) return STATE.test(words(value));
  return MARK.test(words(name)) && !isLive(name, value);
}

/** `active = true` marks nothing, and neither does a time of deletion that is taken back. */
function isLive(name: string, value: string): boolean {
  if (/\bactive\b/.test(words(name))) return !/^(false|0|'?(N|no|inactive)'?)$/i.test(value);
  return /^(false|null|nil|None|undefined|0)$/i.test(value);
}

/** `setDeletedAt(now)`, `.Update("deleted_at", now)`, `deleted_at.eq(now)`, and calls that are named by it. */
function setsMark({ callee, args, kind }: Call): boolean {
  if (kind === 'decorator') return false;
  const name = lastName(callee);
  if (SOFT.test(name)) return true;
  if (/^set[A-Z_]\w*$/.test(name)) return MARK.test(words(name)) && !isLive(name, args[0] ?? '');
  const column = /^(Update|UpdateColumn|update|set|Set|put|col_expr|increment)$/.test(name) ? args[0] : undefined;
  if (column !== undefined && /^\(?['"`]?[\w.:]+['"`]?$/.test(column)) return MARK.test(words(column)) && !isLive(column, args[1] ?? '');
  return name === 'eq' && MARK.test(words(receiver(callee))) && !isLive(receiver(callee), args[0] ?? '');
}

/** A row's end, said by a repository, a session, a model, or by a statement that is built: `delete(Member)`, `diesel::delete(…)`. */
function deletesRow({ callee, args, kind }: Call): boolean {
  const name = lastName(callee);
  if (kind === 'decorator') return false;
  if (callee === 'delete' || /^(diesel|sa|sqlalchemy|sql)(::|\.)delete$/.test(callee)) return /^[A-Za-z_]/.test(args[0] ?? '');
  return (
    (HARD.test(name) || TAKES.test(words(name))) &&
    (receiver(callee) !== '' || callee.includes('::')) &&
    !/(^|[.>])(cache|map|set|params|headers|localStorage|sessionStorage|searchParams|\w*(Cache|Map|Index|ById|ByKey|Queue))$/i.test(
      receiver(callee),
    )
  );
}

/** gorm deletes by mark as soon as a model has `gorm.DeletedAt`, unless it is told `Unscoped`. */
function isMarkedByModel(input: RuleInput, { callee, args }: Call): boolean {
  if (lastName(callee) !== 'Delete' || UNSCOPED.test(callee)) return false;
  const model = /^&?(\w+)(?:\{\}|$)/.exec(args[0] ?? '')?.[1];
  if (model === undefined || !/^[A-Z]/.test(model)) return false;
  return input.trees.after.mentioning('gorm', ['.go']).some((path) => {
    const content = input.trees.after.read(path);
    const text = content?.kind === 'text' ? content.text : '';
    const body = text.split(`type ${model} struct {`)[1]?.split('\n}')[0] ?? '';
    return /\bgorm\.(DeletedAt|Model)\b|\bsoft_delete\.DeletedAt\b/.test(body);
  });
}

function wasSoft(input: RuleInput, call: Call): boolean {
  return input.removed.calls.some(
    (other) => HARD.test(lastName(other.callee)) && other.scope === call.scope && !UNSCOPED.test(other.callee),
  );
}

/** `db := s.db.Unscoped()`, and a delete by that name. */
function* unscopedBefore(input: RuleInput): Iterable<FindingDraft> {
  for (const call of input.added.calls) {
    if (lastName(call.callee) !== 'Unscoped') continue;
    const line = tokensOn(input.after, call.range.start.line, call.range.end.line).map(({ text }) => text);
    const name = /^([A-Za-z_]\w*) :?= [^=]*\. Unscoped \( \)\W*$/.exec(line.join(' '))?.[1];
    const deletes = (calls: readonly Call[]): readonly Call[] =>
      calls.filter(({ callee, scope }) => lastName(callee) === 'Delete' && within(scope, call.scope));
    if (name === undefined || deletes(input.before?.calls ?? []).every(({ callee }) => UNSCOPED.test(callee))) continue;
    const victim = deletes(input.after?.calls ?? []).find(({ callee }) => callee.startsWith(`${name}.`));
    if (victim !== undefined)
      yield {
        side: 'after',
        range: call.range,
        message: fitMessage(`\`${shorten(victim.callee, 34)}\` deletes what was only marked before`),
      };
  }
}

/** What made every delete of a model a mark is gone, and the model is not. */
function* lostFromModel(input: RuleInput): Iterable<FindingDraft> {
  const { removed, added, after } = input;
  const stays = (owner: string): boolean => after?.symbols.some((symbol) => symbol.name === owner) === true;
  const say = (range: Range, owner: string): FindingDraft => ({
    side: 'before',
    range,
    message: fitMessage(`a delete of \`${shorten(owner, 30)}\` takes the row now; it only marked it before`),
  });
  const MODEL_MARK = /^(SQLDelete|SoftDelete|DeleteDateColumn)$/;
  for (const call of removed.calls) {
    const owner = MODEL_MARK.test(call.callee) && call.kind === 'decorator' ? (call.scope.split('.')[0] ?? '') : '';
    if (owner === '' || !stays(owner)) continue;
    const isBack = after?.calls.some((other) => MODEL_MARK.test(other.callee) && other.scope.split('.')[0] === owner) === true;
    if (!isBack) yield say(call.range, owner);
  }
  const GORM = /^(gorm|soft_delete)\.DeletedAt\b/;
  for (const { name, type, range } of removed.symbols) {
    if (!GORM.test(type)) continue;
    const owner = name.slice(0, Math.max(0, name.lastIndexOf('.')));
    const isBack = after?.symbols.some((other) => other.name.startsWith(`${owner}.`) && GORM.test(other.type)) === true;
    if (stays(owner) && !isBack) yield say(range, owner);
  }
  for (const { name, value, scope, range } of removed.options) {
    if (name !== 'paranoid' || value !== 'true') continue;
    const isOff = after?.options.every((other) => other.name !== 'paranoid' || other.value !== 'true') === true;
    if (isOff && (added.options.length > 0 || removed.symbols.length === 0)) yield say(range, scope || 'the model');
  }
}

/** A status of the very rows that are taken now: `SET status = 'archived' WHERE id = $1` and `DELETE … WHERE id = $1`. */
function setsStatus(old: SqlStatement, fresh: SqlStatement): boolean {
  const rows = ({ conditions }: SqlStatement): string =>
    [...conditions]
      .map((condition) => condition.replace(/[$:@]\w+|%s|%\(\w+\)s|\?/g, '?'))
      .sort()
      .join(' and ');
  return (
    old.verb === 'update' &&
    lastPart(old.targets[0] ?? '') === lastPart(fresh.targets[0] ?? '') &&
    setColumns(old).some((column) => /^(?:\w+_)?(?:status|state)$/.test(column)) &&
    rows(old) !== '' &&
    rows(old) === rows(fresh)
  );
}

/** Sequelize marks the rows of a `paranoid` model, unless a call is told `force`. */
function* forcedDeletes(input: RuleInput): Iterable<FindingDraft> {
  for (const { name, value, callee, range, scope } of input.added.options) {
    if (name !== 'force' || value !== 'true' || lastName(callee) !== 'destroy' || !/\.[cm]?[jt]s$/.test(input.path)) continue;
    const stood = input.before?.calls.some((old) => old.callee === callee && counterpartScope(input, old.scope) === scope) === true;
    if (stood && input.trees.after.mentioning('paranoid', ['.ts', '.js', '.mjs', '.cjs']).length > 0)
      yield { side: 'after', range, message: fitMessage(`\`${shorten(callee, 34)}\` deletes what was only marked before`) };
  }
}

/** Columns that an update assigns; of a query that was not parsed, what stands behind its SET. */
function setColumns({ sets, names }: SqlStatement): readonly string[] {
  return sets.length > 0 ? sets : names.slice(names.indexOf('set') + 1, names.includes('where') ? names.indexOf('where') : undefined);
}

/** `UPDATE … SET deleted_at = …` that became `DELETE FROM` the same table, in a script, a routine or a string. */
function* deletedRows(input: RuleInput): Iterable<FindingDraft> {
  for (const statement of input.added.statements) {
    if (statement.verb !== 'delete') continue;
    const table = lastPart(statement.targets[0] ?? '');
    const marks = (other: SqlStatement): boolean =>
      other.verb === 'update' && lastPart(other.targets[0] ?? '') === table && setColumns(other).some(isMarkColumn);
    // Where the statements of a file stand together in constants, no function says which took the place of which.
    const isHeld = (one: SqlStatement): boolean => one.scope === '' && input.after?.statements.some(marks) !== true;
    const marked =
      input.removed.statements.find(
        (old) => (marks(old) || setsStatus(old, statement)) && within(statement.scope, counterpartScope(input, old.scope) ?? '-'),
      ) ??
      input.before?.statements.find(
        (old) => marks(old) && (isHeld(statement) || isHeld(old) || isWorkOf(input, old.scope, statement.scope)),
      );
    const isMarkedToo =
      statement.scope !== '' && input.after?.statements.some((one) => marks(one) && one.scope === statement.scope) === true;
    if (marked === undefined || isMarkedToo) continue;
    yield {
      side: 'after',
      range: statement.range,
      message: fitMessage(`DELETE takes rows of \`${shorten(table, 26)}\` that were only marked before`),
    };
  }
}
