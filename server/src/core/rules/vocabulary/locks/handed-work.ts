import type { Call, SourceFacts } from '../../../model/facts.ts';
import { tokensOn } from '../code/code-text.ts';
import { symbolsNamed } from '../code/symbols-by-name.ts';

/** A call of what the function was handed: `work(client)` in `withTx(pool, work)`. */
export function isHandedWork(facts: SourceFacts, { callee, scope, kind }: Call): boolean {
  return (
    kind === 'call' &&
    /^\w+$/.test(callee) &&
    scope !== '' &&
    symbolsNamed(facts, scope).some(({ parameters }) => parameters.some(({ name }) => name === callee))
  );
}

/** Lines on which a function hands over to what stands in its `with`: Python's `yield`. */
export function handsWork(facts: SourceFacts, scope: string): readonly number[] {
  if (facts.language !== 'python' || scope === '') return [];
  return facts.scopes
    .filter(({ name }) => name === scope)
    .flatMap(({ startLine, endLine }) => tokensOn(facts, startLine, endLine))
    .flatMap(({ text, line }) => (text === 'yield' ? [line] : []));
}
