import { beforeAll, describe, expect, it } from 'vitest';
import { loadCompiler } from '../../server/src/core/languages/typescript/compiler.ts';
import { LINK, placesIn } from './marked-places.ts';

beforeAll(loadCompiler);

/** Texts by path; `at` and `name` are the symbol, `charge` of `a.ts` unless they say otherwise. */
type Files = Readonly<Record<string, string>>;

const A = 'export function charge(a: number) { return a; }\n';
const D = 'export default function charge(a: number) { return a; }\n';
const NS = "import * as ns from './a';\n";

/** Whoever holds a module that is handed on may name its members: they are found by name, and the number says so. */
const VAGUE: Readonly<Record<string, Files>> = {
  'export const q = ns': { 'a.ts': A, 'b.ts': `${NS}export const q = ns;`, 'c.ts': "import { q } from './b';\nq.«charge»(1);" },
  'export const o = { ns }': { 'a.ts': A, 'b.ts': `${NS}export const o = { ns };`, 'c.ts': "import { o } from './b';\no.ns.«charge»(1);" },
  'export default { ns }': { 'a.ts': A, 'b.ts': `${NS}export default { ns };`, 'c.ts': "import o from './b';\no.ns.«charge»(1);" },
  'export const o = { ...ns }': {
    'a.ts': A,
    'b.ts': `${NS}export const o = { ...ns };`,
    'c.ts': "import { o } from './b';\no.«charge»(1);",
  },
  'export class with field': {
    'a.ts': A,
    'b.ts': `${NS}export class K { pay = ns; }`,
    'c.ts': "import { K } from './b';\nnew K().pay.«charge»(1);",
  },
  'export function returning': {
    'a.ts': A,
    'b.ts': `${NS}export function get() { return ns; }`,
    'c.ts': "import { get } from './b';\nget().«charge»(1);",
  },
  'argument, typed by import type': {
    'a.ts': A,
    'b.ts': `${NS}import { f } from './c';\nf(ns);`,
    'c.ts': "export function f(m: typeof import('./a')) { m.«charge»(1); }",
  },
  'a name of the language that the file binds itself': {
    'a.ts': 'export function warn() {}\n',
    name: 'warn',
    'b.js': `${NS}import { f, g } from './c';\nf(ns);\ng(ns);\nfor (const Promise of [ns]) Promise.«warn»(1);`,
    'c.js':
      'export function f(console) { console.«warn»(1); }\nexport const g = ({ Math }, JSON) => JSON.«warn»(1, Math.«warn»(2), Date.warn(3));',
  },
  'argument, js': { 'a.ts': A, 'b.js': `${NS}import { f } from './c';\nf(ns);`, 'c.js': 'export function f(m) { m.«charge»(1); }' },
  'argument, js, pattern': {
    'a.ts': A,
    'b.js': `${NS}import { f } from './c';\nf(ns);`,
    'c.js': 'export function f({ «charge» }) { charge(1); }',
  },
  'argument stored, js': {
    'a.ts': A,
    'b.js': `${NS}import { put } from './c';\nput('x', ns);`,
    'c.js': 'const all = {};\nexport function put(k, m) { all[k] = m; }\nexport function get(k) { return all[k]; }',
    'd.js': "import { get } from './c';\nget('x').«charge»(1);",
  },
  context: {
    'a.ts': A,
    'b.ts': `${NS}import { ctx } from './c';\nctx.pay = ns;`,
    'c.ts': "export const ctx: { pay?: typeof import('./a') } = {};",
    'd.ts': "import { ctx } from './c';\nctx.pay?.«charge»(1);",
  },
  global: { 'a.ts': A, 'b.ts': `${NS}globalThis.pay = ns;`, 'd.ts': 'globalThis.pay.«charge»(1);' },
  'typeof ns exported type': {
    'a.ts': A,
    'b.ts': `${NS}export type Pay = typeof ns;`,
    'c.ts': "import { Pay } from './b';\nexport function f(p: Pay) { p.«charge»(1); }",
  },
  'Object.assign new': {
    'a.ts': A,
    'b.js': "module.exports = Object.assign({}, require('./a'));",
    'c.js': "const b = require('./b');\nb.«charge»(1);",
  },
  'require in an array': {
    'a.ts': A,
    'b.js': "module.exports = [require('./a')];",
    'c.js': "const [pay] = require('./b');\npay.«charge»(1);",
  },
  'require in function': { 'a.ts': A, 'b.js': "module.exports = () => require('./a');", 'c.js': "require('./b')().«charge»(1);" },
  'getter with require': {
    'a.ts': A,
    'b.js': "module.exports = { get pay() { return require('./a'); } };",
    'c.js': "require('./b').pay.«charge»(1);",
  },
  'require computed': { 'a.ts': A, 'b.js': "const n = process.argv[2];\nrequire('./a')[n](1);" },
  'ns computed': { 'a.ts': A, 'b.ts': `${NS}ns[n](1);` },
  'then member': { 'a.ts': A, 'b.ts': "import('./a').then(m => m.«charge»(1));" },
  'then member paren': { 'a.ts': A, 'b.ts': "import('./a').then((mod) => mod.«charge»);" },
  'then pattern': { 'a.ts': A, 'b.ts': "import('./a').then(({ «charge» }) => charge(1));" },
  'then handler': { 'a.ts': A, 'b.ts': "import('./a').then(run);\nfunction run(m) { m.«charge»(1); }" },
  'then handler elsewhere': {
    'a.ts': A,
    'b.js': "import { run } from './c';\nimport('./a').then(run);",
    'c.js': 'export function run(m) { m.«charge»(1); }',
  },
  'exported promise': {
    'a.ts': A,
    'b.ts': "export const pay = import('./a');",
    'c.ts': "import { pay } from './b';\n(await pay).«charge»(1);",
  },
  'exported loader': {
    'a.ts': A,
    'b.ts': "export const load = () => import('./a');",
    'c.ts': "import { load } from './b';\nconst { «charge» } = await load();",
  },
  'loader map': {
    'a.ts': A,
    'b.ts': "export const loaders = { a: () => import('./a') };",
    'c.ts': "import { loaders } from './b';\nconst m = await loaders.a();\nm.«charge»(1);",
  },
  'Promise.all': { 'a.ts': A, 'b.ts': "const [m] = await Promise.all([import('./a')]);\nm.«charge»(1);" },
  'Promise.all pattern': { 'a.ts': A, 'b.ts': "const [{ «charge» }] = await Promise.all([import('./a')]);" },
  'link folder': { 'lib/a.ts': A, linked: LINK, 'b.ts': "import { «charge» } from './linked/a';\n«charge»(1);", at: 'lib/a.ts' },
  'link folder, alias': {
    'lib/a.ts': A,
    linked: LINK,
    'b.ts': "import { «charge» as «pay» } from './linked/a.js';\n«pay»(1);",
    at: 'lib/a.ts',
  },
  'link folder ns': { 'lib/a.ts': A, linked: LINK, 'b.ts': "import * as n from './linked/a';\nn.«charge»(1);", at: 'lib/a.ts' },
  'link file': { 'lib/a.ts': A, 'src/a.ts': LINK, 'src/b.ts': "import { «charge» } from './a';\n«charge»(1);", at: 'lib/a.ts' },
  'link star': {
    'lib/a.ts': A,
    linked: LINK,
    'b.ts': "export * from './linked/a';",
    'c.ts': "import { «charge» } from './b';",
    at: 'lib/a.ts',
  },
  'link index': { 'lib/index.ts': A, linked: LINK, 'b.ts': "import { «charge» } from './linked';\n«charge»(1);", at: 'lib/index.ts' },
  'export * as handed on': {
    'a.ts': A,
    'b.ts': "export * as pay from './a';",
    'c.js': "import { pay } from './b';\nimport { run } from './d';\nrun(pay);",
    'd.js': 'export const run = (m) => m.«charge»(1);',
  },
  'typeof import': {
    'a.ts': A,
    'b.ts': "let f: typeof import('./a').«charge»;\ntype M = typeof import('./a');\nexport let m: M;\nm.«charge»(1);",
  },
  'typeof import index': { 'a.ts': A, 'b.ts': "let f: (typeof import('./a'))['«charge»'];" },
  'export import = ns': { 'a.ts': A, 'b.ts': `${NS}export import pay = ns;`, 'c.ts': "import { pay } from './b';\npay.«charge»(1);" },
  vue: {
    'a.ts': A,
    'b.vue':
      '<script setup lang="ts">\nimport { «charge» } from \'./a\';\n«charge»(1);\n</script>\n<template><b @click="«charge»(2)">{{ «charge»(3) }}</b></template>',
  },
  svelte: {
    'a.ts': A,
    'b.svelte': "<script>\nimport { «charge» } from './a';\n$: x = «charge»(1);\n</script>\n<b on:click={«charge»}>{«charge»(3)}</b>",
  },
  'vue ns in template': {
    'a.ts': A,
    'b.vue': '<script setup lang="ts">\nimport * as ns from \'./a\';\n</script>\n<template><b @click="ns.«charge»(2)">x</b></template>',
  },
  'vue kept in data': {
    'a.ts': A,
    'b.vue':
      '<script>\nimport { «charge» } from \'./a\';\nexport default { methods: { «charge» } };\n</script>\n<template><b @click="«charge»(2)">x</b></template>',
  },
  augmentation: {
    'a.ts': 'export interface charge { x: 1 }',
    'b.ts': "import './a';\ndeclare module './a' { interface «charge» { y: 2 } }",
  },
  'default lazy': { 'a.ts': D, name: 'default', 'b.ts': "const X = lazy(() => import('«./a»'));" },
  'default lazy then': {
    'a.ts': D,
    name: 'default',
    'b.ts': "const X = lazy(() => import('./a').then((m) => ({ default: m.«default» })));",
  },
  'cjs module itself on the spot': {
    'a.js': 'function charge() {}\nmodule.exports = charge;',
    at: 'a.js',
    name: '=',
    'b.js': "require('«./a»')(1);\nf(require('«./a»'));",
  },
  'unicode escapes': { 'a.ts': A, 'b.ts': "import { ch\\u0061rge } from './a';\nch\\u0061rge(1);" },
  'ns in a default parameter': {
    'a.ts': A,
    'b.ts': `${NS}export function f(m = ns) { return m; }`,
    'c.ts': "import { f } from './b';\nf().«charge»(1);",
  },
  'ns in a map': {
    'a.ts': A,
    'b.ts': `${NS}export const m = new Map([['x', ns]]);`,
    'c.ts': "import { m } from './b';\nm.get('x')?.«charge»(1);",
  },
  'ns through a type only': {
    'a.ts': A,
    'b.ts': "import type * as ns from './a';\nexport interface P { pay: typeof ns }",
    'c.ts': "import type { P } from './b';\nexport const f = (p: P) => p.pay.«charge»(1);",
  },
  'ns keyof': { 'a.ts': A, 'b.ts': `${NS}export type K = keyof typeof ns;\nconst k: K = '«charge»';` },
  'for in': { 'a.ts': A, 'b.ts': `${NS}for (const k in «ns») «ns»[k](1);` },
  'jest spyOn': { 'a.ts': A, 'b.ts': `${NS}jest.spyOn(ns, '«charge»');` },
  'vi mocked': { 'a.ts': A, 'b.ts': `${NS}vi.mocked(ns).«charge».mockReturnValue(1);` },
  importActual: { 'a.ts': A, 'b.ts': "const { «charge» } = await vi.importActual('./a');\n«charge»(1);" },
  requireActual: { 'a.ts': A, 'b.ts': "const { «charge» } = jest.requireActual('./a');\n«charge»(1);" },
  'requireActual member': { 'a.ts': A, 'b.ts': "const a = jest.requireActual('./a');\na.«charge»(1);" },
  'async function returning import': {
    'a.ts': A,
    'b.ts': "async function load() { return await import('./a'); }\n(await load()).«charge»(1);",
  },
  'import then await chain': { 'a.ts': A, 'b.ts': "const c = await import('./a').then((m) => m.«charge»);\nc(1);" },
  'import then default param': { 'a.ts': A, 'b.ts': "import('./a').then(function (m) { return m.«charge»(1); });" },
  'ns destructured in params of callback': { 'a.ts': A, 'b.ts': `${NS}[ns].map(({ «charge» }) => charge(1));` },
  'vue kebab': {
    'a.ts': 'export const ChargeForm = 1;',
    name: 'ChargeForm',
    'b.vue': '<script setup>\nimport { «ChargeForm» } from \'./a\';\n</script>\n<template><«charge-form» a="1"></«charge-form»></template>',
  },
  'svelte store': {
    'a.ts': 'export const charge = 1;',
    'b.svelte': "<script>\nimport { «charge» } from './a';\n</script>\n<b>{«$charge»}</b>",
  },
  'default kebab': {
    'a.vue': '<script>export default {}</script>',
    at: 'a.vue',
    name: 'default',
    'b.vue':
      '<script setup>\nimport «ChargeForm» from \'./a.vue\';\n</script>\n<template><«charge-form» a="1" /><«ChargeForm» /></template>',
  },
};

