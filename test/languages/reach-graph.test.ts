import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { declarationsIn } from '../../server/src/core/languages/code/declarations.ts';
import { graphOf } from '../../server/src/core/languages/code/import-graph.ts';
import { type ReachLanguage, reachByName, usesOfSymbol } from '../../server/src/core/languages/code/reach.ts';
import type { CodeGrammar } from '../../server/src/core/languages/code/shapes.ts';
import { go as goGrammar } from '../../server/src/core/languages/go/grammar.ts';
import { java as javaGrammar } from '../../server/src/core/languages/java/grammar.ts';
import { python as pythonGrammar } from '../../server/src/core/languages/python/grammar.ts';
import { rust as rustGrammar } from '../../server/src/core/languages/rust/grammar.ts';
import { loadGrammar } from '../../server/src/core/languages/tree-sitter.ts';
import type { SymbolFact } from '../../server/src/core/model/facts.ts';
import type { RepoPath, Tree } from '../../server/src/core/model/tree.ts';
import { assetFile } from '../../server/src/host/assets.ts';
import { memoryTree } from '../support/memory-tree.ts';

const { resolve } = createRequire(import.meta.url);
const [python, go, java, rust] = [
  await ready(pythonGrammar),
  await ready(goGrammar),
  await ready(javaGrammar),
  await ready(rustGrammar),
] as const;

/** What a language reaches, with its grammar to say where files declare what. */
async function ready(grammar: CodeGrammar): Promise<ReachLanguage> {
  const loaded = await loadGrammar(grammar.asset, async (name) => readFileSync(assetFile(name, resolve)));
  if (grammar.reach === undefined) throw new Error(`expected ${grammar.id} to follow imports, found nothing of it`);
  return { ...grammar.reach, declarations: (path, text) => declarationsIn(grammar, loaded, path, text) };
}

interface Case {
  readonly what: string;
  readonly language: ReachLanguage;
  /** `path name` of the symbol that is asked for. */
  readonly symbol: string;
  readonly files: Readonly<Record<string, string>>;
  /** `path:line kind`, in order. */
  readonly found: readonly string[];
}

const PYTHON: Readonly<Record<string, string>> = {
  'src/shop/__init__.py': 'from .mail import send as post\n',
  'src/shop/mail.py': 'def send(to): ...\n\n\nclass Box:\n    def open(self): ...\n',
  'src/shop/all.py': 'from shop.mail import *\nsend(1)\n',
  'app.py': 'from shop import post\npost(1)\nsend = 2\n',
  'jobs/run.py': 'import shop.mail\nimport shop.mail as m\nshop.mail.send(1)\nm.send(2)\nother.send(3)\n',
  'jobs/late.py': 'from shop import (\n    mail,\n)\n\nhandler = mail.send\nx: "mail.send" = 1\n',
  'chat/mail.py': 'def send(to): ...\n',
  'chat/use.py': 'from chat.mail import send\nsend(1)\n',
  'tests/test_mail.py': 'patch("shop.mail.send")\n',
};

const RUST: Readonly<Record<string, string>> = {
  'Cargo.toml': '[workspace]\nmembers = ["the-store", "app"]\n',
  'the-store/Cargo.toml': '[package]\nname = "the-store"\n',
  'the-store/src/lib.rs': 'mod ledger;\npub use ledger::Ledger as Book;\npub mod prelude {\n    pub use crate::ledger::Ledger;\n}\n',
  'the-store/src/ledger.rs': 'pub struct Ledger;\nimpl Ledger { pub fn add(&self) {} }\n#[cfg(test)]\nmod tests { use super::Ledger; }\n',
  'the-store/src/near/mod.rs': 'use super::ledger;\nfn f(_: ledger::Ledger) {}\n',
  'app/Cargo.toml': '[package]\nname = "app"\n[dependencies]\nshelf = { package = "the-store", path = "../the-store" }\n',
  'app/src/main.rs': 'use shelf::Book;\nfn main() { let b = Book; b.add(); }\n',
  'app/src/glob.rs': 'use the_store::prelude::*;\nfn f(_: Ledger) {}\n',
  'app/src/other.rs': 'struct Ledger;\nfn f(_: Ledger) {}\n',
  'app/tests/it.rs': 'fn f() { the_store::Book; }\n',
};

