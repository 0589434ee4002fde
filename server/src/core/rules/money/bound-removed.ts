import type { Call, Guard, SqlStatement } from '../../model/facts.ts';
import type { FindingDraft } from '../../model/finding.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage } from '../quote.ts';
import { isBound as isLimit } from '../vocabulary/bounds/asked-bounds.ts';
import { isClampedInParts } from '../vocabulary/bounds/clamped-in-parts.ts';
import { lastName, receiver, shorten, words } from '../vocabulary/code/call-names.ts';
import { changedCode, codeOfScope, rangeOfLine, scopeAtLine } from '../vocabulary/code/code-text.ts';
import { counterpartScope, within } from '../vocabulary/code/counterpart.ts';
import { changedOptions, numberOf } from '../vocabulary/code/option-changes.ts';
import { isExtracted, isNewPart, newCallsIn, newGuardsIn } from '../vocabulary/code/scope-changes.ts';
import { changedConditions } from '../vocabulary/guards/condition-changes.ts';
import { isAskedInPart } from '../vocabulary/guards/extracted-guards.ts';
import { idleGuards } from '../vocabulary/guards/idle-guards.ts';
import { lostGuards } from '../vocabulary/guards/lost-guards.ts';
import { isBound, isBoundHere, isFarHigher, isLooser, isStep } from '../vocabulary/money/amount-guards.ts';
import { isAmount } from '../vocabulary/money/amounts.ts';
import { lostAmountTags, lostSchemaBounds } from '../vocabulary/money/declared-bounds.ts';
import { loosenedComparisons } from '../vocabulary/money/loosened-comparisons.ts';
import { overlooksAmounts } from '../vocabulary/money/overlooked-amounts.ts';
import { turnedSigns } from '../vocabulary/money/turned-signs.ts';
import { placeOfClause } from '../vocabulary/schema/clause-lines.ts';
import { guessKind, isReplaced } from '../vocabulary/schema/dropped-constraints.ts';
import { isBoundBySchema } from '../vocabulary/schema/schema-bounds.ts';
import { schemaChanges } from '../vocabulary/schema/schema-changes.ts';
import { nameOf } from '../vocabulary/settings/setting-index.ts';
import { changedSettings } from '../vocabulary/settings/settings.ts';

/**
 * ## What it sees
 * A price, a discount, a quantity or a balance that loses what bounds it: a comparison that stopped the work, `Math.min` and
 * `Math.max` around it, the minimum of its schema, `AND balance >= …` of its update, the CHECK of its column; or a bound that was moved far out or turned
 * round, or that stays and holds back less: `<= 0` that became `=== 0`, a ceiling times a hundred, what was paid back already that no
 * longer counts. A debit that became a credit, in a line that is the same but for its sign.
 *
 * ## Why it matters
 * A negative quantity is a refund, a discount of 150 % pays the buyer, and an order of a million shares trades.
 *
 * ## When it is fine
 * The bound went into a schema or another function that the same change adds; a bound that became stricter. These are not
 * flagged.
 *
 * ## What it misses
 * An amount whose name says nothing of money or quantity, and a CHECK whose name says nothing of what it bounds.
 */
export default defineRule({
  id: 'money/bound-removed',
  version: '1.0.0',
  severity: 'high',
  confidence: 'medium',
  title: 'An amount lost its bound or its sign',
  reads: ['guards', 'calls', 'options', 'settings', 'statements', 'tokens'],
  evidence: [
    { title: 'Knight Capital 2012: orders without a bound', url: 'https://dougseven.com/2014/04/17/knightmare-a-devops-cautionary-tale/' },
  ],
  *check(input): Iterable<FindingDraft> {
    const flagged = new Set<number>();
    for (const draft of [
      ...guards(input),
      ...weakerElsewhere(input),
      ...turned(input),
      ...[...loosenedComparisons(input)].map(({ range, message }) => ({ side: 'after' as const, range, message: fitMessage(message) })),
      ...clamps(input),
      ...lostSchemaBounds(input),
      ...constants(input),
      ...documents(input),
      ...updates(input),
      ...checks(input),
      ...conditions(input),
      ...lostAmountTags(input),
    ]) {
      if (flagged.has(draft.range.start.line)) continue;
      flagged.add(draft.range.start.line);
      yield draft;
    }
  },
});

