import { lastName } from '../code/call-names.ts';

/** Names of a column or a field that counts changes, its own or those of what it was made from (`plan_version`); no kind of a format or a program. */
export const VERSION =
  /^(version|row_?version|lock_?version|opt_?lock|optlock|etag|e_tag|revision|rev|_rev|__v|xmin|generation|epoch|seq_?no|concurrency_?stamp|expected_?version|if_?match|updated_?at|last_?modified|(?!(?:api|schema|app|node|min|max|engine|format|client|server|protocol|os|sdk|runtime|image|chart|package|release|model|prompt|language|file)_?version$)[a-z]{2,24}_?version)$/i;

/** Two versions are compared with each other, not one with a constant: `plan.generation < current.generation`. */
export function isVersionTest(test: string): boolean {
  const sides = test.split(/===?|!==?|<=?|>=?/);
  if (sides.length !== 2) return false;
  const own = sides.map((side) => lastName(side.trim().replace(/[()!\s]+/g, '')));
  const counts = own.filter(
    (name) =>
      VERSION.test(name) ||
      /^(current|expected|latest|stored|known|last|applied|old|new|my)_?(version|revision|generation|etag|epoch|rev)$/i.test(name),
  );
  if (counts.length === 0 || own.some((name) => /^['"`]?\d|^['"]|^[A-Z][A-Z0-9_]+$/.test(name))) return false;
  return counts.length > 1 || /version|etag|generation|revision|epoch/i.test(own.join(' '));
}

/** The version's column in a condition of equality: `version = $3`. A span of time is no version. */
export function versionColumn(condition: string): string | undefined {
  const [, name = ''] = /^"?([\w.]+)"?\s*(?:=|is not distinct from|<=?)\s*/i.exec(condition) ?? [];
  const own = name.slice(name.lastIndexOf('.') + 1);
  if (!VERSION.test(own) || (/updated|modified/i.test(own) && !/=\s*(\$|\?|:|@|%|p+$)/.test(condition))) return undefined;
  return /<\s*(now|current)|interval/i.test(condition) ? undefined : own;
}
