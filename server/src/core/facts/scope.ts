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

/** True where a 1-based line stands in tests that are part of another file, such as `#[cfg(test)] mod tests`. */
export function isTestAt(facts: SourceFacts | undefined, line: number): boolean {
  return facts?.scopes.some((scope) => scope.isTest === true && scope.startLine <= line && line <= scope.endLine) === true;
}
