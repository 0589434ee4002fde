import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage, quote } from '../../quote.ts';
import { movedBetweenFiles } from '../settings/moved-between-files.ts';

/**
 * An address or an absolute path that went from one file of settings to another, and is another one there: who reads the diff of a move
 * compares no values. What a file says of its own machine, and what is filled in elsewhere, is left alone.
 */
export function* movedPlaces(input: RuleInput): Generator<FindingDraft> {
  for (const [now, old] of movedBetweenFiles(input)) {
    const [was, is] = [placeIn(old.value), placeIn(now.value)];
    if (was === undefined || is === undefined || was === is) continue;
    yield {
      side: 'after',
      range: now.range,
      message: fitMessage(`${quote(now.path.slice(-2).join('.'), 24)} came from another file: ${quote(was, 24)} -> ${quote(is, 24)}`),
    };
  }
}

/** An address without what it may end in, or an absolute path; undefined for what names no place that others know. */
function placeIn(value: unknown): string | undefined {
  if (
    typeof value !== 'string' ||
    /[$<{]|\blocalhost\b|\b127\.|\b0\.0\.0\.0\b|\bhost\.docker\.internal\b|\bexample\.(?:com|org)\b/.test(value)
  )
    return undefined;
  const text = value.trim().replace(/\/$/, '');
  const isAddress = /^[a-z][a-z0-9+.-]*:\/\/[^\s]+$/i.test(text) || /^(?:[a-z0-9-]+\.){1,8}[a-z][a-z0-9-]+(?::\d+)?(?:\/\S*)?$/i.test(text);
  return isAddress || /^\/\w[^\s:]*$/.test(text) ? text : undefined;
}
