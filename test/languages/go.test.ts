import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { readFacts } from '../../server/src/core/facts/read-facts.ts';
import { prepareLanguages } from '../../server/src/core/languages/prepare.ts';
import type { SourceFacts } from '../../server/src/core/model/facts.ts';
import type { RepoPath } from '../../server/src/core/model/tree.ts';
import { assetFile } from '../../server/src/host/assets.ts';

const PATH = 'internal/app.go' as RepoPath;
const { resolve } = createRequire(import.meta.url);

beforeAll(async () => {
  await prepareLanguages([PATH], async (name) => readFileSync(assetFile(name, resolve)));
});

describe('calls', () => {
  it('keep the receiver type as scope and drop type arguments', () => {
    const { calls } = inside('a.b[int](x)\n_ = c()\ny := d()\n');
    expect(calls.map(({ callee, args, use, scope }) => [callee, args, use, scope])).toEqual([
      ['a.b', ['x'], 'discarded', 'T.Do'],
      ['c', [], 'discarded', 'T.Do'],
      ['d', [], 'used', 'T.Do'],
    ]);
  });

  it('say what runs beside and what is deferred, in the fact and in its key', () => {
    const { calls } = inside('go f(1)\ndefer g()\nf(1)\n');
    expect(calls.map(({ callee, runs, key }) => [callee, runs, key.split(' ')[0]])).toEqual([
      ['f', 'beside', 'go'],
      ['g', 'deferred', 'defer'],
      ['f', undefined, 'f'],
    ]);
  });

  it('name a route with its handler, and a function that is kept in a variable', () => {
    const { calls } = read('package a\nfunc R(r Router) {\n\tr.Get("/x", func(w W) { w.Write(nil) })\n\th := func() { k() }\n}\n');
    expect(calls.map(({ callee, scope }) => [callee, scope])).toEqual([
      ['r.Get', 'R'],
      ['w.Write', "R.r.Get('/x')"],
      ['k', 'R.h'],
    ]);
  });
});

describe('guards', () => {
  it('read errors, answers, panics and cases, with what they ask about', () => {
    const text = `if err := f(); err != nil {
  return 0, err
}
v, err := g(1)
if err != nil {
  return 0, fmt.Errorf("g: %w", err)
}
if n > max {
  http.Error(w, "no", 422)
  return
}
if v == nil { panic("v") }
for i := range xs { if i == 2 { continue } }
switch { case len(xs) == 0: return 0, nil }
`;
    expect(inside(text).guards.map(({ test, exit, compares, checks }) => [test, exit, compares, checks])).toEqual([
      ['err != nil', 'throw', false, ['f']],
      ['err != nil', 'throw', false, ['g']],
      ['n > max', 'answer', true, undefined],
      ['v == nil', 'throw', false, undefined],
      ['i == 2', 'break', true, undefined],
      ['len(xs) == 0', 'return', true, undefined],
    ]);
  });

  it('give the checks of two calls two keys', () => {
    const keys = inside('if err := f(); err != nil { return err }\nif err := g(); err != nil { return err }\n').guards.map(
      (guard) => guard.key,
    );
    expect(new Set(keys).size).toBe(2);
  });
});

describe('handlers', () => {
  it.each([
    ['return err', 'rethrows'],
    ['return fmt.Errorf("x: %w", err)', 'rethrows'],
    ['log.Fatal(err)', 'rethrows'],
    ['log.Printf("%v", err)', 'reports'],
    ['return nil', 'swallows'],
    ['return 0, nil', 'substitutes'],
    ['x = 1', 'substitutes'],
    ['', 'swallows'],
  ])('if err != nil { %s }: %s', (body, outcome) => {
    expect(inside(`err := a.Save(x)\nif err != nil { ${body} }\n`).handlers).toMatchObject([{ outcome, guarded: ['a.Save'] }]);
  });

  it('see an error that is dropped, and not the second value of a map', () => {
    const { handlers } = inside('_ = f()\nx, _ := g()\ny, _ := m["k"]\nz, ok := h()\n');
    expect(handlers.map(({ outcome, guarded }) => [outcome, guarded])).toEqual([
      ['swallows', ['f']],
      ['swallows', ['g']],
    ]);
  });
});

it('reads loops', () => {
  const { loops } = inside(
    'for i := 0; i < 3; i++ { a() }\nfor { b() }\nfor n < 3 { c() }\nfor k, v := range m { d() }\nfor i := 0; ; i++ { e() }\n',
  );
  expect(loops.map(({ kind, head, endless }) => [kind, head, endless])).toEqual([
    ['for', 'i := 0; i < 3; i++', false],
    ['for', '', true],
    ['while', 'n < 3', false],
    ['each', 'k, v := range m', false],
    ['for', 'i := 0; ; i++', true],
  ]);
});

