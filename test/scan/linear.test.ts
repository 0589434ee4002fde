import { describe, expect, it } from 'vitest';
import type { RepoPath } from '../../server/src/core/model/tree.ts';
import { scanFile } from '../../server/src/core/scan/scan-file.ts';

const scan = (text: string, path = 'a.tsx') => scanFile(path as RepoPath, text);

/** Milliseconds for one scan, the best of three. */
function time(text: string, path: string): number {
  let best = Number.POSITIVE_INFINITY;
  for (let run = 0; run < 3; run += 1) {
    const before = performance.now();
    scan(text, path);
    best = Math.min(best, performance.now() - before);
  }
  return best;
}

const SHAPES: Readonly<Record<string, string>> = {
  'one word after the other': 'word ',
  'import after import': 'import ',
  'imports that open a list': 'import{',
  'names that are keywords': 'import,',
  'open import calls': 'import("a',
  'names with open escapes': 'import \\u{',
  'requires with open arguments': 'require("a",',
  'requires in open lists': 'x,{require("a",{',
  'imports with open options': 'import("a",{',
  'brackets in regular expressions behind requires': 'require("a",/(/);',
  'brackets in regular expressions of decorators': 'export @a(/(/) class A {}\n',
  'decorators with a bracket too many': 'export @a(]) class A {}\n',
  'brackets in regular expressions of patterns': 'export const {a=/{/}=b;',
  'exports that open a list': 'export {a, ',
  'exported patterns': 'export const {a:',
  'chains of module.exports': 'module.exports = ',
  'chains of exports': 'exports.a = ',
  'requires that follow braces': '}=require("a")',
  'requires behind parentheses': '(require("a")',
  'slashes that divide nothing': '= /[ ',
  'elements that may be types': '<T>(',
  'elements of many names': '<a><b c={',
  'open braces and wrong closers': '{([',
  'closers that fit nothing': '(}',
  'templates in templates': '`${',
  'open remarks': '/* ',
  quotes: "'",
  backslashes: '\\',
  'declared modules': 'declare module "a" {',
  'types of variables': 'export const a: Map<b, ',
  references: '/// <reference path="',
  mocks: 'jest.mock<',
  workers: 'new URL("./a", import.meta.url)',
  scripts: '<script>',
  'spreads of requires in exports': 'module.exports={...require("a"),',
  'properties of exports': 'module.exports={a:require("a"),b:',
  'requires that are assigned to exports': 'Object.assign(exports,require("a"),',
};

describe('time grows with length alone', () => {
  for (const [name, part] of Object.entries(SHAPES)) {
    for (const path of ['a.tsx', 'a.vue']) {
      it(`${name}, ${path}`, { timeout: 60_000 }, () => {
        const [short, long] = [part.repeat(Math.ceil(50_000 / part.length)), part.repeat(Math.ceil(800_000 / part.length))];
        // Sixteen times the text; quadratic would be 256 times. A busy machine is asked again before it is believed.
        let [longest, allowed] = [Number.POSITIVE_INFINITY, 0];
        for (let attempt = 0; attempt < 5 && longest >= allowed; attempt += 1) {
          allowed = 60 * time(short, path) + 250;
          longest = time(long, path);
        }
        expect(longest).toBeLessThan(allowed);
      });
    }
  }

  it('reads a line of two megabytes', () => {
    const line = `export const a = 1;${'const b = /x/.test("y") ? `${c}` : 2 / 3;'.repeat(50_000)}import("last");`;
    expect(line.length).toBeGreaterThan(2_000_000);
    const { module, marks } = scan(line, 'a.ts');
    expect(marks).toBe(0);
    expect(module?.exports).toEqual([{ exported: 'a', local: 'a' }]);
    expect(module?.imports.map(({ specifier }) => specifier)).toEqual(['last']);
  });

  it('follows templates ten thousand deep', () => {
    const deep = `${'`${'.repeat(10_000)}x${'}`'.repeat(10_000)}; import 'last';`;
    expect(scan(deep).marks).toBe(0);
    expect(scan(deep).module?.imports.map(({ specifier }) => specifier)).toEqual(['last']);
  });
});
