import { beforeAll, describe, expect, it } from 'vitest';
import type { Embed, EmbeddedLine } from '../../server/src/core/languages/language.ts';
import language from '../../server/src/core/languages/typescript/index.ts';
import type { SourceFacts } from '../../server/src/core/model/facts.ts';
import type { RepoPath } from '../../server/src/core/model/tree.ts';

beforeAll(async () => {
  await language.prepare?.(async () => new Uint8Array());
});

it('names what a bundler wrote and does not read it', () => {
  const bundle = 'send(1);'.repeat(6_000);
  expect(read(bundle)).toMatchObject({ calls: [], blindSpots: [{ reason: 'generated', detail: 'minified' }] });
  expect(read(bundle.replaceAll(';', ';\n')).blindSpots).toEqual([]);
});

describe('symbols', () => {
  it('finds functions, arrow functions, classes and their members with what is exported', () => {
    const { symbols } = read(`
      export async function charge(order: Order, retry = true): Promise<Receipt> { return order; }
      const pad = (text: string, width?: number) => text;
      export { pad };
      export class Session extends Base { constructor(readonly id: string) {} verify(token: string): boolean { return true; } private drop() {} #hide() {} }
      function local() {}`);
    expect(symbols.map((symbol) => symbol.key)).toEqual([
      'export async function charge(order: Order, retry?: ): Promise<Receipt>',
      'export function pad(text: string, width?: number): ',
      'export class Session(): extends Base',
      'export method Session.constructor(id: string): ',
      'export method Session.verify(token: string): boolean',
      'method Session.drop(): ',
      'method Session.#hide(): ',
      'function local(): ',
    ]);
  });

  it('gives enum members their value and interface members their type', () => {
    const { symbols } = read(
      'export enum State { Draft, Open = 5, Paid }\nexport interface Props { id: string; note?: string; close(): void }',
    );
    expect(symbols.map((symbol) => `${symbol.name}: ${symbol.type}`)).toEqual([
      'State: ',
      'State.Draft: 0',
      'State.Open: 5',
      'State.Paid: 6',
      'Props: ',
      'Props.id: string',
      'Props.note: string | undefined',
      'Props.close: void',
    ]);
  });

  it('reads CommonJS exports and re-exports', () => {
    const names = (text: string): readonly string[] =>
      read(text)
        .symbols.filter((symbol) => symbol.exported)
        .map((symbol) => symbol.name);
    expect(names('module.exports = { retries: 2, load() {}, helper };\nfunction helper() {}')).toEqual(['retries', 'load', 'helper']);
    expect(names('exports.load = () => 1;\nmodule.exports.region = 2;')).toEqual(['load', 'region']);
    expect(names("export * from './a';\nexport { b as c } from './b';\nexport default thing;")).toEqual(["* from './a'", 'c', 'default']);
  });

  it('counts a function as asynchronous where the caller plainly gets a promise', () => {
    const isAsync = (text: string): boolean | undefined => read(text).symbols[0]?.async;
    expect(isAsync('export function a() { return load().then((row) => row); }')).toBe(true);
    expect(isAsync('export function a() { return new Promise((done) => done()); }')).toBe(true);
    expect(isAsync('export function a() { return [1].map(async (n) => n); }')).toBe(false);
  });

  it('ends the range of a symbol where its body begins', () => {
    const { symbols } = read('export function charge(\n  order: Order,\n): Receipt {\n  return order;\n}\n');
    expect(symbols[0]?.range).toEqual({ start: { line: 1, character: 0 }, end: { line: 3, character: 10 } });
  });
});

describe('calls', () => {
  it('keeps method, path and middleware of a route and elides the handler', () => {
    const { calls } = read("router.post('/refund', requireAuth, async (req, res) => {\n  res.json(await refund(req.body.id));\n});");
    expect(calls[0]).toMatchObject({
      callee: 'router.post',
      args: ["'/refund'", 'requireAuth', 'fn'],
      key: "router . post ( '/refund' , requireAuth , fn ) ;",
      range: { start: { line: 1, character: 0 }, end: { line: 1, character: 56 } },
    });
    expect(calls.find((call) => call.callee === 'refund')?.scope).toBe("router.post('/refund')");
  });

  it('names what a decorator decorates', () => {
    const { calls } = read('class Refunds {\n  @UseGuards(AuthGuard)\n  create(@Body() body: Input) {}\n}');
    expect(calls.map((call) => `${call.kind} ${call.key}`)).toEqual([
      'decorator @UseGuards ( AuthGuard ) on Refunds.create',
      'decorator @Body ( ) on Refunds.create',
    ]);
  });

  it('tells a call in one function from the same call in another', () => {
    const { calls } = read('function a(u) { requireAdmin(u); drop(u); }\nfunction b(u) { requireAdmin(u); drop(u); }');
    const keys = (name: string): number => new Set(calls.filter((call) => call.callee === name).map((call) => call.key)).size;
    expect([keys('requireAdmin'), keys('drop')]).toEqual([2, 2]);
  });
});

