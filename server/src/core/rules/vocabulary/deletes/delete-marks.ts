import type { Call, CodeToken, Option, SourceFacts, SqlStatement } from '../../../model/facts.ts';
import { lastName, receiver, words } from '../code/call-names.ts';
import { tokensOn } from '../code/code-text.ts';

/** Whether a column, by its name, marks a row as deleted: `deleted_at`, and `deletedat` in the words of an entity. */
export function isMarkColumn(column: string): boolean {
  return MARK.test(words(column)) || JOINED.test(column);
}

/** Columns that an update assigns; of a query that was not parsed, what stands behind its SET. */
export function setColumns({ sets, names }: SqlStatement): readonly string[] {
  return sets.length > 0 ? sets : names.slice(names.indexOf('set') + 1, names.includes('where') ? names.indexOf('where') : undefined);
}

/** Names of marks that some lines assign: `member.deleted_at = Set(…)`, for what is assigned need not be a plain value. */
export function assignedMarks(facts: SourceFacts | undefined, first: number, last: number): readonly CodeToken[] {
  const tokens = tokensOn(facts, first, last);
  return tokens.filter(
    ({ text }, at) =>
      tokens[at - 1]?.text === '.' && tokens[at + 1]?.text === '=' && MARK.test(words(text)) && !isLive(text, tokens[at + 2]?.text ?? ''),
  );
}

/** Whether an option or a field sets a mark: `deletedAt: now`, `status: 'archived'`. */
export function isMark({ name, value }: Option): boolean {
  if (/^(status|state)$/i.test(lastName(name))) return STATE.test(words(value));
  if (/^(is_?)?enabled$/i.test(name)) return /^(false|False)$/.test(value);
  return MARK.test(words(name)) && !isLive(name, value);
}

/** `active = true` marks nothing, and neither does a time of deletion that is taken back. */
function isLive(name: string, value: string): boolean {
  if (/\bactive\b/.test(words(name))) return !/^(false|0|'?(N|no|inactive)'?)$/i.test(value);
  return /^(false|null|nil|None|undefined|0)$/i.test(value);
}

/** `setDeletedAt(now)`, `.Update("deleted_at", now)`, `deleted_at.eq(now)`, and calls that are named by it. */
export function setsMark({ callee, args, kind }: Call): boolean {
  if (kind === 'decorator') return false;
  const name = lastName(callee);
  if (SOFT.test(name)) return true;
  if (/^set[A-Z_]\w*$/.test(name)) return MARK.test(words(name)) && !isLive(name, args[0] ?? '');
  const column = /^(Update|UpdateColumn|update|set|Set|put|col_expr|increment)$/.test(name) ? args[0] : undefined;
  if (column !== undefined && /^\(?['"`]?[\w.:]+['"`]?$/.test(column)) return MARK.test(words(column)) && !isLive(column, args[1] ?? '');
  return name === 'eq' && MARK.test(words(receiver(callee))) && !isLive(receiver(callee), args[0] ?? '');
}

const MARK =
  /\b(deleted at|deactivated at|archived at|removed at|is deleted|deleted|is active|active|archived|is archived|disabled at|deleted on|is removed|closed at|trashed at|trashed|hidden|hidden at|is hidden|shelved|shelved at|suspended|suspended at|retired|retired at|withdrawn|withdrawn at|void|voided|voided at|voided on|tombstone|tombstoned|cancelled at|canceled at|discontinued|discontinued at|revoked at|retracted|retracted at|is retracted|redacted at|rescinded at|ended at|expired at|inactive|is inactive|inactivated at|disabled|is disabled|obsolete|is obsolete|binned|is trashed|recycled|soft deleted|removed on|deletion date|deleted by|archived on|terminated at|effective until|valid until|valid to|left at|closed on|unpublished at|blocked at)\b/;

/** The same of a query in the words of the entity, which come in lower case. */
const JOINED = /(^|\.)((deleted|deactivated|archived|removed|disabled|closed|trashed)(at|on)|is(deleted|active|archived|removed))$/;

const STATE =
  /\b(deleted|archived|deactivated|removed|inactive|trashed|closed|retired|withdrawn|suspended|disabled|hidden|void|voided|cancelled|canceled|shelved|discontinued|obsolete|terminated|ended|left|dormant|retracted|rescinded)\b/;

const SOFT =
  /^(softDelete\w*|softRemove|archive|deactivate|markDeleted|markAsDeleted|trash|soft_delete\w*|mark_deleted|mark_as_deleted|SoftDelete\w*|Archive|Deactivate|MarkDeleted|MarkAsDeleted|discard|retract|Retract|tombstone|Tombstone)$/;
