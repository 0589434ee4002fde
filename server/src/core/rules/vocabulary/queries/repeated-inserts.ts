import type { Call, Option, SqlStatement } from '../../../model/facts.ts';
import type { Range } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { clipToHunk } from '../../hunk-range.ts';
import { lastName, words } from '../code/call-names.ts';
import { changedCalls } from '../code/changed-calls.ts';
import { counterpartScope } from '../code/counterpart.ts';

/** A write that meets a row which is there already, and does something else with it than before. */
export interface RepeatedInsert {
  readonly range: Range;
  /** The table, or the call. */
  readonly what: string;
  /** What becomes of the row that is there: it is overwritten now, or stays as it is now. */
  readonly now: 'overwrites' | 'keeps';
}

/** `ON CONFLICT DO NOTHING` that became `DO UPDATE`, `get_or_create` that became `update_or_create`, `$setOnInsert` that became `$set`, and the reverse. */
export function* repeatedInserts(input: RuleInput): Generator<RepeatedInsert> {
  if (SEEDS.test(input.path)) return;
  for (const old of input.removed.statements) {
    const was = effectOf(old);
    if (was === undefined) continue;
    const scope = counterpartScope(input, old.scope);
    const fresh = input.added.statements.find(
      (other) => other.verb === 'insert' && other.targets.join() === old.targets.join() && other.scope === scope,
    );
    const now = fresh === undefined ? undefined : effectOf(fresh);
    // Where only a newer row was taken, none is the careful half of it.
    if (now === 'keeps' && /\bupdate\b.* where\b/.test(old.names.join(' '))) continue;
    if (fresh !== undefined && now !== undefined && now !== was)
      yield { range: clipToHunk(input, 'after', fresh.range), what: fresh.targets[0] ?? 'the table', now };
  }
  yield* renamedLinks(input);
  yield* otherArguments(input);
  yield* setOnInsert(input);
}

/** Rows that the project itself brings, and means to bring up to date. */
const SEEDS = /(?:^|[/._-])(?:seeds?|seeders?|seeding|fixtures?|reference[-_]?data)(?:[/._-]|$)/i;

/** Lists that the world keeps: whoever writes them has them from elsewhere. */
const REFERENCE =
  /\b(?:country|countries|currency|currencies|languages?|locales?|time ?zones?|regions?|holidays|postal codes?|airports?)\b/;

/** Undefined where a second row fails, and where nothing of what it says is kept: a touch, or a column set to itself to have it returned. */
function effectOf({ verb, names }: SqlStatement): RepeatedInsert['now'] | undefined {
  if (verb !== 'insert') return undefined;
  const text = names.join(' ');
  if (/^insert ignore\b|\bon conflict\b.* do nothing\b/.test(text)) return 'keeps';
  if (/^replace into\b/.test(text)) return 'overwrites';
  const set = /\bon (?:conflict|duplicate key)\b.*? update(?: set)? (.*)$/.exec(text)?.[1];
  if (set === undefined) return undefined;
  const keys = (/\bon conflict (.*?) do update\b/.exec(text)?.[1] ?? '').split(' ');
  const columns = set
    .split(' ')
    .filter(
      (name) =>
        /^[a-z_]\w*$/.test(name) && !/^(?:excluded|values|now|current_timestamp|set|returning|id|where|current_date|new|as)$/.test(name),
    );
  return columns.some((name) => !keys.includes(name) && !TOUCHES.test(words(name))) ? 'overwrites' : 'keeps';
}

/** Columns that only say when it was seen last. */
const TOUCHES = /\b(?:updated|seen|touched|modified|accessed|last|synced|fetched|refreshed|attempts?|retries|version)\b/;

const KEEPS =
  /^(?:on_?conflict_?do_?nothing|doNothing|do_nothing|ignore|get_or_create|find_or_create_by!?|findOrCreate|insert_all!?|insertOrIgnore|firstOrCreate|FirstOrCreate|insertIgnore|setIfAbsent|putIfAbsent)$/i;
const OVERWRITES =
  /^(?:on_?conflict_?do_?update|doUpdateSet|do_update|merge|update_or_create|upsert|upsert_all!?|updateOrCreate|updateOrInsert|createOrUpdate|replace)$/i;

