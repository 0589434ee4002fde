import type { Option } from '../../model/facts.ts';
import type { FindingDraft } from '../../model/finding.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage } from '../quote.ts';
import { literal, shorten, words } from '../vocabulary/code/call-names.ts';
import { otherCodeBehind } from '../vocabulary/code/flags-in-code.ts';
import { changedOptions, homeOf } from '../vocabulary/code/option-changes.ts';
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
    if (!/\b(flag|flags|feature|features|toggle|toggles|experiments?)\b/.test(words(input.path))) return;
    for (const { before, after } of changedOptions(input)) {
      if (!DESCRIBES.test(after.name) || words(before.value).split(' ').length < 2 || shared(before.value, after.value) >= 0.34) continue;
      const keys = (side: 'before' | 'after', line: number): readonly string[] =>
        input[side]?.options
          .filter((option) => /^(key|name|id)$/.test(option.name) && Math.abs(option.range.start.line - line) <= 2)
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

/** Share of words in common, 0 to 1. */
function shared(a: string, b: string): number {
  const left = new Set(words(a).split(' '));
  const right = new Set(words(b).split(' '));
  return (2 * [...left].filter((word) => right.has(word)).length) / Math.max(1, left.size + right.size);
}

/** The description under a key that stays, in a registry as JSON or YAML. */
function* inConfiguration(input: RuleInput): Generator<FindingDraft> {
  const isRegistry = /\b(flags?|features?|toggles?|experiments?|feature ?flags?|switches)\b/.test(words(input.path));
  for (const change of changedSettings(input)) {
    const { path, before, after } = change;
    const isFlag = isRegistry || /\b(flags?|features|toggles?|experiments?)\b/.test(words(path.slice(0, -1).join(' ')));
    if (!isFlag || change.resourceIsGone || typeof before?.value !== 'string' || typeof after?.value !== 'string') continue;
    if (
      !(DESCRIBES.test(path.at(-1) ?? '') || /^(displayName|name)$/i.test(path.at(-1) ?? '')) ||
      shared(before.value, after.value) >= 0.34
    )
      continue;
    const key = path
      .slice(0, -1)
      .filter((part) => !/^\d+$/.test(part))
      .at(-1);
    // A remark that was extended still says what it said; two words say too little to compare.
    if (key === undefined || words(before.value).split(' ').length < 2) continue;
    yield { ...placeOf(change), message: fitMessage(`flag \`${shorten(key, 30)}\` is now "${shorten(after.value, 28)}"`) };
  }
}
