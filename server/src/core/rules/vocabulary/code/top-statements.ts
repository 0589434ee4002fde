import type { Scope, SourceFacts } from '../../../model/facts.ts';
import { keepOf } from './kept.ts';

/**
 * Where the values that a file binds outside of all functions stand, `export const owners = members.use(…)`, as if each were a scope:
 * from the line of its name to the end of what it is bound to. What has a scope of its own is left to it.
 */
export const statementsOf = keepOf((facts: SourceFacts): readonly Scope[] => {
  const scoped = new Set(facts.scopes.map(({ name }) => name));
  const found: Scope[] = [];
  let at = 0;
  for (const { name, kind, scope, range } of facts.symbols) {
    if (kind !== 'variable' || scope !== '' || name.includes('.') || scoped.has(name)) continue;
    const startLine = range.start.line;
    const first = facts.tokens[at]?.line ?? 0;
    if (first > startLine) at = 0;
    while (at < facts.tokens.length && (facts.tokens[at]?.line ?? 0) < startLine) at += 1;
    found.push({ name, startLine, endLine: endOf(facts, at, startLine) });
  }
  return found;
});

/** The last line of the statement that begins at a token: its brackets are closed, and the next line does not go on with it. */
function endOf({ tokens }: SourceFacts, start: number, line: number): number {
  let depth = 0;
  let end = line;
  for (let at = start; at < tokens.length; at += 1) {
    const { text, line: own } = tokens[at] ?? { text: '', line };
    if (
      depth <= 0 &&
      own > end &&
      !/^(?:\.|\?\.|\)|\]|\}|\?|:|&&|\|\||\?\?|\+|\|)$/.test(text) &&
      !/^(?:=|=>|:=|,|\(|&&|\|\||\+)$/.test(tokens[at - 1]?.text ?? '')
    )
      break;
    end = own;
    if (/^[([{]$/.test(text)) depth += 1;
    if (/^[)\]}]$/.test(text)) depth -= 1;
    if (depth === 0 && text === ';') break;
  }
  return end;
}
