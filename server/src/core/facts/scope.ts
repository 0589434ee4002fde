import type { SourceFacts } from '../model/facts.ts';

/** The innermost enclosing symbol path of a 1-based line; empty at the top level or where the language has no scopes. */
export function scopeAt(facts: SourceFacts | undefined, line: number): string {
  let found: { name: string; startLine: number; endLine: number } | undefined;
  for (const scope of facts?.scopes ?? []) {
    if (line < scope.startLine || line > scope.endLine) continue;
    if (found === undefined || scope.endLine - scope.startLine <= found.endLine - found.startLine) found = scope;
  }
  return found?.name ?? '';
}
