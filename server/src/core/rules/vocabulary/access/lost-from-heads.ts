import type { Call, SymbolFact } from '../../../model/facts.ts';
import type { Range } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { lostCallsIn } from '../code/scope-changes.ts';

/**
 * Calls that this hunk lost. One from the head of a function that stands in another hunk now is told there: at the open function, and
 * not at what was written in its old place.
 */
export function* lostFromHeads(input: RuleInput): Iterable<{ readonly call: Call; readonly range: Range; readonly side?: 'after' }> {
  const { before, after, hunk, removed, added } = input;
  const { start, lines } = hunk.after;
  // A parameter that was only removed leaves a hunk without lines inside the head.
  const holds = ({ range }: SymbolFact): boolean => range.start.line <= Math.max(start, start + lines - 1) && start <= range.end.line;
  const newHead = (call: Call): SymbolFact | undefined => {
    const old = before?.symbols.find(({ name, kind }) => name === call.scope && kind !== 'class');
    const isInHead = old !== undefined && old.range.start.line <= call.range.start.line && call.range.end.line <= old.range.end.line;
    return isInHead ? after?.symbols.find(({ name, kind, key }) => name === call.scope && kind === old.kind && key !== old.key) : undefined;
  };
  for (const call of removed.calls) {
    const head = newHead(call);
    if (head === undefined || holds(head)) yield { call, range: call.range };
  }
  for (const head of added.symbols)
    for (const call of holds(head) ? lostCallsIn(input, head.name) : [])
      if (!removed.calls.includes(call) && newHead(call) === head) yield { call, range: head.range, side: 'after' };
}
