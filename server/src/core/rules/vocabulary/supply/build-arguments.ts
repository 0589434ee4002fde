import type { SourceFacts } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage, quote } from '../../quote.ts';
import { escaped } from '../code/literal-patterns.ts';
import { nameOf } from '../settings/setting-index.ts';
import { changedSettings, placeOf } from '../settings/settings.ts';

/** Arguments of arguments are followed this deep. */
const DEEPEST = 4;

/** An image with the defaults of the file's `ARG`s in their place: `node:${NODE_TAG}`, `${BASE}`. What no line gives stays a name. */
export function withArguments(image: string, facts: SourceFacts | undefined, depth = 0): string {
  if (!image.includes('$') || facts === undefined || depth >= DEEPEST) return image;
  const filled = image.replace(/\$(?:\{(\w+)(?::?-([^{}]*))?\}|(\w+))/g, (all, one?: string, fallback?: string, other?: string) => {
    const held = facts.settings.findLast(({ path }) => path[0] === 'ARG' && path[1] === (one ?? other))?.value;
    return held === undefined || held === null || held === '' ? (fallback ?? all) : String(held);
  });
  return filled === image ? image : withArguments(filled, facts, depth + 1);
}

/** `ARG NODE_TAG=22.11.0` that is `latest` now, of a `FROM` whose own line is as it was. */
export function* floatingArguments(input: RuleInput): Generator<FindingDraft> {
  const { before, after } = input;
  if (before === undefined || after === undefined) return;
  for (const change of changedSettings(input)) {
    const [kind, argument = ''] = change.path;
    if (kind !== 'ARG' || change.before === undefined || change.after === undefined || change.before.value === change.after.value) continue;
    const from = after.settings.find(
      (setting) => nameOf(setting) === 'FROM' && new RegExp(`\\$\\{?${escaped(argument)}\\b`).test(String(setting.value)),
    );
    if (from === undefined || !before.settings.some(({ path, value }) => path.at(-1) === 'FROM' && value === from.value)) continue;
    const [was, is] = [withArguments(String(from.value), before), withArguments(String(from.value), after)];
    if (!FLOATS.test(is) || FLOATS.test(was) || was.includes('$')) continue;
    yield { ...placeOf(change), message: fitMessage(`the image ${quote(is, 40)} has no fixed version, by ${quote(argument, 16)}`) };
  }
}

const FLOATS = /^[^@]*(?:\/|^)[^@:/]+(?::(?:latest|edge|nightly|main|master|dev))?$/;
