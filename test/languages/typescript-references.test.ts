import { beforeAll, describe, expect, it } from 'vitest';
import { loadCompiler } from '../../server/src/core/languages/typescript/compiler.ts';
import { referencesTo } from '../../server/src/core/languages/typescript/references/query.ts';
import type { RepoPath } from '../../server/src/core/model/tree.ts';
import { memoryTree } from '../support/memory-tree.ts';

beforeAll(loadCompiler);

/** Expected references stand in the texts between « and ». The first file declares `name`. */
interface Case {
  readonly name?: string;
  readonly sense?: 'value' | 'type' | 'any';
  readonly files: Readonly<Record<string, string>>;
}

const CASES: Readonly<Record<string, Case>> = {
  'named imports, aliases on both sides of as, type-only imports': {
    files: {
      'a.ts': 'export function now() { return 1; }\nconst later = «now»() + 1;',
      'b.ts': "import { «now» } from './a';\n«now»();\nexport const t = { now: «now» };",
      'c.ts': "import { other, type «now» as «current» } from './a.js';\n«current»();\nfunction f(current: number) { return current; }",
      'd.ts': "import type { «now» } from './a';\nlet x: typeof «now»;",
    },
  },
  'defaults under any name': {
    name: 'default',
    files: {
      'a.ts': 'export default function charge() {}',
      'b.ts': "import «bill» from './a';\n«bill»();",
      'c.ts': "import { «default» as «pay» } from './a';\n«pay»();\nexport { «pay» };",
      'd.ts': "export { «default» } from './a';\nexport { «default» as «paid» } from './a';",
      'e.ts': "import { «paid» } from './d';\nimport «again», * as rest from './d';\n[«paid», «again», rest.«paid», rest.«default»];",
    },
  },
  'a default that is exported apart from its declaration': {
    name: 'default',
    files: {
      'a.ts': 'const charge = () => 1;\nexport default «charge»;',
      'b.ts': "import «bill» from './a';\nexport default «bill»;",
      'c.ts': "import «bill» from './b';\n«bill»();",
    },
  },
  'stars, stars of stars, and names that hide what a star brings': {
    files: {
      'a.ts': 'export const now = 1;',
      'lib/index.ts': "export * from '../a';\nexport const other = 2;",
      'lib/all.ts': "export * from './index';",
      'lib/hides.ts': "export * from './index';\nexport const now = 3;",
      'b.ts': "import { «now» } from './lib';\nimport { now as mine } from './lib/hides';\n«now» + mine;",
      'c.ts': "import { «now» as «x» } from './lib/all';\n«x»;",
    },
  },
  'namespaces, and namespaces in namespaces': {
    files: {
      'a.ts': 'export const now = 1;\nexport type T = 2;',
      'ns.ts': "export * as clock from './a';",
      'b.ts': "import * as a from './a';\na.«now»;\na.other;\nb.now;\nconst { «now»: mine } = a;\nx.a.now;",
      'c.ts': "import * as ns from './ns';\nimport { clock, clock as c2 } from './ns';\nns.clock.«now» + clock.«now» + c2?.«now» + ns.now;",
      'd.ts': "import * as a from './a';\nfunction f(a: any) { return 1; }\nexport { a };",
      'e.ts': "import { a } from './d';\nlet t: typeof a.«now»;",
    },
  },
  'CommonJS: exports, shorthands, destructured and whole requires': {
    name: 'charge',
    files: {
      'a.js': 'function charge() {}\nmodule.exports = { «charge», other: 1 };',
      'b.js': "const { «charge» } = require('./a');\n«charge»();",
      'c.js': "const pay = require('./a');\npay.«charge»();\npay.other;",
      'd.js': "require('./a').«charge»();\nrequire('./a').other;",
      'e.js': "const { «charge»: «bill» } = require('./a');\n«bill»();",
      'f.mjs': "import pay from './a.js';\npay.«charge»();",
    },
  },
  'CommonJS: a name hung on exports': {
    name: 'charge',
    files: {
      'a.js': 'exports.charge = () => 1;\nexports.«charge»();',
      'b.js': "const pay = require('./a');\npay.«charge»();",
    },
  },
  'a module that is one thing': {
    name: '=',
    files: {
      'a.js': 'function charge() {}\nmodule.exports = «charge»;',
      'b.js': "const «charge» = require('./a');\n«charge»();",
      'c.ts': "import «pay» = require('./a');\n«pay»();",
    },
  },
  'dynamic imports and types of imports': {
    files: {
      'a.ts': 'export const now = 1;\nexport interface Now {}',
      'b.ts':
        "async function f() {\n  const clock = await import('./a');\n  clock.«now»;\n  (await import('./a')).«now»;\n  other.now2;\n}",
      'c.ts': "let t: typeof import('./a').«now»;\nlet u: import('./a').Now;",
      'd.ts': "import('./a').then((clock) => clock.«now»);\nimport('./a').then(({ «now» }) => 1);",
    },
  },
  'shadowing by parameters, blocks, patterns, catches, loops and type parameters': {
    files: {
      'a.ts': 'export const now = 1;',
      'b.ts': [
        "import { «now» } from './a';",
        'function f(now: number, { x = «now2» }: any) { return now; }'.replace('«now2»', '2'),
        'const g = (now) => now;',
        'const h = now => now;',
        '{ const now = 2; now; }',
        'try { «now»; } catch (now) { now; }',
        'for (const now of []) now;',
        'const k = ({ now }) => now, l = ([now]) => now;',
        'function v() { if (1) { var now = 1; } return now; }',
        'function d(x = «now») { let now; return x; }',
        'class now2<now> { y: now; }',
        '«now»;',
      ].join('\n'),
    },
  },
  'keys, members, labels, methods and attributes of the same name': {
    files: {
      'a.tsx': 'export const now = 1;',
      'b.tsx': [
        "import { «now» } from './a';",
        'const o = { now: 1, a: «now», [«now»]: 2, now() {}, get now() { return 1; } };',
        'const s = { «now» };',
        'const { now: inner } = o;',
        'class C { now = 1; static m() { return this.now; } }',
        'interface I { now: string; b?: typeof «now» }',
        'enum E { now, other = «now» }',
        'now: for (;;) break now;',
        'const e = <p now="1" a={«now»}>now or don\'t {«now»} <b now />{/* now */}</p>;',
        'const c = x ? «now» : 0, d = y ? 0 : «now»;',
        'switch (z) { case «now»: break; }',
        "const t = `now ${«now»} now ${`${«now»}`}`, u = 'now', r = /now/;",
        'o.now; o?.now; f(...«now», «now»); #now in o;',
      ].join('\n'),
    },
  },
  'types, heirs, decorators, elements and generics': {
    name: 'Base',
    files: {
      'a.ts': 'export class Base<T> {}',
      'b.tsx': [
        "import { «Base» } from './a';",
        'class A extends «Base»<string> implements «Base»<number> {}',
        'const x: «Base»<«Base»<1>>[] = [] as «Base»<2>[];',
        'type F = <Base>(x: Base) => Base;',
        'function g<Base>(x: Base) {}',
        '@«Base»() class D { @«Base» y; constructor(private z: «Base»<3>) {} }',
        'const e = <«Base» a="1"></«Base»>;',
        'type U = A extends «Base»<infer Base> ? Base : «Base»<4>;',
        'function is(x): x is «Base»<5> { return x instanceof «Base»; }',
        'new «Base»<6>();',
        'let l: readonly «Base»[] = [], k: keyof «Base»; class M { readonly Base: 1; static Base = 2; get Base() { return 3; } }',
      ].join('\n'),
    },
  },
  'the declaring file: overloads and recursion are its own, other uses count': {
    name: 'f',
    files: {
      'a.ts': [
        'export function f(x: string): { a: 1 };',
        'export function f(x: number): { a: 1 }',
        'export function f(x: any) { return f(x); }',
        'const g = «f»',
        "const t = `${'}'}`",
        'const h = [«f»]',
        'export { «f» as «again» }',
      ].join('\n'),
      'b.ts': "import { «f», «again» } from './a';\n«f»(1); «again»(2);",
    },
  },
  'a value beside a type of its name': {
    name: 'Rate',
    sense: 'value',
    files: {
      'a.ts': 'export const Rate = 1;\nexport type Rate = number;\nlet a: Rate = «Rate»;',
      'b.ts': "import { «Rate» } from './a';\nconst r: Rate = «Rate»;\nlet t: typeof «Rate»;",
    },
  },
  'a type beside a value of its name': {
    name: 'Rate',
    sense: 'type',
    files: {
      'a.ts': 'export const Rate = 1;\nexport type Rate = number;\nlet a: «Rate» = Rate;',
      'b.ts': "import { «Rate» } from './a';\nconst r: «Rate» = Rate;\nlet t: typeof Rate;",
    },
  },
  'trap 6: a trailing slash, remarks in clauses, a name bound twice over': {
    files: {
      'src/index.ts': 'export const now = 1;',
      'test/b.ts': "import { /* the { clock */ «now», // now\n  other } from '../src/';\n«now»;",
      'test/c.ts': "import { «now» } from '../src/index';\nimport * as all from '../src/';\n«now» + all.«now»;",
      'test/d.ts': "export { /* now */ «now» } from '../src';\nexport /* x */ * from '../src';",
    },
  },
  "trap 4: apostrophes in an element's text": {
    files: {
      'a.ts': 'export const now = 1;',
      'b.jsx': "import { «now» } from './a';\nexport const p = <p>Don't say now, it's {«now»} o'clock</p>;\n«now»;",
      'c.js': "import { «now» } from './a';\nconst q = <><i>can't</i> won't</>;\n«now»;",
    },
  },
  'names beyond ASCII, line ends of three kinds, dollar signs': {
    name: '$größe',
    files: {
      'a.ts': 'export const $größe = 1;\r\n',
      'b.ts': "import { «$größe» } from './a';\r\nconst größe = «$größe», $größen = 2;\r\u2028«$größe»;",
    },
  },
  'cycles of files, of stars and of namespaces': {
    files: {
      'a.ts': "export * from './b';\nexport * as self from './a';\nexport const now = 1;",
      'b.ts': "export * from './a';\nimport { «now», self } from './b';\n«now» + self.«now» + self.self.«now»;",
    },
  },
  'names, regular expressions and remarks at the very end of a file': {
    files: {
      'a.ts': 'export const now = 1;',
      'b.ts': "import { «now» } from './a';\nx = 1, «now»",
      'c.ts': "import { «now» } from './a';\nx = «now» / /now/",
      'd.ts': "import { «now» } from './a'; // now",
      'e.ts': "export * from './a'; /now/g",
    },
  },
  'another symbol of the same name, and files that only say the word': {
    files: {
      'a.ts': 'export const now = 1;',
      'b.ts': "import { now } from './c';\nnow;",
      'c.ts': 'export const now = 2; // now',
      'd.ts': 'now;',
    },
  },
};

