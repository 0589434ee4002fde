import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { ts } from 'ts-morph';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadCompiler } from '../../server/src/core/languages/typescript/compiler.ts';
import { roleOf } from '../../server/src/core/languages/typescript/references/bindings-by-tree.ts';
import { readWord } from '../../server/src/core/languages/typescript/references/bindings-by-words.ts';
import { readCode } from '../../server/src/core/languages/typescript/references/code.ts';
import { blankAt } from '../../server/src/core/languages/typescript/references/code-around.ts';
import { declaredAs } from '../../server/src/core/languages/typescript/references/declarations-by-words.ts';
import { referencesTo } from '../../server/src/core/languages/typescript/references/query.ts';
import { parseSource } from '../../server/src/core/languages/typescript/view.ts';
import type { RepoPath } from '../../server/src/core/model/tree.ts';
import { memoryTree } from '../support/memory-tree.ts';

beforeAll(loadCompiler);

const ROOT = path.resolve(import.meta.dirname, '../..');
const FOLDERS = [
  'server/src',
  'client/src',
  'scripts',
  'test/doors',
  'node_modules/vscode-languageserver-protocol/lib',
  'node_modules/fast-check/lib',
];

/** Real sources at hand offline, one of three where there are many. */
const FILES = FOLDERS.flatMap((folder) =>
  readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.[cm]?[jt]s$/.test(file))
    .sort()
    .filter((_, index) => folder !== 'server/src' || index % 3 === 0)
    .map((file) => `${folder}/${file}`),
);

/** Shapes that cost the square of their number where each look goes over the rest of the file. */
const SHAPES: Readonly<Record<string, string>> = {
  'one list': `import {L} from './a'; x = [${'L,'.repeat(120_000)}L];`,
  objects: `import {L} from './a'; ${'f({L});'.repeat(60_000)}`,
  declarators: `import {L} from './a'; const a=1${',L=1'.repeat(40_000)};`,
  brackets: `import {L} from './a'; x = ${'('.repeat(100_000)}L${')'.repeat(100_000)};`,
  objectsInObjects: `import {L} from './a'; x = ${'{L, a:'.repeat(50_000)}1${'}'.repeat(50_000)};`,
  imports: "import('./a').then((m) => m.L);\n".repeat(20_000),
  elements: `import {L} from './a'; x = ${'<L>'.repeat(50_000)}${'</L>'.repeat(50_000)};`,
  openLists: `import {L} from './a'; ${'[L,'.repeat(60_000)}`,
  openObjects: `import {L} from './a'; ${'{L:'.repeat(60_000)}`,
  openBlocks: `import {L} from './a'; ${'{L '.repeat(60_000)}`,
  openTypes: `import {L} from './a'; ${'L<'.repeat(60_000)}`,
  openElements: `import {L} from './a'; ${'<T>{L'.repeat(40_000)}</T`,
  names: `import {L} from './a'; ${',L'.repeat(60_000)}`,
  'modules handed on': `import * as a from './a'; ${'f(a);'.repeat(40_000)}a.L;`,
  'names for a module': `import * as a from './a'; a.L; ${Array.from({ length: 20_000 }, (_, index) => `const b${index}=a;`).join('')}`,
  'modules asked for in each other': `import './a'; ${"import('./a').then((m)=>{m.L;".repeat(6_000)}`,
  generics: `import {L} from './a'; ${'x = <T>(y); '.repeat(60_000)}`,
};

const SOUP = [
  'L',
  'L',
  '{',
  '}',
  '(',
  ')',
  '[',
  ']',
  '<',
  '>',
  '</',
  '/>',
  '`',
  '${',
  "'",
  '"',
  '/',
  '/*',
  '*/',
  '//',
  '\n',
  ' ',
  ',',
  ';',
  ':',
  '?',
  '!',
  '=',
  '=>',
  '.',
  '...',
].concat([
  'import',
  'export',
  'from',
  'as',
  'type',
  'const',
  'function',
  'class',
  'interface',
  'enum',
  'require',
  "'./a'",
  'extends',
  'await',
  '\\',
  'ö',
  '@',
  '#',
  '1',
]);

