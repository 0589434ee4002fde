/** A word of code that is long enough to tell files apart. Metavariables (`$NAME`) are none. */
const WORD = /(?<![$\w])[A-Za-z_]\w{2,}/g;

/**
 * Words that every match of a rule object must hold: those of its own pattern and of the patterns that `all` and `has` demand. Only of
 * patterns matched strictly enough that no named node is skipped, and without comments.
 */
export function neededWords(rule: unknown): readonly string[] {
  if (typeof rule !== 'object' || rule === null) return [];
  // Plain data that the reader made of a checked file.
  const { pattern, all, has } = rule as { readonly pattern?: unknown; readonly all?: unknown; readonly has?: unknown };
  const own = typeof pattern === 'string' && !/\/\/|\/\*|#/.test(pattern) ? (pattern.match(WORD) ?? []) : [];
  const demanded = Array.isArray(all) ? all.flatMap(neededWords) : [];
  return [...new Set([...own, ...demanded, ...neededWords(has)])];
}
