import type { Call, Guard, SqlStatement } from '../../model/facts.ts';
import type { FindingDraft } from '../../model/finding.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage } from '../quote.ts';
import { lastName, receiver, shorten, words } from '../vocabulary/code/call-names.ts';
import { changedCode, codeOfScope, rangeOfLine, scopeAtLine } from '../vocabulary/code/code-text.ts';
import { counterpartScope, isExtracted, lostGuards, newCallsIn, newGuardsIn, within } from '../vocabulary/code/counterpart.ts';
import { FIELD_BOUND, fieldAfter, fieldNear, fieldOnLine } from '../vocabulary/code/field-names.ts';
import { changedOptions, numberOf } from '../vocabulary/code/option-changes.ts';
import { lostFieldBounds } from '../vocabulary/guards/field-bounds.ts';
import { isMoney } from '../vocabulary/money/money-names.ts';
import { guessKind, isReplaced } from '../vocabulary/schema/dropped-constraints.ts';
import { isBoundBySchema } from '../vocabulary/schema/schema-bounds.ts';
import { schemaChanges } from '../vocabulary/schema/schema-changes.ts';
import { changedSettings, nameOf } from '../vocabulary/settings/settings.ts';

/**
 * ## What it sees
 * A price, a discount, a quantity or a balance that loses what bounds it: a comparison that stopped the work, `Math.min` and
 * `Math.max` around it, the minimum of its schema, `AND balance >= …` of its update, the CHECK of its column; or a bound that was moved far out.
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
  title: 'An amount lost its bound',
  reads: ['guards', 'calls', 'options', 'settings', 'statements', 'tokens'],
  evidence: [
    { title: 'Knight Capital 2012: orders without a bound', url: 'https://dougseven.com/2014/04/17/knightmare-a-devops-cautionary-tale/' },
  ],
  *check(input): Iterable<FindingDraft> {
    const flagged = new Set<number>();
    for (const draft of [
      ...guards(input),
      ...clamps(input),
      ...schemas(input),
      ...constants(input),
      ...documents(input),
      ...updates(input),
      ...checks(input),
      ...conditions(input),
      ...tags(input),
    ]) {
      if (flagged.has(draft.range.start.line)) continue;
      flagged.add(draft.range.start.line);
      yield draft;
    }
  },
});

const COUNTED =
  /\b(qty|quantity|quantities|units|stock|shares|order size|credit limit|spend|spending|budget|exposure|position size|notional|percent off)\b/;

/** What is paged, drawn or timed has bounds of its own. */
const COUNTED_OTHERWISE =
  /\b(page|pages|width|height|px|index|offset|bytes|kb|mb|random|now|duration|elapsed|timestamp|latency|retries|attempts|lines|rows|columns|opacity|tokens|progress|memory)\b/;

/** True where a stretch of code is about an amount that somebody pays or gets. */
function isAmount(text: string): boolean {
  return (isMoney(text) || COUNTED.test(words(text))) && !COUNTED_OTHERWISE.test(words(text));
}

