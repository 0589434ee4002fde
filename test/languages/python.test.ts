import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { readFacts } from '../../server/src/core/facts/read-facts.ts';
import { prepareLanguages } from '../../server/src/core/languages/prepare.ts';
import type { SourceFacts } from '../../server/src/core/model/facts.ts';
import type { RepoPath } from '../../server/src/core/model/tree.ts';
import { assetFile } from '../../server/src/host/assets.ts';

const PATH = 'src/app.py' as RepoPath;
const { resolve } = createRequire(import.meta.url);

it('says that the grammar is missing before it is prepared', () => {
  expect(read('x = 1\n').blindSpots).toEqual([{ reason: 'grammar-missing', detail: 'tree-sitter-python.wasm' }]);
});

describe('facts', () => {
  beforeAll(async () => {
    await prepareLanguages([PATH], async (name) => readFileSync(assetFile(name, resolve)));
  });

  describe('calls', () => {
    it('keeps callee, arguments as written, and what becomes of the result', () => {
      const { calls } = read('a.b(x, verify=False)\ny = c()\nasync def f():\n    await d()\n    _ = e()\n');
      expect(calls.map(({ callee, args, use, scope }) => [callee, args, use, scope])).toEqual([
        ['a.b', ['x', 'verify=False'], 'discarded', ''],
        ['c', [], 'used', ''],
        ['d', [], 'awaited', 'f'],
        ['e', [], 'discarded', 'f'],
      ]);
    });

    it('reads decorators as part of what they decorate, and the call inside one is no call of its own', () => {
      const { calls } = read('class A:\n    @app.route("/x", methods=["POST"])\n    @login_required\n    def f(self):\n        pass\n');
      expect(calls.map(({ kind, callee, args, scope }) => [kind, callee, args, scope])).toEqual([
        ['decorator', 'app.route', ["'/x'", "methods=['POST']"], 'A.f'],
        ['decorator', 'login_required', [], 'A.f'],
      ]);
    });

    it('sees the calls of a with statement, of an f-string and behind a chain', () => {
      const { calls } = read('with transaction.atomic() as t:\n    a().b().c()\nf"{g.h(1)}"\n');
      expect(calls.map((call) => call.callee)).toEqual(['transaction.atomic', 'a().b().c', 'a().b', 'a', 'g.h']);
    });

    it('gives one key to two layouts and another to two scopes', () => {
      const key = (text: string): string | undefined => read(text).calls[0]?.key;
      expect(key('def f():\n    a(\n        1,  # one\n        "b",\n    )\n')).toBe(key("def f():\n    a(1, 'b')\n"));
      expect(key('def f():\n    a()\n')).not.toBe(key('def g():\n    a()\n'));
    });
  });

  describe('guards', () => {
    it('reads raise, return, continue, an answer and assert, and tells a size from a state', () => {
      const text = `def f(a, b):
    if not a:
        raise ValueError("a")
    if len(b) > MAX:
        return None
    if a == 1:
        return JsonResponse({}, status=422)
    elif b is None:
        sys.exit(1)
    for x in b:
        if x: continue
    assert a in b, "no"
`;
      expect(read(text).guards.map(({ test, exit, compares }) => [test, exit, compares])).toEqual([
        ['not a', 'throw', false],
        ['len(b) > MAX', 'return', true],
        ['a == 1', 'answer', true],
        ['b is None', 'throw', false],
        ['x', 'break', false],
        ['!(a in b)', 'throw', false],
      ]);
    });

    it('turns the condition of an else round, and leaves out what goes on', () => {
      expect(read('if a:\n    b()\nelse:\n    raise X\n').guards.map((guard) => guard.test)).toEqual(['!(a)']);
      expect(read('if a:\n    b()\nelse:\n    c()\n').guards).toEqual([]);
    });

    it('tells a condition that wraps work and one that is an answer', () => {
      const { conditions } = read('def f(u):\n    if u.ok:\n        pay(u)\n    return u.admin and not u.gone\n');
      expect(conditions.map(({ kind, test, guarded }) => [kind, test, guarded])).toEqual([
        ['wraps', 'u.ok', ['pay']],
        ['answers', 'u.admin and not u.gone', []],
      ]);
    });
  });

  describe('handlers', () => {
    it.each([
      ['pass', 'swallows'],
      ['return None', 'swallows'],
      ['return []', 'substitutes'],
      ['x = 0', 'substitutes'],
      ['logger.exception("no")', 'reports'],
      ['log.debug(e)', 'swallows'],
      ['raise', 'rethrows'],
      ['raise X from e', 'rethrows'],
      ['sys.exit(1)', 'rethrows'],
    ])('%s: %s', (body, outcome) => {
      const { handlers } = read(`def f():\n    try:\n        a.save()\n    except E as e:\n        ${body}\n`);
      expect(handlers).toMatchObject([{ outcome, guarded: ['a.save'], catches: ['E'], scope: 'f' }]);
    });

    it('reads several clauses, a bare one, and suppress', () => {
      const { handlers } = read(
        'try:\n    a()\nexcept (K, m.V):\n    pass\nexcept:\n    raise\nelse:\n    b()\nfinally:\n    c()\nwith suppress(OSError):\n    d()\n',
      );
      expect(handlers.map(({ outcome, guarded, catches }) => [outcome, guarded, catches])).toEqual([
        ['swallows', ['a'], ['K', 'm.V']],
        ['rethrows', ['a'], undefined],
        ['swallows', ['d'], ['OSError']],
      ]);
    });
  });

  it('reads loops and comprehensions', () => {
    const { loops } = read('for i, j in rows:\n    a()\nwhile True:\n    b()\nwhile n < 3:\n    c()\nx = [d(u) for u in users]\n');
    expect(loops.map(({ kind, head, endless }) => [kind, head, endless])).toEqual([
      ['each', 'i, j in rows', false],
      ['while', 'True', true],
      ['while', 'n < 3', false],
      ['each', 'u in users', false],
    ]);
  });

  describe('options', () => {
    it('reads constants, attributes, defaults, keyword arguments and pairs', () => {
      const text = `DEBUG = True
class V:
    permission_classes = [IsAuthenticated]
    def f(self, limit=20, n: int = 3):
        self.timeout = None
        call(a, verify=False, opts={"retries": 3})
        x = compute()
settings["KEY"] = 1
`;
      expect(read(text).options.map(({ name, value, callee, scope }) => [name, value, callee, scope])).toEqual([
        ['DEBUG', 'True', '', ''],
        ['permission_classes', '[IsAuthenticated]', '', 'V'],
        ['limit', '20', '', 'V.f'],
        ['n', '3', '', 'V.f'],
        ['timeout', 'None', '', 'V.f'],
        ['verify', 'False', 'call', 'V.f'],
        ['opts', "{'retries': 3}", 'call', 'V.f'],
        ['retries', '3', 'call', 'V.f'],
        ['KEY', '1', '', ''],
      ]);
    });
  });

  describe('symbols', () => {
    it('reads functions, methods, classes, attributes and enum members, and not the inside of functions', () => {
      const text = `LIMIT: int = 3
async def fetch(url: str, *, retries=2, **kw) -> bytes:
    def inner(): pass
    x = 1
class State(str, Enum):
    OPEN = "open"
class _Hidden:
    @classmethod
    def make(cls, a): ...
`;
      expect(read(text).symbols.map(({ name, kind, exported, type, async }) => [name, kind, exported, type, async])).toEqual([
        ['LIMIT', 'variable', true, 'int', false],
        ['fetch', 'function', true, 'bytes', true],
        ['State', 'enum', true, '(str, Enum)', false],
        ['State.OPEN', 'property', true, "'open'", false],
        ['_Hidden', 'class', false, '', false],
        ['_Hidden.make', 'method', false, '', false],
      ]);
    });

    it('names parameters with types and tells which may be left out', () => {
      const [symbol] = read('def f(a, b: int, c=1, *rest, d: str = "x", **more): ...\n').symbols;
      expect(symbol?.parameters.map(({ name, type, optional }) => [name, type, optional])).toEqual([
        ['a', '', false],
        ['b', 'int', false],
        ['c', '', true],
        ['*rest', '', true],
        ['d', 'str', true],
        ['**more', '', true],
      ]);
    });
  });

  describe('embedded text', () => {
    const targets = (text: string): readonly string[] => read(text).statements.map((s) => `${s.verb} ${s.targets.join()} ${s.where}`);

    it('reads SQL of plain, joined, formatted and triple-quoted strings', () => {
      expect(targets('q = "DELETE FROM a"\n')).toEqual(['delete a none']);
      expect(targets('q = "DELETE FROM a " "WHERE id = %s"\n')).toEqual(['delete a present']);
      expect(targets('q = ("DELETE FROM a " +\n     "WHERE id = 1")\n')).toEqual(['delete a present']);
      expect(targets('q = f"DELETE FROM a {where_sql}"\n')).toEqual(['delete a present']);
      expect(targets('q = "DELETE FROM a %s" % where\n')).toEqual(['delete a present']);
      expect(targets('q = "DELETE FROM a {}".format(clause)\n')).toEqual(['delete a present']);
      expect(targets('q = """\n  DELETE FROM a\n"""\n')).toEqual(['delete a none']);
      expect(targets('q = " ".join(["DELETE FROM a", "WHERE id = :id"])\n')).toEqual(['delete a present']);
    });

    it('puts a statement where it stands', () => {
      const [statement] = read('def f():\n    run("""\n        DELETE FROM a\n    """)\n').statements;
      expect(statement).toMatchObject({ scope: 'f', range: { start: { line: 3, character: 8 } } });
    });

    it('leaves alone what people read: docstrings, logs, errors, help, comments', () => {
      const text = `"""DELETE FROM a"""
def f():
    """DELETE FROM a"""
    logger.info("DELETE FROM a")
    raise ValueError("DELETE FROM a")
    add(help="DELETE FROM a")
    if q == "DELETE FROM a": pass
    # DELETE FROM a
`;
      expect(read(text).statements).toEqual([]);
    });

    it('reads what a program starts as commands', () => {
      const { commands } = read('os.system("terraform destroy")\nsubprocess.run(["rm", "-rf", path], check=True)\n');
      expect(commands.map((command) => [command.name, command.range.start.line])).toEqual([
        ['terraform', 1],
        ['rm', 2],
      ]);
    });
  });

  describe('tokens', () => {
    const tokens = (text: string): string =>
      read(text)
        .tokens.map((token) => token.text)
        .join(' ');

    it('leave out comments, docstrings, layout and the style of quotes', () => {
      expect(tokens('def f(a,\n      b,):\n    """Says."""\n    return g("x")  # why\n')).toBe(tokens("def f(a, b):\n    return g('x')\n"));
    });

    it('tell indentation and line ends apart, for they carry meaning', () => {
      expect(tokens('if a:\n    b()\n    c()\n')).not.toBe(tokens('if a:\n    b()\nc()\n'));
      expect(tokens('x = a\n-b\n')).not.toBe(tokens('x = a - b\n'));
      expect(tokens('x = (1,)\n')).not.toBe(tokens('x = (1)\n'));
    });
  });

  it('goes on after a syntax error and says where it is', () => {
    const { calls, blindSpots, tokens } = read('a()\ndef f(:\n    pass\nb(verify=False)\n');
    expect(calls.map((call) => call.callee)).toContain('a');
    expect(blindSpots).toMatchObject([{ reason: 'parse-error', detail: expect.stringMatching(/^line \d+$/) }]);
    expect(tokens).toEqual([]);
  });

  it('reads deep nests and long chains', () => {
    expect(read(`${'f('.repeat(1_000)}${')'.repeat(1_000)}\n`).calls.length).toBe(1_000);
    const deep = read(`${'f('.repeat(4_000)}${')'.repeat(4_000)}\n`);
    expect(deep.calls.length).toBe(1_001);
    expect(deep.blindSpots).toEqual([{ reason: 'too-complex', detail: 'calls deeper than 1000 levels' }]);
    const wide = read(`x = ${'f('.repeat(900)}${')'.repeat(900)}\n`.repeat(150));
    expect(wide.blindSpots).toEqual([{ reason: 'too-complex', detail: 'calls in calls longer than 16 MB together' }]);
    const many = read(`x = ${'f('.repeat(300)}${')'.repeat(300)}\n`.repeat(510));
    expect(many.blindSpots).toMatchObject([{ reason: 'too-complex', detail: 'more than 300000 brackets' }]);
    expect(read(`x = [${'1,'.repeat(500_000)}]\n`.replace(/(?:1,){9000}/g, '$&\n')).blindSpots).toEqual([]);
    expect(read(`x = [${'1,'.repeat(600_000)}]\n`.replace(/(?:1,){9000}/g, '$&\n')).blindSpots).toMatchObject([
      { detail: 'more than 1100000 parts' },
    ]);
    expect(read(`q = ${Array.from({ length: 2_000 }, () => '"a"').join(' + ')}\n`).blindSpots).toEqual([]);
  });

  it('never throws, whatever the text', () => {
    const pieces = [
      'def f(',
      'class A:',
      '    ',
      '\n',
      'if x:',
      'raise',
      '"""',
      "f'{a",
      '}',
      '@d',
      'except',
      'with a() as',
      'SELECT * FROM a',
      '%',
      '\u2028',
      'é',
      '\0',
      'lambda:',
      '[x for',
      ')',
      '= 1',
      'assert',
    ];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 30 }), (parts) => {
        expect(read(parts.join(' ')).language).toBe('python');
      }),
      { numRuns: 300, seed: 11 },
    );
  });
});

function read(text: string): SourceFacts {
  const facts = readFacts(PATH, text);
  if (facts === undefined) throw new Error('expected a language for the path, found none');
  return facts;
}
