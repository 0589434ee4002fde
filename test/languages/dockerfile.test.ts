import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';
import { readFacts } from '../../server/src/core/facts/read-facts.ts';
import { prepareLanguages } from '../../server/src/core/languages/prepare.ts';
import type { SourceFacts } from '../../server/src/core/model/facts.ts';
import type { RepoPath } from '../../server/src/core/model/tree.ts';
import { assetFile } from '../../server/src/host/assets.ts';

const PATH = 'Dockerfile' as RepoPath;
const { resolve } = createRequire(import.meta.url);

beforeAll(async () => {
  await prepareLanguages([PATH], async (name) => readFileSync(assetFile(name, resolve)));
});

it('reads stages as resources and instructions as their settings', () => {
  const { resources, settings } = read(
    'FROM --platform=linux/amd64 node:22 AS build\nARG TOKEN\nENV A=b C="d e"\nFROM node:22\nUSER node\nHEALTHCHECK NONE\n',
  );
  expect(resources.map((resource) => resource.name)).toEqual(['build', 'image']);
  expect(settings.map((setting) => `${setting.scope} ${setting.path.join('/')}=${setting.value}`)).toEqual([
    'build FROM=node:22',
    'build ARG/TOKEN=',
    'build ENV/A=b',
    'build ENV/C=d e',
    'image FROM=node:22',
    'image USER=node',
  ]);
});

it('reads RUN over continued lines, comments between them, and flags of the builder', () => {
  const { commands } = read('FROM a\nRUN --mount=type=cache,target=/x apt-get update \\\n    # note\n\n && rm -rf /y\n');
  expect(commands.map((command) => `${command.name} ${command.range.start.line}:${command.range.start.character}`)).toEqual([
    'apt-get 2:33',
    'rm 5:4',
  ]);
});

it('reads the exec form and here-docs, and leaves other interpreters alone', () => {
  const names = (text: string): readonly string[] =>
    read(`FROM a\n${text}`).commands.map((command) => command.words.map((word) => word.text).join(' '));
  expect(names('RUN ["rm", "-rf", "/x"]\n')).toEqual(['rm -rf /x']);
  expect(names('RUN <<EOF\nrm -rf /x\nEOF\nUSER a\n')).toEqual(['rm -rf /x']);
  expect(names('RUN python3 <<EOF\nimport os\nEOF\n')).toEqual([]);
});

it('takes the escape character from the first lines', () => {
  const facts = read('# escape=`\nFROM a\nRUN rm `\n  -rf x\n');
  expect(facts.commands.map((command) => command.words.map((word) => word.text).join(' '))).toEqual(['rm -rf x']);
});

it('has equal tokens for another layout', () => {
  const tokens = (text: string): readonly string[] => read(text).tokens.map((token) => token.text);
  expect(tokens('from a\nRUN x \\\n  y\n# note\n')).toEqual(tokens('FROM a\nRUN x y\n'));
});

it('never throws', () => {
  const pieces = fc.constantFrom(
    'FROM a',
    'RUN ',
    '\n',
    '\\\n',
    '<<EOF',
    'EOF\n',
    '["a"',
    ']',
    '# escape=`\n',
    'ENV A',
    '=',
    '"',
    'USER root',
    '&&',
    '--mount=x ',
    'é',
  );
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 30 }), (parts) => {
      expect(() => read(parts.join(''))).not.toThrow();
    }),
    { numRuns: 200 },
  );
});

it.each([
  ['FROM a\nRUN <<EOF\nls\nEOF\n', 'FROM a\nRUN <<EOF\nls\nrm -rf /\nEOF\n'],
  ['FROM a\nCOPY <<EOF /x\nls\nEOF\n', 'FROM a\nCOPY <<EOF /x\nls /\nEOF\n'],
  ['FROM a\nRUN rm "a  b"\n', 'FROM a\nRUN rm "a b"\n'],
  ['FROM a\nRUN a\\\nb\n', 'FROM a\nRUN a \\\nb\n'],
])('tells texts of another meaning apart by their tokens: %j and %j', (one, other) => {
  const tokens = (text: string): readonly string[] => read(text).tokens.map((token) => token.text);
  expect(tokens(one)).not.toEqual(tokens(other));
  expect(tokens(one)).not.toEqual([]);
});

function read(text: string): SourceFacts {
  const facts = readFacts(PATH, text);
  if (facts === undefined) throw new Error('expected a language for a Dockerfile, found none');
  return facts;
}