const GO: Readonly<Record<string, string>> = {
  'go.mod': 'module example.com/app\n\nreplace example.com/lib => ./lib\n',
  'lib/go.mod': 'module example.com/lib\n',
  'lib/ids/ids.go': 'package keys\n\nfunc Next() int { return 1 }\n\ntype Pool struct{}\n\nfunc (p *Pool) Take() {}\n',
  'lib/ids/near.go': 'package keys\n\nvar first = Next()\n',
  'web/a.go': 'package web\n\nimport "example.com/lib/ids"\n\nvar a = keys.Next()\n',
  'web/b.go':
    'package web\n\nimport (\n\tk "example.com/lib/ids"\n)\n\n// k.Next\nvar b = k.Next() + other.Next()\n\nfunc use(p *k.Pool) { p.Take() }\n',
  'web/c.go': 'package web\n\nimport . "example.com/lib/ids"\n\nvar c = Next()\n',
  'web/d.go': 'package web\n\nimport "example.com/elsewhere/ids"\n\nvar d = ids.Next()\n',
  'vendor/example.com/lib/ids/x.go': 'package keys\n\nvar x = Next()\n',
};

const JAVA: Readonly<Record<string, string>> = {
  'src/shop/Clock.java': 'package shop;\npublic class Clock { public static long now() { return 1; } public static class Hand {} }\n',
  'src/shop/Near.java': 'package shop;\nclass Near { Clock c; }\n',
  'src/shop/Hidden.java': 'package shop;\nimport other.Clock;\nclass Hidden { Clock c; }\n',
  'src/web/Wild.java': 'package web;\nimport shop.*;\nclass Wild { Clock c; }\n',
  'src/web/Plain.java': 'package web;\nimport shop.Clock;\nclass Plain { Clock c = new Clock(); }\n',
  'src/web/Static.java': 'package web;\nimport static shop.Clock.now;\nclass Static { long t = now(); }\n',
  'src/web/Full.java': 'package web;\nclass Full { shop.Clock c; /* Clock */ String s = "Clock"; }\n',
  'src/web/Inner.java': 'package web;\nimport shop.Clock.Hand;\nclass Inner { Hand h; }\n',
  'src/web/Other.java': 'package web;\nimport other.Clock;\nclass Other { Clock c; }\n',
  'src/app/Alias.kt': 'package app\nimport shop.Clock as Time\nval t = Time.now()\nval s = "${Time.now()}"\n',
};

