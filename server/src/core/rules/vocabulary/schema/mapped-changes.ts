import type { SourceFacts, SqlAction, SqlStatement } from '../../../model/facts.ts';
import type { Range, Side } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { keepOf } from '../code/kept.ts';
import { columnDifferences } from './column-differences.ts';
import { compareTypes, isPrefix } from './column-types.ts';
import { drizzleTables } from './mapped-drizzle.ts';
import { entityTables } from './mapped-entities.ts';
import { gormTables } from './mapped-go.ts';
import { pythonTables } from './mapped-python.ts';
import type { MappedColumn, MappedRule, MappedTable } from './mapped-table.ts';

/** What an edit of a model does to its table, as the ALTER that it stands for. */
export interface MappedChange {
  readonly side: Side;
  readonly table: string;
  readonly action: SqlAction;
  readonly range: Range;
}

/** Tables that a file's models stand for. */
const tablesIn = keepOf((facts: SourceFacts): ReadonlyMap<string, MappedTable> => {
  const read = READERS[facts.language]?.(facts) ?? [];
  return new Map(read.map((table) => [table.name, table]));
});

const entities = (facts: SourceFacts): readonly MappedTable[] => [...drizzleTables(facts), ...entityTables(facts)];
const READERS: Readonly<Record<string, (facts: SourceFacts) => readonly MappedTable[]>> = {
  typescript: entities,
  javascript: entities,
  java: entityTables,
  python: pythonTables,
  go: gormTables,
};

/**
 * Changes of this hunk to models that stood before. A model that only maps what migrations made says little by a field that comes
 * or goes: of those, only what it keeps and says otherwise is told.
 */
export function* mappedChanges(input: RuleInput): Generator<MappedChange> {
  const { before, after } = input;
  if (before === undefined || after === undefined || READERS[after.language] === undefined) return;
  const fresh = tablesIn(after);
  if (fresh.size === 0) return;
  const had = tablesIn(before);
  for (const old of had.values()) {
    const now = fresh.get(old.name);
    if (now === undefined) {
      const renamed = [...fresh.values()].find(({ model, name }) => model !== undefined && model === old.model && !had.has(name));
      if (renamed?.range === undefined) continue;
      const action: SqlAction = { kind: 'rename-to', name: old.name, to: renamed.name, marks: [] };
      const change: MappedChange = { side: 'after', table: old.name, action, range: renamed.range };
      if (isInHunk(input, change)) yield change;
      continue;
    }
    for (const change of [...changedColumns(old, now), ...lostRules(old, now)])
      if (isInHunk(input, change) && !isToldAsFloat(input, change)) yield change;
  }
}

function* changedColumns(old: MappedTable, now: MappedTable): Generator<MappedChange> {
  const table = now.name;
  const had = new Map(old.columns.map((column) => [column.action.name, column]));
  const has = new Map(now.columns.map((column) => [column.action.name, column]));
  const lost = old.columns.filter(({ action }) => !has.has(action.name));
  const added = now.columns.filter(({ action }) => !had.has(action.name));
  const renamed = new Map<MappedColumn, MappedColumn>();
  for (const column of lost) {
    const partner = added.find(({ field }) => field === column.field) ?? (added.length === 1 && lost.length === 1 ? added[0] : undefined);
    if (partner !== undefined && baseOf(partner) === baseOf(column)) renamed.set(column, partner);
  }
  for (const [column, partner] of renamed) {
    const action: SqlAction = { kind: 'rename-column', name: column.action.name, to: partner.action.name, marks: [] };
    yield { side: 'after', table, action, range: partner.range };
  }
  const partners = new Set(renamed.values());
  if (now.makes) {
    for (const column of now.isOpen === true ? [] : lost)
      if (!renamed.has(column))
        yield { side: 'before', table, action: { ...column.action, kind: 'drop-column', marks: [] }, range: column.range };
    for (const column of added) if (!partners.has(column)) yield { side: 'after', table, action: column.action, range: column.range };
  }
  for (const column of now.columns) {
    const was = had.get(column.action.name);
    if (was === undefined) continue;
    for (const action of columnDifferences(was.action, column.action))
      if (isTold(action, now)) yield { side: 'after', table, action, range: column.range };
  }
}

