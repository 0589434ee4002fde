import type { Range } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { CAP_GROWTH } from '../../thresholds.ts';
import { lastName, shorten, words } from '../code/call-names.ts';
import { type LineChange, lineChanges } from '../code/changed-lines.ts';
import { rangeOfLine } from '../code/code-text.ts';
import { type ConditionChange, changedConditions } from '../guards/condition-changes.ts';
import { COUNTED_OTHERWISE, isAmount } from './amounts.ts';

/** A comparison of an amount that still stands there and holds back less. */
export interface LoosenedComparison {
  readonly range: Range;
  readonly message: string;
}

/** `<= 0` that became `=== 0`, `> max` that became `> max * 100`, `> paid - refunded` that became `> paid`. */
export function* loosenedComparisons(input: RuleInput): Generator<LoosenedComparison> {
  for (const change of lineChanges(input)) {
    const { after } = change;
    const isOn = ({ range }: { readonly range: Range }): boolean => range.start.line <= after.line && after.line <= range.end.line;
    const stops = input.added.guards.some(isOn);
    if (
      !(stops || input.added.conditions.some(isOn)) ||
      !isAmount(`${after.text} ${lastName(after.scope)}`) ||
      COUNTED_OTHERWISE.test(words(after.text))
    )
      continue;
    const message = onlyZero(change) ?? farther(change) ?? withoutTerm(change, stops);
    if (message !== undefined) yield { range: rangeOfLine(input, 'after', after.line), message };
  }
  for (const change of changedConditions(input)) {
    const message = lostTerm(change);
    if (message !== undefined) yield { range: change.after.range, message };
  }
}

/** A bound that was laid out otherwise on the way, so that no line is like its own, and that lost a term; in words. */
export function lostTerm({ before, after }: ConditionChange): string | undefined {
  const isStop = 'exit' in before && 'exit' in after;
  if (!isStop || !isAmount(`${after.test} ${lastName(after.scope)}`) || COUNTED_OTHERWISE.test(words(after.test))) return undefined;
  return withoutTerm(betweenTests(before.test, after.test), true);
}

/** What two tests differ in, as `lineChanges` says it of two lines. */
function betweenTests(before: string, after: string): Pick<LineChange, 'was' | 'now' | 'head' | 'tail'> {
  const [old, fresh] = [before.replace(/\s+/g, ''), after.replace(/\s+/g, '')];
  const shortest = Math.min(old.length, fresh.length);
  let start = 0;
  while (start < shortest && old[start] === fresh[start]) start += 1;
  let end = 0;
  while (end < shortest - start && old.at(-1 - end) === fresh.at(-1 - end)) end += 1;
  const tail = old.slice(old.length - end);
  return { was: old.slice(start, old.length - end), now: fresh.slice(start, fresh.length - end), head: old.slice(0, start), tail };
}

/** Nought alone is refused, and what is below it comes through. */
function onlyZero({ before, after }: LineChange): string | undefined {
  const name = /(?<![\w$.)\]])([\w$.)\]]+)<=?0(?![\w.])/.exec(before.text)?.[1];
  if (name === undefined || /(?:<=?|>=?)0(?![\w.])/.test(after.text)) return undefined;
  const now = [`${name}===0`, `${name}==0`, `!${name}`].find((text) => after.text.includes(text));
  return now === undefined ? undefined : `\`${shorten(now, 30)}\` lets negative amounts pass; it was \`${shorten(`${name} <= 0`, 28)}\``;
}

/** A bound times a number, or the amount divided by one. A bound in another unit than the amount is made one of the same. */
function farther({ was, now, head, before }: LineChange): string | undefined {
  const factor = /^([*/])(\d[\d_]*)$/.exec(now);
  if (was !== '' || factor === null || Number(factor[2]?.replaceAll('_', '')) < CAP_GROWTH) return undefined;
  const sides = /(?<![\w$.])([\w$.]+)(>=?)([\w$.]+)/.exec(before.text);
  const [, amount = '', , bound = ''] = sides ?? [];
  const changed = head.endsWith(bound) ? bound : head.endsWith(amount) ? amount : undefined;
  const isFarther = changed === bound ? factor[1] === '*' : changed === amount && factor[1] === '/';
  if (changed === undefined || bound === '' || !isFarther || unitOf(amount) !== unitOf(bound)) return undefined;
  return `\`${shorten(`${changed} ${factor[1]} ${factor[2]}`, 34)}\`: the amount may be ${factor[2]} times as large`;
}

function unitOf(name: string): string {
  return /\b(cents?|pence|paise|minor|micros?|eur|usd|gbp|euros?|dollars?|pounds?|major)\b/.exec(words(name))?.[1]?.replace(/s$/, '') ?? '';
}

/** What was already paid back, reserved or added as a fee no longer counts. */
function withoutTerm({ was, now, head, tail }: Pick<LineChange, 'was' | 'now' | 'head' | 'tail'>, stops: boolean): string | undefined {
  const term = /^(?:([-+])[A-Za-z_$][\w$.]*(?:\(\))?|[A-Za-z_$][\w$.]*(?:\(\))?(\+))$/.exec(was.trim());
  const sign = term?.[1] ?? term?.[2];
  if (now !== '' || sign === undefined) return undefined;
  const ahead = /([<>])[^<>]*$/.exec(
    head
      .replaceAll('=>', '')
      .split(/&&|\|\|| and | or /)
      .at(-1) ?? '',
  )?.[1];
  const operator = ahead ?? /^[^<>]*([<>])/.exec(tail.replaceAll('=>', '').split(/&&|\|\|| and | or /)[0] ?? '')?.[1];
  if (operator === undefined) return undefined;
  // What may not be passed stands behind `>` where that stops the work, and in front of it where that lets it go on.
  const isCeiling = (ahead === undefined) === ((operator === '<') === stops);
  return (sign === '-') === isCeiling ? `\`${shorten(was.trim().replace(/\+$/, ''), 34)}\` no longer counts in this bound` : undefined;
}
