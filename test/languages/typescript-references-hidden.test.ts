import { beforeAll, describe, expect, it } from 'vitest';
import { loadCompiler } from '../../server/src/core/languages/typescript/compiler.ts';
import { placesIn } from './marked-places.ts';

beforeAll(loadCompiler);

const NS = "import * as ns from './a';\n";
const IMPORT = "import { «charge» } from './a';\n";

/** What `«charge»` marks must be found; what is found besides must be owned up to as `atMost`. */
const VAGUE: Readonly<Record<string, string>> = {
  'a parameter of the type of a namespace': `${NS}function f(m: typeof ns) { m.«charge»(1); }\nf(ns);`,
  'a parameter alone': `${NS}function f(m) { m.«charge»(1); }\nf(ns);`,
  'another name for it': `${NS}const q = ns;\nq.«charge»(1);`,
  'a property that holds it': `${NS}const o = { ns };\no.ns.«charge»(1);`,
  'a property of another name': `${NS}const o = { pay: ns };\no.pay.«charge»(1);`,
  parentheses: `${NS}(ns).«charge»(1);`,
  'parentheses twice': `${NS}((ns)).«charge»(1);`,
  'a cast': `${NS}(ns as typeof ns).«charge»(1);`,
  'a cast in front': `${NS}(<any>ns).«charge»(1);`,
  'a mark that it is not null': `${NS}ns!.«charge»(1);`,
  'a choice': `import * as os from './o';\n${NS}(c ? ns : os).«charge»(1);`,
  'a choice of two names': `import * as os from './o';\n${NS}const m = c ? ns : os;\nm.«charge»(1);`,
  'an arrow': `${NS}const f = () => ns;\nf().«charge»(1);`,
  'a return': `${NS}function f() { return ns; }\nf().«charge»(1);`,
  'a field of a class': `${NS}class A { pay = ns; run() { this.pay.«charge»(1); } }`,
  'a pattern as parameter': `${NS}function f({ «charge» }: typeof ns) { charge(1); }\nf(ns);`,
  'a pattern as parameter, renamed': `${NS}function f({ «charge»: pay }: typeof ns) { pay(1); }\nf(ns);`,
  'a pattern as parameter of an arrow': `${NS}const f = ({ «charge» }: typeof ns) => 1;\nf(ns);`,
  'a pattern as parameter without a type': `${NS}function f({ «charge» }) { return 1; }\nf(ns);`,
  'a default of a parameter': `${NS}function f({ «charge» } = ns) { return 1; }`,
  'a pattern of another name': `${NS}const q = ns;\nconst { «charge» } = q;`,
  'a pattern in a pattern': `${NS}const { pay: { «charge» } } = { pay: ns };`,
  'a spread': `${NS}export const all = { ...ns };\nall.«charge»(1);`,
  'an element by its name': `${NS}ns['«charge»'](1);`,
  'an element by its name in backquotes': `${NS}ns[\`«charge»\`](1);`,
  'an element by its name, optional': `${NS}ns?.['«charge»']?.(1);`,
  'an element of another name': `${NS}const q = ns;\nq['«charge»'](1);`,
  'an element by what a variable says': `${NS}const k = '«charge»';\nns[k](1);`,
  'a key of a type': `${NS}type F = (typeof ns)['«charge»'];`,
  'an element of a module on the spot': "require('./a')['«charge»'](1);",
  'an element of a module that is waited for': "(await import('./a'))['«charge»'](1);",
  'an element of the type of a module': "type F = typeof import('./a')['«charge»'];",
  'a pattern with a string as key': `${NS}const { '«charge»': pay } = ns;`,
  'a pattern with a computed key': `${NS}const { ['«charge»']: pay } = ns;`,
  'a module on the spot that another name holds': "const q = await import('./a');\nconst r = q;\nr.«charge»(1);",
  'a module on the spot, handed on': "f(require('./a'));\nfunction f(m) { m.«charge»(1); }",
  'a spread of a module in the exports of another': "module.exports = { ...require('./a') };\nmodule.exports.«charge»(1);",
  'a name with a default in a pattern': "const { «charge» = 1 } = require('./a');\n«charge»(1);",
  'a name as a default in a pattern': `${IMPORT}const { a = «charge» } = require('./other');`,
};