describe('guards and handlers', () => {
  it('sees how a condition leaves', () => {
    const { guards } = read(`function f(req, res, next, user) {
      if (!user) throw new Error();
      if (user.gone) { log(); return res.status(403).end(); }
      if (user.slow) return next(new Error('slow'));
      if (user.late) return Promise.reject(new Error());
      if (user.ok) { work(); } else { return; }
      invariant(user.id > 3, 'id');
      for (const a of []) if (a) continue;
      if (user.fine) { work(); }
    }`);
    expect(guards.map((guard) => `${guard.test} ${guard.exit}`)).toEqual([
      '!user throw',
      'user.gone answer',
      'user.slow answer',
      'user.late throw',
      '!(user.ok) return',
      '!(user.id > 3) throw',
      'a break',
    ]);
    expect(guards.map((guard) => guard.compares)).toEqual([false, false, false, false, false, true, false]);
    expect(guards[1]?.reads).toEqual(['user', 'gone']);
  });

  it('sees what becomes of an error', () => {
    const outcomes = (text: string): readonly string[] => read(text).handlers.map((handler) => handler.outcome);
    expect(outcomes('try { a(); } catch { }')).toEqual(['swallows']);
    expect(outcomes("try { a(); } catch (e) { if (e.code !== 'ENOENT') throw e; }")).toEqual(['rethrows']);
    expect(outcomes('try { a(); } catch (e) { logger.error(e); }')).toEqual(['reports']);
    expect(outcomes('try { a(); } catch (e) { log.debug(e); return []; }')).toEqual(['substitutes']);
    expect(outcomes('a().catch(() => undefined); b().catch(next); c().catch((e) => { throw e; }); d().catch(noop);')).toEqual([
      'swallows',
      'rethrows',
      'rethrows',
      'swallows',
    ]);
    expect(read('try { await charge(o); console.log(1); } catch { }').handlers[0]?.guarded).toEqual(['charge']);
  });
});

describe('options', () => {
  it('names the call that an option is passed to, and reads defaults and assignments', () => {
    const { options } = read(
      "fetch(url, { retry: { count: 3 } });\nprocess.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';\nfunction f({ dryRun = true }) {}\nconst LIMIT = 5;",
    );
    expect(options.map((option) => `${option.callee} ${option.name}=${option.value}`)).toEqual([
      'fetch retry={ count: 3 }',
      'fetch count=3',
      " NODE_TLS_REJECT_UNAUTHORIZED='0'",
      ' dryRun=true',
      ' LIMIT=5',
    ]);
  });
});

describe('embedded SQL', () => {
  it('hands over statements with their places, values filled in at equal length', () => {
    expect(embeddedIn('db.query(`DELETE FROM ${table}\n  WHERE id = ${id}`);')).toEqual([
      [
        { text: 'DELETE FROM pppppppp', line: 1, character: 10 },
        { text: '  WHERE id = ppppp', line: 2, character: 0 },
      ],
    ]);
  });

  it('joins what is concatenated, so that a WHERE in the next string is not lost', () => {
    expect(embeddedIn("run('DELETE FROM carts ' +\n  'WHERE id = ?');")).toEqual([
      [
        { text: 'DELETE FROM carts ', line: 1, character: 5 },
        { text: 'WHERE id = 0', line: 2, character: 3 },
      ],
    ]);
  });

  it('leaves alone what people read and what only begins with a verb', () => {
    expect(
      embeddedIn(
        "log.info('DELETE FROM carts'); throw new Error('DROP TABLE x'); const a = { help: 'DROP TABLE x' }; say('update your profile'); it('DELETE FROM t', fn);",
      ),
    ).toEqual([]);
  });
});

