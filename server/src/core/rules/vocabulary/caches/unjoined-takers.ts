import type { SourceFacts } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { shorten } from '../code/call-names.ts';
import { scopeAtLine } from '../code/code-text.ts';
import { calleesIn, hasScope } from '../code/counterpart.ts';
import { onlyIn } from '../code/fact-keys.ts';
import { holdsLine } from '../code/hunk-lines.ts';
import { keepOf } from '../code/kept.ts';
import { workScopes } from '../code/own-parts.ts';

/**
 * New functions of this hunk that took over the work of one whose misses were joined, which another hunk of the file removed:
 * whoever reads the new function alone sees nothing missing. `lost` finds what the whole file lost.
 */
export function* unjoinedTakers(input: RuleInput, lost: (whole: RuleInput) => Iterable<FindingDraft>): Generator<FindingDraft> {
  const { before, after, hunk } = input;
  if (before === undefined || after === undefined) return;
  const fresh = input.added.symbols.filter(({ name, kind }) => /^(function|method)$/.test(kind) && !hasScope(before, name));
  if (fresh.length === 0 || !speaksOfWaiting(before)) return;
  const removed = {
    ...input.removed,
    calls: onlyIn(before.calls, after.calls),
    guards: onlyIn(before.guards, after.guards),
    conditions: onlyIn(before.conditions, after.conditions),
  };
  for (const { side, range } of lost({ ...input, removed })) {
    const { line } = range.start;
    if (side !== 'before' || holdsLine(hunk.before, line)) continue;
    const own = scopeAtLine(before, line);
    const taker = fresh.find(({ name }) => own !== '' && !hasScope(after, own) && name === takerOf(input, own));
    if (taker === undefined) continue;
    yield { side: 'after', range: taker.range, message: fitMessage(`\`${shorten(taker.name, 40)}\` joins nobody who asks for the same`) };
    return;
  }
}

/** A file without such a word joins nobody. */
const WAITS = /flight|pending|running|under_?way|ongoing|promise|future|single|coalesc|dedup|refresh|loading|waiters?|tasks?\b/i;

const speaksOfWaiting = keepOf((facts: SourceFacts): boolean => facts.tokens.some(({ text }) => WAITS.test(text)));

/** The new function that does most of what the old one did, by itself or through the functions of the file that it calls. */
function takerOf({ before, after }: RuleInput, scope: string): string | undefined {
  if (before === undefined || after === undefined) return undefined;
  const old = new Set(workScopes(before, scope).flatMap((part) => calleesIn(before.calls, part)));
  let best: { readonly name: string; readonly shared: number; readonly size: number } | undefined;
  for (const { name, kind } of after.symbols) {
    if (!/^(function|method)$/.test(kind) || hasScope(before, name)) continue;
    const now = new Set(workScopes(after, name).flatMap((part) => calleesIn(after.calls, part)));
    const shared = [...now].filter((callee) => old.has(callee)).length;
    const isBetter = best === undefined || shared > best.shared || (shared === best.shared && now.size > best.size);
    if (shared > 0 && isBetter) best = { name, shared, size: now.size };
  }
  return best?.name;
}
