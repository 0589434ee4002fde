import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { beforeAll, expect, it } from 'vitest';
import { readFacts } from '../../server/src/core/facts/read-facts.ts';
import { languageOf, prepareLanguages } from '../../server/src/core/languages/prepare.ts';
import type { RepoPath } from '../../server/src/core/model/tree.ts';
import { assetFile } from '../../server/src/host/assets.ts';
import { memoryTree } from '../support/memory-tree.ts';

const { resolve } = createRequire(import.meta.url);
const PATHS = ['a.py', 'a.go', 'A.java', 'a.rs', 'a.ts'] as RepoPath[];

beforeAll(async () => {
  await prepareLanguages(PATHS, async (name) => readFileSync(assetFile(name, resolve)));
});

const PYTHON = `import functools
__all__ = ['refund', 'charge']

def refund(): ...

@functools.cache
def charge(amount):
    """charge it"""
    return charge(amount - 1)  # charge

def pay(order):
    return charge(order, charge=1), f'{order}/{charge(2)} charge'

HANDLERS = {'pay': charge}

class Till:
    limit = 5

    def open(self):
        return self.open()

    @property
    def total(self):
        return 1

    @total.setter
    def total(self, value):
        pass

    def close(self):
        open('file')
        self.open()
        return self.total, self.limit

    alias = open
`;

const GO = `package shop

// Charge is a remark about Charge.
func Charge(n int) int { return Charge(n - 1) }

func Pay() int { return Charge(1) }

type Till struct{ Limit int }

func (t *Till) Open() { t.Open() }

func (t *Till) Close() { t.Open(); t.Limit = 2 }

const (
	First = 1
	Second = First + 1
)
`;

const JAVA = `package shop;
public class A {
  public A(int n) { }
  public static A of() { return new A(1); }
  public int charge(int n) { return charge(n, 2); }
  public int charge(int n, int m) { return 0; }
  public int once(int n) { return once(n - 1); }
  public int pay() { return once(1); }
  public static class Line { }
  Line line;
}
`;

const RUST = `pub fn charge(n: u8) -> u8 { charge(n - 1) }
pub fn pay() -> u8 { charge(1) }
pub struct Till { pub limit: u8 }
impl Till {
    pub fn open(&self) { self.open() }
    pub fn close(&self) { self.open() }
}
`;

const TYPESCRIPT = `export function charge(n: number): number { return charge(n - 1); } // charge
export const pay = () => charge(1);
`;

it.each([
  ['a.py', PYTHON, 'charge', [2, 12, 14]],
  ['a.py', PYTHON, 'pay', []],
  ['a.py', PYTHON, 'refund', [2]],
  ['a.py', PYTHON, 'Till', []],
  ['a.py', PYTHON, 'Till.open', [32, 35]],
  ['a.py', PYTHON, 'Till.total', [33]],
  ['a.py', PYTHON, 'Till.limit', [33]],
  ['a.go', GO, 'Charge', [6]],
  ['a.go', GO, 'Till.Open', [12]],
  ['a.go', GO, 'Till.Limit', [12]],
  ['a.go', GO, 'Till', [10, 12]],
  ['a.go', GO, 'First', [16]],
  ['A.java', JAVA, 'A.constructor', [4]],
  ['A.java', JAVA, 'A.charge', [5]],
  ['A.java', JAVA, 'A.once', [8]],
  ['A.java', JAVA, 'A.Line', [10]],
  ['a.rs', RUST, 'charge', [2]],
  ['a.rs', RUST, 'Till', [4]],
  ['a.rs', RUST, 'Till.open', [6]],
  ['a.ts', TYPESCRIPT, 'charge', [2]],
] as const)('%s: counts what the own file does with it, outside its declaration: %#', (path, text, name, lines) => {
  expect(linesOf(path, { [path]: text }, name)).toEqual(lines);
});

it('counts a file that no grammar makes sense of as if all of it were dependents, and never as nobody', () => {
  const broken = 'def charge(:\n  ((\ncharge(1)\n';
  expect(linesOf('a.py', { 'a.py': broken }, 'charge')).toContain(3);
});

it('counts own places as references, and no file of them', () => {
  const tree = treeOf({ 'a.py': PYTHON, 'b.py': 'import a\n' });
  const symbol = readFacts(PATHS[0] as RepoPath, PYTHON)?.symbols.find(({ name }) => name === 'charge');
  expect(symbol).toBeDefined();
  const radius = symbol && languageOf('a.py' as RepoPath)?.reach?.(tree, 'a.py' as RepoPath, symbol, 'types');
  expect(radius).toMatchObject({ references: 4, files: 0, packages: 0, tests: 0 });
});

it.each([
  ['a list of what it offers', "__all__ = ['charge']\ndef charge(n): ...\n", 0],
  ['another function', 'def charge(n): ...\ndef pay(n):\n    charge(n)\n', 1],
])('whoever imports the own file depends on it in turn where that uses it, and not by %s alone', (_, text, files) => {
  const path = 'a.py' as RepoPath;
  const symbol = readFacts(path, text)?.symbols.find(({ name }) => name === 'charge');
  const radius = symbol && languageOf(path)?.reach?.(treeOf({ 'a.py': text, 'b.py': 'import a\n' }), path, symbol, 'types');
  expect(radius).toMatchObject({ references: 1, files: 0, transitiveFiles: files });
});

it('does so in TypeScript too', () => {
  const path = 'a.ts' as RepoPath;
  const symbol = readFacts(path, TYPESCRIPT)?.symbols.find(({ name }) => name === 'charge');
  const tree = treeOf({ 'a.ts': TYPESCRIPT, 'b.ts': "import { pay } from './a';\npay();\n" });
  expect(symbol && languageOf(path)?.reach?.(tree, path, symbol, 'names')).toMatchObject({ references: 1, files: 0, transitiveFiles: 1 });
});

function linesOf(path: string, files: Readonly<Record<string, string>>, name: string): readonly number[] {
  const asked = path as RepoPath;
  const known = readFacts(asked, files[path] ?? '')?.symbols.find((symbol) => symbol.name === name);
  // What a broken file declares is asked for by name alone.
  const place = { line: 1, character: 0 };
  const symbol = known ?? {
    name,
    kind: 'function' as const,
    exported: true,
    parameters: [],
    type: '',
    async: false,
    key: name,
    scope: '',
    range: { start: place, end: place },
  };
  const uses = languageOf(asked)?.uses?.(treeOf(files), asked, symbol)?.uses ?? [];
  return [...new Set(uses.map(({ line }) => line))].sort((a, b) => a - b);
}

function treeOf(files: Readonly<Record<string, string>>): ReturnType<typeof memoryTree> {
  return memoryTree('before', new Map(Object.entries(files).map(([path, text]) => [path as RepoPath, text])));
}
