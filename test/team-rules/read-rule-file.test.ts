import { expect, it } from 'vitest';
import { readRuleFile } from '../../server/src/core/team-rules/read-rule-file.ts';
import { repoPath } from '../support/git.ts';

const RULE = 'id: a\nlanguage: ts\nrule: { pattern: f($A) }\n';
const read = (text: string) => readRuleFile(repoPath('.brakeline/rules/a.yaml'), text);

it('says what was expected and found, with the line', () => {
  expect(read('id: a\nlanguage: cobol\nrule:\n  patern: x\n').errors).toEqual([
    { line: 2, message: 'language: expected one of bash, go, hcl, java, javascript, python, rust, tsx, typescript, found "cobol"' },
    { line: 4, message: expect.stringMatching(/^rule: expected one of pattern, kind, .*, matches, found the key "patern"$/) },
    { line: 4, message: expect.stringMatching(/^rule: expected one of pattern, .*, found none$/) },
  ]);
});

it('one mistake gives no rule at all, and several rules may stand in one file', () => {
  const other = RULE.replace('id: a', 'id: b');
  expect(read(`${RULE}---\n${other}`).rules.map((rule) => rule.id)).toEqual(['safeguard/team-a', 'safeguard/team-b']);
  expect(read(`${RULE}---\n${other}more: 1\n`)).toMatchObject({ rules: [], errors: [{ line: 8 }] });
});

it.each([
  [
    'a bomb of aliases',
    `a: &a [x,x]\n${Array.from({ length: 30 }, (_, index) => `${'b'.repeat(index + 1)}: &${'b'.repeat(index + 1)} [*a, *a]`).join('\n')}`,
  ],
  ['merged keys', 'base: &base { id: a }\n<<: *base\nlanguage: ts\nrule: { pattern: x }\n'],
  ['deep nesting', `id: a\nlanguage: ts\nrule: ${'[ '.repeat(20_000)}`],
  ['deep rules', `id: a\nlanguage: ts\nrule: ${'{ not: '.repeat(2_000)}{ kind: a }${' }'.repeat(2_000)}`],
  ['ten megabytes', `${RULE}note: ${'x'.repeat(10_000_000)}\n`],
  ['a tag', 'id: !!js/function a\nlanguage: ts\nrule: { pattern: x }\n'],
  ['nothing', ''],
  ['a remark', '# later\n'],
  ['half a file', 'id: a\nlanguage: ts\nrule: { pattern: "x'],
])('%s is an error, soon', (_, text) => {
  const started = process.cpuUsage();
  const { rules, errors } = read(text);
  expect({ rules, some: errors.length > 0 }).toEqual({ rules: [], some: true });
  // A part of a second of this processor, whatever else the machine does.
  expect(process.cpuUsage(started).user / 1_000).toBeLessThan(10_000);
});

it('an edit of what a rule says gives another version; a remark or the order of keys does not', () => {
  const version = (text: string) => read(text).rules[0]?.version;
  const own = version(RULE);
  expect(own).toMatch(/^[0-9a-f]{12}\.0\.0$/);
  expect(version(`# a remark\n${RULE}note: more\n`)).toBe(own);
  expect(version('language: ts\nid: a\nrule: { pattern: f($A) }\n')).toBe(own);
  for (const edit of ['severity: low', 'on: removed', 'message: m', "files: ['a']", "ignores: ['a']", 'constraints: { A: { regex: x } }'])
    expect(version(`${RULE}${edit}\n`)).not.toBe(own);
  expect(version(RULE.replace('f(', 'g('))).not.toBe(own);
});

it('severities are ours or those of ast-grep, and off is off', () => {
  const severity = (word: string) => read(`${RULE}severity: ${word}\n`).rules.map((rule) => rule.severity);
  expect(['critical', 'error', 'warning', 'info', 'hint', 'off'].map(severity)).toEqual([
    ['critical'],
    ['high'],
    ['medium'],
    ['low'],
    ['low'],
    [],
  ]);
});
