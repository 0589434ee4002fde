import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';
import { readFacts } from '../../server/src/core/facts/read-facts.ts';
import { prepareLanguages } from '../../server/src/core/languages/prepare.ts';
import type { SourceFacts } from '../../server/src/core/model/facts.ts';
import type { RepoPath } from '../../server/src/core/model/tree.ts';
import { assetFile } from '../../server/src/host/assets.ts';

const PATH = 'infra/main.tf' as RepoPath;
const { resolve } = createRequire(import.meta.url);

beforeAll(async () => {
  await prepareLanguages([PATH], async (name) => readFileSync(assetFile(name, resolve)));
});

it('reads blocks as resources with their header as range', () => {
  const { resources, scopes } = read(
    'resource "aws_db_instance" "main" {\n  a = 1\n}\ndata "aws_ami" "x" {}\nmodule "m" {}\nmoved {\n  from = a.b\n  to   = a.c\n}\n',
  );
  expect(resources.map((resource) => `${resource.type} ${resource.name}`)).toEqual([
    'aws_db_instance main',
    'data aws_ami.x',
    'module m',
    'moved a.b',
  ]);
  expect(resources[0]?.range).toEqual({ start: { line: 1, character: 0 }, end: { line: 1, character: 33 } });
  expect(scopes[0]).toEqual({ name: 'resource.aws_db_instance.main', startLine: 1, endLine: 3 });
});

it('reads values by their type', () => {
  const { settings } = read('a = true\nb = -1.5\nc = null\nd = "x${var.y}z"\ne = var.z\nf = ["p", 2]\ng = []\n');
  expect(settings.map((setting) => `${setting.path.join('/')}=${JSON.stringify(setting.value)}`)).toEqual([
    'a=true',
    'b=-1.5',
    'c=null',
    'd="x${var.y}z"',
    'e="var.z"',
    'f/0="p"',
    'f/1=2',
    'g="[]"',
  ]);
});

it('reads nested, repeated and dynamic blocks', () => {
  const { settings } = read(
    'resource "a" "b" {\n  ingress {\n    port = 1\n  }\n  ingress {\n    port = 2\n  }\n  dynamic "egress" {\n    for_each = var.l\n    content {\n      port = 3\n    }\n  }\n}\n',
  );
  expect(settings.map((setting) => setting.path.join('/'))).toEqual([
    'ingress',
    'ingress/port',
    'ingress#2',
    'ingress#2/port',
    'egress',
    'egress/for_each',
    'egress/port',
  ]);
});

it('reads policies in jsonencode, in a here-doc and in a string', () => {
  const paths = (text: string): readonly string[] =>
    read(text)
      .settings.filter((setting) => setting.value !== null)
      .map((setting) => `${setting.range.start.line} ${setting.path.join('/')}=${setting.value}`);
  expect(paths('p = jsonencode({\n  Statement = [{ Sid = "s", Action = "*" }]\n})\n')).toEqual([
    '2 p/Statement/s/Sid=s',
    '2 p/Statement/s/Action=*',
  ]);
  expect(paths('p = <<EOF\n{\n  "Action": "*"\n}\nEOF\n')).toEqual(['3 p/Action=*']);
  expect(paths('p = <<EOF\nplain text\nEOF\n')).toEqual(['1 p=plain text']);
});

it('knows an address by its folder', () => {
  const key = (path: string): string | undefined => readFacts(path as RepoPath, 'resource "a" "b" {}\n')?.resources[0]?.key;
  expect(key('infra/prod/a.tf')).toBe(key('infra/prod/b.tf'));
  expect(key('infra/prod/a.tf')).not.toBe(key('infra/dev/a.tf'));
});

it('has equal tokens for another layout', () => {
  const tokens = (text: string): readonly string[] => read(text).tokens.map((token) => token.text);
  expect(tokens('a   = 1 # note\n\nb = 2\n')).toEqual(tokens('a = 1\nb = 2\n'));
  expect(tokens('a = 1\n')).not.toEqual(tokens('a = 2\n'));
});

it('names what it cannot parse and still sees the rest', () => {
  const facts = read('resource "a" "b" {\n  x = 1\n}\nresource "c" {{\n');
  expect(facts.resources.map((resource) => resource.name)).toContain('b');
  expect(facts.blindSpots[0]?.reason).toBe('parse-error');
});

it('never throws', () => {
  const pieces = fc.constantFrom(
    'resource "a" "b" {',
    '}',
    'x = ',
    '1',
    '"',
    '${',
    '<<EOF\n',
    'EOF\n',
    '[',
    ']',
    '\n',
    'jsonencode(',
    ')',
    '#',
    'é',
    'dynamic "y" {',
    '{',
  );
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 30 }), (parts) => {
      expect(() => read(parts.join(''))).not.toThrow();
    }),
    { numRuns: 200 },
  );
});

it.each([
  ['a = "  x"\n', 'a = "x"\n'],
  ['a = "x ${b} y"\n', 'a = "x${b}y"\n'],
  ['a = <<EOF\n${b}\n\nEOF\n', 'a = <<EOF\n${b}\nEOF\n'],
  ['a = <<EOF\nls\nEOF\n', 'a = <<EOF\nls\nrm -rf /\nEOF\n'],
])('tells texts of another meaning apart by their tokens: %j and %j', (one, other) => {
  const tokens = (text: string): readonly string[] => read(text).tokens.map((token) => token.text);
  expect(tokens(one)).not.toEqual(tokens(other));
  expect(tokens(one)).not.toEqual([]);
});

function read(text: string): SourceFacts {
  const facts = readFacts(PATH, text);
  if (facts === undefined) throw new Error('expected a language for Terraform, found none');
  return facts;
}
