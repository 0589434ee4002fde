import type { Loop, SourceFacts } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { boundAbove } from '../code/bindings.ts';
import { lastName, receiver, shorten, words } from '../code/call-names.ts';
import { tokensOn } from '../code/code-text.ts';
import { counterpartScope, within } from '../code/counterpart.ts';
import { bodiesAskedBy } from '../code/new-bodies.ts';
import { tokensOf } from '../code/token-lines.ts';

/**
 * Work that was done for so many of a list in one go, `for command in pending.take(MAX_PER_TICK)`, and is done for all of it: the loop
 * stays, and neither its function nor a new one that it calls says the bound.
 */
export function* lostItemCaps(input: RuleInput): Iterable<FindingDraft> {
  const { before, after, removed } = input;
  if (before === undefined || after === undefined) return;
  for (const loop of removed.loops) {
    const cap = capOf(loop);
    const scope = cap === undefined ? undefined : counterpartScope(input, loop.scope);
    if (cap === undefined || scope === undefined || scope === '') continue;
    const done = calleesIn(before, loop);
    const now = after.loops.find((other) => within(other.scope, scope) && [...calleesIn(after, other)].some((name) => done.has(name)));
    if (now === undefined || now.kind === 'while' || capOf(now) !== undefined || BATCHES.test(words(now.head))) continue;
    const said = [tokensOf(after, scope), ...bodiesAskedBy(input, scope).map(({ facts, place }) => tokensOf(facts, place.name))];
    if (said.some((text) => text.split(/[^\w$]+/).includes(lastName(cap))) || isCut(input, after, now)) continue;
    yield {
      side: 'before',
      range: loop.range,
      message: fitMessage(`\`${shorten(cap, 28)}\` no longer bounds how many \`${shorten(lastName(scope), 24)}\` takes in one go`),
    };
  }
}

/** The constant, or what is named as a bound, that a list is cut to in the head of a loop. */
function capOf({ kind, head }: Loop): string | undefined {
  const cut =
    kind === 'each'
      ? (/[.)](?:take|limit|slice|first|head)\((?:0, ?)?([\w.:]+)\)/.exec(head)?.[1] ??
        /\bislice\(.{1,80}, ?([\w.]+)\)/.exec(head)?.[1] ??
        /\[0?:([\w.]+)\]/.exec(head)?.[1])
      : undefined;
  return cut !== undefined && (/(?:^|[.:])[A-Z][A-Z0-9_]{2,}$/.test(cut) || /\b(?:max|limit|cap|most|budget|batch)\b/.test(words(cut)))
    ? cut
    : undefined;
}

/** Parts of a list, one after the other. */
const BATCHES = /\b(?:chunk|chunks|chunked|batch|batches|batched|slice|window|page|pages)\b/;
/** A list that is cut: `rows.take(n)`, `islice(rows, n)`, `rows[:n]`. */
const CUTS = /[.)] ?(?:take|limit|slice|truncate|splice|drain) ?\(|\bislice ?\(|\[ ?0? ?: ?[\w.]|\blimit ?[=:(]? ?\d/i;

/** The very list of the loop was cut above it, here or by a new function that gives it; or the loop is left in its middle. */
function isCut(input: RuleInput, after: SourceFacts, { head, body, range, scope }: Loop): boolean {
  const { startLine, endLine } = body;
  if (tokensOn(after, startLine, endLine).some(({ text }) => text === 'break')) return true;
  const list = /^[*&(]*(?:mut )?([A-Za-z_$][\w$]*)/.exec(head.replace(/^.*?(?:\brange|\bin|\bof| :)\s+/, ''))?.[1];
  if (list === undefined) return false;
  const line = range.start.line;
  const given = `${head} = ${boundAbove(after, list, line) ?? ''}`;
  if (CUTS.test(given)) return true;
  const isOwn = ({ callee, scope: other, range: at }: SourceFacts['calls'][number]): boolean =>
    within(other, scope) && at.start.line <= line && receiver(callee) === list && /^(?:truncate|splice|drain)$/.test(lastName(callee));
  if (after.calls.some(isOwn)) return true;
  const names = given.split(/[^\w$]+/);
  return bodiesAskedBy(input, scope).some(
    ({ facts, place }) =>
      names.includes(lastName(place.name)) && (CUTS.test(tokensOf(facts, place.name)) || /\blimit\b/i.test(tokensOf(facts, place.name))),
  );
}

/** What is called in the body of a loop. */
function calleesIn({ calls }: SourceFacts, { body, scope }: Loop): ReadonlySet<string> {
  const inside = calls.filter(
    (call) =>
      within(call.scope, scope) && call.range.start.line > body.startLine - 1 && call.range.end.line <= body.endLine && call.use !== 'used',
  );
  return new Set(inside.map(({ callee }) => callee));
}
