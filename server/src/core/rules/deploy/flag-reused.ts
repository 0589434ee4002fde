import type { Call, Option } from '../../model/facts.ts';
import type { FindingDraft } from '../../model/finding.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage } from '../quote.ts';
import { literal, shorten, words } from '../vocabulary/code/call-names.ts';
import { tokensOn } from '../vocabulary/code/code-text.ts';
import { changedOptions } from '../vocabulary/code/option-changes.ts';
import { homeOf } from '../vocabulary/code/option-paths.ts';
import { otherCodeBehind } from '../vocabulary/flags/flags-in-code.ts';
import { changedSettings, placeOf } from '../vocabulary/settings/settings.ts';

/**
 * ## What it sees
 * A feature flag that keeps its key and gets another purpose: the description in its registry says something else, or
 * another function stands behind the question.
 *
 * ## Why it matters
 * Wherever the old meaning is still deployed, turning the flag on turns the old code on.
 *
 * ## When it is fine
 * The same purpose in other words. That is not flagged where words are shared.
 *
 * ## What it misses
 * A flag whose code was rewritten in place, under the same names.
 */
export default defineRule({
  id: 'deploy/flag-reused',
  version: '1.0.0',
  severity: 'high',
  confidence: 'low',
  title: 'A feature flag got another purpose',
  reads: ['options', 'settings', 'guards', 'conditions', 'calls'],
  evidence: [{ title: 'Knight Capital 2012: a reused flag', url: 'https://dougseven.com/2014/04/17/knightmare-a-devops-cautionary-tale/' }],
  *check(input): Iterable<FindingDraft> {
    yield* inConfiguration(input);
    yield* otherCodeBehind(input);
    yield* otherNameOfKey(input);
    yield* inRegistryOfCode(input);
    yield* inRegistryOfCalls(input);
    if (!/\b(flag|flags|feature|features|toggle|toggles|experiments?)\b/.test(words(input.path))) return;
    for (const { before, after } of changedOptions(input)) {
      if (!DESCRIBES.test(after.name) || saysTheSame(before.value, after.value, '')) continue;
      const keys = (side: 'before' | 'after', line: number): readonly string[] =>
        input[side]?.options
          .filter((option) => /^(key|name|id)$/i.test(option.name) && Math.abs(option.range.start.line - line) <= 2)
          // The nearest one is its own; neighbours in a table are a line away.
          .toSorted((a, b) => Math.abs(a.range.start.line - line) - Math.abs(b.range.start.line - line))
          .map((option) => option.value) ?? [];
      const home = homeOf(after) === homeOf(before) ? homeOf(after) : '';
      const key =
        (home.includes('.') ? home.split('.').at(-1) : undefined) ??
        keys('after', after.range.start.line).find((value) => keys('before', before.range.start.line).includes(value)) ??
        namedBy(input, before, after) ??
        (home === '' ? undefined : home);
      if (key !== undefined)
        yield {
          side: 'after',
          range: after.range,
          message: fitMessage(`flag ${shorten(key, 34)} is now "${shorten(after.value.replace(/^['"`]|['"`]$/g, ''), 24)}"`),
        };
    }
  },
});

const REGISTRY =
  /\b(flags?|features?|toggles?|experiments?|feature ?flags?|switch(es)?|gates?|bits?|masks?|bit ?mask|options mask|permissions|capabilities)\b/;

/** A key, or a bit of a mask, that is stored under its value and goes by another name now: who has it on, has it on still. */
function* otherNameOfKey(input: RuleInput): Generator<FindingDraft> {
  // A folder of features holds whole screens; a file of flags holds flags.
  const isRegistry = REGISTRY.test(words(input.path.slice(input.path.lastIndexOf('/') + 1)));
  for (const after of input.added.options) {
    const isKey = (literal(after.value)?.length ?? 0) > 3 && !/\s/.test(after.value);
    const isBit = /^(1 << \d+|0x[\da-f]+|0b[01]+)$/i.test(after.value);
    const home = homeOf(after);
    if (!(isKey || isBit) || after.callee !== '' || !(isRegistry || REGISTRY.test(words(`${home} ${after.name}`)))) continue;
    const old = input.removed.options.filter((other) => other.value === after.value && other.callee === '' && homeOf(other) === home);
    const stays = (facts: RuleInput['before'], name: string): boolean =>
      facts?.options.some((other) => other.name === name && homeOf(other) === home) === true;
    const [was] = old;
    if (was === undefined || old.length > 1 || was.name === after.name || stays(input.after, was.name) || stays(input.before, after.name))
      continue;
    // The same word in another style, or a longer one for the same.
    if (
      words(was.name)
        .split(' ')
        .some(
          (word) =>
            word.length > 2 &&
            words(after.name)
              .split(' ')
              .some((other) => isAlike(word, other)),
        )
    )
      continue;
    // A key says what it is for; a name that says what its key says was only mended.
    if (
      isKey &&
      words(after.name)
        .split(' ')
        .every((word) =>
          words(after.value)
            .split(' ')
            .some((other) => isAlike(word, other)),
        )
    )
      continue;
    yield {
      side: 'after',
      range: after.range,
      message: fitMessage(`flag ${shorten(after.value, 26)} was \`${shorten(was.name, 22)}\` and is now \`${shorten(after.name, 22)}\``),
    };
  }
}

/** `"badge": Feature("Crew may print a badge twice")` in a registry: the text under a key that stays is about something else. */
function* inRegistryOfCode(input: RuleInput): Generator<FindingDraft> {
  if (!REGISTRY.test(words(input.path.slice(input.path.lastIndexOf('/') + 1)))) return;
  const textOf = (value: string): string => {
    const text = /^(?:[\w.]+\()?['"`]([^'"`]*)['"`]/.exec(value)?.[1] ?? '';
    return text.trim().split(/\s+/).length > 2 ? text : '';
  };
  for (const { before, after } of changedOptions(input)) {
    const [was, is] = [textOf(before.value), textOf(after.value)];
    if (after.callee !== '' || DESCRIBES.test(after.name) || was === '' || is === '' || saysTheSame(was, is, after.name)) continue;
    yield { side: 'after', range: after.range, message: fitMessage(`flag ${shorten(after.name, 30)} is now "${shorten(is, 28)}"`) };
  }
}

/** `Flag("night-export", "copies rows at night", "ops")`: the text beside a key that stays, given by its place. */
function* inRegistryOfCalls(input: RuleInput): Generator<FindingDraft> {
  const textOf = (args: readonly string[]): string =>
    args
      .slice(1)
      .flatMap((arg) => literal(arg) ?? [])
      .find((text) => text.trim().split(/\s+/).length > 2) ?? '';
  for (const after of input.added.calls) {
    const key = literal(after.args[0]);
    if (key === undefined || !REGISTRY.test(words(after.callee))) continue;
    const before = input.removed.calls.find((call) => call.callee === after.callee && literal(call.args[0]) === key);
    const [was, is] = [textOf(before?.args ?? []), textOf(after.args)];
    if (was === '' || is === '' || (saysTheSame(was, is, key) && !hasOtherName(input, before, after))) continue;
    yield { side: 'after', range: after.range, message: fitMessage(`flag ${shorten(key, 34)} is now "${shorten(is, 24)}"`) };
  }
}

/** The constant that holds the flag is called by no word of its old name, while the key still says that: `AUTO_ASSIGN` of `batch-offers`. */
function hasOtherName(input: RuleInput, before: Call | undefined, after: Call): boolean {
  const nameOf = (facts: RuleInput['after'], { range }: Call): string => {
    const tokens = tokensOn(facts, range.start.line, range.start.line);
    return words(tokens[tokens.findIndex(({ text }) => text === '=') - 1]?.text ?? '');
  };
  const [was, is] = [before === undefined ? '' : nameOf(input.before, before), nameOf(input.after, after)];
  const shares = (one: string, other: string): boolean =>
    one.split(' ').some((word) => other.split(' ').some((each) => isAlike(word, each)));
  return was !== '' && is !== '' && !shares(was, is) && !shares(is, words(literal(after.args[0]) ?? ''));
}

const DESCRIBES = /^(description|title|summary|purpose|help|help_?text|desc|doc|docs|comment|note|meaning|usage|about|label)$/i;

/** `Flag("night-export", help="…")`: the literal that both calls begin with. */
function namedBy(input: RuleInput, before: Option, after: Option): string | undefined {
  const names = (side: 'before' | 'after', option: Option): readonly string[] =>
    input[side]?.calls.flatMap((call) => {
      const isIts =
        option.callee !== '' &&
        call.callee === option.callee &&
        call.range.start.line <= option.range.start.line &&
        option.range.end.line <= call.range.end.line;
      return isIts && literal(call.args[0]) !== undefined ? [literal(call.args[0]) ?? ''] : [];
    }) ?? [];
  return names('after', after).find((name) => names('before', before).includes(name));
}

/** True where the shorter text's words are mostly words of the longer one, or too few words are left to tell. */
function saysTheSame(a: string, b: string, key: string): boolean {
  const own = words(key).split(' ');
  const meaning = (text: string): readonly string[] => [
    ...new Set(
      words(text)
        .split(' ')
        .filter((word) => word.length > 1 && !SAYS_NOTHING.test(word) && !own.includes(word)),
    ),
  ];
  const [short = [], long = []] = [meaning(a), meaning(b)].sort((one, other) => one.length - other.length);
  if (short.length === 0 || long.length < 2) return true;
  return short.filter((word) => long.some((other) => isAlike(word, other))).length >= short.length * SAME_PURPOSE;
}

/** From this share on the words are about the same thing. */
const SAME_PURPOSE = 0.4;
const SAYS_NOTHING =
  /^(the|an|to|of|in|on|at|for|and|or|by|with|from|as|is|are|be|it|its|this|that|when|if|we|our|new|old|use|uses|using|enable|enables|enabled|disable|disables|turn|turns|allow|allows|flag|feature|toggle|switch|experiment|whether|instead|only|also|their|them|they|into|while|still|not|no)$/;

/** Forms of one word, and one with a letter more or less: `lazy` and `lazily`, `thumnail` and `thumbnails`. */
function isAlike(one: string, other: string): boolean {
  const [short, long] = one.length <= other.length ? [one, other] : [other, one];
  if (long.length - short.length > 4) return false;
  let same = 0;
  while (same < short.length && short[same] === long[same]) same += 1;
  if (same >= Math.max(3, short.length - 2)) return true;
  let tail = 0;
  while (tail < short.length - same && short[short.length - 1 - tail] === long[long.length - 1 - tail]) tail += 1;
  return same >= 2 && short.length >= 5 && same + tail >= short.length - 1 && long.length - short.length <= 1;
}

/** The description under a key that stays, in a registry as JSON or YAML. */
function* inConfiguration(input: RuleInput): Generator<FindingDraft> {
  const isRegistry = /\b(flags?|features?|toggles?|experiments?|feature ?flags?|switches)\b/.test(words(input.path));
  for (const change of changedSettings(input)) {
    const { path, before, after } = change;
    const isFlag = isRegistry || /\b(flags?|features|toggles?|experiments?)\b/.test(words(path.slice(0, -1).join(' ')));
    if (!isFlag || change.resourceIsGone || typeof before?.value !== 'string' || typeof after?.value !== 'string') continue;
    if (!(DESCRIBES.test(path.at(-1) ?? '') || /^(displayName|name)$/i.test(path.at(-1) ?? ''))) continue;
    const key = path
      .slice(0, -1)
      .filter((part) => !/^\d+$/.test(part))
      .at(-1);
    // A remark that was extended still says what it said.
    if (key === undefined || saysTheSame(before.value, after.value, key)) continue;
    yield { ...placeOf(change), message: fitMessage(`flag \`${shorten(key, 30)}\` is now "${shorten(after.value, 28)}"`) };
  }
}