/** The link of a chain, or the call, by its name. */
function* renamedLinks(input: RuleInput): Generator<RepeatedInsert> {
  for (const call of input.added.calls) {
    const name = lastName(call.callee);
    const now = OVERWRITES.test(name) ? 'overwrites' : KEEPS.test(name) ? 'keeps' : undefined;
    if (now === undefined || call.kind !== 'call' || !writesRows(call)) continue;
    const isOther = now === 'overwrites' ? KEEPS : OVERWRITES;
    const old = input.removed.calls.find(
      (other) =>
        isOther.test(lastName(other.callee)) && headOf(other) === headOf(call) && counterpartScope(input, other.scope) === call.scope,
    );
    if (old !== undefined && !isTouch(call, now) && !REFERENCE.test(words(headOf(call)))) yield { range: call.range, what: name, now };
  }
}

const headOf = ({ callee }: Call): string => /^[\w$]+(?:(?:\.|::)[\w$]+)?/.exec(callee)?.[0] ?? '';

/** A map or a text has words of the same name. */
function writesRows({ callee }: Call): boolean {
  const name = lastName(callee);
  return !/^(?:ignore|merge|replace|putIfAbsent|setIfAbsent)$/i.test(name) || /\b(?:onConflict|on_conflict|insert)\b/i.test(callee);
}

/** It sets nothing but when the row was seen. */
function isTouch({ args }: Call, now: RepeatedInsert['now']): boolean {
  const set = /(?:\bset_?[:=]|doUpdateSet\(|defaults=) ?\{([^{}]*)\}/.exec(args.join(', '))?.[1];
  const keys = set?.match(/(?<!\w)[A-Za-z_]\w*(?=['"]? ?:)/g);
  return now === 'overwrites' && keys !== undefined && keys !== null && keys.length > 0 && keys.every((key) => TOUCHES.test(words(key)));
}

const SAYS_KEEP = /\bDoNothing: ?true\b|\bignore_conflicts ?= ?True\b|\bignoreDuplicates: ?true\b|\bskipDuplicates: ?true\b/;
const SAYS_OVERWRITE = /\bUpdateAll: ?true\b|\bDoUpdates: ?|\bupdate_conflicts ?= ?True\b|\bupdateOnDuplicate: ?\[/;

/** Prisma's `update: {}`. */
const NOTHING = /\bupdate: ?\{ ?\}/;

/** `clause.OnConflict{DoNothing: true}`, `bulk_create(rows, ignore_conflicts=True)`. */
function* otherArguments(input: RuleInput): Generator<RepeatedInsert> {
  const told = new Set<number>();
  for (const { before, after } of changedCalls(input)) {
    const [was, now] = [before.args.join(', '), after.args.join(', ')];
    const isFilled = /upsert/i.test(after.callee) && NOTHING.test(was) && !NOTHING.test(now) && /\bupdate: ?\{/.test(now);
    const isLouder = isFilled || (SAYS_KEEP.test(was) && SAYS_OVERWRITE.test(now));
    const isQuieter = SAYS_OVERWRITE.test(was) && SAYS_KEEP.test(now);
    if ((!isLouder && !isQuieter) || told.has(after.range.start.line)) continue;
    told.add(after.range.start.line);
    yield { range: after.range, what: lastName(after.callee), now: isLouder ? 'overwrites' : 'keeps' };
  }
}

/** Mongo sets on insert alone what it set always, or the other way round. */
function* setOnInsert(input: RuleInput): Generator<RepeatedInsert> {
  const own = (options: readonly Option[]): readonly Option[] =>
    options.filter(({ key }) => /\$setOnInsert\.|\([^\s(]*\$set\./.test(key) || /\$set(?:OnInsert)?\./.test(key));
  for (const option of own(input.added.options)) {
    const isInsert = option.key.includes('$setOnInsert.');
    const old = own(input.removed.options).find(
      (other) =>
        other.name === option.name &&
        other.value === option.value &&
        other.callee === option.callee &&
        other.key.includes('$setOnInsert.') !== isInsert,
    );
    if (old === undefined || TOUCHES.test(words(option.name))) continue;
    yield { range: option.range, what: option.name, now: isInsert ? 'keeps' : 'overwrites' };
    return;
  }
}