function ask({ at = 'a.ts', name = 'charge', ...files }: Files) {
  return placesIn(files, { at, name });
}

describe('modules that are handed on', () => {
  it.each(Object.entries(VAGUE))('%s', (_, files) => {
    const { expected, found, answer } = ask(files);
    expect(found).toEqual(expect.arrayContaining([...expected]));
    expect(answer?.atMost).toBe(true);
  });

  it('a name that is spelt where the module is held leaves a doubt', () => {
    const { expected, found, answer } = ask({
      'a.ts': A,
      'b.ts': "import { «charge» } from './a';\nconst all = jest.requireActual('./a');\nuse({ all, name: 'charge' });",
    });
    expect(found).toEqual(expected);
    expect(answer?.atMost).toBe(true);
  });

  it('what the language has itself is none', () => {
    const { expected, found } = ask({
      'a.ts': 'export function resolve() {}\n',
      name: 'resolve',
      'b.js': `${NS}f(ns);\nPromise.resolve(1);\nprocess.resolve(2);\nit.«resolve»(3);`,
    });
    expect(found).toEqual(expected);
  });
});

describe('what is another thing for sure', () => {
  const files = { 'a.ts': 'export function warn() {}\nexport function resolve() {}\n', 'other.ts': 'export {};\n' };

  it.each<[string, string]>([
    [
      'warn',
      `${NS}import * as other from './other';\nspyOn(ns, '«warn»');\nspyOn(console, 'warn');\nspyOn(other, 'warn');\nspyOn(it, '«warn»');`,
    ],
    [
      'resolve',
      "vi.importActual('./a');\nit.«resolve»();\nnew Promise(resolve => { resolve(); });\nnew Promise((resolve, reject) => resolve());",
    ],
    [
      'warn',
      "vi.mock('./a', async (original) => ({ ...(await original()), warn() {}, get resolve() {} }));\nf({ level: 'warn' }, 'text', 'warn');\nit('warn', () => { const warn = new Error('warn'); g(warn); });\nspyOn(it.of(), '«warn»');\n('«warn»' in it);\ntype T = Pick<It, '«warn»'>;\nexpect(it).toHaveProperty('«warn»');\npick(it, ['«warn»']);\n(await it)['«warn»'];",
    ],
    ['warn', `${NS}f(ns);\nf({ level: 'warn' }, ['warn'], 'text', 'warn');\nspyOn(it, '«warn»');\nuse(ns, { name: '«warn»' });`],
    [
      'warn',
      `${NS}f(ns);\nconst made = { warn: 1 };\nmade.warn();\nconst log = new Log({ warn: 2 });\nlog.warn();\nconst seen = new Proxy(ns, {});\nseen.«warn»();\nconst all = { ...ns };\nall.«warn»();\nconst given = {};\nObject.assign(given, ns);\ngiven.«warn»();\nlet later = {};\nlater = get();\nlater.«warn»();\nconst run = (made2 = {}) => made2.«warn»();`,
    ],
    [
      'warn',
      `${NS}f(ns);\nfunction make(): Log {\n  return new Log();\n}\nfunction get() {\n  return held;\n}\nconst log = make();\nlog.warn();\nspyOn(log, 'warn');\nconst other = get();\nother.«warn»();`,
    ],
    ['warn', `${NS}const { «warn», resolve: go } = ns;\n«warn»(1);\ngo(2);`],
    ['resolve', `${NS}const { warn, «resolve»: go } = ns;\nwarn(1);\n«go»(2);`],
    ['warn', `${NS}for (const name of ['«warn»']) «ns»[name]();`],
    ['resolve', "import('./a').then(({ «resolve» }) => «resolve»());\nimport('./a').then(({ «resolve»: go }) => go());"],
  ])('%s', (name, text) => {
    const { expected, found } = ask({ ...files, name, 'b.ts': text });
    expect(found).toEqual(expected);
  });
});

