import { describe, expect, it } from 'vitest';
import { type ImportRecord, ScanMark } from '../../server/src/core/model/file-scan.ts';
import type { RepoPath } from '../../server/src/core/model/tree.ts';
import { scanFile } from '../../server/src/core/scan/scan-file.ts';

const moduleOf = (text: string, path = 'a.ts') => scanFile(path as RepoPath, text).module;

/** One import in a line: `kind [type] specifier imported>local …`. */
function lineOf({ kind, typeOnly, specifier, names }: ImportRecord): string {
  return [kind, ...(typeOnly ? ['type'] : []), specifier, ...names.map(({ imported, local }) => `${imported}>${local}`)].join(' ');
}
const importsOf = (text: string, path?: string): readonly string[] => (moduleOf(text, path)?.imports ?? []).map(lineOf);
/** Exports as `exported<local`. */
const exportsOf = (text: string, path?: string): readonly string[] =>
  (moduleOf(text, path)?.exports ?? []).map(({ exported, local }) => `${exported}<${local ?? ''}`);

describe('imports', () => {
  const CASES: readonly (readonly [text: string, ...expected: string[]])[] = [
    ["import a from 'x';", 'import x default>a'],
    ["import { a, b as c, default as d } from 'x';", 'import x a>a b>c default>d'],
    ["import * as ns from 'x';", 'import x *>ns'],
    ["import a, { b } from 'x'; import c, * as d from 'y'", 'import x default>a b>b', 'import y default>c *>d'],
    ["import 'x';", 'import x'],
    ["import {} from 'x';", 'import x'],
    ["import { a, } from 'x'", 'import x a>a'],
    ["import{a}from'x';import b from'y'", 'import x a>a', 'import y default>b'],
    [
      "import type { A } from 'x'; import type B from 'y'; import type * as C from 'z'",
      'import type x A>A',
      'import type y default>B',
      'import type z *>C',
    ],
    ["import { type A, type B as C } from 'x'; import { type A, b } from 'y'", 'import type x A>A B>C', 'import y A>A b>b'],
    [
      "import { type } from 'x'; import { type as a } from 'y'; import { type as } from 'z'",
      'import x type>type',
      'import y type>a',
      'import type z as>as',
    ],
    ["import { type as as } from 'x'; import { type as as a } from 'y'", 'import x type>as', 'import type y as>a'],
    [
      "import type from 'x'; import type, { a } from 'y'; import type from from 'z'",
      'import x default>type',
      'import y default>type a>a',
      'import type z default>from',
    ],
    ["import from from 'x'; import defer * as a from 'y'", 'import x default>from', 'import y *>a'],
    ["import a = require('x'); import type b = require('y'); import c = d.e;", 'import x *>a', 'import type y *>b'],
    ["import a from 'x' with { type: 'json' }; import 'y' assert { type: 'css' };", 'import x default>a', 'import y'],
    ["import { 'b c' as d } from 'x'; import { a as \\u0062 } from 'y'", 'import x b c>d', 'import y a>b'],
    ["import { größe } from './maße'; import é from 'x'", 'import ./maße größe>größe', 'import x default>é'],
    ["import a from 'x\\u0041\\x42\\'';", "import xAB' default>a"],
    [
      '/// <reference path="a.d.ts" />\n/// <reference types="node" />\n/// <reference lib="dom" />\nf();',
      'import type ./a.d.ts',
      'import type node',
    ],
    ["declare module './x' { interface A {} }", 'dynamic type ./x'],
    ["declare module 'x' { import a from 'y'; export const b: 1; }", 'dynamic type x', 'import y default>a'],
  ];
  for (const [text, ...expected] of CASES) it(text, () => expect(importsOf(text)).toEqual(expected));
});

