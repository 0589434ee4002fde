import type { Call, Option, SqlStatement } from '../../model/facts.ts';
import type { FindingDraft } from '../../model/finding.ts';
import type { Range } from '../../model/range.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { clipToHunk } from '../hunk-range.ts';
import { fitMessage } from '../quote.ts';
import { lastName, literal, shorten, words } from '../vocabulary/code/call-names.ts';
import { counterpartScope, within } from '../vocabulary/code/counterpart.ts';
import { keepOf } from '../vocabulary/code/kept.ts';
import { isExtracted, newCallsIn, newGuardsIn } from '../vocabulary/code/scope-changes.ts';
import { lostGuards } from '../vocabulary/guards/lost-guards.ts';
import { isNewerOption, newerColumn, overwrites } from '../vocabulary/queries/stale-upserts.ts';
import { isVersionTest, VERSION, versionColumn } from '../vocabulary/queries/version-columns.ts';
import { weakenedPreconditions } from '../vocabulary/queries/weakened-preconditions.ts';
import { laterLineOf } from '../vocabulary/schema/condition-lines.ts';

/**
 * ## What it sees
 * A write that no longer asks whether what it overwrites is what was read: a version in the condition of an UPDATE or of a
 * mapper's filter, `If-Match`, a `ConditionExpression` or another precondition of a store that went or asks for less, a compare of generations before a plan is applied, and the condition of an
 * upsert that leaves the newer row alone.
 *
 * ## Why it matters
 * The slower of two writers wins with the older state. In October 2025 an old plan overwrote a newer one and emptied a record
 * that a whole region depended on.
 *
 * ## When it is fine
 * A lock or a transaction that reads with `FOR UPDATE` took its place. These are not flagged.
 *
 * ## What it misses
 * A version that a trigger or the store itself compares.
 */
export default defineRule({
  id: 'concurrency/version-check-removed',
  version: '1.0.0',
  severity: 'high',
  confidence: 'medium',
  title: 'A write no longer asks what it overwrites',
  reads: ['statements', 'options', 'guards', 'conditions', 'calls'],
  evidence: [{ title: 'AWS DynamoDB 2025-10-20: an older plan was applied', url: 'https://aws.amazon.com/message/101925/' }],
  *check(input): Iterable<FindingDraft> {
    const flagged = new Set<string>();
    for (const draft of [
      ...statements(input),
      ...staleRows(input),
      ...anew(input),
      ...options(input),
      ...weakened(input),
      ...guards(input),
      ...filters(input),
      ...links(input),
      ...calls(input),
    ]) {
      const line = `${draft.side} ${draft.range.start.line}`;
      if (flagged.has(line)) continue;
      flagged.add(line);
      yield draft;
    }
  },
});

function* statements(input: RuleInput): Iterable<FindingDraft> {
  for (const old of input.removed.statements) {
    if (old.verb !== 'update' && old.verb !== 'delete') continue;
    const condition = old.conditions.find((one) => versionColumn(one) !== undefined);
    const column = versionColumn(condition ?? '');
    if (condition === undefined || column === undefined) continue;
    const scope = counterpartScope(input, old.scope);
    const now = input.after?.statements.find(
      (other) =>
        other.verb === old.verb && other.targets.join() === old.targets.join() && (other.scope === scope || old.scope === other.scope),
    );
    if (
      now === undefined ||
      now.where !== 'present' ||
      now.conditions.some((condition) => versionColumn(condition) !== undefined) ||
      isLocked(input, old)
    )
      continue;
    const later = laterLineOf(input, old, condition);
    yield {
      ...(later === undefined ? { side: 'after', range: now.range } : { side: 'before', range: later }),
      message: fitMessage(`\`${shorten(old.targets[0] ?? 'the row', 24)}\` is written whatever its \`${shorten(column, 20)}\` is now`),
    };
  }
}