function* guards(input: RuleInput): Iterable<FindingDraft> {
  for (const guard of lostGuards(input, (candidate) => isBound(candidate) || isBoundHere(input, candidate))) {
    if (isStep(input, guard)) continue;
    const scope = counterpartScope(input, guard.scope);
    if (
      scope === undefined ||
      !mentionsAny(input, scope, guard.reads) ||
      isValidatedBy(input, guard.scope, guard) ||
      isBoundBySchema(input, guard)
    )
      continue;
    yield { side: 'before', range: guard.range, message: fitMessage(`\`${shorten(guard.test, 44)}\` no longer bounds the amount`) };
  }
  for (const { guard, why, range } of idleGuards(input, (candidate) => isBound(candidate) || isBoundHere(input, candidate)))
    yield { side: 'after', range, message: fitMessage(`\`${shorten(guard.test, 36)}\` bounds nothing: ${why}`) };
  for (const guard of input.removed.guards.filter(isBound)) {
    for (const fresh of newGuardsIn(input, guard.scope)) {
      if (!input.added.guards.includes(fresh) || !isLooser(guard.test, fresh.test)) continue;
      yield {
        side: 'after',
        range: fresh.range,
        message: fitMessage(`the bound \`${shorten(guard.test, 26)}\` is now \`${shorten(fresh.test, 26)}\``),
      };
      break;
    }
  }
}

/** A bound that went into a function of its own and lets more through there. */
function* weakerElsewhere(input: RuleInput): Iterable<FindingDraft> {
  for (const { before, after, loosened: how } of changedConditions(input)) {
    if (!('exit' in before) || !(isBound(before) || isBoundHere(input, before)) || !isNewPart(input, after.scope, before.scope)) continue;
    const isWeaker = how !== undefined && (how.kind === 'lost' ? /[<>]/.test(how.part) : how.kind !== 'added' && (how.factor ?? 2) >= 2);
    if (isWeaker)
      yield {
        side: 'after',
        range: after.range,
        message: fitMessage(
          `\`${shorten(before.test, 30)}\` became \`${shorten(after.test, 24)}\` in \`${shorten(lastName(after.scope), 20)}\``,
        ),
      };
  }
}