describe('calls', () => {
  const CASES: readonly (readonly [text: string, ...expected: string[]])[] = [
    ["const a = require('x'); let b = require(`y`), c = require('z');", 'import x *>a', 'import y *>b', 'import z *>c'],
    ["const { a, b: c, ...d } = require('x')", 'import x a>a b>c *>d'],
    ["const { a: { b }, c = 1 } = require('x'); ({ d } = require('y'))", 'import x a> c>c', 'import y d>d'],
    ["const a = require('x').b; require('x').c(); f(require('y'))", 'import x b>a', 'dynamic x c>', 'dynamic y'],
    ["const a = __importDefault(require('x')); const b = tslib_1.__importStar(require('y'))", 'import x *>a', 'import y *>b'],
    ["const a: A = require('x'), b = require('y')('z'); c.d = require('w')", 'import x *>a', 'dynamic y', 'dynamic w'],
    [
      "const a: { b?: typeof C; d(): void } & (() => typeof C) = await import('x'); const e: F = g, h = require('y')",
      'import x *>a',
      'import y *>h',
    ],
    ["const a =\n  // why\n  require('x');\n", 'import x *>a'],
    ["var a = __toESM(require('x'), 1); f( // it's\n (await import('y')).b)", 'import x *>a', 'dynamic y b>'],
    ["require('x'); require(y); a.require('z'); require('u' + v); import('w' + x)", 'dynamic x'],
    [
      "const { a } = await import('x'); const b = (await import('y')).c; const d = await import('z')",
      'import x a>a',
      'import y c>b',
      'import z *>d',
    ],
    ["import('x').then((a) => a.b); const p = import('y'); (await import('z')).w()", 'dynamic x', 'dynamic y', 'dynamic z w>'],
    ["let a: import('x').A<B>; type C = typeof import('y');", 'dynamic x A>', 'dynamic y'],
    ["import('x', { with: { type: 'json' } }); import(/* why */ 'y'); import(`z/${a}`)", 'dynamic x', 'dynamic y'],
    [
      "require.resolve('x'); jest.mock('y', () => ({})); vi.importActual<typeof import('z')>('z')",
      'dynamic x',
      'dynamic y',
      'dynamic z',
      'dynamic z',
    ],
    ["new Worker(new URL('./w.ts', import.meta.url)); f('./no', import.meta.url)", 'dynamic ./w.ts'],
    [
      "exports.a = require('x'); exports.b = require('y').c; module.exports = require('z')",
      'reexport x *>a',
      'reexport y c>b',
      'reexport z *>*',
    ],
    ["module.exports = { ...require('x') }", 'reexport x *>*'],
    [
      "module.exports = { ...(require('x')), a: require('y'), b: (await import('z')).c, d: [require('w')], e: f ? g : require('v'), h }",
      'reexport x *>*',
      'reexport y *>a',
      'reexport z c>b',
      'dynamic w',
      'dynamic v',
    ],
    ["module.exports = { a: () => require('x'), ...require('y').b, c: { ...require('z') } }", 'dynamic x', 'dynamic y b>', 'dynamic z'],
    [
      "Object.assign(exports, require('x')); Object.assign(module.exports, require('y')); Object.assign(a, require('z'))",
      'reexport x *>*',
      'reexport y *>*',
      'dynamic z',
    ],
    ["__exportStar(require('x'), exports); tslib.__exportStar(require('y'), exports)", 'reexport x *>*', 'reexport y *>*'],
  ];
  for (const [text, ...expected] of CASES) it(text, () => expect(importsOf(text).toSorted()).toEqual(expected.toSorted()));
});