it('a string beside a module that another one offers by a name', () => {
  const { expected, found, answer } = ask({
    'a.ts': A,
    'all.ts': "export * as fees from './a';\n",
    'b.ts': "import * as ns from './all';\nspyOn(ns.fees, '«charge»');\nspyOn(ns.other, 'charge');",
  });
  expect(found).toEqual(expected);
  expect(answer?.atMost).toBe(true);
});

describe('a package that offers another file to another platform', () => {
  const files = {
    'packages/p/package.json': '{ "name": "p", "exports": { ".": { "edge": "./edge.ts", "default": "./main.ts" } } }',
    'packages/p/core.ts': 'export function refund() {}\n',
    'packages/p/edge.ts': "export * from './core';\nexport function charge() {}\n",
    'packages/p/main.ts': "export * from './core';\nexport function charge() {}\n",
    'app.ts': "import { «charge» } from 'p';\n«charge»();",
  };

  it('may be asked for by whoever asks for the first of them', () => {
    const [main, edge] = ['main', 'edge'].map((at) => ask({ ...files, at: `packages/p/${at}.ts` }));
    for (const one of [main, edge]) expect(one?.found).toEqual(one?.expected);
    expect([main?.answer?.atMost, edge?.answer?.atMost]).toEqual([false, true]);
  });

  it('offers some things in both', () => {
    const { expected, found, answer } = ask({
      ...files,
      'app.ts': "import { «refund» } from 'p';\n«refund»();",
      at: 'packages/p/core.ts',
      name: 'refund',
    });
    expect(found).toEqual(expected);
    expect(answer?.atMost).toBe(false);
  });
});
