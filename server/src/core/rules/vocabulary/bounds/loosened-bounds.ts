import type { Condition, Guard } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { CAP_GROWTH, LIMIT_FACTOR } from '../../thresholds.ts';
import { boundAbove } from '../code/bindings.ts';
import { isWrite, lastName, shorten, words } from '../code/call-names.ts';
import { numberIn } from '../code/computed-numbers.ts';
import { flatten } from '../code/moved-text.ts';
import { changedOptions, numberOf } from '../code/option-changes.ts';
import { homeOf } from '../code/option-paths.ts';
import { isTestScope } from '../code/test-cases.ts';
import { changedConditions } from '../guards/condition-changes.ts';
import { FINDS } from '../guards/condition-names.ts';
import { callsInside, guardKind, isAccessTest } from '../guards/guard-kinds.ts';
import { lostWraps, overtakenGuards } from '../guards/lost-wraps.ts';
import { KNOWN } from '../load/limits-in-code.ts';
import { COUNTED_OTHERWISE, isAmount } from '../money/amounts.ts';
import { isBound, isLimit } from './asked-bounds.ts';

/** A bound that stays and lets more through: turned round, a part of it dropped, its number grown. */
export function* loosenedBounds(input: RuleInput): Iterable<FindingDraft> {
  for (const { before, after, loosened: how } of changedConditions(input)) {
    if (how === undefined || !((before.compares && isBound(before)) || (how.kind === 'inverted' && asksOfFound(input, before, after))))
      continue;
    // What asks the same and no longer stops is lost, and told as that.
    if (flatten(before.test) === flatten(after.test)) continue;
    if (
      how.kind === 'raised' &&
      ((how.factor ?? 1) < CAP_GROWTH || isSameNumber(input, before.test, after.test) || isOtherUnit(before.test, after))
    )
      continue;
    if (how.kind === 'added' || (how.kind === 'lost' && !/[<>]/.test(how.part)) || isTestScope(after.scope)) continue;
    yield {
      side: 'after',
      range: after.range,
      message: fitMessage(`\`${shorten(before.test, 34)}\` became \`${shorten(after.test, 26)}\`, which bounds less`),
      ...(how.kind === 'inverted' || how.kind === 'constant' || how.kind === 'raised' || how.kind === 'lost'
        ? {}
        : { severity: 'medium' as const }),
    };
  }
}

/** `if (bad) throw` that is `if (!bad) throw`, of `bad = lines.find((line) => line.grams > MAX_GRAMS)` on both sides. */
function asksOfFound(input: RuleInput, before: Guard | Condition, after: Guard | Condition): boolean {
  const [was, is] = (['before', 'after'] as const).map((side) => {
    const { test, range } = side === 'before' ? before : after;
    const name = /[A-Za-z_$][\w$]*/.exec(test.replace(/^not /, ''))?.[0];
    const facts = input[side];
    return name === undefined || facts === undefined ? undefined : boundAbove(facts, name, range.start.line);
  });
  if (was === undefined || was !== is || !FINDS.test(flatten(was))) return false;
  return /[<>]/.test(was.replace(/=>/g, '')) && (isLimit(was) || /\b[A-Z][A-Z0-9_]{2,}\b/.test(was));
}

/** The constant that is multiplied got as much smaller: `MAX_EUROS * 100` of 5, which was `MAX_CENTS` of 500. */
function isSameNumber({ before, after }: RuleInput, old: string, now: string): boolean {
  const numberOfSide = (text: string, facts: RuleInput['after']): number | undefined =>
    numberIn(
      text
        .slice(text.search(/[<>]/))
        .replace(/^[<>]=?/, '')
        .trim(),
      facts,
    );
  const [was, is] = [numberOfSide(old, before), numberOfSide(now, after)];
  return was !== undefined && is !== undefined && is < was * CAP_GROWTH;
}

/** A bound whose name says another unit than what it bounds is made one of the same; an amount of money is told as such. */
function isOtherUnit(old: string, { test, scope }: { readonly test: string; readonly scope: string }): boolean {
  if (!/\*|\/|<<|>>/.test(test)) return false;
  if (isAmount(`${test} ${lastName(scope)}`) && !COUNTED_OTHERWISE.test(words(test))) return true;
  const [left = '', right = ''] = old.split(/[<>]=?/).map((side) => UNIT.exec(words(side))?.[1] ?? '');
  return right !== '' && left !== right;
}

const UNIT = /\b(ms|millis|seconds?|secs?|minutes?|mins?|hours?|days?|kb|mb|gb|kib|mib|gib|kilobytes?|megabytes?|kg|km|percent|pct)\b/;

/** `if (count < MAX) insert()` that became `insert()`. */
export function* unwrappedBounds(input: RuleInput): Iterable<FindingDraft> {
  for (const { condition, work } of lostWraps(
    input,
    (candidate) => candidate.compares && isBound(candidate) && !isAccessTest(candidate.test),
  )) {
    if (!isWrite(work.callee) || /\.(length|size)\s*(>|>=|!==?)\s*[01]\b|\blen\(\w+\) > 0/.test(condition.test)) continue;
    yield {
      side: 'before',
      range: condition.range,
      message: fitMessage(`\`${shorten(condition.test, 34)}\` no longer bounds \`${shorten(work.callee, 26)}\``),
    };
  }
}

/** A cap that a condition of this file compares with, and that at least doubled; deploy/limit-changed has those of configuration. */
export function* grownCaps(input: RuleInput): Iterable<FindingDraft> {
  for (const { before, after } of changedOptions(input)) {
    // An entry of a table of caps goes by the table's name: `MAX_PER_ORDER.knife`.
    const table = homeOf(after);
    const name = table === '' ? after.name : lastName(table);
    if (
      (table === '' && KNOWN.test(words(name))) ||
      !/\b(max|min|cap|caps|limits|ceiling|floor|maximum|minimum|threshold)\b/.test(words(name)) ||
      after.callee !== ''
    )
      continue;
    const [old, now] = [numberOf(before.value), numberOf(after.value)];
    if (old === undefined || now === undefined || old <= 0 || now <= 0) continue;
    const growth = /\b(min|minimum|floor)\b/.test(words(name)) ? old / now : now / old;
    const isTold = table === '' && growth >= LIMIT_FACTOR.far && !/min|floor|threshold/i.test(name);
    if (growth < CAP_GROWTH || isTold || !isCompared(input.after, name, table !== '')) continue;
    yield {
      side: 'after',
      range: after.range,
      message: fitMessage(
        `\`${shorten(after.name, 28)}\` went from ${shorten(before.value, 14)} to ${shorten(after.value, 14)} and bounds less`,
      ),
    };
  }
}

/** A condition compares with it; with an entry of a table also by the name that it was taken out under. */
function isCompared(facts: RuleInput['after'], name: string, isTable: boolean): boolean {
  return (
    facts?.guards.some(
      ({ compares, reads, range }) =>
        compares &&
        (reads.includes(name) ||
          (isTable && reads.some((read) => boundAbove(facts, read, range.start.line)?.split(/\W+/).includes(name) === true))),
    ) === true
  );
}

/** A bound that stands behind the write that it bounded. */
export function* overtakenBounds(input: RuleInput): Iterable<FindingDraft> {
  for (const { guard, write } of overtakenGuards(input)) {
    if (guardKind(guard, callsInside(guard, input.after?.calls ?? [])) !== 'limit' || guard.exit === 'return') continue;
    yield {
      side: 'after',
      range: guard.range,
      message: fitMessage(`\`${shorten(guard.test, 30)}\` is asked when \`${shorten(write.callee, 26)}\` is done`),
    };
  }
}