const CASES: readonly Case[] = [
  {
    what: 'Python: what a package passes on, aliases, wildcards, namespaces, annotations and patches',
    language: python,
    symbol: 'src/shop/mail.py send',
    files: PYTHON,
    found: [
      'app.py:1 import',
      'app.py:2 call',
      'jobs/late.py:5 use',
      'jobs/late.py:6 use',
      'jobs/run.py:3 call',
      'jobs/run.py:4 call',
      'src/shop/__init__.py:1 import',
      'src/shop/__init__.py:1 import',
      'src/shop/all.py:2 call',
      'tests/test_mail.py:1 use',
    ],
  },
  {
    what: 'Rust: crates by name and by another name, pub use, modules inside files, wildcards',
    language: rust,
    symbol: 'the-store/src/ledger.rs Ledger',
    files: RUST,
    found: [
      'app/src/glob.rs:2 use',
      'app/src/main.rs:1 import',
      'app/src/main.rs:2 use',
      'app/tests/it.rs:1 use',
      'the-store/src/ledger.rs:2 use',
      'the-store/src/ledger.rs:4 import',
      'the-store/src/lib.rs:2 import',
      'the-store/src/lib.rs:2 import',
      'the-store/src/lib.rs:4 import',
      'the-store/src/near/mod.rs:2 use',
    ],
  },
  {
    what: 'Rust: a method, in files whose imports lead to its type',
    language: rust,
    symbol: 'the-store/src/ledger.rs Ledger.add',
    files: RUST,
    found: ['app/src/main.rs:2 call'],
  },
  {
    what: 'Go: packages by folder and clause, aliases, dots, several modules',
    language: go,
    symbol: 'lib/ids/ids.go Next',
    files: GO,
    found: ['lib/ids/near.go:3 call', 'web/a.go:5 call', 'web/b.go:8 call', 'web/c.go:5 call'],
  },
  { what: 'Go: a method', language: go, symbol: 'lib/ids/ids.go Pool.Take', files: GO, found: ['web/b.go:10 call'] },
  {
    what: 'Go: a method of a variable that is called as a package is',
    language: go,
    symbol: 'lib/vfs/vfs.go Fs.Close',
    files: {
      'go.mod': 'module example.com/app\n',
      'lib/vfs/vfs.go': 'package vfs\ntype Fs interface {\n\tClose(n int)\n}\n',
      'web/a.go':
        'package web\nimport (\n\t"io/fs"\n\t"example.com/app/lib/vfs"\n)\nfunc a(fs vfs.Fs) {\n\tfs.Close(1)\n}\nvar m fs.Mode\n',
      'web/b.go': 'package web\nimport (\n\t"io/fs"\n\t"example.com/app/lib/vfs"\n)\nvar a vfs.Fs\nvar b = fs.Close(fs.Mode)\n',
    },
    found: ['web/a.go:7 call'],
  },
  {
    what: 'Java: packages, wildcards, written-out names, what an import hides, Kotlin beside it',
    language: java,
    symbol: 'src/shop/Clock.java Clock',
    files: JAVA,
    found: [
      'src/app/Alias.kt:2 import',
      'src/app/Alias.kt:2 import',
      'src/app/Alias.kt:3 use',
      'src/app/Alias.kt:4 use',
      'src/shop/Near.java:2 use',
      'src/web/Full.java:2 use',
      'src/web/Inner.java:2 import',
      'src/web/Plain.java:2 import',
      'src/web/Plain.java:3 call',
      'src/web/Plain.java:3 use',
      'src/web/Static.java:2 import',
      'src/web/Wild.java:3 use',
    ],
  },
  {
    what: 'Java: a static method, by its type and by a static import',
    language: java,
    symbol: 'src/shop/Clock.java Clock.now',
    files: JAVA,
    found: ['src/app/Alias.kt:3 call', 'src/app/Alias.kt:4 call', 'src/web/Static.java:2 import', 'src/web/Static.java:3 call'],
  },
  {
    what: 'Java: a member, told from those of other types by inheritance and by declared variables',
    language: java,
    symbol: 'shop/Till.java Till.open',
    files: {
      'shop/Till.java': 'package shop;\npublic class Till { public void open() {} public Till self() { return this; } }\n',
      'shop/Door.java': 'package shop;\nclass Door { void open() {} void f() { open(); this.open(); } }\n',
      'shop/Heir.java': 'package shop;\nclass Heir extends Till { void f() { open(); super.open(); } }\n',
      'shop/Far.java': 'package shop;\nclass Far extends Heir { void f() { open(); } }\n',
      'shop/User.java':
        'package shop;\nclass User {\n  Heir heir; Door door; T odd;\n  void f() { heir.open(); }\n  void g() { door.open(); }\n  void h() { odd.open(); }\n  void i() { heir.self().open(); }\n}\n',
      'shop/Lambda.java': 'package shop;\nclass Lambda { Door door; void f(Heir h) { h.each(door -> door.open()); } }\n',
      'shop/Anonymous.java': 'package shop;\nclass Anonymous { Object o = new Till() { void f() { open(); } }; }\n',
    },
    found: [
      'shop/Anonymous.java:2 call',
      'shop/Far.java:2 call',
      'shop/Heir.java:2 call',
      'shop/Heir.java:2 call',
      'shop/Lambda.java:2 call',
      'shop/User.java:4 call',
      'shop/User.java:6 call',
      'shop/User.java:7 call',
    ],
  },
  {
    what: "Java: an annotation's value, named and implied",
    language: java,
    symbol: 'shop/Adaptive.java Adaptive.value',
    files: {
      'shop/Adaptive.java': 'package shop;\npublic @interface Adaptive { String value(); }\n',
      'web/One.java': 'package web;\nimport shop.Adaptive;\n@Adaptive("x") class One { Adaptive a; }\n',
      'web/Two.java': 'package web;\nimport shop.Adaptive;\n@Adaptive(value = "x") class Two { int value; }\n',
      'web/Other.java': 'package web;\nimport other.Adaptive;\n@Adaptive("x") class Other { }\n',
    },
    found: ['web/One.java:3 call', 'web/Two.java:3 call', 'web/Two.java:3 use'],
  },
];

