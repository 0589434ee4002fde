import type { Call, Option } from '../../../model/facts.ts';
import type { Range } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { within } from '../code/counterpart.ts';
import { changedOptions } from '../code/option-changes.ts';

/** A listing below a prefix of what it listed before, in a function that deletes what is listed. */
export interface WidenedPrefix {
  readonly range: Range;
  readonly now: string;
}

/** ``Prefix: `${tenant}/tmp/` `` that became `Prefix: tenant`: everything of the tenant goes, and of those whose name begins alike. */
export function widenedPrefixes(input: RuleInput, deletes: (call: Call) => boolean): readonly WidenedPrefix[] {
  const { after } = input;
  if (after === undefined || !input.added.options.some(isPrefix)) return [];
  return changedOptions(input).flatMap(({ before, after: now }) => {
    const [was, is] = [textOf(before), textOf(now)];
    if (!isPrefix(now) || was === is || !was.startsWith(is)) return [];
    const victim = after.calls.some((call) => within(call.scope, now.scope) && deletes(call));
    return victim ? [{ range: now.range, now: is }] : [];
  });
}

function isPrefix({ name }: Option): boolean {
  return /^(prefix|keyPrefix|key_prefix|name_starts_with|nameStartsWith)$/i.test(name);
}

/** The text with its variables by their names: `{tenant}/tmp/` of a template, an f-string, and a plain name. */
function textOf({ value }: Option): string {
  const text = /^[A-Za-z]{0,2}(["'`])(.*)\1$/s.exec(value)?.[2];
  return text === undefined ? (/^[\w.]+$/.test(value) ? `{${value}}` : value) : text.replace(/\$\{/g, '{');
}
