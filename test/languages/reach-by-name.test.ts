import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { beforeAll, expect, it } from 'vitest';
import go from '../../server/src/core/languages/go/index.ts';
import java from '../../server/src/core/languages/java/index.ts';
import type { Language } from '../../server/src/core/languages/language.ts';
import python from '../../server/src/core/languages/python/index.ts';
import rust from '../../server/src/core/languages/rust/index.ts';
import type { SymbolFact } from '../../server/src/core/model/facts.ts';
import type { BlastRadius } from '../../server/src/core/model/radius.ts';
import type { RepoPath, Tree } from '../../server/src/core/model/tree.ts';
import { assetFile } from '../../server/src/host/assets.ts';
import { memoryTree } from '../support/memory-tree.ts';

const { resolve } = createRequire(import.meta.url);

beforeAll(async () => {
  for (const language of [python, go, java, rust]) await language.prepare?.(async (name) => readFileSync(assetFile(name, resolve)));
});

it('counts mentions in files that import the module, remarks left out', () => {
  const radius = ask(python, 'shop/mail.py', 'function send', {
    'shop/mail.py': 'def send(to):\n    pass\n',
    'shop/orders.py': 'from shop.mail import send\n\n# send it\nsend(order)\nhandler = send\n',
    'shop/other.py': 'from talk.chat import send\nsend(1)\n',
    'tests/test_mail.py': 'from shop import mail\nmail.send(1)\n',
  });
  expect(radius).toMatchObject({ references: 4, files: 2, tests: 1, method: 'names', atMost: true });
  expect(radius?.dependents).toEqual([
    { path: 'shop/orders.py', line: 4, message: 'calls send' },
    { path: 'shop/orders.py', line: 5, message: 'mentions send' },
    { path: 'tests/test_mail.py', line: 2, message: 'calls send' },
    { path: 'shop/orders.py', line: 1, message: 'imports send' },
  ]);
});

it('asks a package of Go by its folder, and its own files without an import', () => {
  expect(
    ask(go, 'internal/ids/ids.go', 'function Next', {
      'internal/ids/ids.go': 'package ids\n\nfunc Next() string { return "" }\n',
      'internal/ids/more.go': 'package ids\n\nvar first = Next()\n',
      'internal/user/user.go': 'package user\n\nimport (\n\t"fmt"\n\tkeys "example.com/app/internal/ids"\n)\n\nvar id = keys.Next()\n',
      'internal/other/other.go': 'package other\n\nimport "example.com/app/internal/words"\n\nvar x = words.Next()\n',
    }),
  ).toMatchObject({ references: 2, files: 2, packages: 2 });
});

it('asks a type of Java by its package', () => {
  expect(
    ask(java, 'src/shop/Clock.java', 'method Clock.now', {
      'src/shop/Clock.java': 'package shop;\npublic class Clock { public static long now() { return 1; } }\n',
      'src/shop/Near.java': 'package shop;\nclass Near { long a = Clock.now(); }\n',
      'src/web/Far.java': 'package web;\nimport shop.Clock;\nclass Far { long a = Clock.now(); }\n',
      'src/web/Other.java': 'package web;\nimport other.Clock;\nclass Other { long a = Clock.now(); }\n',
    }),
  ).toMatchObject({ references: 2, files: 2 });
});

it('asks a function of Rust by its module, and a method by its type', () => {
  const files = {
    'src/mail.rs': 'pub fn send() {}\nimpl Mail { pub fn flush(&self) {} }\n',
    'src/deep/orders.rs': 'use crate::mail;\nfn a(m: &Mail) { mail::send(); m.flush(); }\n',
    'src/deep/other.rs': 'use crate::chat;\nfn a() { chat::send(); }\n',
  };
  expect(ask(rust, 'src/mail.rs', 'function send', files)).toMatchObject({ references: 1, files: 1 });
  expect(ask(rust, 'src/mail.rs', 'method Mail.flush', files)).toMatchObject({ references: 1, files: 1 });
});

it('answers the same whatever was asked before', () => {
  const tree = treeOf({ 'a.py': 'def one(): pass\ndef two(): pass\n', 'b.py': 'from a import one, two\none()\n' });
  const both = (names: readonly string[]): readonly unknown[] =>
    names.map((name) => python.reach?.(tree, 'a.py' as RepoPath, symbol('function', name), 'types'));
  expect(both(['one', 'two'])).toEqual([...both(['two', 'one'])].reverse());
});

function ask(language: Language, path: string, wanted: string, files: Readonly<Record<string, string>>): BlastRadius | null | undefined {
  const [kind = '', name = ''] = wanted.split(' ');
  const tree = treeOf(files);
  return language.reach?.(tree, path as RepoPath, symbol(kind, name), 'types');
}

function treeOf(files: Readonly<Record<string, string>>): Tree {
  // Paths of a test are what RepoPath promises.
  return memoryTree('before', new Map(Object.entries(files).map(([path, text]) => [path as RepoPath, text])));
}

function symbol(kind: string, name: string): SymbolFact {
  const place = { line: 1, character: 0 };
  // The test names kinds that the model has.
  const typed = kind as SymbolFact['kind'];
  return {
    name,
    kind: typed,
    exported: true,
    parameters: [],
    type: '',
    async: false,
    key: name,
    scope: '',
    range: { start: place, end: place },
  };
}