describe('uses of a symbol by imports', () => {
  it.each(CASES)('$what', ({ language, symbol, files, found }) => {
    const [path = '', name = ''] = symbol.split(' ');
    const uses = usesOfSymbol(language, treeOf(files), path as RepoPath, { name }, Number.POSITIVE_INFINITY);
    expect(uses?.map((use) => `${use.path}:${use.line} ${use.kind}`).sort()).toEqual([...found].sort());
  });

  it('says where a use stands', () => {
    const uses = usesOfSymbol(
      python,
      treeOf({ 'a.py': 'def f(): ...\n', 'b.py': 'import a\nx = a.f()\n' }),
      'a.py' as RepoPath,
      { name: 'f' },
      9,
    );
    expect(uses).toEqual([{ path: 'b.py', line: 2, character: 6, kind: 'call', word: 'f' }]);
  });
});

describe('import graph', () => {
  it.each([
    [python, PYTHON, 'app.py', ['src/shop/mail.py']],
    [python, PYTHON, 'jobs/run.py', ['src/shop/mail.py']],
    [rust, RUST, 'app/src/glob.rs', ['the-store/src/lib.rs']],
    [rust, RUST, 'app/src/main.rs', ['the-store/src/ledger.rs']],
    [go, GO, 'web/a.go', ['lib/ids/ids.go']],
    [java, JAVA, 'src/web/Plain.java', ['src/shop/Clock.java']],
    [java, JAVA, 'src/shop/Near.java', ['src/shop/Clock.java']],
    [java, JAVA, 'src/web/Other.java', []],
  ] as const)('case %#: what a file imports, behind what is passed on', (language, files, path, found) => {
    expect([...graphOf(language.modules, treeOf(files)).importsOf(path as RepoPath)].sort()).toEqual(found);
  });

  it('counts files that import the users in turn, through a cycle', () => {
    const files = {
      'a.py': 'def f(): ...\n',
      'b.py': 'from a import f\nimport d\nf()\n',
      'c.py': 'import b\n',
      'd.py': 'import c\n',
      'e.py': 'import os\n',
    };
    const radius = reachByName(python, treeOf(files), 'a.py' as RepoPath, symbol('f'), 'types');
    expect(radius).toMatchObject({ references: 2, files: 1, transitiveFiles: 2, atMost: true });
  });

  it('reads a file of nothing, one that does not close and one that asks for itself', () => {
    const files = { 'a.py': 'from a import f\ndef f(): ...\n', 'b.py': '"""', 'c.py': '', 'd.py': 'from a import (f\nf(' };
    expect(reachByName(python, treeOf(files), 'a.py' as RepoPath, symbol('f'), 'types')).toMatchObject({ atMost: true });
  });
});

describe('laws', () => {
  it('a file more never lowers a count, whatever it holds', () => {
    const some = CASES.filter((one) => !one.symbol.includes('.', one.symbol.indexOf(' ')));
    fc.assert(
      fc.property(fc.constantFrom(...some), fc.nat(), fc.infiniteStream(fc.boolean()), ({ language, symbol: asked, files }, pick, keep) => {
        const [path = '', name = ''] = asked.split(' ');
        const all = Object.entries(files);
        const isFixed = (file: string): boolean => file === path || /\.(toml|mod)$|__init__\.py$|lib\.rs$/.test(file);
        const [more = '', text = ''] = all[pick % all.length] ?? [];
        const base = Object.fromEntries(all.filter(([file]) => isFixed(file) || (file !== more && keep.next().value === true)));
        const count = (of: Readonly<Record<string, string>>): number =>
          usesOfSymbol(language, treeOf(of), path as RepoPath, { name }, Number.POSITIVE_INFINITY)?.length ?? 0;
        expect(count({ ...base, [more]: text })).toBeGreaterThanOrEqual(count(base));
      }),
    );
  });

  it('counts by names alone are never below those by imports', () => {
    for (const { language, symbol: asked, files } of CASES) {
      const [path = '', name = ''] = asked.split(' ');
      const of = (precision: 'types' | 'names'): number =>
        reachByName(language, treeOf(files), path as RepoPath, symbol(name), precision)?.references ?? 0;
      expect(of('names'), asked).toBeGreaterThanOrEqual(of('types'));
    }
  });
});

function treeOf(files: Readonly<Record<string, string>>): Tree {
  // Paths of a test are what RepoPath promises.
  return memoryTree('before', new Map(Object.entries(files).map(([path, text]) => [path as RepoPath, text])));
}

function symbol(name: string): SymbolFact {
  const place = { line: 1, character: 0 };
  return {
    name,
    kind: 'function',
    exported: true,
    parameters: [],
    type: '',
    async: false,
    key: name,
    scope: '',
    range: { start: place, end: place },
  };
}