describe('tokens', () => {
  const tokens = (text: string, path = 'a.tsx'): readonly string[] => read(text, path).tokens.map((token) => token.text);

  it('are equal for two layouts of one file', () => {
    const loose = tokens('const a = { b: "x", c: 1_000, };\n// remark\nexport const r = /[/"]/g;\nfor (let i = 0; ; i++) { }');
    expect(loose).toEqual(tokens("const a = {b:'x',c:1000}\nexport const r=/[/\"]/g\nfor(let i=0;;i++){}"));
  });

  it('differ where the code differs', () => {
    const filled = (name: string): string => `const a = \`x\${${name}}\`;`;
    expect(tokens(filled('b'))).not.toEqual(tokens(filled('c')));
    expect(tokens('for (;;) {}')).not.toEqual(tokens('for (x;;) {}'));
    expect(tokens('const p = <p>it is 5</p>;')).not.toEqual(tokens('const p = <p>it is 6</p>;'));
  });

  it('keep a semicolon that is a body of its own', () => {
    expect(tokens('if (!ok); throw e')).not.toEqual(tokens('if (!ok) throw e'));
    expect(tokens('while (more());\ndrop();')).not.toEqual(tokens('while (more())\ndrop();'));
    expect(tokens('function f() {};\nf();')).toEqual(tokens('function f() {}\nf()'));
  });

  it('survive JSX text with an apostrophe, nested templates and regular expressions', () => {
    expect(tokens('const p = <p className="a">it\'s {n} o\'clock</p>;')).toEqual([
      'const',
      'p',
      '=',
      '<',
      'p',
      'className',
      '=',
      "'a'",
      '>',
      "it's",
      '{',
      'n',
      '}',
      "o'clock",
      '</',
      'p',
      '>',
    ]);
    expect(tokens('const t = `a${`b${c}`}d`; const r = a / b / c;').slice(-6)).toEqual(['=', 'a', '/', 'b', '/', 'c']);
  });
});

describe('bad input', () => {
  it('gives facts and one blind spot for a file with a syntax error', () => {
    const facts = read('export function ok() {}\nconst = ;\nfunction later(');
    expect(facts.symbols.map((symbol) => symbol.name)).toContain('ok');
    expect(facts.blindSpots).toEqual([{ reason: 'parse-error', detail: 'line 2' }]);
  });

  it('gives no facts and one blind spot for a file that is too deep to walk', () => {
    const facts = read(`export const sum = ${Array.from({ length: 20_000 }, (_, index) => `a${index}`).join(' +\n')};`);
    expect(facts.symbols).toEqual([]);
    expect(facts.blindSpots).toEqual([{ reason: 'too-complex', detail: 'deeper syntax than is read' }]);
  });

  it('draws the line of what is too deep at the same place however long it has run', () => {
    const nest = (depth: number): string => `${'f('.repeat(depth)}1${')'.repeat(depth)};`;
    const chain = (links: number): string => `a${'.b(1)'.repeat(links)};`;
    expect(read(nest(390))).toMatchObject({ calls: { length: 390 }, blindSpots: [] });
    expect(read(chain(490))).toMatchObject({ calls: { length: 490 }, blindSpots: [] });
    for (const deep of [nest(410), chain(510)]) expect(read(deep)).toMatchObject({ calls: [], blindSpots: [{ reason: 'too-complex' }] });
  });

  it('ends lines where a hunk does: with a line feed alone', () => {
    const { calls } = read("const a = 'x\u2028y';\r// b\u2029\n  drop(a);\r\nkeep(a);");
    expect(calls.map(({ callee, range }) => [callee, range.start])).toEqual([
      ['drop', { line: 2, character: 2 }],
      ['keep', { line: 3, character: 0 }],
    ]);
  });

  it.each([
    '',
    '\uFEFFexport const a = 1;',
    '#!/usr/bin/env node\nrun();',
    '<div',
    '`${',
    '/* never closed',
    '{'.repeat(200),
    'a\r\nb\r\n',
    '\u2028const x = 1;',
    '@',
    'class { @x',
  ])('does not throw on %j', (text) => {
    for (const path of ['a.ts', 'a.tsx', 'a.js', 'a.cjs']) expect(() => read(text, path)).not.toThrow();
  });
});

function read(text: string, path = 'a.ts', embed: Embed = nothing): SourceFacts {
  // The path only chooses the kind of source.
  return language.facts(path as RepoPath, text, embed);
}

function embeddedIn(text: string): readonly (readonly EmbeddedLine[])[] {
  const found: (readonly EmbeddedLine[])[] = [];
  read(text, 'a.ts', (id, lines) => {
    found.push(lines);
    return nothing(id);
  });
  return found;
}

function nothing(id: string): SourceFacts {
  return {
    commands: [],
    statements: [],
    settings: [],
    resources: [],
    calls: [],
    loops: [],
    guards: [],
    conditions: [],
    handlers: [],
    options: [],
    symbols: [],
    dependencies: [],
    suppressions: [],
    language: id,
    scopes: [],
    tokens: [],
    blindSpots: [],
  };
}
