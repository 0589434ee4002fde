import { beforeAll, describe, expect, it } from 'vitest';
import { loadCompiler } from '../../server/src/core/languages/typescript/compiler.ts';
import { placesIn } from './marked-places.ts';

beforeAll(loadCompiler);

/** Texts by path; `at` and `name` are the symbol, `charge` of `a.ts` unless they say otherwise. */
type Files = Readonly<Record<string, string>>;

const A = 'export function charge(a: number) { return a; }\n';
const D = 'export default function charge(a: number) { return a; }\n';
const NS = "import * as ns from './a';\n";

/** Exactly what is marked is found, and the number says that it is exact. */
const EXACT: Readonly<Record<string, Files>> = {
  'export { ns }': { 'a.ts': A, 'b.ts': `${NS}export { ns };`, 'c.ts': "import { ns } from './b';\nns.«charge»(1);" },
  'export default ns': { 'a.ts': A, 'b.ts': `${NS}export default ns;`, 'c.ts': "import pay from './b';\npay.«charge»(1);" },
  'export { ns as default }': { 'a.ts': A, 'b.ts': `${NS}export { ns as default };`, 'c.ts': "import pay from './b';\npay.«charge»(1);" },
  'module.exports spread, no mention': {
    'a.ts': A,
    'b.js': "module.exports = { ...require('./a') };",
    'c.js': "const { «charge» } = require('./b');\n«charge»(1);",
  },
  'module.exports spread, import': {
    'a.ts': A,
    'b.js': "module.exports = { ...require('./a'), x: 1 };",
    'c.js': "import { «charge» } from './b';\n«charge»(1);",
  },
  'Object.assign(exports, require)': {
    'a.ts': A,
    'b.js': "Object.assign(module.exports, require('./a'));",
    'c.js': "const { «charge» } = require('./b');\n«charge»(1);",
  },
  'module.exports = { pay: require }': {
    'a.ts': A,
    'b.js': "module.exports = { pay: require('./a') };",
    'c.js': "const b = require('./b');\nb.pay.«charge»(1);",
  },
  'module.exports = { pay } local require': {
    'a.ts': A,
    'b.js': "const pay = require('./a');\nmodule.exports = { pay };",
    'c.js': "const b = require('./b');\nb.pay.«charge»(1);",
  },
  'exports.pay = require': { 'a.ts': A, 'b.js': "exports.pay = require('./a');", 'c.js': "const b = require('./b');\nb.pay.«charge»(1);" },
  'const { charge } = await import': { 'a.ts': A, 'b.ts': "const { «charge» } = await import('./a');\n«charge»(1);" },
  'exported await': {
    'a.ts': A,
    'b.ts': "export const pay = await import('./a');",
    'c.ts': "import { pay } from './b';\npay.«charge»(1);",
  },
  'export * as': {
    'a.ts': A,
    'b.ts': "export * as pay from './a';",
    'c.ts': "import { pay } from './b';\npay.«charge»(1);",
    'd.ts': "import * as b from './b';\nb.pay.«charge»(1);",
  },
  'export * as default': { 'a.ts': A, 'b.ts': "export * as default from './a';", 'c.ts': "import pay from './b';\npay.«charge»(1);" },
  'computed keys': {
    'a.ts': "export const K = 'k';",
    name: 'K',
    'b.ts':
      "import { «K» } from './a';\nconst o = { [«K»]: 1, x: 2, [«K»]: f({ a, [«K»]: 3 }) };\nconst { [«K»]: k } = o;\nclass C { [«K»]: number = 1 }\ntype T = { [«K»]: 1 };",
    'c.ts': "import { «K» } from './a';\n«K»;\n{ const a = 1, [K]: string[] = b; K; }\nfunction f([K]: string[]) { return { [K]: 1 }; }",
  },
  'import type member': { 'a.ts': 'export class charge {}', 'b.ts': "let f: import('./a').«charge»;" },
  JSX: { 'a.ts': A, 'b.tsx': `${NS}const x = <ns.«charge» a={1}>t</ns.«charge»>;` },
  'JSX 2': {
    'a.ts': 'export function Charge() {}',
    name: 'Charge',
    'b.tsx':
      "import { «Charge» } from './a';\nconst x = <«Charge»><«Charge» /></«Charge»>;\nconst y = <div Charge={<«Charge»/>}>Charge</div>;",
  },
  'JSX attribute shadow': {
    'a.ts': 'export function Charge() {}',
    name: 'Charge',
    'b.tsx': "import { «Charge» } from './a';\nfor (const T of [1]) { const x = <T Charge />; }",
  },
  decorators: {
    'a.ts': A,
    'b.ts': "import { «charge» } from './a';\n@«charge»(1) class A { @«charge» x = 1; @«charge»(2) f(@«charge» a) {} }",
  },
  'import = require': { 'a.ts': A, 'b.ts': "import pay = require('./a');\npay.«charge»(1);" },
  'import = ns member': { 'a.ts': A, 'b.ts': `${NS}import c = ns.«charge»;\nc(1);` },
  'export =': {
    'a.ts': 'function charge(a: number) { return a; }\nexport = «charge»;',
    'b.ts': "import «pay» = require('./a');\n«pay»(1);",
    name: '=',
  },
  template: {
    'a.ts': A,
    'b.ts': "import { «charge» } from './a';\nconst s = `charge ${«charge»(1)} ${`${«charge»(2)} charge`} \\${charge}`; «charge»`x`;",
  },
  shadowed: {
    'a.ts': A,
    'b.ts':
      "import { «charge» } from './a';\nfunction f(charge) { charge(1); }\n«charge»(2);\n{ const charge = 1; charge; }\ntry {} catch (charge) { charge; }\nfor (const charge of []) charge;\n«charge»(3);",
  },
  'shadowed var in a switch': {
    'a.ts': A,
    'b.ts': "import { «charge» } from './a';\nfunction g() { switch (1) { case 1: let charge = 2; charge; } «charge»(1); }",
  },
  mts: { 'a.mts': A, at: 'a.mts', 'b.mts': "import { «charge» } from './a.mjs';\n«charge»(1);" },
  cts: {
    'a.cts': A,
    at: 'a.cts',
    'b.cts': "import { «charge» } from './a.cjs';\n«charge»(1);",
    'c.cts': "import x = require('./a.cjs');\nx.«charge»(1);",
  },
  'enum merged': {
    'a.ts': 'export enum charge { A = 1 }\nexport enum charge { B = 2 }',
    'b.ts': "import { «charge» } from './a';\n«charge».A; «charge».B; let x: «charge».A;",
  },
  'class + interface merged': {
    'a.ts': 'export class charge {}\nexport interface charge { x: 1 }',
    'b.ts': "import { «charge» } from './a';\nnew «charge»(); let x: «charge»; class B extends «charge» implements «charge» {}",
  },
  'global augmentation': {
    'a.ts': A,
    'b.ts': "import { «charge» } from './a';\ndeclare global { var pay: typeof «charge»; interface Window { c: typeof «charge» } }",
  },
  'default as': { 'a.ts': D, name: 'default', 'b.ts': "import { «default» as «pay» } from './a';\n«pay»(1);" },
  'default re-exported': {
    'a.ts': D,
    name: 'default',
    'b.ts': "export { «default» as «pay» } from './a';",
    'c.ts': "import { «pay» } from './b';\n«pay»(1);",
  },
  'default ns': { 'a.ts': D, name: 'default', 'b.ts': "import * as n from './a';\nn.«default»(1);" },
  'object shorthand': { 'a.ts': A, 'b.ts': "import { «charge» } from './a';\nexport default { «charge», x: «charge», charge: 1 };" },
  labels: { 'a.ts': A, 'b.ts': "import { «charge» } from './a';\ncharge: for (;;) { break charge; }\n«charge»(1);" },
  'satisfies, as, !': {
    'a.ts': A,
    'b.ts': "import { «charge» } from './a';\n(«charge» as any)(1); «charge»!(1); («charge» satisfies any)(1); <any>«charge»;",
  },
  'generics call': {
    'a.ts': 'export type charge = 1;',
    'b.ts':
      "import type { «charge» } from './a';\nf<«charge»>(1); new Map<string, «charge»[]>(); type X<T extends «charge» = «charge»> = T extends infer charge ? charge : «charge»;",
  },
  'import type inline': {
    'a.ts': 'export type charge = 1;',
    'b.ts': "import { type «charge», type «charge» as «c2» } from './a';\nlet a: «charge», b: «c2»;",
  },
  'namespaces in ts': {
    'a.ts': 'export namespace charge { export const x = 1; }',
    'b.ts': "import { «charge» } from './a';\nnamespace Y { export import z = «charge».x; }\nlet q: typeof «charge»;",
  },
  json: { 'a.ts': A, 'x.json': '{"charge": 1}', 'b.ts': "import x from './x.json' with { type: 'json' };\nx.charge;" },
  'mock factory': { 'a.ts': A, 'b.ts': "vi.mock('./a', async (original) => ({ ...(await original()), charge: vi.fn() }));" },
  'new URL worker': { 'a.ts': A, 'b.ts': "new Worker(new URL('./a.ts', import.meta.url));" },
  createRequire: {
    'a.ts': A,
    'b.mjs':
      "import { createRequire } from 'node:module';\nconst require = createRequire(import.meta.url);\nconst { «charge» } = require('./a');\n«charge»(1);",
  },
  'require with a template': { 'a.ts': A, 'b.js': 'const { «charge» } = require(`./a`);\n«charge»(1);' },
  'class static': {
    'a.ts': A,
    'b.ts':
      "import { «charge» } from './a';\nclass X { static charge = «charge»; charge() { return «charge»(1); } get y() { return this.charge; } }",
  },
  'computed key': {
    'a.ts': "export const charge = 'x';",
    'b.ts': "import { «charge» } from './a';\nconst o = { [«charge»]: 1 }; class Q { [«charge»]() {} }",
  },
  'regex and division': {
    'a.ts': 'export const charge = 4;',
    'b.ts': "import { «charge» } from './a';\nconst r = /charge/g; const d = «charge» / 2 / «charge»; x = a++ / «charge» / 2;",
  },
  'export list later': { 'a.ts': 'function charge() {}\nexport { «charge» };', 'b.ts': "import { «charge» } from './a';" },
  'export list renamed': {
    'a.ts': 'function pay() {}\nexport { «pay» as «charge» };\n«pay»();',
    'b.ts': "import { «charge» } from './a';\n«charge»();",
  },
  overloads: {
    'a.ts': 'export function charge(a: number): void;\nexport function charge(a: string): void;\nexport function charge(a: any) {}',
    'b.ts': "import { «charge» } from './a';\n«charge»(1);",
  },
  'exports of this': {
    'a.js': 'exports.charge = function () {};\nexports.other = function () { exports.«charge»(1); };',
    at: 'a.js',
    'b.js': "const a = require('./a');\na.«charge»(1);",
  },
  'ts import of js module.exports object': {
    'a.js': 'function charge() {}\nmodule.exports = { «charge» };',
    at: 'a.js',
    'b.ts': "import { «charge» } from './a';\n«charge»(1);",
    'c.ts': "import a from './a';\na.«charge»(1);",
  },
};

function ask({ at = 'a.ts', name = 'charge', ...files }: Files) {
  return placesIn(files, { at, name });
}

describe('shapes of imports and uses', () => {
  it.each(Object.entries(EXACT))('%s', (_, files) => {
    const { expected, found, answer } = ask(files);
    expect({ found, atMost: answer?.atMost }).toEqual({ found: expected, atMost: false });
  });
});