/** Exactly what `«charge»` marks is found. */
const EXACT: Readonly<Record<string, string>> = {
  'line ends of one return': "// first\rimport { «charge» } from './a';\r«charge»(1); // charge\r«charge»(2);\r",
  'line ends of Unicode': "// first\u2028import { «charge» } from './a';\u2029«charge»(1); // charge\u2028«charge»(2);",
  'a string that goes on over a line end of Unicode': `${IMPORT}x = 'a\u2028charge'; «charge»(1);`,
  'a regular expression behind a block': 'function f() {} /`/.test("a");\nimport { «charge» } from "./a";\n«charge»(1); /`/.test("b");\n',
  'a regular expression behind the block of a branch': `${IMPORT}if (a) { b(); } /\`/.test(x); «charge»(1); /\`/.test(y);`,
  'a regular expression behind a class': `${IMPORT}class A {} /\`/.test(x); «charge»(1); /\`/.test(y);`,
  'a division behind an object': `${IMPORT}const x = {} / «charge»() / 2;`,
  'a division in the line behind an object': `${IMPORT}const x = {\n} / «charge»() / 2;`,
  'a division in the line behind an object, apart': `${IMPORT}const x = {}\n/ «charge»() / 2;`,
  'a division behind a name that is a keyword elsewhere': `${IMPORT}const of = 4; of / «charge»() / 2;\nlet as = 1; as / «charge»() / 3; satisfies / «charge»() / 3;`,
  'an expression in a loop that waits': `${IMPORT}async function f() { for await (const a of b) /'/.test(a); «charge»(1); /'/.test(c); }`,
  'a division behind a member that is called like a keyword': `${IMPORT}a.return / «charge»(1) / 2; a . typeof / «charge»() / 2;`,
  'white space of other scripts': `import {\u3000«charge»\u3000} from './a';\n\u1680«charge»\u1680(1);\u2003«charge»(2);`,
  'a name with a next line mark beside it': `${IMPORT}\u0085«charge»\u0085(1);`,
  'a variable of a body beside a default': `${IMPORT}export function f(a = «charge»(1)) { var charge = 2; return a + charge; }`,
  'a variable of a body beside a return type': `${IMPORT}export function f(): typeof «charge» { var charge = 2; return charge; }`,
  'a name as a default where another module is asked for': `${IMPORT}const { a = «charge» } = await import('./other');`,
  'a namespace of types alone': `${IMPORT}function f() { namespace N { namespace charge { export type T = 1; } «charge»(1); } }`,
  'a name in a clause that is a string': "import { '«charge»' as «p» } from './a';\n«p»(1);",
  'a specifier with escapes': "import { «charge» } from '\\u002e/a';\n«charge»(1);",
  'a pattern of a module at once': "const { «charge» } = require('./a');\n«charge»(1);",
};

const A = 'export function charge(a: number) { return a; }\n';

describe('nothing that means the symbol is left out', () => {
  it.each(Object.entries(VAGUE))('%s', (_, text) => {
    const { expected, found, answer } = placesIn({ 'a.ts': A, 'o.ts': 'export const other = 1;', 'b.ts': text });
    expect(found).toEqual(expect.arrayContaining([...expected]));
    if (found.length > expected.length) expect(answer?.atMost).toBe(true);
  });

  it.each(Object.entries(EXACT))('%s', (_, text) => {
    const { expected, found, answer } = placesIn({ 'a.ts': A, 'o.ts': 'export const other = 1;', 'b.ts': text });
    expect({ found, atMost: answer?.atMost }).toEqual({ found: expected, atMost: false });
  });
});
