import type { SymbolFact } from '../../model/facts.ts';
import type { FindingDraft } from '../../model/finding.ts';
import { shorten } from '../call-names.ts';
import { fanIn } from '../contract-callers.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage } from '../quote.ts';

/**
 * ## What it sees
 * A member of an exported enum with numbers that has another number now, because one was put in front of it, taken away or
 * renumbered.
 *
 * ## Why it matters
 * Rows, messages and caches hold the number. What was `Paid` yesterday reads as `Open` today.
 *
 * ## When it is fine
 * A new member at the end, and enums with strings. These are not flagged.
 *
 * ## What it misses
 * A plain object that is used as an enum.
 */
export default defineRule({
  id: 'contract/enum-value-changed',
  version: '1.0.0',
  severity: 'high',
  confidence: 'high',
  title: 'Numbers of an enum moved',
  reads: ['symbols'],
  evidence: [{ title: 'buf: ENUM_VALUE_SAME_NAME', url: 'https://buf.build/docs/breaking/rules/' }],
  *check(input): Iterable<FindingDraft> {
    const flagged = new Set<string>();
    for (const symbol of [...input.added.symbols, ...input.removed.symbols]) {
      const owner = symbol.name.slice(0, Math.max(0, symbol.name.lastIndexOf('.')));
      if (
        flagged.has(owner) ||
        input.after?.symbols.some((other) => other.kind === 'enum' && other.name === owner && other.exported) !== true
      )
        continue;
      const moved = firstMoved(input, owner);
      if (moved === undefined) continue;
      flagged.add(owner);
      const side = input.added.symbols.includes(symbol) ? 'after' : 'before';
      const whole = input.before?.symbols.find((other) => other.kind === 'enum' && other.name === owner);
      const radius = whole === undefined ? null : input.reach.of(whole);
      const reach = radius === null || radius.files === 0 ? '' : `; ${fanIn(radius)}`;
      yield {
        side,
        range: symbol.range,
        message: fitMessage(`\`${shorten(moved.before.name, 26)}\` was ${moved.before.type}, is ${moved.after.type}${reach}`),
        radius,
      };
    }
  },
});

function firstMoved(input: RuleInput, owner: string): { readonly before: SymbolFact; readonly after: SymbolFact } | undefined {
  for (const before of input.before?.symbols ?? []) {
    if (!before.name.startsWith(`${owner}.`) || !/^-?\d+$/.test(before.type)) continue;
    const after = input.after?.symbols.find((other) => other.name === before.name);
    if (after !== undefined && /^-?\d+$/.test(after.type) && after.type !== before.type) return { before, after };
  }
  return undefined;
}
