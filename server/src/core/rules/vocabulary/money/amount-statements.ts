import type { SqlStatement } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { clipToHunk } from '../../hunk-range.ts';
import { fitMessage } from '../../quote.ts';
import { lastName, shorten, words } from '../code/call-names.ts';
import { counterpartScope, within } from '../code/counterpart.ts';
import { newGuardsIn } from '../code/scope-changes.ts';
import { placeOfClause } from '../schema/clause-lines.ts';
import { laterLineOf } from '../schema/condition-lines.ts';
import { guessKind, isReplaced } from '../schema/dropped-constraints.ts';
import { schemaChanges } from '../schema/schema-changes.ts';
import { isAmount } from './amounts.ts';

/** `UPDATE accounts SET balance = balance - $1 WHERE id = $2 AND balance >= $1` without its last condition. */
export function* updatesWithoutBound(input: RuleInput): Iterable<FindingDraft> {
  for (const old of input.removed.statements) {
    const column =
      old.verb === 'update' ? old.sets.find((name) => isAmount(name) || /\b(available|remaining|on hand)\b/.test(words(name))) : undefined;
    if (column === undefined) continue;
    const fresh = input.added.statements.find(
      (other) => other.verb === 'update' && other.targets.join() === old.targets.join() && other.sets.includes(column),
    );
    if (
      fresh === undefined ||
      mentions(fresh, column) >= mentions(old, column) ||
      newGuardsIn(input, old.scope).some((guard) => guard.compares)
    )
      continue;
    // What is still counted down in one statement; a computed value is another construct.
    if (mentions(fresh, column) < 2) continue;
    yield {
      side: 'after',
      range: fresh.range,
      message: fitMessage(`the update no longer asks whether \`${shorten(column, 24)}\` suffices`),
    };
  }
}

/** `SET credit = LEAST(total, balance)` that became `SET credit = balance`, and the same of a column that a query or a view answers with. */
export function* statementsWithoutClamp(input: RuleInput): Iterable<FindingDraft> {
  for (const old of input.removed.statements) {
    const clamps = clampsIn(old);
    if (clamps.length === 0) continue;
    const fresh = input.added.statements.find((other) => other.verb === old.verb && other.targets.join() === old.targets.join());
    if (fresh === undefined || /\b(?:case|when|least|greatest|check)\b/.test(lessOf(fresh.key, old.key))) continue;
    const now = clampsIn(fresh);
    const lost = clamps.find(
      ({ kind, inside }) => now.every((other) => other.kind !== kind || other.inside !== inside) && isAmountText(inside),
    );
    if (lost === undefined || now.length >= clamps.length) continue;
    const later = laterLineOf(input, old, lost.kind);
    yield {
      ...(later === undefined ? { side: 'after', range: clipToHunk(input, 'after', fresh.range) } : { side: 'before', range: later }),
      message: fitMessage(
        `\`${shorten(`${lost.kind}(${lost.inside})`.replace(/ ([.,)])| ?([(.]) /g, '$1$2'), 44)}\` no longer bounds the amount`,
      ),
    };
  }
}

function clampsIn({ key }: SqlStatement): readonly { readonly kind: string; readonly inside: string }[] {
  return [...key.matchAll(/\b(least|greatest) \( ([^()]*(?:\([^()]*\)[^()]*)*)\)/g)].map(([, kind = '', inside = '']) => ({
    kind,
    inside: inside.trim(),
  }));
}

/** What is newly said. */
function lessOf(fresh: string, old: string): string {
  const had = new Set(old.split(' '));
  return fresh
    .split(' ')
    .filter((word) => !had.has(word))
    .join(' ');
}

function isAmountText(text: string): boolean {
  return text.split(/[^a-z_0-9]+/).some((name) => name !== '' && isAmount(name));
}

/** `updateMany({ where: { balance: { gte: cents } }, data: { balance: { decrement: cents } } })` without its `gte`. */
export function* mappersWithoutBound(input: RuleInput): Iterable<FindingDraft> {
  for (const option of input.removed.options) {
    const field = /\b(?:where|filter)\.(\w+)\.(?:\$?gte?)\b/.exec(option.key.slice(option.callee.length))?.[1] ?? '';
    const scope =
      /^\$?gte?$/.test(option.name) && /[Uu]pdate/.test(lastName(option.callee)) ? counterpartScope(input, option.scope) : undefined;
    if (scope === undefined || !isAmount(field) || newGuardsIn(input, option.scope).some((guard) => guard.compares)) continue;
    const own = input.after?.options.filter((other) => within(other.scope, scope)) ?? [];
    const counts = own.some(({ name }) => /^(?:decrement|increment|\$inc)$/.test(name));
    if (!counts || own.some(({ name, value }) => /^\$?gte?$/.test(name) || /\bgte?\b/.test(value))) continue;
    yield {
      side: 'before',
      range: option.range,
      message: fitMessage(`the update no longer asks whether \`${shorten(field, 24)}\` suffices`),
    };
  }
}

function mentions(statement: SqlStatement, column: string): number {
  return statement.names.filter((name) => name === column || name.endsWith(`.${column}`)).length;
}

/** A CHECK of the database about an amount that is dropped and not made again. */
export function* droppedChecks(input: RuleInput): Iterable<FindingDraft> {
  for (const change of schemaChanges(input, /^(drop-constraint|disable-constraint)$/)) {
    const { action } = change;
    // A constraint is usually called by its table first, which may be of `order_lines`.
    const named = words(action.name.replace(`${change.table.slice(change.table.lastIndexOf('.') + 1)}_`, ''));
    const kind = action.constraint ?? guessKind(action.name);
    const isCheck = kind === 'check' || (kind === undefined && BOUNDS.test(named));
    if (!isCheck || !isAmount(`${named} ${(action.columns ?? []).join(' ')}`) || isReplaced(change, input)) continue;
    yield {
      ...placeOfClause(input, change),
      message: fitMessage(`the database no longer holds \`${shorten(action.name || change.table, 40)}\``),
    };
  }
}

const BOUNDS =
  /\b(range|bounds?|check|chk|ck|positive|non ?negative|nonneg|negative|not negative|min|max|minimum|maximum|limit|valid|between|cap|capped|floor|gte?|lte?|sane|percent|pct)\b/;