describe('any text at all', () => {
  it.each(Object.entries(SHAPES))(
    'is read in the time it takes to read: %s',
    (_, text) => {
      const tree = memoryTree(
        'before',
        new Map([
          ['a.ts' as RepoPath, 'export const L = 1;'],
          ['b.tsx' as RepoPath, text],
        ]),
      );
      expect(referencesTo(tree, 'a.ts' as RepoPath, 'L')?.files).toEqual(['b.tsx']);
    },
    15_000,
  );

  it('is read to its end, and no word is read twice', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...SOUP), { maxLength: 60 }),
        fc.constantFrom('b.ts', 'b.tsx', 'b.js', 'b.vue'),
        (parts, file) => {
          const tree = memoryTree(
            'before',
            new Map([
              ['a.ts' as RepoPath, 'export const L = 1;'],
              [file as RepoPath, `import { L } from './a';${parts.join('')}`],
            ]),
          );
          const places = referencesTo(tree, 'a.ts' as RepoPath, 'L')?.places.map(
            ({ path: at, line, character }) => `${at}:${line}:${character}`,
          );
          expect(new Set(places).size).toBe(places?.length);
        },
      ),
      { numRuns: 2_000 },
    );
  });
});

describe('what words tell, beside the syntax tree', () => {
  it('never takes a use for something else, and seldom anything else for a use', () => {
    const lost: string[] = [];
    const overlooked: string[] = [];
    const mistaken: string[] = [];
    let asked = 0;
    for (const file of FILES) {
      const text = readFileSync(path.join(ROOT, file), 'utf8');
      const source = parseSource(ts, file as RepoPath, text);
      const code = readCode(text, /js$/.test(file));
      if (code.lost) {
        lost.push(file);
        continue;
      }
      const visit = (node: ts.Node): void => {
        if (ts.isIdentifier(node) && node.end > node.getStart(source)) {
          const start = node.getStart(source);
          const reading = blankAt(code, start) < 0 ? readWord(code, start, node.end) : 'blank';
          const isUse = reading === 'use' || reading === 'call' || reading === 'heir';
          const place = `${file}:${source.getLineAndCharacterOfPosition(start).line + 1} ${node.text} as ${reading}`;
          const role = roleOf(ts, node);
          if (role === 'asks') asked += 1;
          if (role === 'asks' && !isUse && reading !== 'binding') overlooked.push(place);
          if (role !== 'asks' && isUse) mistaken.push(place);
        }
        ts.forEachChild(node, visit);
      };
      visit(source);
    }
    expect(lost).toEqual([]);
    expect(overlooked).toEqual([]);
    expect(asked).toBeGreaterThan(50_000);
    expect({ share: mistaken.length / asked < 0.002, mistaken: mistaken.slice(0, 20) }).toMatchObject({ share: true });
  }, 60_000);

  it('ends declarations where the syntax tree does', () => {
    const wrong: string[] = [];
    let seen = 0;
    for (const file of FILES) {
      const text = readFileSync(path.join(ROOT, file), 'utf8');
      const source = parseSource(ts, file as RepoPath, text);
      const code = readCode(text, /js$/.test(file));
      if (code.lost) continue;
      for (const statement of source.statements) {
        const [only, ...more] = ts.isVariableStatement(statement) ? statement.declarationList.declarations : [statement];
        const { name } = (only ?? statement) as { readonly name?: ts.Node };
        if (more.length > 0 || name === undefined || !ts.isIdentifier(name) || ts.isExportAssignment(statement)) continue;
        seen += 1;
        const start = name.getStart(source);
        const end = declaredAs(code, name.text).find((declared) => declared.start === start)?.end ?? 0;
        if (text.slice(Math.min(end, statement.end), Math.max(end, statement.end)).trim() !== '') wrong.push(`${file} ${name.text}`);
      }
    }
    expect(seen).toBeGreaterThan(2_000);
    expect(wrong).toEqual([]);
  }, 60_000);
});