describe('exports', () => {
  const CASES: readonly (readonly [text: string, ...expected: string[]])[] = [
    [
      'export const a = 1, { b, c: [d, ...e], f: { g } = {} } = h, i = (1, 2), j = [k, l];',
      'a<a',
      'b<b',
      'd<d',
      'e<e',
      'g<g',
      'i<i',
      'j<j',
    ],
    ['export let a: Map<b, c> = new Map<b, c>(), d; export var e = f < g, h = 1', 'a<a', 'd<d', 'e<e', 'h<h'],
    ['export const a = <T, U = V>(b: T, c: U) => b\nconst d = 1, e = 2', 'a<a'],
    ['export const a = f\ng(b, c)\nh = 1, i = 2', 'a<a'],
    [
      'export function a() {} export async function b() {} export function* c() {} export async function *d() {}',
      'a<a',
      'b<b',
      'c<c',
      'd<d',
    ],
    [
      'export class A {} export abstract class B {} export enum C {} export const enum D {} export declare const E: 1',
      'A<A',
      'B<B',
      'C<C',
      'D<D',
      'E<E',
    ],
    [
      'export interface A {} export type B<T> = T; export namespace C.D {} export declare namespace E {} export module F {}',
      'A<A',
      'B<B',
      'C<C',
      'E<E',
      'F<F',
    ],
    ['export default function a() {}', 'default<a'],
    ['export default async function* a() {}', 'default<a'],
    ['export default class A extends B {}', 'default<A'],
    ['export default class extends B {}', 'default<'],
    ['export default abstract class A {}', 'default<A'],
    ['export default interface A {}', 'default<A'],
    ['export default a\nexport const b = 1', 'default<a', 'b<b'],
    ['export default a.b; ', 'default<'],
    ['export default a as B;', 'default<a'],
    ['export default (a, b) => {}', 'default<'],
    ['export default { a: 1 }', 'default<'],
    ['export { a, b as c, d as default, e as "f g" };', 'a<a', 'c<b', 'default<d', 'f g<e'],
    ['export type { A }; export { type B, type C as D };', 'A<A', 'B<B', 'D<C'],
    ['export = a;', '=<a'],
    ['export import a = b.c; export as namespace D; export {}', 'a<a'],
    ['export default @d @e.f(g) class A {}', 'default<A'],
    ['@d export class A {} export @d({ a: [")"] }) class B {}', 'A<A', 'B<B'],
    [
      'module.exports = { a, b: c, get d() { return [1, { e: 2 }] }, f() {}, async *g() {}, "h": i.j, ...k, [l]: 1 };',
      'a<a',
      'b<c',
      'd<',
      'f<',
      'g<',
      'h<',
    ],
    [
      'module.exports = a; module.exports.b = c; exports.d = function () {}; exports["e"] = 1; exports.f == g; exports.h',
      '=<a',
      'b<c',
      'd<',
      'e<',
    ],
    ['exports.a = exports.b = void 0; exports.a = a; module.exports = exports = class C {}', 'a<a', 'b<', '=<C'],
    ['Object.defineProperty(exports, "a", { get() {} }); Object.defineProperty(exports, "__esModule", { value: true })', 'a<'],
    ['namespace A { export const b = 1 } declare module "x" { export const c: 1 } declare global { export const d: 1 }'],
    ['const a = { export: 1, import: 2, require() {} }; a.export; class B { export() {} }'],
    ['export const größe = 1, b = 2', 'größe<größe', 'b<b'],
  ];
  for (const [text, ...expected] of CASES) it(text, () => expect(exportsOf(text)).toEqual(expected));

  it('export … from offers what it passes on', () => {
    const text =
      "export { a, b as c } from 'x'; export * from 'y'; export * as d from 'z'; export type { E } from 'w'; export * as 'f g' from 'v'";
    expect(importsOf(text)).toEqual(['reexport x a>a b>c', 'reexport y *>*', 'reexport z *>d', 'reexport type w E>E', 'reexport v *>f g']);
    expect(exportsOf(text)).toEqual([]);
  });
});