/** A comparison the other way round, which lets through what it refused, and a debit that is a credit now. */
function* turned(input: RuleInput): Iterable<FindingDraft> {
  for (const { before, after, loosened } of changedConditions(input)) {
    if (loosened?.kind !== 'inverted' || !/[<>]/.test(before.test) || !/[<>]/.test(after.test)) continue;
    // A limit by its name is limit-check-removed.
    if (
      (before.compares && isLimit(before)) ||
      !isAmount(`${before.test} ${lastName(before.scope)}`) ||
      /\.length\b|\blen\(|\.size\b/.test(before.test)
    )
      continue;
    yield {
      side: 'after',
      range: after.range,
      message: fitMessage(`\`${shorten(before.test, 28)}\` turned into \`${shorten(after.test, 28)}\``),
    };
  }
  for (const { range, before, after, name } of turnedSigns(input))
    yield {
      side: 'after',
      range,
      message: fitMessage(`\`${before}\` became \`${after}\`: \`${shorten(name, 26)}\` goes the other way`),
    };
}

/** A parser, a validator or a check by name took the place in the same function. */
function isValidatedBy(input: RuleInput, scope: string, guard?: Guard): boolean {
  return newCallsIn(input, scope).some(
    (call) =>
      /\b(validate\w*|parse|safe parse|assert\w*|check\w*|ensure\w*|clamp\w*|verify\w*|require\w*|bound\w*|limit\w*|min|max)\b/.test(
        words(lastName(call.callee)),
      ) && !(guard !== undefined && overlooksAmounts(input, call, guard)),
  );
}

function mentionsAny(input: RuleInput, scope: string, names: readonly string[]): boolean {
  const { text } = codeOfScope(input.after, scope);
  return names.some((name) => ` ${text}`.includes(` ${name} `));
}

const CLAMP = /^(min|max|clamp|minimum|maximum|Min|Max|coerceIn|coerceAtMost|coerceAtLeast)$/;

function* clamps(input: RuleInput): Iterable<FindingDraft> {
  for (const call of input.removed.calls) {
    if (!isClamp(call) || !isAmount(`${call.scope} ${call.args.join(' ')} ${call.callee}`)) continue;
    const scope = counterpartScope(input, call.scope);
    if (scope === undefined || isExtracted(input, call) || isValidatedBy(input, call.scope) || isClampedInParts(input, call)) continue;
    const left = input.after?.calls.filter((other) => within(other.scope, scope) && isClamp(other)).length ?? 0;
    const was = input.before?.calls.filter((other) => within(other.scope, call.scope) && isClamp(other)).length ?? 0;
    const names = `${receiver(call.callee)} ${call.args.join(' ')}`.match(/[A-Za-z_]\w*/g) ?? [];
    if (left >= was || !mentionsAny(input, scope, names) || newGuardsIn(input, call.scope).some((guard) => guard.compares)) continue;
    yield {
      side: 'before',
      range: call.range,
      message: fitMessage(`\`${shorten(`${call.callee}(${call.args.join(', ')})`, 44)}\` no longer bounds the amount`),
    };
  }
}

/** Of one value and a bound; `min` of a whole list looks for the smallest and bounds nothing. */
function isClamp(call: Call): boolean {
  const name = lastName(call.callee);
  if (call.kind !== 'call' || !CLAMP.test(name) || call.args.some((argument) => argument.startsWith('...'))) return false;
  if (/^(Math|math|cmp|std::cmp|np|Decimal|BigDecimal|Ordering)(\.|::)/.test(call.callee) || call.callee === name)
    return call.args.length >= 2;
  return call.args.length > 0 && !/^(z|yup|Joi|v|s|t|Schema)\b/.test(call.callee);
}

/** `MAX_DISCOUNT = 0.5` that became 1, and a ceiling that was multiplied. */
function* constants(input: RuleInput): Iterable<FindingDraft> {
  for (const { before, after } of changedOptions(input)) {
    const name = words(before.name);
    // How long a text may be is no amount, whatever it is about.
    if (/\b(length|digits|chars|characters|precision)\b/.test(name)) continue;
    if (!isAmount(before.name) && !(isAmount(before.scope) && /\b(max|min|limit|cap)\b/.test(name))) continue;
    const draft = moved(name, numberOf(before.value), numberOf(after.value));
    if (draft)
      yield {
        side: 'after',
        range: after.range,
        message: fitMessage(`\`${shorten(after.name, 28)}\` went from ${shorten(before.value, 14)} to ${shorten(after.value, 14)}`),
      };
  }
}

function moved(name: string, before: number | undefined, after: number | undefined): boolean {
  if (before === undefined || after === undefined) return false;
  if (/\b(max|maximum|limit|cap|ceiling|upper|at most)\b/.test(name)) return isFarHigher(before, after) || (after <= 0 && before > 0);
  return /\b(min|minimum|floor|lower|at least)\b/.test(name) && before > 0 && (after <= 0 || after <= before / 2);
}

/** `minimum` and `maximum` of a JSON Schema or an OpenAPI document, and caps in configuration. */
function* documents(input: RuleInput): Iterable<FindingDraft> {
  for (const change of changedSettings(input)) {
    if (change.resourceIsGone || change.before === undefined) continue;
    const name = nameOf(change);
    const isSchema = /^(exclusive)?(minimum|maximum)$/i.test(name);
    const about = change.path.slice(0, -1).join(' ');
    if (isSchema ? !isAmount(about) : !isAmount(change.path.slice(-2).join(' '))) continue;
    const before = Number(change.before.value);
    if (change.after === undefined) {
      const owner = change.path.slice(0, -1);
      const stays = input.after?.settings.some((other) => owner.every((part, at) => other.path[at] === part)) === true;
      if (isSchema && stays)
        yield {
          side: 'before',
          range: change.before.range,
          message: fitMessage(`\`${shorten(about.split(' ').at(-1) ?? name, 28)}\` lost its ${name} of ${change.before.value}`),
        };
    } else if (moved(words(name), before, Number(change.after.value))) {
      yield {
        side: 'after',
        range: change.after.range,
        message: fitMessage(`\`${shorten(name, 28)}\` went from ${change.before.value} to ${change.after.value}`),
      };
    }
  }
}

/** `UPDATE accounts SET balance = balance - $1 WHERE id = $2 AND balance >= $1` without its last condition. */
function* updates(input: RuleInput): Iterable<FindingDraft> {
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

function mentions(statement: SqlStatement, column: string): number {
  return statement.names.filter((name) => name === column || name.endsWith(`.${column}`)).length;
}

/** A CHECK of the database about an amount that is dropped and not made again. */
function* checks(input: RuleInput): Iterable<FindingDraft> {
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

/** A comparison inside an expression, such as `return qty > 0 && qty <= MAX`. */
function* conditions(input: RuleInput): Iterable<FindingDraft> {
  const old = changedCode(input, 'before');
  for (const match of old.text.matchAll(
    /(?:&& |\|\| |and |or |return )(?:not )?\(? ?((?:[A-Za-z_$]\w* \. )?([A-Za-z_$]\w*) (?:<=?|>=?) (?:-? ?[\d.]+|[A-Z][A-Z0-9_]{2,}|self \. \w+))(?= )/g,
  )) {
    const [, comparison = '', name = ''] = match;
    if (!isAmount(name)) continue;
    const line = old.lineAt(match.index + match[0].length - 1);
    const scope = scopeAtLine(input.before, line);
    const guard = input.removed.guards.find(({ range }) => range.start.line <= line && line <= range.end.line);
    if (
      guard !== undefined &&
      (isBoundBySchema(input, guard) || isAskedInPart(input, guard) || lostGuards(input, (one) => one === guard).length === 0)
    )
      continue;
    const counterpart = counterpartScope(input, scope);
    if (counterpart === undefined || scope === '') continue;
    const { text } = codeOfScope(input.after, counterpart);
    const stillCompared = new RegExp(`\\b${name} (<|>)|(<|>)=? (\\w+ \\. )?${name} `).test(text);
    if (stillCompared || !text.includes(` ${name} `) || isValidatedBy(input, scope)) continue;
    yield {
      side: 'before',
      range: rangeOfLine(input, 'before', line),
      message: fitMessage(`\`${shorten(comparison.replaceAll(' . ', '.'), 40)}\` is asked no more`),
    };
  }
}