it('reads fields of literals by their type, constants, variables and assigned fields', () => {
  const text = `package a
const Max = 5 * time.Second
var hosts = []string{"*"}
func f() {
	c := &http.Client{Timeout: 0, Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}}
	c.Timeout = time.Second
	n += 1
}
`;
  const { options } = read(text);
  expect(options.filter((option) => !/\{/.test(option.value)).map(({ name, value, callee }) => [name, value, callee])).toEqual([
    ['Max', '5 * time.Second', ''],
    ['Timeout', '0', 'http.Client'],
    ['InsecureSkipVerify', 'true', 'tls.Config'],
    ['Timeout', 'time.Second', ''],
  ]);
});

describe('symbols', () => {
  it('are exported by a capital letter, with tags in the type of a field', () => {
    const text = `package a
type Order struct {
	ID string \`json:"id"\`
	total int
}
type Store interface { Get(ctx context.Context, id string) (*Order, error) }
type Code int
func (s *store[T]) Find(id string, opts ...Option) error { return nil }
func New() *Order { return nil }
`;
    expect(read(text).symbols.map(({ name, kind, exported, type }) => [name, kind, exported, type])).toEqual([
      ['Order', 'class', true, ''],
      ['Order.ID', 'property', true, 'string `json:"id"`'],
      ['Order.total', 'property', false, 'int'],
      ['Store', 'interface', true, ''],
      ['Store.Get', 'method', true, '(*Order, error)'],
      ['Code', 'type', true, 'int'],
      ['store.Find', 'method', false, 'error'],
      ['New', 'function', true, '*Order'],
    ]);
  });

  it('number the constants of an iota block by their place', () => {
    const { symbols } = read('package a\nconst (\n\tA State = iota + 1\n\t_\n\tB\n)\nconst C = 3\n');
    expect(symbols.map(({ name, kind, type }) => [name, kind, type])).toEqual([
      ['A', 'property', '0 + 1'],
      ['_', 'property', '1 + 1'],
      ['B', 'property', '2 + 1'],
      ['C', 'variable', ''],
    ]);
  });
});

it('reads SQL of raw, joined and formatted strings, and leaves alone what people read', () => {
  const targets = (text: string): readonly string[] => inside(text).statements.map((s) => `${s.verb} ${s.targets.join()} ${s.where}`);
  expect(targets('db.Exec(`DELETE FROM a`)\n')).toEqual(['delete a none']);
  expect(targets('db.Exec("DELETE FROM a " +\n  "WHERE id = $1", id)\n')).toEqual(['delete a present']);
  expect(targets('db.Exec(fmt.Sprintf("DELETE FROM a %s", where))\n')).toEqual(['delete a present']);
  expect(targets('db.Exec(strings.Join([]string{"DELETE FROM a", "WHERE id = 1"}, " "))\n')).toEqual(['delete a present']);
  expect(targets('log.Println("DELETE FROM a")\nreturn errors.New("DELETE FROM a")\n')).toEqual([]);
});

it('reads what a program starts as a command', () => {
  const { commands } = inside('exec.CommandContext(ctx, "terraform", "destroy", "-auto-approve").Run()\n');
  expect(commands.map((command) => command.written)).toEqual(['terraform destroy -auto-approve']);
});

it('compares tokens without comments and layout, and with line ends', () => {
  const tokens = (text: string): string =>
    inside(text)
      .tokens.map((token) => token.text)
      .join(' ');
  expect(tokens('f(a,\n\tb,\n) // why\n')).toBe(tokens('f(a, b);\n'));
  expect(tokens('x := a\n(b)(c)\n')).not.toBe(tokens('x := a(b)(c)\n'));
});

it('goes on after a syntax error and says where it is', () => {
  const { calls, blindSpots } = read('package a\nfunc f() { a() }\nfunc g( {\n}\nfunc h() { b() }\n');
  expect(calls.map((call) => call.callee)).toContain('a');
  expect(blindSpots).toMatchObject([{ reason: 'parse-error', detail: 'line 3' }]);
});

it('never throws, whatever the text', () => {
  const pieces = [
    'package a',
    'func f(',
    'func (t T) M() {',
    '}',
    'if err != nil {',
    ':=',
    '_',
    '`',
    '"',
    'go',
    'defer',
    'case',
    'switch {',
    'const (',
    'iota',
    '\n',
    'é',
    '\0',
    '[T any]',
    'range',
    'SELECT * FROM a',
    'return',
  ];
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 30 }), (parts) => {
      expect(read(parts.join(' ')).language).toBe('go');
    }),
    { numRuns: 300, seed: 11 },
  );
});

function inside(body: string): SourceFacts {
  return read(`package a\nfunc (t *T) Do() (int, error) {\n${body}}\n`);
}

function read(text: string): SourceFacts {
  const facts = readFacts(PATH, text);
  if (facts === undefined) throw new Error('expected a language for the path, found none');
  return facts;
}