describe('places where a reader of imports goes astray', () => {
  const LAST = "import last from 'last';";
  const CASES: readonly (readonly [text: string, path?: string])[] = [
    ['#!/usr/bin/env node\n'],
    ["<!-- don't -->\n", 'a.js'],
    ["// import a from 'no'\n/* import b from 'no' */ /** import c from 'no'\n */"],
    ['\'import a from "no"\'; "don\'t"; \'it\\\'s \\\nimport b from "no"\';'],
    ["`import a from 'no' ${ `${ `'` }` } \\` \\${ ' $${1}`;"],
    ["a = /'/; b = c / d; e = f / '/'.length; if (g) /`/.test(h); return /[/'`]/g; x = y++ / 2; z = w! / 3; [1] / 2 / 3;"],
    ['function f() {}\n/\'/.test(a); const o = {} / 2 / 1; for (;;) {} /"/;'],
    ['const a = b\n/ c / d; 1. / 2; typeof /`/; a?.b / c; () => {}\n/`/.test(d);'],
    ["const a = <div title=\"don't\" b='\"'>don't {c ? <b>won't</b> : 'd'} import e from 'no' {/* can't */}</div>;", 'a.tsx'],
    ["const a = <>don't <b.c d:e={`'`} {...f} /> `</>;", 'a.jsx'],
    ["const a = <T,>(b: T) => b; const c = <T extends D>(e: T) => '<'; type F = <T>(g: T) => void; f<G>('h');", 'a.tsx'],
    ['const a = <Foo<Bar<() => void>> b="don\'t">don\'t</Foo>; const c = d < e; const g = h <i || j> k;', 'a.tsx'],
    ["const a = (<b>(don't)</b>); interface C { <T>(d: T): void } const e = 1 << f;", 'a.tsx'],
    ['const a = <b>c; const d = <E>(f); const g = h as I<J>;', 'a.ts'],
    ["const a = 'no end\nconst b = `c`;"],
    ['let a = b\u00a0/ c;\u2028// import d from "no"\u2029'],
    ['class A { #import = 1; static { this.#import / 2 } } a.#export; x.import; y?.require("no");'],
    ["const re = /(?:'|\")/u, x = a.in / b, y = c.return / '/'.length;"],
    ['switch (b) { case /`/: } do /`/.exec(c); while (d)'],
  ];
  for (const [text, path] of CASES)
    it(JSON.stringify(text), () => {
      const { module, marks } = scanFile((path ?? 'a.ts') as RepoPath, `${text}\n${LAST}`);
      expect(module?.imports.map(lineOf)).toEqual(['import last default>last']);
      expect(marks & ScanMark.lost).toBe(text.includes('no end') ? ScanMark.lost : 0);
    });

  it('reads what people write between the braces', () => {
    expect(importsOf("import { // one's\n a, /* b } from 'no' */ c as /* d */ e,\n} from 'x'")).toEqual(['import x a>a c>e']);
    expect(exportsOf("export { // one's\n a, /* b } from 'no' */ c as /* d */ e,\n}")).toEqual(['a<a', 'e<c']);
  });

  it('keeps the slash at the end of a specifier', () => {
    expect(importsOf("import { a } from '../src/'; import b from '..'; import './'")).toEqual([
      'import ../src/ a>a',
      'import .. default>b',
      'import ./',
    ]);
  });

  it('keeps a name that is bound directly and through a namespace apart', () => {
    expect(importsOf("import { a } from 'x'; import * as ns from 'x'; ns.a(a);")).toEqual(['import x a>a', 'import x *>ns']);
  });

  it('reads the same out of every kind of line end, and behind a byte-order mark', () => {
    const text = "import a from 'x'\n// don't\nexport const b = 1\nexport default a\nimport { c,\n d } from 'y'\n";
    for (const end of ['\r\n', '\r', '\u2028', '\u2029']) expect(moduleOf(text.replaceAll('\n', end))).toEqual(moduleOf(text));
    expect(moduleOf(`\ufeff${text}`)).toEqual(moduleOf(text));
  });

  it('says where it lost its place', () => {
    for (const text of ['`open', '/* open', 'f(', "'open\n", '}', 'a = [)'])
      expect(scanFile('a.ts' as RepoPath, text).marks).toBe(ScanMark.lost);
  });
});

describe('other kinds of file', () => {
  it('reads the scripts of Vue and Svelte', () => {
    const vue = [
      '<template><p>import no from "no"; don\'t <script-like/></p></template>',
      '<script lang="ts">import a from \'./a.vue\'; export default { b }</script>',
      "<script setup lang='ts' generic=\"T extends A<B>\">import { c } from 'c'; const d = <E>f;</script>",
      "<style>don't</style>",
    ].join('\n');
    expect(importsOf(vue, 'a.vue')).toEqual(['import ./a.vue default>a', 'import c c>c']);
    expect(exportsOf(vue, 'a.vue')).toEqual(['default<']);
    expect(importsOf('<script>\n  import a from "./a";\n</script>\n<b>{don\'t}</b>', 'a.svelte')).toEqual(['import ./a default>a']);
    expect(importsOf('<script>import a from "./a"', 'a.svelte')).toEqual(['import ./a default>a']);
  });

  it('reads words alone out of others', () => {
    expect(moduleOf("import a from 'x'", 'a.md')).toBeUndefined();
    expect(moduleOf("import a from 'x'", 'Makefile')).toBeUndefined();
  });
});
