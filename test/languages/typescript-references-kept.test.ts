import { beforeAll, describe, expect, it } from 'vitest';
import { loadCompiler } from '../../server/src/core/languages/typescript/compiler.ts';
import { placesIn } from './marked-places.ts';

beforeAll(loadCompiler);

type Files = Readonly<Record<string, string>>;

const A = 'export function charge(a: number) { return a; }\n';
const NS = "import * as ns from './a';\n";
/** Somebody else's member of the same name. */
const OTHER = 'export const run = (scope: { charge(n: number): void }) => scope.charge(1);\n';

/** Modules that are handed on, but not to the file with the other member: nothing there is counted. */
const KEPT: Readonly<Record<string, Files>> = {
  'compared in a body that a test is given': {
    'a.ts': A,
    'b.test.ts': `${NS}import { run } from './c';\nit('x', () => {\n  expect(run.x).toBe(ns);\n});`,
    'c.ts': OTHER,
  },
  'given to a member in a body that a function is given': {
    'a.ts': A,
    'b.ts': `${NS}import { run } from './c';\nrun(() => {\n  window.pay = ns;\n});`,
    'c.ts': OTHER,
  },
  'its names alone are listed': {
    'a.ts': A,
    'b.ts': `${NS}import { run } from './c';\nconst all = [{ x: Object.keys({ ...ns }) }];\nrun(all);`,
    'c.ts': OTHER,
  },
  'given to another package': {
    'a.ts': A,
    'b.ts': `${NS}import { defineConfig } from 'outside';\nimport { run } from './c';\nexport default defineConfig({ x: [ns] });\nrun();`,
    'c.ts': OTHER,
  },
  'a member of what the language has': {
    'a.ts': 'export function resolve(a: number) { return a; }\n',
    'b.ts': `${NS}export const all = [ns];`,
    'c.ts': "import { all } from './b';\nexport const done = Promise.resolve(all);",
  },
  'a global, where the file calls another module so': {
    'a.ts': A,
    'b.ts': `${NS}window.pay = ns;`,
    'c.ts': `import * as pay from './d';\npay.run(1);\n${OTHER}`,
    'd.ts': 'export const run = 1;',
    'e.ts': `// pay for it\nexport const text = 'pay';\n${OTHER}`,
  },
};

/** What looks like these and is handed on. */
const HANDED: Readonly<Record<string, Files>> = {
  'returned out of a body': {
    'a.ts': A,
    'b.js': `${NS}import { run } from './c';\nrun(() => {\n  return ns;\n});`,
    'c.js': 'export const run = (get) => get().«charge»(1);',
  },
  'given to a name around the body': {
    'a.ts': A,
    'b.js': `${NS}import { run, go } from './c';\nlet q;\ngo(() => {\n  q = ns;\n});\nrun(q);`,
    'c.js': 'export const run = (m) => m.«charge»(1);\nexport const go = (f) => f();',
  },
  'a global beside a module of its name': {
    'a.ts': A,
    'b.ts': `${NS}window.pay = ns;`,
    'c.ts': "import * as pay from './d';\npay.run(1);\nwindow.pay.«charge»(1);",
    'd.ts': 'export const run = 1;',
  },
  'a global by its name alone': { 'a.ts': A, 'b.ts': `${NS}window.pay = ns;`, 'c.js': 'pay.«charge»(1);' },
};

describe('modules that are kept from a file', () => {
  it.each(Object.entries(KEPT))('%s', (_, files) => {
    const { found } = placesIn(files, { at: 'a.ts', name: files['a.ts'] === A ? 'charge' : 'resolve' });
    expect(found).toEqual([]);
  });

  it.each(Object.entries(HANDED))('not so: %s', (_, files) => {
    const { expected, found, answer } = placesIn(files, { at: 'a.ts', name: 'charge' });
    expect(found).toEqual(expect.arrayContaining([...expected]));
    expect(answer?.atMost).toBe(true);
  });
});