/** A write that left the newer row alone, and takes whatever comes last. */
function* staleRows(input: RuleInput): Iterable<FindingDraft> {
  for (const old of input.removed.statements) {
    const column = newerColumn(old);
    if (column === undefined) continue;
    const scope = counterpartScope(input, old.scope);
    const twins = input.after?.statements.filter(
      (other) => other.verb === old.verb && other.targets[0] === old.targets[0] && (other.scope === scope || old.scope === other.scope),
    );
    const now = twins?.find((other) => (other.verb === 'update' ? other.sets.includes(column) : overwrites(other)));
    if (now === undefined || twins?.some(keepsNewer(column)) === true || isLocked(input, old)) continue;
    const later = laterLineOf(input, old, column);
    yield {
      ...(later === undefined ? { side: 'after', range: clipToHunk(input, 'after', now.range) } : { side: 'before', range: later }),
      message: fitMessage(
        `an older \`${shorten(column, 20)}\` overwrites a newer one in \`${shorten(old.targets[0] ?? 'the table', 24)}\``,
      ),
    };
  }
}

/** Compares the column in any way, or takes the greater of both. */
function keepsNewer(column: string): (statement: SqlStatement) => boolean {
  return (statement) =>
    newerColumn(statement) !== undefined ||
    statement.conditions.some((condition) => condition.split(' ').includes(column)) ||
    /\b(?:greatest|max) \(/.test(statement.key);
}

/** The same change of the same rows in a function that is new to this file, and no statement of it asks for the version any more. */
function* anew(input: RuleInput): Iterable<FindingDraft> {
  const { before, after } = input;
  if (before === undefined || after === undefined) return;
  for (const now of input.added.statements) {
    if (!/^(update|delete)$/.test(now.verb) || now.where !== 'present' || now.scope === '') continue;
    if (before.scopes.some(({ name }) => name === now.scope)) continue;
    const isSame = (other: SqlStatement): boolean => other.verb === now.verb && other.targets.join() === now.targets.join();
    if (asking(after.statements).some(isSame)) continue;
    const old = asking(before.statements).find(
      (other) => isSame(other) && (now.sets.length === 0 || now.sets.some((name) => other.sets.includes(name))),
    );
    const column = old === undefined ? undefined : asked(old);
    if (old === undefined || column === undefined || isLocked(input, old)) continue;
    yield {
      side: 'after',
      range: now.range,
      message: fitMessage(`\`${shorten(now.targets[0] ?? 'the row', 24)}\` is written whatever its \`${shorten(column, 20)}\` is now`),
    };
  }
}

function asked({ conditions }: SqlStatement): string | undefined {
  return conditions.map(versionColumn).find((name) => name !== undefined);
}

const asking = keepOf((statements: readonly SqlStatement[]) => statements.filter((statement) => asked(statement) !== undefined));

/** The function reads the row with a lock now. */
function isLocked(input: RuleInput, old: SqlStatement): boolean {
  const scope = counterpartScope(input, old.scope) ?? old.scope;
  return input.after?.statements.some((other) => within(other.scope, scope) && /\bfor update\b/.test(other.names.join(' '))) ?? false;
}

const HEADER =
  /^['"]?(If-Match|if-match|ifMatch|if_match|IfMatch|ifGenerationMatch|if_generation_match|ifMetagenerationMatch|If-Unmodified-Since|ConditionExpression|condition_expression|resourceVersion|expectedVersion|expected_version|expectedRevision|expectedLastSequence|lastUpdateTime|last_update_time|precondition|accessCondition|GenerationMatch|MetagenerationMatch|IfMatchEtag|ifVersion|cas|optimisticLock|if_seq_no|if_primary_term|etag|ETag)['"]?$/;

function* options(input: RuleInput): Iterable<FindingDraft> {
  for (const option of input.removed.options) {
    const isHeader = HEADER.test(option.name);
    const isFilter =
      VERSION.test(option.name) &&
      /(update|patch|save|replace|modify|delete|put)/i.test(lastName(option.callee)) &&
      /where|filter/i.test(option.key);
    const isQuery =
      VERSION.test(option.name) &&
      /^(update|updateOne|findOneAndUpdate|updateMany|findOneAndReplace|replaceOne|deleteOne|filter|filter_by|where|andWhere|and_where|match)$/.test(
        lastName(option.callee),
      ) &&
      !/\.(data|set|\$set|\$inc)\./.test(option.key);
    if (!(isHeader || isFilter || isQuery || isNewerOption(option)) || /^(null|undefined|None|'')$|\+ 1\)?$/.test(option.value)) continue;
    const scope = counterpartScope(input, option.scope);
    if (scope === undefined || !writes(input, scope)) continue;
    const stays =
      input.after?.options.some(
        (other) => within(other.scope, scope) && words(other.name) === words(option.name) && homeOf(other) === homeOf(option),
      ) ?? false;
    // The write went to another file of this change, and its condition with it.
    const wentAlong = input
      .addedElsewhere()
      .options.some(
        (other) =>
          words(other.name) === words(option.name) &&
          homeOf(other) !== '' &&
          lastName(other.callee) === lastName(option.callee) &&
          isSameHome(homeOf(other), homeOf(option)),
      );
    if (stays || wentAlong || newCallsIn(input, option.scope).some((call) => /lock|transaction/i.test(call.callee))) continue;
    yield {
      side: 'before',
      range: option.range,
      message: fitMessage(
        `\`${shorten(`${option.name}: ${option.value}`, 36)}\` no longer holds the write in \`${shorten(scope, 18) || 'the module'}\``,
      ),
    };
  }
}

/** A precondition that is still given and asks for less. */
function* weakened(input: RuleInput): Iterable<FindingDraft> {
  for (const { range, lost } of weakenedPreconditions(input))
    yield { side: 'after', range, message: fitMessage(`the write no longer asks for the \`${shorten(lost, 30)}\` that was read`) };
}

/** The call and the path of names that lead to an option, as its key holds them. */
function homeOf({ key, callee }: Option): string {
  // A chain's own text holds colons as well.
  return key.slice(0, Math.max(0, key.indexOf(':', key.startsWith(callee) ? callee.length : 0)));
}

/** The same place below the call, whoever the call is made of: `….updateMany.where`. */
function isSameHome(one: string, other: string): boolean {
  const tail = (home: string): string => home.split('.').slice(-2).join('.');
  return tail(one) === tail(other);
}

function* guards(input: RuleInput): Iterable<FindingDraft> {
  for (const guard of lostGuards(input, (candidate) => isVersionTest(candidate.test))) {
    const scope = counterpartScope(input, guard.scope);
    if (scope === undefined || !writes(input, scope) || newGuardsIn(input, guard.scope).some((other) => isVersionTest(other.test)))
      continue;
    yield {
      side: 'before',
      range: guard.range,
      message: fitMessage(`\`${shorten(guard.test, 38)}\` is no longer asked before \`${shorten(lastName(scope), 18)}\` writes`),
    };
  }
  for (const condition of input.removed.conditions) {
    if (condition.kind !== 'wraps' || !isVersionTest(condition.test)) continue;
    const scope = counterpartScope(input, condition.scope);
    const stays =
      input.after?.calls.some((call) => scope !== undefined && within(call.scope, scope) && condition.guarded.includes(call.callee)) ??
      false;
    if (
      !stays ||
      scope === undefined ||
      !writes(input, scope) ||
      [...newGuardsIn(input, condition.scope), ...input.added.conditions].some((other) => isVersionTest(other.test))
    )
      continue;
    yield {
      side: 'before',
      range: condition.range,
      message: fitMessage(`\`${shorten(condition.test, 38)}\` is no longer asked before \`${shorten(condition.guarded[0] ?? '', 18)}\``),
    };
  }
}

/** A builder's condition in a chain that writes: `.eq('version', n)`, `.Where("version = ?", n)`. */
function* filters(input: RuleInput): Iterable<FindingDraft> {
  for (const call of input.removed.calls) {
    const column = filteredVersion(call);
    const scope = counterpartScope(input, call.scope);
    if (column === undefined || scope === undefined || !isInWrite(call, input.before?.calls ?? []) || !writes(input, scope)) continue;
    if (input.after?.calls.some((other) => within(other.scope, scope) && filteredVersion(other) !== undefined) === true) continue;
    if (input.after?.options.some((other) => within(other.scope, scope) && HEADER.test(other.name)) === true) continue;
    const isGuarded = newGuardsIn(input, call.scope).some((other) => isVersionTest(other.test));
    if (
      isGuarded ||
      isExtracted(input, call) ||
      isFilteredByPart(input, call.scope, column) ||
      newCallsIn(input, call.scope).some((other) => /lock|forUpdate|transaction/i.test(other.callee))
    )
      continue;
    yield {
      side: 'before',
      range: linkOf(call),
      message: fitMessage(`\`${shorten(column, 24)}\` no longer holds the write in \`${shorten(scope, 24) || 'the module'}\``),
    };
  }
}

/** A chain begins lines above the link that went. */
function linkOf({ range }: Call): Range {
  return range.end.line > range.start.line ? { start: { line: range.end.line, character: 0 }, end: range.end } : range;
}

/** A function that came with another file of the change filters by that column, and is called here now. */
function isFilteredByPart(input: RuleInput, scope: string, column: string): boolean {
  const called = new Set(newCallsIn(input, scope).map(({ callee }) => lastName(callee)));
  return input
    .addedElsewhere()
    .calls.some((call) => call.scope !== '' && called.has(lastName(call.scope)) && filteredVersion(call) === column);
}

const BOUNDS = /^(where|andWhere|and_where|filter|filter_by|eq|match|and|Where|And|Eq|WhereEq|whereEq|Filter|equal|eqAdd)$/;

/** The column of a version that a filter compares. A span of time or a fixed number is no version that was read. */
function filteredVersion(call: Call): string | undefined {
  if (call.kind !== 'call' || !BOUNDS.test(lastName(call.callee))) return undefined;
  const [first = '', ...rest] = call.args;
  const bare = literal(first);
  // Columns that tell a time are compared for other reasons as well.
  const counts = (name: string | undefined): string | undefined =>
    name !== undefined && VERSION.test(name) && !/updated|modified/i.test(name) ? name : undefined;
  if (bare !== undefined && /^[\w.]+$/.test(bare))
    return rest.some((argument) => /^\d+$/.test(argument)) ? undefined : counts(lastName(bare));
  for (const argument of call.args) {
    const written = literal(argument)
      ?.split(/\band\b/i)
      .map((part) => versionColumn(part.trim()))
      .find((name) => counts(name) !== undefined);
    if (written !== undefined) return written;
    const compared = [...argument.matchAll(/\b(\w+)(?:(?:\(\))? == (?!\d)|\.eq\((?!\d))|\beq\([\w.]+\.(\w+), (?!\d)/g)]
      .map(([, own, builder]) => own ?? builder)
      .find((name) => counts(name) !== undefined);
    if (compared !== undefined) return compared;
  }
  return undefined;
}

const CHANGES = /^(update|set|values|del|delete|Update|Updates|UpdateColumn\w*|Save|Delete|Exec\w*|execute\w*|patch|replace|exec|merge)$/;

/** The chain that the filter stands in changes rows, before it or behind it. */
function isInWrite(call: Call, calls: readonly Call[]): boolean {
  if (/(^|[.:])(update|delete|set|Update|updateTable|deleteFrom|update_many|Model)(<[^<>]*>)?\(/.test(call.callee)) return true;
  return calls.some(
    (other) => other.scope === call.scope && other.callee.startsWith(`${call.callee}(`) && CHANGES.test(lastName(other.callee)),
  );
}

/** Links of a request that say what must be there: `.conditionExpression(…)`, `.setIfMatch(tag)`, `firestore.LastUpdateTime(at)`. */
const PRECONDITION =
  /^(ifMatch|setIfMatch|withIfMatch|setIfMatchETag|setIfMatchETagOption|conditionExpression|setConditionExpression|withConditionExpression|LastUpdateTime|lastUpdateTime|updatedAt|generationMatch|ifGenerationMatch|setIfGenerationMatch|ifSeqNo|setIfSeqNo|IfSeqNo|ifPrimaryTerm|setIfPrimaryTerm|IfPrimaryTerm|ModRevision|modRevision|WithExpectLastSequence|expectedRevision)$/;

/** DynamoDB's builder of Go: `expression.Name("version").Equal(…)`. */
const COMPARED_NAME = /\bName\(['"](\w+)['"]\)\.(?:Equal|LessThanEqual|LessThan)$/;

function* links(input: RuleInput): Iterable<FindingDraft> {
  for (const call of input.removed.calls) {
    const isNamed = COMPARED_NAME.test(call.callee) && VERSION.test(COMPARED_NAME.exec(call.callee)?.[1] ?? '');
    if (call.kind !== 'call' || call.args.length === 0 || !(isNamed || PRECONDITION.test(lastName(call.callee)))) continue;
    if (lastName(call.callee) === 'updatedAt' && !/Precondition/.test(call.callee)) continue;
    const scope = counterpartScope(input, call.scope);
    if (scope === undefined || !writes(input, scope)) continue;
    const stays =
      input.after?.calls.some((other) => within(other.scope, scope) && lastName(other.callee) === lastName(call.callee)) === true ||
      (!isNamed && input.after?.options.some((other) => within(other.scope, scope) && HEADER.test(other.name)) === true) ||
      input.addedElsewhere().calls.some((other) => lastName(other.callee) === lastName(call.callee));
    if (stays || newCallsIn(input, call.scope).some((other) => /lock|transaction/i.test(other.callee))) continue;
    yield {
      side: 'before',
      range: linkOf(call),
      message: fitMessage(
        `\`${shorten(lastName(call.callee), 24)}\` no longer holds the write in \`${shorten(scope, 24) || 'the module'}\``,
      ),
    };
  }
}

function* calls(input: RuleInput): Iterable<FindingDraft> {
  for (const call of input.removed.calls) {
    if (call.kind !== 'decorator' || !/^(Version|VersionColumn|OptimisticLocking|OptimisticLock|OptimisticLocked)$/.test(call.callee))
      continue;
    if (input.after?.calls.some((other) => other.kind === 'decorator' && other.callee === call.callee) === true) continue;
    yield {
      side: 'before',
      range: call.range,
      message: fitMessage(`\`@${call.callee}\` no longer counts the changes of \`${shorten(call.scope, 34)}\``),
    };
  }
}

const WRITES =
  /^(update\w*|Updates?|UpdateColumns?|Save|Delete|Exec|save\w*|put\w*|Put|NewWriter|PutItem|UpdateItem|apply\w*|write\w*|patch\w*|replace\w*|set\w*|delete\w*|remove\w*|insert\w*|upsert\w*|execute|query|exec|Exec\w*|send|store\w*|publish\w*|commit\w*|upload\w*|fetch|request|index|findOneAndUpdate|swap\w*|install\w*|activate\w*)$/;

function writes(input: RuleInput, scope: string): boolean {
  const statement =
    input.after?.statements.some((other) => within(other.scope, scope) && /^(update|insert|delete|merge|upsert)$/.test(other.verb)) ??
    false;
  return statement || (input.after?.calls.some((call) => within(call.scope, scope) && WRITES.test(lastName(call.callee))) ?? false);
}
