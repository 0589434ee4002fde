import type { SourceFacts } from '../../../model/facts.ts';
import { within } from './counterpart.ts';
import { frameworkCalls } from './framework-calls.ts';
import { workScopes } from './own-parts.ts';

/** Names that a function, the parts of its file that it calls, and what a framework runs in front of it speak of. */
export function namesIn(facts: SourceFacts, scope: string): ReadonlySet<string> {
  const parts = workScopes(facts, scope);
  const names = new Set(
    frameworkCalls(facts).flatMap((call) => (parts.some((part) => within(call.scope, part)) ? call.callee.split('.') : [])),
  );
  const places = facts.scopes.filter(({ name }) => parts.some((part) => within(name, part)));
  // A method has what the head of its class names: its base, its decorators.
  const heads = facts.symbols.filter(({ name, kind }) => kind === 'class' && parts.some((part) => part.startsWith(`${name}.`)));
  const lines = [
    ...places.map(({ startLine, endLine }) => [startLine - HEAD, endLine] as const),
    ...heads.map(({ range }) => [range.start.line - HEAD, range.start.line] as const),
  ];
  for (const { text, line } of facts.tokens)
    if (scope === '' || lines.some(([first, last]) => first <= line && line <= last)) names.add(text);
  return names;
}

/** Lines above a declaration that may decorate it. */
const HEAD = 3;
