import type { Range } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { lastName, shorten, words } from '../code/call-names.ts';
import { type ChangedLine, lineChanges } from '../code/changed-lines.ts';
import { rangeOfLine } from '../code/code-text.ts';
import { counterpartScope } from '../code/counterpart.ts';
import { isMoney, isShown } from './money-names.ts';

/** An amount that was made of cents, or asked for them, and is taken for whole units now: `Money.ofMinor(EUR, cents)` that became `Money.of(EUR, cents)`. */
export function* unitGetters(input: RuleInput): Iterable<{ readonly range: Range; readonly was: string; readonly now: string }> {
  for (const now of input.added.calls) {
    const [of, name] = partsOf(now.callee);
    if (now.kind === 'decorator' || !MAJOR.test(name) || !now.args.some((text) => /\b(?:cents?|minor|pence)\b/.test(words(text)))) continue;
    const old = input.removed.calls.find(
      (other) =>
        partsOf(other.callee)[0] === of &&
        MINOR.test(partsOf(other.callee)[1]) &&
        counterpartScope(input, other.scope) === now.scope &&
        other.args.join() === now.args.join(),
    );
    if (old !== undefined && !now.args.some((text) => /[*/]|\bdivide|movePoint/.test(text)))
      yield { range: now.range, was: old.callee, now: now.callee };
  }
  for (const { before, after, was, now } of lineChanges(input)) {
    // `order.Total.Cents()` and `order.Total.IntPart()`: the line is the same but for the method.
    if (!GETTER.test(was) || !/^\w+$/.test(now) || MINOR_WORD.test(words(now)) || !stays(after, now)) continue;
    if (
      !isMoney(`${after.text} ${lastName(after.scope)}`) ||
      isShown(`${after.text} ${after.scope}`) ||
      SHOWN.test(after.text) ||
      !before.text.includes(`.${was}`)
    )
      continue;
    yield { range: rangeOfLine(input, 'after', after.line), was, now };
  }
}

function stays({ text }: ChangedLine, now: string): boolean {
  return text.includes(`.${now}`) && !/[*/]\s?100/.test(text);
}

function partsOf(callee: string): readonly [string, string] {
  const name = lastName(callee.replaceAll('::', '.'));
  return [callee.slice(0, Math.max(0, callee.length - name.length)), name];
}

const MINOR =
  /^(?:ofMinor|fromMinor|of_minor|from_minor|fromCents|from_cents|ofCents|of_cents|FromMinor|NewFromCents|fromMinorUnits|from_minor_units|fromSubunits)$/;
const MAJOR = /^(?:of|from|new|New|make|fromMajor|ofMajor|from_major|fromAmount|from_amount|create|valueOf)$/;
const GETTER = /^(?:to|in|get|as)?_?(?:[cC]ents|[mM]inor(?:_?[uU]nits)?|[aA]mountMinor(?:Long|Int)?|amount_minor|[sS]ubunits|[pP]ence)$/;
const MINOR_WORD = /\b(?:cents?|minor|subunits?|pence|smallest)\b/;
const SHOWN = /\b(?:toFixed|toLocaleString|format\w*|Sprintf|Printf|print\w*|log|logger|render|Infof?|Debugf?)\b/;

/** How it is said. */
export function sayUnit({ was, now }: { readonly was: string; readonly now: string }): string {
  return `\`${shorten(was, 30)}\` became \`${shorten(now, 30)}\`: cents are taken for whole units`;
}
