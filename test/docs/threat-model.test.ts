import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';

const ROOT = path.resolve(import.meta.dirname, '../..');
const PAGE = readFileSync(path.join(ROOT, 'docs/threat-model.md'), 'utf8');

interface Row {
  readonly threat: string;
  readonly done: string;
  readonly shownBy: string;
  readonly left: string;
}

const rows: readonly Row[] = PAGE.split('\n')
  .filter((line) => line.startsWith('| ') && !line.startsWith('| Threat |'))
  .map((line) => {
    const [, threat = '', done = '', shownBy = '', left = ''] = line.split(/(?<!\\)\|/).map((cell) => cell.trim());
    return { threat, done, shownBy, left };
  });

/** Each file of tests that a cell names, with the names of tests that follow it. */
function named(cell: string): readonly { readonly file: string; readonly tests: readonly string[] }[] {
  return cell
    .split(/(?=`test\/)/)
    .filter((part) => part.startsWith('`test/'))
    .map((part) => ({
      file: /^`([^`]+)`/.exec(part)?.[1] ?? '',
      tests: [...part.matchAll(/"([^"]+)"/g)].map(([, name]) => name ?? ''),
    }));
}

describe('docs/threat-model.md', () => {
  test('has a row for each threat', () => {
    expect(rows.length).toBeGreaterThan(20);
  });

  test.each(rows.map((row) => [row.threat, row] as const))('%s: what is done is told, and every test that is named is there', (_, row) => {
    expect(row.done).not.toBe('');
    expect(named(row.shownBy).length).toBeGreaterThan(0);
    for (const { file, tests } of [...named(row.shownBy), ...named(row.left)]) {
      expect(existsSync(path.join(ROOT, file)), file).toBe(true);
      const source = readFileSync(path.join(ROOT, file), 'utf8');
      for (const name of tests) expect(hasTest(source, name), `${file}: ${name}`).toBe(true);
    }
  });
});

/** A name counts where a test or a group of tests is called so, not where a remark or a text mentions it. */
function hasTest(source: string, name: string): boolean {
  const quoted = [`'${name.replaceAll("'", "\\'")}'`, `"${name}"`, `\`${name}\``];
  return quoted.some((text) =>
    source
      .split(text)
      .slice(0, -1)
      .some((before) => /\b(?:test|it|describe)(?:\.each\([\s\S]*\))?\(\s*$/.test(before.slice(-4_000))),
  );
}
