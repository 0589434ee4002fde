import type { Loop, SourceFacts } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { shorten } from '../code/call-names.ts';
import { counterpartScope, within } from '../code/counterpart.ts';
import { namesTries } from '../load/retries.ts';

/** A loop that stopped after so many rounds and now goes on until what it asks says so: `while (page <= 1000)` that became `while (true)`. */
export function* lostLoopCaps(input: RuleInput): Iterable<FindingDraft> {
  const { removed, added, after } = input;
  if (after === undefined) return;
  for (const old of removed.loops) {
    const cap = capOf(old);
    const scope = cap === undefined ? undefined : counterpartScope(input, old.scope);
    // Tries that never end are told as such.
    if (cap === undefined || scope === undefined || namesTries(old)) continue;
    const now = added.loops.find((loop) => within(loop.scope, scope) && goesOn(loop));
    if (now === undefined || isAsked(after, now, cap) || !asksSomebody(after, now)) continue;
    yield {
      side: 'after',
      range: now.range,
      severity: 'medium',
      message: fitMessage(`nothing ends the loop behind \`${shorten(old.head, 24)}\` any more but what it is told`),
    };
  }
}

interface Cap {
  readonly name: string;
  readonly bound: string;
}

/** A counter and the number, or the constant by its name, that it may not pass; undefined for the length of a list. */
function capOf({ kind, head, endless }: Loop): Cap | undefined {
  if (endless) return undefined;
  const [, name = '', bound = ''] =
    /(?<![\w$])\d*([A-Za-z_$][\w$]*) ?(?:<=?|!=) ?([A-Z][A-Z0-9_]{2,}|[\w.]*(?:max|limit|cap)\w*|\d[\d_]{1,9})\b(?!\.?\w*\()/i.exec(head) ??
    (kind === 'each' ? /^(?:for )?(\w+) in range ?\((?:\d+, ?)?([A-Z][A-Z0-9_]{2,}|\d[\d_]{1,9})\)/.exec(head) : null) ??
    [];
  return name === '' || /\.length$|\.size$/.test(bound) ? undefined : { name, bound };
}

function goesOn({ endless, head }: Loop): boolean {
  return endless || /\bin (?:itertools\.)?count ?\(/.test(head) || /^\(?\d+\.\.\)?$|\bin \d+\.\.$/.test(head);
}

/** The counter or its bound is asked for in the body instead. */
function isAsked(after: SourceFacts, { body, scope }: Loop, { name, bound }: Cap): boolean {
  return [...after.guards, ...after.conditions].some(
    ({ test, range, scope: own }) =>
      within(own, scope) &&
      range.start.line >= body.startLine &&
      range.start.line <= body.endLine &&
      (test.includes(bound) || new RegExp(`\\b${name.replace(/\W/g, '')}\\b ?[<>]`).test(test)),
  );
}

/** The body waits for an answer of somebody else: a list that is read has an end. */
function asksSomebody(after: SourceFacts, { body }: Loop): boolean {
  return after.calls.some(
    ({ callee, use, range }) =>
      range.start.line >= body.startLine &&
      range.start.line <= body.endLine &&
      (use === 'awaited' || /(?:api|client|http|fetch|request|service|remote|db|repo|store|session|query|page|cursor)\b/i.test(callee)),
  );
}
