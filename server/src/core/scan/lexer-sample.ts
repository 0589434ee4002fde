/**
 * Texts in which the lexer meets everything it knows, read once before the first file: a compiled loop that meets a branch for the
 * first time is thrown away and compiled anew, and a dozen times of that cost more than the reading of 8,000 files. What is right
 * in them and what is not does not matter. test/scan/lexer-sample.test.ts names the branches of the lexer that none of them takes.
 */
export const SAMPLES: readonly string[] = [
  '#!/usr/bin/env node\n// größe \\u0041 10 0x1f\u2028/* * ** \\u0041 größe 10 0x1f */ import "a" /* b\n */ // c\r\n',
  '/// <reference path="./a.d.ts" />\n/// <reference types="b" />\n/// none\na\n',
  'import a, { b as c, type D, "e f" as g, default as h, type as, type as as i, type as j } from "x"; import k, * as l from `m`;',
  "import type { T } from './t'; import type U from '../u/'; import type, { a } from 'b'; import type from 'c'; import type * as d from 'e'",
  "import * as n from 'n' with { type: 'json' }; import 'effect'; import q = require('q'); export import r = s.t; import é from './größe'",
  "import { w, /* a */ // b\n x } from 'w\\u0041\\x41\\u{41}\\n'; import \\u{41}b, c\\u0041 from 'd'; import {; import * as 1; import 2;",
  "export * from './s'; export * as ns from './ns'; export { a as h, /* i */ c as default } from './r'; export type { T }; export type * from 'u'",
  "export const { j, k: [l, ...m], o = { p: [1, '2'] }, 'q': r, s: { t } = {}, ...{ u } } = {}, p: Map<\n string, U> = a < b ? 1 : 2, v, w",
  'export let a = <T, U = string>(x: T) => x << 2, b, c = d\nfoo(a, b)\nexport let e = 1\n  in f, g; export default async function* named() {}',
  'export default abstract class K<T> {} export const enum E {} export enum F {} export declare namespace G {} export default class {}',
  'export function f(a): void; export function* g() {}; export async function h() {} export default foo\nexport = a; export = b.c;',
  "export default { a: 1 }; export type V = import('./v').W<a>; export as namespace X; export @dec({ a: [1] }) @b.c class L {} export {",
  "export default foo as Bar; export interface I {} declare module './amb' { export const x: 1 } module A {} a.module; export default 1\n",
  'class L { #p = this.#p!; import() {} export() {} static async = 1; require() {} }',
  'const s = require("s"), { t, u: v, ...w } = require(\'./t\'), y = require("z").y; var a: B = require("c"); let b = (require("d")).e(1), [c] = require("f")',
  'exports.a = a; module.exports.b = function () {}; exports["x"] = void 0; exports.c = require("c"); module.exports = require("d").e; a.b = require("f"); exports.g',
  'module.exports = { aa, bb: cc, get dd() { return 1 }, "ee": 1, async ff() {}, *gg() {}, ...hh, [ii]: 1, jj: kk ? 1 : 2 }; module.exports = exports = class A {}',
  'Object.defineProperty(exports, "dp", { a: 1 }); Object.defineProperty(module.exports, "dq", {}); tslib_1.__exportStar(require("es"), exports); a.defineProperty(b)',
  'var a = __importStar(require("w")); const { ii } = await import("ii"); const kk = (await import("kk")).kk; ({ l } = await import("l", { with: {} }))',
  'import("ll").then((mm) => mm.nn); new (await import("a"))?.b; import(`c`); import(`${d}`); import(e); require.resolve("rr"); require.main; require(f)',
  'jest.mock<typeof import("./m")>("./m"); vi.fn(); new Worker(new URL("./w.ts", import.meta.url)); f(a, import.meta.url); import.meta.env; a.import; b.require("c")',
  'if (a) /re[/\\]g]\\/x\\n\\u0041größe/giu.test("it\\"s \\\non \\\r\nand \\\\u"); let z = a / b / 2 + c++ / d-- - (e) / f[0] / 3. / (g) / .5 / h;',
  'let t = `tick ${ `in ${ { a: 1 }.a }` } \\` \\${ $\\{ {x} größe 12 $a \\u0041` / 2; return /x/ && typeof /y/; () => { } /1/; if (a) {} /b/; ({}) / 1; x = {} / 2;',
  'x = \'größe 1 \\u0041 \\\\u "\'; y = "a\\r\' 12 \\x41"; z = 0x1f + 1e3 + 12n; v = w ? [x] : {}; é = ñ / 2; a\u00a0= \u2029b \\u0041;',
  'if (a < b || c > d) {} for (const x of /z/) {} do {} while (0); a = b! / c; \'open\n"open\na = / b\n= /[ d\n',
  'x = <T,>(a: T) => a; y = <T extends U>(a: T) => a; type C = <T>(a: T) => void; z = <const T,>() => 1; w = <a extends/>; v = <b extends="c"/>; u = a << 1 <2; t = < 3',
  'const el = <div a="b \'größe 12" b=\'c\' {...d} e={f} // line\n  /* in tag */ g><p.q r:s="1" />don\'t {h /* i */} a > b größe \\u0041 12 < 1</div>; /a/',
  'x = <Foo<Bar<() => void>> i />; y = <><></><b>(x)</b>{...c}</>; z = <é>ü</é>; w = (<b>(y)</b>); v = (a) <b; u = {} <c',
  '<!-- a\na <!--b; function f() { g(] ) } ) ] } { (a[} return {} / 1; a((([{',
  'a((}',
];
