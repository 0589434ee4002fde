import type { Option, SourceFacts } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { lastName, shorten, words } from '../code/call-names.ts';
import { rangeOfLine } from '../code/code-text.ts';
import { keepOf } from '../code/kept.ts';
import { escaped } from '../code/literal-patterns.ts';
import { namedLists } from '../code/named-lists.ts';
import { tokensOf } from '../code/token-lines.ts';

/**
 * JavaScript: a plain object that counts its members like an enum (`State = { Open: 0, Paid: 1 }`), one of which has another number
 * because one was put in front of it; and a list that a stored number picks from (`LEVELS[row.level]`), whose places moved.
 */
export function* movedMembers(input: RuleInput): Iterable<FindingDraft> {
  const { before, after } = input;
  if (before?.language !== 'typescript' || after === undefined) return;
  const flagged = new Set<string>();
  for (const option of input.added.options) {
    const owner = ownerOf(option);
    if (owner === undefined || flagged.has(owner)) continue;
    const [old, now] = [countedIn(before).get(owner), countedIn(after).get(owner)];
    if (old === undefined || now === undefined || !isCounted(old) || !isCounted(now)) continue;
    const moved = old.find(({ name, value }) => (now.find((other) => other.name === name)?.value ?? value) !== value);
    const is = now.find(({ name }) => name === moved?.name)?.value;
    if (
      moved === undefined ||
      is === undefined ||
      /\b(?:z|zindex|layers?|order|priorit(?:y|ies)|weights?|sort|index|columns?|steps?)\b/.test(words(owner))
    )
      continue;
    flagged.add(owner);
    yield {
      side: 'after',
      range: option.range,
      message: fitMessage(`\`${shorten(`${owner}.${moved.name}`, 26)}\` was ${moved.value}, is ${is}`),
      ...(KINDS.test(words(owner)) ? {} : { severity: 'medium' as const }),
    };
  }
  yield* movedPlaces(input, before, after);
}

/** What rows and messages say of a thing. */
const KINDS =
  /\b(?:state|states|status|statuses|kind|kinds|type|types|role|roles|level|levels|code|codes|mode|modes|stage|phase|tier|flag|flags|category|permission)\b/;

function* movedPlaces(input: RuleInput, before: SourceFacts, after: SourceFacts): Iterable<FindingDraft> {
  const { start, lines } = input.hunk.after;
  // The old side is known from the keystroke before.
  if (namedLists(before).length === 0) return;
  for (const list of namedLists(after)) {
    const own = list.elements.filter(({ line }) => line >= start && line < start + lines);
    const [first] = own;
    if (first === undefined || !/^[A-Z]/.test(lastName(list.name))) continue;
    const old = namedLists(before).find(({ name }) => name === list.name);
    const [was, is] = [old?.elements ?? [], list.elements].map((elements) => elements.map(({ text }) => text));
    const moved = was?.find((text, at) => is?.includes(text) === true && is.indexOf(text) !== at);
    if (moved === undefined || was === undefined || is === undefined || is.length <= was.length) continue;
    // A field of a row or a message picks from it; what only counts round is nobody's number.
    if (
      !new RegExp(`\\b${escaped(lastName(list.name))}\\[(?!\\w*(?:[iI]ndex|[iI]|at)\\])[\\w$]+\\??\\.[\\w$.]+\\]`).test(tokensOf(after, ''))
    )
      continue;
    yield {
      side: 'after',
      range: rangeOfLine(input, 'after', first.line),
      message: fitMessage(`\`${shorten(moved, 20)}\` was ${was.indexOf(moved)} of \`${shorten(list.name, 20)}\`, is ${is.indexOf(moved)}`),
      severity: 'medium',
    };
  }
}

/** Numbers one by one from nought or one, at least two. */
function isCounted(members: readonly Option[]): boolean {
  const numbers = members.map(({ value }) => Number(value));
  return members.length >= 2 && (numbers[0] === 0 || numbers[0] === 1) && numbers.every((number, at) => number === (numbers[0] ?? 0) + at);
}

/** Members of each object at the top level whose values are all whole numbers. */
const countedIn = keepOf((facts: SourceFacts): ReadonlyMap<string, readonly Option[]> => {
  const found = new Map<string, Option[]>();
  const others = new Set<string>();
  for (const option of facts.options) {
    const owner = ownerOf(option);
    if (owner === undefined) continue;
    if (/^\d+$/.test(option.value)) found.set(owner, [...(found.get(owner) ?? []), option]);
    else others.add(owner);
  }
  return new Map([...found].filter(([owner]) => !others.has(owner)));
});

/** `Status` of `(Status.Draft: 0)`. */
function ownerOf({ key, scope, callee }: Option): string | undefined {
  return scope === '' && callee === '' ? /^\(([A-Z][\w$]*)\.[\w$]+: /.exec(key)?.[1] : undefined;
}