/** A column that is renamed may be given another length with it. */
function baseOf({ action: { type = '' } }: MappedColumn): string {
  return type.replace(/\(.*/s, '').trim();
}

/** Types that both sides say and that hold less, and what a column demanded. */
function isTold(action: SqlAction, { makes, rules }: MappedTable): boolean {
  if (action.kind === 'alter-type') {
    const { to = '', type = '' } = action;
    return type !== '' && to !== '' && /^(?:narrower|other)$/.test(compareTypes(to, type));
  }
  if (action.kind === 'set-not-null') return makes;
  const stays = rules.some(({ action: rule }) => rule.constraint === 'unique' && rule.columns?.join() === action.columns?.join());
  return action.constraint !== 'unique' || !stays;
}

/** Rules that no other of the model stands for: an index that begins with those columns, a uniqueness over the same or fewer. */
function* lostRules(old: MappedTable, now: MappedTable): Generator<MappedChange> {
  const uniques = now.columns.filter(({ action }) => action.marks.includes('unique')).map(({ action }) => [action.name]);
  const has = new Set(now.columns.map(({ action }) => action.name));
  for (const { action, range } of old.rules) {
    const columns = action.columns ?? [];
    const isColumn = action.constraint !== 'check';
    if (isColumn && !columns.every((name) => has.has(name) || !old.columns.some((column) => column.action.name === name))) continue;
    const stays = ({ action: other }: MappedRule): boolean => {
      const own = other.columns ?? [];
      if (action.kind === 'add-index') return isPrefix(columns, own);
      if (action.constraint === 'check') return other.constraint === 'check' && own.join() === columns.join();
      return other.constraint === 'unique' && own.every((name) => columns.includes(name));
    };
    if (now.rules.some(stays) || (isColumn && uniques.some((own) => own.every((name) => columns.includes(name))))) continue;
    const kind = action.kind === 'add-index' ? 'drop-index' : 'drop-constraint';
    yield { side: 'before', table: now.name, action: { ...action, kind, marks: [] }, range };
  }
}

/** An amount that becomes a float in a model of these is told as one: money/float-amount. */
function isToldAsFloat({ path }: RuleInput, { action }: MappedChange): boolean {
  return action.kind === 'alter-type' && /\.(?:py|go)$/.test(path) && /^(?:double|real|float)/.test(action.type ?? '');
}

function isInHunk({ hunk }: RuleInput, { side, range }: MappedChange): boolean {
  const { start, lines } = hunk[side];
  return range.start.line < start + lines && start <= range.end.line;
}

/** True where a migration of the same change does that to the column, or to a rule of that table, itself: it is judged in the model's place. */
export function isMigrated({ table, action }: Pick<MappedChange, 'table' | 'action'>, migrations: readonly SqlStatement[]): boolean {
  const flat = (name: string): string => (name.split('.').at(-1) ?? '').replaceAll('_', '').replace(/s$/, '');
  const own = flat(table);
  const names = new Set([action.name, action.to ?? '', ...(action.columns ?? [])].filter((name) => name !== '').map(flat));
  return migrations.some((other) => {
    if (!/^(?:alter|rename|create|drop)-(?:table|index)$/.test(other.verb)) return false;
    const isOwn = other.targets.some((target) => flat(target) === own || flat(target).endsWith(own));
    if (/index/.test(other.verb) && action.kind === 'drop-index') return true;
    if (action.kind === 'rename-to' && other.targets.some((target) => flat(target) === flat(action.to ?? ''))) return true;
    return (
      isOwn &&
      other.actions.some(
        (step) =>
          [step.name, step.to ?? '', ...(step.columns ?? [])].some((name) => names.has(flat(name))) ||
          (step.kind === action.kind && /constraint|index/.test(step.kind)),
      )
    );
  });
}
