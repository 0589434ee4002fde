import type { Guard, SourceFacts } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { tokensOn } from '../code/code-text.ts';
import { hasScope } from '../code/counterpart.ts';
import { newGuards, newGuardsIn } from '../code/scope-changes.ts';
import { guardKind } from './guard-kinds.ts';
import { isIndexGuard } from './index-guards.ts';

/**
 * A check of form, or of whether so much is there, that is asked in other words and refuses in the same: `if (buf[0] != 0xA5) return
 * Err(ParseError::Magic)` that is `if reader.take::<2>()? != MAGIC { return Err(FrameError::Magic) }`, in the function itself or in one that
 * the change brought. Only where no other question of the old function refused so, and never for who may do it or how much of it: there
 * the same words say nothing of what is let through.
 */
export function isRefusedAlike(input: RuleInput, guard: Guard): boolean {
  const { before, after } = input;
  const asks = questionOf(guard);
  if (before === undefined || after === undefined || guard.exit !== 'throw' || asks === undefined) return false;
  const others = before.guards.filter((other) => other.scope === guard.scope && questionOf(other) !== asks);
  const common = new Set(others.flatMap((other) => refusalOf(before, other)));
  const words = refusalOf(before, guard).filter((word) => !common.has(word));
  if (words.length === 0) return false;
  const brought = newGuards(after.guards, before.guards).filter(({ scope }) => scope !== '' && !hasScope(before, scope));
  return [...newGuardsIn(input, guard.scope), ...brought].some(
    (fresh) =>
      fresh.exit === 'throw' &&
      (asks === 'form' || asksForAnyExtent(after, fresh)) &&
      refusalOf(after, fresh).some((word) => words.includes(word)),
  );
}

/** `if self.rest.len() < n` of `fn take(&mut self, n: usize)`: whoever reads through it is asked each time for as much as they take. */
function asksForAnyExtent({ symbols }: SourceFacts, guard: Guard): boolean {
  const sizes = guard.test.split(/[<>]=?/).filter((side) => !/len\b|length|size|remaining/i.test(side));
  const parameters = symbols.filter(({ name }) => name === guard.scope).flatMap((symbol) => symbol.parameters.map(({ name }) => name));
  return questionOf(guard) === 'extent' && sizes.length === 1 && parameters.includes((sizes[0] ?? '').trim());
}

function questionOf(guard: Guard): 'form' | 'extent' | undefined {
  if (isIndexGuard(guard)) return 'extent';
  return guardKind(guard, []) === 'shape' ? 'form' : undefined;
}

/** What a condition refuses with: names of errors and what is said, without the words that every refusal has. */
function refusalOf(facts: SourceFacts, { range, test }: Guard): readonly string[] {
  const texts = tokensOn(facts, range.start.line, range.end.line).map(({ text }) => text);
  const from = texts.findIndex((text) => /^(throw|raise|return|panic!?|reject|abort)$/.test(text));
  if (from < 0) return [];
  return texts.slice(from + 1).filter((text) => /^(['"`].{6,}|[A-Z]\w{3,})$/.test(text) && !GENERIC.test(text) && !test.includes(text));
}

const GENERIC = /^(Error|Err|Exception|None|Some|True|False|Result|Response|Status|\w*(Error|Exception|Result))$/;
