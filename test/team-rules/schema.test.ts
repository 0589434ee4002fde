import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { RULES } from '../../server/src/core/rules/index.ts';
import { readRuleFile } from '../../server/src/core/team-rules/read-rule-file.ts';
import { repoPath } from '../support/git.ts';
import { readSchema } from '../support/json-schema.ts';

const conforms = readSchema('docs/brakeline-rule.schema.json');
const RULE = 'id: a\nlanguage: ts\nrule: { pattern: f() }\n';

const GOOD = [
  RULE,
  'id: no-eval-2\nlanguage: TypeScript\nrule:\n  any: [{ kind: identifier }, { not: { regex: a } }]\n',
  'id: a\nlanguage: py\nrule: { inside: { kind: b, stopBy: end, field: c }, has: { pattern: d, stopBy: { kind: e } } }\n',
  'id: a\nlanguage: go\nrule: { pattern: { context: a, selector: b, strictness: relaxed } }\n',
  'id: a\nlanguage: rust\nrule: { matches: b, nthChild: 2 }\nconstraints: { A: { regex: b } }\nutils: { b: { kind: c } }\n',
  `${RULE}on: changed\nfamily: money\nseverity: warning\nmessage: m\nnote: n\nurl: https://example.com/a\nfiles: [a/**]\nignores: ['*.b']\n`,
  `${RULE}fix: x\ntransform: {}\nrewriters: []\nlabels: {}\nmetadata: { a: 1 }\n`,
];

const BAD = [
  '[]',
  'id: a\nlanguage: ts\n',
  'id: a\nrule: { pattern: f() }\n',
  'language: ts\nrule: { pattern: f() }\n',
  RULE.replace('id: a', 'id: A'),
  RULE.replace('id: a', 'id: a/b'),
  RULE.replace('id: a', 'id: 7'),
  RULE.replace('id: a', `id: ${'a'.repeat(61)}`),
  RULE.replace('ts', 'cobol'),
  RULE.replace('{ pattern: f() }', '{}'),
  RULE.replace('{ pattern: f() }', 'f()'),
  RULE.replace('pattern', 'patern'),
  RULE.replace('{ pattern: f() }', '{ all: { pattern: a } }'),
  RULE.replace('{ pattern: f() }', '{ has: { kind: a, stopBy: somewhere } }'),
  RULE.replace('{ pattern: f() }', '{ has: { stopBy: end } }'),
  RULE.replace('{ pattern: f() }', '{ kind: a, stopBy: end }'),
  RULE.replace('{ pattern: f() }', '{ pattern: { selector: a } }'),
  `${RULE}constraints: [a]\n`,
  `${RULE}utils: { a: { kynd: b } }\n`,
  `${RULE}on: deleted\n`,
  `${RULE}family: team\n`,
  `${RULE}severity: severe\n`,
  `${RULE}message: ''\n`,
  `${RULE}url: javascript:alert(1)\n`,
  `${RULE}files: a\n`,
  `${RULE}files: [/a]\n`,
  `${RULE}extra: 1\n`,
];

const errorsOf = (text: string) => readRuleFile(repoPath('.brakeline/rules/a.yaml'), text).errors;

it.each(GOOD)('schema and reader accept %j', (text) => {
  expect({ schema: conforms(parse(text)), reader: errorsOf(text) }).toEqual({ schema: true, reader: [] });
});

it.each(BAD)('schema and reader refuse %j', (text) => {
  expect({ schema: conforms(parse(text)), reader: errorsOf(text).length > 0 }).toEqual({ schema: false, reader: true });
});

it('no rule that ships can be shadowed by a team: none is called team-', () => {
  expect(RULES.filter((rule) => rule.id.includes('/team-'))).toEqual([]);
});