function* guards(input: RuleInput): Iterable<FindingDraft> {
  for (const guard of lostGuards(input, (candidate) => isBound(candidate) || isBoundHere(input, candidate))) {
    if (isStep(input, guard)) continue;
    const scope = counterpartScope(input, guard.scope);
    if (
      scope === undefined ||
      !mentionsAny(input, scope, guard.reads) ||
      isValidatedBy(input, guard.scope) ||
      isBoundBySchema(input, guard)
    )
      continue;
    yield { side: 'before', range: guard.range, message: fitMessage(`\`${shorten(guard.test, 44)}\` no longer bounds the amount`) };
  }
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

function isBound(guard: Guard): boolean {
  return (
    guard.compares &&
    /[<>]/.test(guard.test.replaceAll('=>', '')) &&
    isAmount(`${guard.test} ${lastName(guard.scope)}`) &&
    !/\.length\b|\blen\(|\.size\b/.test(guard.test)
  );
}

/** The test names no money, and what it names is reckoned of it in the same function: `left = balance - price`. */
function isBoundHere(input: RuleInput, guard: Guard): boolean {
  if (!guard.compares || guard.exit === 'return' || guard.scope === '' || !/[<>]/.test(guard.test.replaceAll('=>', ''))) return false;
  if (/\.length\b|\blen\(|\.size\b/.test(guard.test) || COUNTED_OTHERWISE.test(words(guard.test))) return false;
  const { text } = codeOfScope(input.before, guard.scope);
  return guard.reads.some((name) => {
    if (!/^[A-Za-z_]\w*$/.test(name)) return false;
    const at = text.search(new RegExp(`(^| )${name} :?= `));
    if (at < 0) return false;
    // As far as one expression usually goes.
    const made = text.slice(at + name.length, at + name.length + 80).split(/ ; | if | let | const | return /)[0] ?? '';
    return / [-+*] /.test(made) && isAmount(made);
  });
}

/** One step of a scale (`if (n >= 100) return 10; if (n >= 20) return 5;`) says what an amount gives, and bounds none. */
function isStep(input: RuleInput, guard: Guard): boolean {
  const shape = shapeOf(guard);
  return (
    guard.exit === 'return' &&
    (input.before?.guards.some(
      (other) =>
        other !== guard && other.exit === 'return' && other.scope === guard.scope && other.test !== guard.test && shapeOf(other) === shape,
    ) ??
      false)
  );
}

function shapeOf(guard: Guard): string {
  return guard.test.replace(/\d[\d_.]*/g, '#');
}

/** The same condition but for one number, which now lets at least twice as much through, or a sign. */
function isLooser(old: string, fresh: string): boolean {
  const number = /(?<![\w.])-?\d[\d_]*(?:\.\d+)?(?![\w.])/g;
  if (old.replace(number, '#') !== fresh.replace(number, '#')) return false;
  const was = old.match(number) ?? [];
  const is = fresh.match(number) ?? [];
  const at = was.findIndex((value, index) => value !== is[index]);
  if (at < 0) return false;
  const before = Number(was[at]?.replaceAll('_', ''));
  const after = Number(is[at]?.replaceAll('_', ''));
  const operator = /([<>])=?\s*#/.exec(nth(old.replace(number, '#'), at))?.[1];
  return operator === '>' ? isFarHigher(before, after) : operator === '<' && isFarHigher(after, before);
}

/** The text up to and with the hole of that ordinal, from the hole before it. */
function nth(text: string, ordinal: number): string {
  return `${text.split('#')[ordinal] ?? ''}#`;
}

function isFarHigher(before: number, after: number): boolean {
  return after > before && (before <= 0 || after >= before * 2);
}

/** A parser, a validator or a check by name took the place in the same function. */
function isValidatedBy(input: RuleInput, scope: string): boolean {
  return newCallsIn(input, scope).some((call) =>
    /\b(validate\w*|parse|safe parse|assert\w*|check\w*|ensure\w*|clamp\w*|verify\w*|require\w*|bound\w*|limit\w*|min|max)\b/.test(
      words(lastName(call.callee)),
    ),
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
    if (scope === undefined || isExtracted(input, call) || isValidatedBy(input, call.scope)) continue;
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

const SCHEMA_BOUND =
  /\.(min|max|positive|nonnegative|gte?|lte?|int|moreThan|lessThan|multipleOf|greater|less|finite|safe|step)\(-?[\w.]*\)/g;
const BOUND_ANNOTATION = /^(Min|Max|DecimalMin|DecimalMax|Positive|PositiveOrZero|NegativeOrZero|Range|IsPositive|Digits|validate)$/;

/** Schemas in code: zod and its kin by the value of a property, pydantic by keywords, Java by annotations. */
function* schemas(input: RuleInput): Iterable<FindingDraft> {
  for (const { before, after } of changedOptions(input)) {
    if (!isAmount(before.name)) continue;
    const left = after.value.match(SCHEMA_BOUND) ?? [];
    const lost = (before.value.match(SCHEMA_BOUND) ?? []).find((bound) => !left.some((other) => kindOf(other) === kindOf(bound)));
    if (lost === undefined || left.length >= (before.value.match(SCHEMA_BOUND)?.length ?? 0)) continue;
    yield {
      side: 'after',
      range: after.range,
      message: fitMessage(`\`${shorten(before.name, 28)}\` lost \`${shorten(lost, 20)}\` of its schema`),
    };
  }
  for (const option of input.removed.options) {
    if (!FIELD_BOUND.test(option.name) || !/(Field|con\w+|Range|Validator|\w+Field|Query|Body|Param)$/.test(option.callee)) continue;
    const name = fieldOnLine(input, option);
    if (
      !isAmount(name) ||
      input.after?.options.some((other) => other.name === option.name && fieldNear(input, 'after', other) === name) === true
    )
      continue;
    if (!new RegExp(`\\b${name}\\b`).test(codeOfScope(input.after, '').text)) continue;
    yield {
      side: 'before',
      range: option.range,
      message: fitMessage(`\`${shorten(name, 28)}\` lost \`${shorten(`${option.name}=${option.value}`, 24)}\``),
    };
  }
  for (const call of input.removed.calls) {
    const isAnnotation = call.kind === 'decorator' && BOUND_ANNOTATION.test(lastName(call.callee));
    const isValidator = /^(MinValueValidator|MaxValueValidator)$/.test(lastName(call.callee));
    if (!isAnnotation && !isValidator) continue;
    const name = isAnnotation ? (fieldAfter(input, call) ?? call.scope) : fieldOnLine(input, call);
    const scope = counterpartScope(input, call.scope);
    if (!isAmount(name) || scope === undefined) continue;
    if (input.after?.calls.some((other) => other.callee === call.callee && other.scope === scope && !wasThere(input, other)) === true)
      continue;
    yield {
      side: 'before',
      range: call.range,
      message: fitMessage(`\`${shorten(name, 28)}\` lost \`${shorten(`${call.callee}(${call.args.join(', ')})`, 26)}\``),
    };
  }
}

function* tags(input: RuleInput): Iterable<FindingDraft> {
  for (const { field, bound, range, isSize } of lostFieldBounds(input))
    if (!isSize && isAmount(field))
      yield { side: 'before', range, message: fitMessage(`\`${shorten(field, 28)}\` lost \`${shorten(bound, 26)}\``) };
}

function kindOf(bound: string): string {
  return (/^\.(\w+)/.exec(bound)?.[1] ?? '')
    .replace(/^(positive|nonnegative|gte?|moreThan|greater)$/, 'min')
    .replace(/^(lte?|lessThan|less)$/, 'max');
}

function wasThere(input: RuleInput, call: Call): boolean {
  return input.before?.calls.some((other) => other.key === call.key) === true;
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
    const { action, statement } = change;
    // A constraint is usually called by its table first, which may be of `order_lines`.
    const named = words(action.name.replace(`${change.table.slice(change.table.lastIndexOf('.') + 1)}_`, ''));
    const kind = action.constraint ?? guessKind(action.name);
    const isCheck = kind === 'check' || (kind === undefined && BOUNDS.test(named));
    if (!isCheck || !isAmount(`${named} ${(action.columns ?? []).join(' ')}`) || isReplaced(change, input)) continue;
    yield {
      side: statement.side,
      range: statement.range,
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
    if (guard !== undefined && isBoundBySchema(input, guard)) continue;
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