describe('references', () => {
  it.each(Object.entries(CASES))('%s', (_, { name = 'now', sense = 'any', files }) => {
    const expected: string[] = [];
    const texts = new Map<RepoPath, string>();
    for (const [path, marked] of Object.entries(files)) {
      const lines = marked.split('\n').map((line, index) => {
        let plain = '';
        for (const part of line.split(/(«|»)/)) {
          if (part === '«') expected.push(`${path}:${index + 1}:${plain.length}`);
          else if (part !== '»') plain += part;
        }
        return plain;
      });
      // Literal paths of a test are what RepoPath promises.
      texts.set(path as RepoPath, lines.join('\n'));
    }
    const [declaring] = texts.keys();
    const found = declaring && referencesTo(memoryTree('before', texts), declaring, name, sense);
    const shown = found?.places.map(({ path, line, character }) => `${path}:${line}:${character}`);
    expect(shown?.sort()).toEqual(expected.sort());
  });

  it('reads the scripts of a Vue file, and counts what its template says as what may be meant', () => {
    const vue =
      '<template>\n  <p>{{ now }}</p>\n</template>\n<script setup lang="ts">\nimport { now } from \'./a\';\nconst then = now + 1;\n</script>\n';
    const files = { 'a.ts': 'export const now = 1;', 'b.vue': vue };
    const tree = memoryTree('before', new Map(Object.entries(files) as [RepoPath, string][]));
    const found = referencesTo(tree, 'a.ts' as RepoPath, 'now');
    expect([found?.places.map(({ line, kind }) => `${line} ${kind}`), found?.atMost]).toEqual([['2 use', '5 import', '6 use'], true]);
  });

  it('counts a file that cannot be read among what may hold places', () => {
    const tree = memoryTree(
      'before',
      // Literal paths of a test are what RepoPath promises.
      new Map<RepoPath, string | { kind: 'unread'; reason: 'too-large' }>([
        ['a.ts' as RepoPath, 'export const now = 1;'],
        ['b.ts' as RepoPath, { kind: 'unread', reason: 'too-large' }],
      ]),
    );
    expect(referencesTo(tree, 'a.ts' as RepoPath, 'now')).toMatchObject({ places: [], atMost: true, unread: ['b.ts'] });
  });

  it.each([
    ["import type * as a from './a';\ntype W = Window & { a: typeof a };\n(window as W).a.now();", [3]],
    ["import * as a from './a';\nhold(a);\nheld().now();", [3]],
    ["import * as a from './a';\nconst { ...all } = a;\nall.now();", [3]],
  ])('counts a member of its name where the file lets go of the namespace: %s', (text, lines) => {
    const files = { 'a.ts': 'export function now() {}', 'b.ts': text };
    const tree = memoryTree('before', new Map(Object.entries(files) as [RepoPath, string][]));
    const found = referencesTo(tree, 'a.ts' as RepoPath, 'now');
    expect(found?.atMost).toBe(true);
    expect(found?.places.map((place) => [place.path, place.line])).toEqual(lines.map((line) => ['b.ts', line]));
  });

  it('counts every mention in a file whose imports are lost to an open string', () => {
    const files = { 'a.ts': 'export const now = 1;', 'b.ts': "const x = `open;\nimport { now } from './a';\nnow;" };
    const tree = memoryTree('before', new Map(Object.entries(files) as [RepoPath, string][]));
    const found = referencesTo(tree, 'a.ts' as RepoPath, 'now');
    expect([found?.places.length, found?.atMost]).toEqual([2, true]);
  });

  it('knows nothing of a name that the file does not export', () => {
    const tree = memoryTree('before', new Map([['a.ts' as RepoPath, 'const now = 1;']]));
    expect(referencesTo(tree, 'a.ts' as RepoPath, 'now')).toBeUndefined();
  });
});
