import { isUnsafe } from './terminal.ts';

/**
 * A document of JSON for a pipe or a file, with its line end: the same values as they are, and marks that reorder or hide text written
 * as escapes, so that whoever looks at the file sees what it says (CVE-2021-42574).
 */
export function writeJson(document: unknown): string {
  const json = JSON.stringify(document, undefined, 2).replace(/[^\n -~]/gu, (mark) =>
    isUnsafe(mark.codePointAt(0) ?? 0) ? mark.replace(/[\s\S]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`) : mark,
  );
  return `${json}\n`;
}
