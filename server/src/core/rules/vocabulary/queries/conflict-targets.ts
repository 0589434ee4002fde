import type { Fact } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { clipToHunk } from '../../hunk-range.ts';
import { lastName, words } from '../code/call-names.ts';
import { counterpartScope } from '../code/counterpart.ts';
import { groupBy, keepOf } from '../code/kept.ts';
import { laterLineOf } from '../schema/condition-lines.ts';

/** Columns by which an upsert takes a row for the one that is there. */
interface ConflictTarget {
  readonly fact: Fact;
  /** The table, or the way to say it: only like is compared with like. */
  readonly kind: string;
  /** In words: `tenant id`. */
  readonly columns: readonly string[];
}

/** An upsert that knows its row by fewer columns, or by others, than before: it overwrites rows that were not meant. */
export interface ShortenedTarget extends Pick<FindingDraft, 'side' | 'range'> {
  readonly lost: string;
}

/** `ON CONFLICT (tenant_id, ref)` that became `ON CONFLICT (ref)`, in SQL and in what writes it: `target`, `index_elements`, `unique_fields`. */
export function* shortenedTargets(input: RuleInput): Iterable<ShortenedTarget> {
  const { before, after } = input;
  if (before === undefined || after === undefined) return;
  const removed = targetsOf(input.removed);
  if (removed.length === 0) return;
  const now = groupBy(targetsOf(after), ({ kind }) => kind);
  const stood = new Set(targetsOf(before).map(({ fact }) => fact.key));
  for (const old of removed) {
    const scope = counterpartScope(input, old.fact.scope) ?? old.fact.scope;
    const own = (now.get(old.kind) ?? []).filter(({ fact }) => fact.scope === scope);
    if (own.length === 0 || own.some(({ columns }) => old.columns.every((column) => columns.includes(column)))) continue;
    const fresh = own.find(({ fact }) => !stood.has(fact.key)) ?? own[0];
    const lost = old.columns.find((column) => fresh?.columns.includes(column) === false);
    if (fresh === undefined || lost === undefined || fresh.columns.some((column) => WHOLE.test(column))) continue;
    // One name for another is a column that is called otherwise, unless the row still has it.
    const isSwap = fresh.columns.some((column) => !old.columns.includes(column));
    if (isSwap && !stillSays(fresh.fact, lost)) continue;
    const statement = before.statements.find(({ key }) => key === old.fact.key);
    const later = statement === undefined ? undefined : laterLineOf(input, statement, `conflict ${lost.replaceAll(' ', '_')}`);
    yield {
      lost: lost.replaceAll(' ', '_'),
      ...(later === undefined ? { side: 'after', range: clipToHunk(input, 'after', fresh.fact.range) } : { side: 'before', range: later }),
    };
  }
}

/** A column that no two rows of any table share. */
const WHOLE = /^(?:id|uuid|uid|ulid|guid)$/;

/** The statement names the column still, as one that it fills. */
function stillSays({ key }: Fact, lost: string): boolean {
  return key.startsWith('insert') && key.split(' ').includes(lost.replaceAll(' ', '_'));
}

const targetsOf = keepOf((facts: Pick<RuleInput['removed'], 'statements' | 'calls' | 'options'>): readonly ConflictTarget[] => [
  ...facts.statements.flatMap((fact) => {
    const list = fact.verb === 'insert' ? /\bon conflict \( ([a-z_][\w ,"]{0,300}) \)/.exec(fact.key)?.[1] : undefined;
    return made(fact, fact.targets[0] ?? '', list);
  }),
  ...facts.options.flatMap((fact) => {
    const isOfUpsert = UPSERTS.test(fact.callee) && (SAYS_TARGET.test(fact.name) || (fact.name === 'where' && PRISMA.test(fact.callee)));
    return isOfUpsert ? made(fact, `${lastName(fact.callee)} ${fact.name}`, keysOf(fact.value, fact.name)) : [];
  }),
  ...facts.calls.flatMap((fact) => {
    const name = lastName(fact.callee.replaceAll('::', '.'));
    const isLink = /^(?:onConflict|on_conflict)$/.test(name) || /\b(?:oc|OnConflict)(?:\.|::)(?:columns?)$/.test(fact.callee);
    const list = isLink ? fact.args.join(', ') : name === 'upsert' && /^\[/.test(fact.args[1] ?? '') ? fact.args[1] : undefined;
    return list === undefined || /^fn$|\(/.test(list.replace(/^\(/, '')) ? [] : made(fact, name, list);
  }),
]);

const UPSERTS = /on_?conflict|upsert|bulk_create|merge_all/i;
const SAYS_TARGET =
  /^(?:target|index_elements|conflictPaths|conflictFields|conflict_target|unique_fields|unique_by|uniqueBy|onConflict|Columns)$/;
const PRISMA = /\.upsert$/;

/** Keys of Prisma's `where`, with those of a compound one: `{ tenantId_ref: { tenantId, ref } }`. */
function keysOf(value: string, name: string): string {
  if (name !== 'where') return value;
  const inner = /^\{ \w+: \{ (.*?) \} \}$/.exec(value)?.[1] ?? value.replace(/^\{|\}$/g, '');
  return inner
    .split(',')
    .map((part) => /^\s*(\w+)/.exec(part)?.[1] ?? '')
    .join(', ');
}

function made(fact: Fact, kind: string, list: string | undefined): readonly ConflictTarget[] {
  if (list === undefined) return [];
  const columns = list
    .replace(/\[\]clause\.Column|\bName:/g, '')
    .split(',')
    .map((part) => words(part.split(/\W+/).findLast((word) => word !== '') ?? ''))
    .filter((column) => column !== '');
  return columns.length === 0 ? [] : [{ fact, kind, columns }];
}
