import { describe, expect, it } from 'vitest';
import { changeOf, check } from '../support/check.ts';
import { parseFixture } from '../support/fixture.ts';

const NO_EVAL = `id: no-eval
language: TypeScript
severity: critical
message: '\`eval\` of $CODE'
rule: { pattern: eval($CODE) }
`;

/** Rules as kept files of both sides, and a change in the picture of a fixture; gives rule, side, line and message. */
async function found(rules: Readonly<Record<string, string>>, picture: string): Promise<readonly string[]> {
  const files = Object.entries(rules).map(([name, text]) => `//- .brakeline/rules/${name}.yaml\n${text.trimEnd().replace(/^/gm, ' ')}\n`);
  const { hunks, blindSpots } = await check(changeOf(parseFixture(files.join('') + picture)), { rules: [] });
  return [
    ...hunks.flatMap((hunk) =>
      hunk.findings.map(
        ({ rule, side, range, message, severity }) => `${severity} ${rule} ${side} ${hunk.path}:${range.start.line} ${message}`,
      ),
    ),
    ...blindSpots.map(({ path, reason, detail }) => `${reason} ${path} ${detail ?? ''}`),
  ];
}

describe('a team rule', () => {
  it('flags what was added, with its own words, severity and family', async () => {
    expect(await found({ a: NO_EVAL }, '//- src/a.ts\n const a = 1;\n+eval(input);\n')).toEqual([
      'critical safeguard/team-no-eval after src/a.ts:2 `eval` of input',
    ]);
  });

  it('is quiet about what stood there, moved, was re-indented, or stands in a string or comment', async () => {
    expect(await found({ a: NO_EVAL }, '//- src/a.ts\n eval(input);\n+const b = 1;\n')).toEqual([]);
    expect(await found({ a: NO_EVAL }, '//- src/a.ts\n-eval(input);\n const b = 1;\n+  eval( input );\n')).toEqual([
      'critical safeguard/team-no-eval after src/a.ts:2 `eval` of input',
    ]);
    expect(await found({ a: NO_EVAL }, '//- src/a.ts\n-eval(input);\n const b = 1;\n+  eval(input);\n')).toEqual([]);
    expect(await found({ a: NO_EVAL }, '//- src/a.ts\n-eval(input);\n const b = 1;\n//- src/b.ts\n+eval(input);\n')).toEqual([]);
    expect(await found({ a: NO_EVAL }, '//- src/a.ts\n const b = 1;\n+const c = "eval(input)"; // eval(input)\n')).toEqual([]);
  });

  it('sees a second copy of what stood there, and a copy from a test in production', async () => {
    expect(await found({ a: NO_EVAL }, '//- src/a.ts\n eval(input);\n+eval(input);\n')).toHaveLength(1);
    expect(await found({ a: NO_EVAL }, '//- test/a.ts\n-eval(input);\n const b = 1;\n//- src/b.ts\n+eval(input);\n')).toHaveLength(1);
  });

  it('flags what was removed from the change as a whole', async () => {
    const rule = 'id: keeps-audit\nlanguage: python\non: removed\nrule: { pattern: audit.record($$$) }\n';
    const picture = '//- shop/pay.py\n def pay(order):\n-    audit.record(order)\n     charge(order)\n';
    expect(await found({ a: rule }, picture)).toEqual([
      "high safeguard/team-keeps-audit before shop/pay.py:2 matches the team's rule `keeps-audit`",
    ]);
    expect(
      await found(
        { a: rule },
        '//- shop/pay.py\n def pay(order):\n-    audit.record(order)\n     charge(order)\n+    audit.record(order)\n',
      ),
    ).toEqual([]);
    expect(await found({ a: rule }, '//- shop/pay.py\n def pay(order):\n+    audit.record(order)\n     charge(order)\n')).toEqual([]);
  });

  it('flags either where it says changed', async () => {
    const rule =
      'id: pool\nlanguage: go\non: changed\nseverity: warning\nmessage: the pool changed\nrule: { pattern: db.SetMaxOpenConns($N) }\n';
    const go = (line: string): string => `//- db.go\n package db\n func open() {\n${line} }\n`;
    // A pattern of a Go call is a conversion without its context: ast-grep's own advice is a selector.
    const selector = rule.replace(
      'pattern: db.SetMaxOpenConns($N)',
      "pattern: { context: 'func f() { db.SetMaxOpenConns($N) }', selector: call_expression }",
    );
    expect(await found({ a: selector }, go('-\tdb.SetMaxOpenConns(5)\n+\tdb.SetMaxOpenConns(500)\n'))).toEqual([
      'medium safeguard/team-pool after db.go:3 the pool changed',
    ]);
    expect(await found({ a: selector }, go('-\tdb.SetMaxOpenConns(5)\n'))).toEqual([
      'medium safeguard/team-pool before db.go:3 the pool changed',
    ]);
  });

  it('is not new because something inside it was edited', async () => {
    const rule = 'id: handler\nlanguage: ts\nrule: { kind: function_declaration, has: { stopBy: end, pattern: eval($X) } }\n';
    const picture = '//- src/a.ts\n function f() {\n-  log(1);\n+  log(2);\n   eval(x);\n }\n';
    expect(await found({ a: rule }, picture)).toEqual([]);
    expect(await found({ a: rule.replace('rule:', 'on: changed\nrule:') }, picture)).toHaveLength(1);
  });

  it.each([
    ['bash', 'ops/a.sh', 'rm -rf $DIR', 'rm -rf dist'],
    ['terraform', 'infra/a.tf', 'force_destroy = true', 'force_destroy = true'],
    ['java', 'src/A.java', 'System.exit($CODE)', 'System.exit(1);'],
    ['rust', 'src/a.rs', '$X.unwrap()', 'fn f() { x.unwrap(); }'],
    ['javascript', 'src/a.mjs', 'document.write($X)', 'document.write(x);'],
    ['tsx', 'src/a.tsx', '<div dangerouslySetInnerHTML={$X} />', 'const a = <div dangerouslySetInnerHTML={x} />;'],
    ['py', 'a.py', 'os.remove($X)', 'os.remove(path)'],
  ])('works in %s', async (language, path, pattern, line) => {
    const rule = `id: it-works\nlanguage: ${language}\nrule: { pattern: ${JSON.stringify(pattern)} }\n`;
    const body = language === 'java' ? `//- ${path}\n class A { void f() {\n+${line}\n } }\n` : `//- ${path}\n+${line}\n`;
    expect((await found({ a: rule }, body)).filter((line) => line.includes('safeguard/team-it-works'))).toHaveLength(1);
  });

  it('keeps its severity in tests where it names its files, and is lowered there as any rule where it does not', async () => {
    expect(await found({ a: NO_EVAL }, '//- test/a.ts\n+eval(x);\n')).toEqual(['low safeguard/team-no-eval after test/a.ts:1 `eval` of x']);
    expect(await found({ a: `${NO_EVAL}files: ['test/**']\n` }, '//- test/a.ts\n+eval(x);\n//- src/a.ts\n+eval(y);\n')).toEqual([
      'critical safeguard/team-no-eval after test/a.ts:1 `eval` of x',
    ]);
    expect(await found({ a: `${NO_EVAL}ignores: ['src/vendor/**']\n` }, '//- src/vendor/a.ts\n+eval(y);\n')).toEqual([]);
  });

  it('that matches everything is told as one finding for a hunk, and as a blind spot where it is too much', async () => {
    const rule = 'id: all\nlanguage: ts\nrule: { pattern: $A }\n';
    const lines = (count: number): string => Array.from({ length: count }, (_, index) => `+call(${index});\n`).join('');
    expect(await found({ a: rule }, `//- src/a.ts\n${lines(20)}`)).toHaveLength(1);
    expect(await found({ a: rule, b: NO_EVAL }, `//- src/a.ts\n${lines(2000)}+eval(x);\n`)).toEqual([
      'critical safeguard/team-no-eval after src/a.ts:2001 `eval` of x',
      expect.stringMatching(/^rule-crashed src\/a\.ts safeguard\/team-all: expected at most 2000 matches in a file, found \d+$/),
    ]);
  });

  it('that takes too long costs itself only', async () => {
    const nested = (depth: number): string =>
      depth === 0
        ? '{ kind: number, regex: zzz }'
        : `{ any: [{ kind: call_expression }, { kind: arguments }], has: ${nested(depth - 1).replace('{', '{ stopBy: end, ')} }`;
    const rule = `id: slow\nlanguage: ts\nrule: ${nested(6)}\n`;
    const deep = `${'f('.repeat(150)}1${')'.repeat(150)}`;
    const all = await found({ a: rule, b: NO_EVAL }, `//- src/a.ts\n+${deep};\n+eval(x);\n`);
    expect(all).toEqual([
      'critical safeguard/team-no-eval after src/a.ts:2 `eval` of x',
      expect.stringMatching(/^rule-crashed src\/a\.ts safeguard\/team-slow: expected at most 1000000 steps in a file, found more$/),
    ]);
  });
});
