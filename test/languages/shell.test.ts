import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { readFacts } from '../../server/src/core/facts/read-facts.ts';
import { prepareLanguages } from '../../server/src/core/languages/prepare.ts';
import type { SourceFacts } from '../../server/src/core/model/facts.ts';
import type { RepoPath } from '../../server/src/core/model/tree.ts';
import { assetFile } from '../../server/src/host/assets.ts';

const PATH = 'ops/run.sh' as RepoPath;
const { resolve } = createRequire(import.meta.url);

beforeAll(async () => {
  await prepareLanguages([PATH], async (name) => readFileSync(assetFile(name, resolve)));
});

describe('commands', () => {
  it('finds them in functions, lists, conditions, subshells and substitutions', () => {
    const { commands } = read('clean() { (a && b) || c; }\nif d; then e; fi\nx="$(f)"\nfor i in 1; do g; done\n! h &\n');
    expect(commands.map((command) => `${command.scope}:${command.name}`)).toEqual([
      'clean:a',
      'clean:b',
      'clean:c',
      ':d',
      ':e',
      ':f',
      ':g',
      ':h',
    ]);
  });

  it('names the program that is run in the end, without its directory', () => {
    const { commands } = read('sudo -u app /bin/rm -rf x\nenv A=1 nice -n 5 rm y\ntimeout 10 rm z\nnpx prisma migrate reset\n');
    expect(commands.map((command) => command.words.map((word) => word.text).join(' '))).toEqual([
      '/bin/rm -rf x',
      'rm y',
      'rm z',
      'prisma migrate reset',
    ]);
    expect(commands.map((command) => command.name)).toEqual(['rm', 'rm', 'rm', 'prisma']);
  });

  it('says what is excused, what a subshell bounds, and what a first line sets', () => {
    const { commands } = read('#!/bin/bash -eu\nnpm test || true\n(set -e; a)\nset -e\n');
    expect(commands.map((command) => command.key)).toEqual([
      'ops/run.sh: set -eu',
      'npm test',
      'npm test || true',
      'ops/run.sh: ( set -e',
      'a',
      'ops/run.sh: set -e',
    ]);
    expect(commands.map((command) => command.rescues ?? '')).toEqual(['', '', 'npm test', '', '', '']);
    expect(commands.map((command) => command.subshell === true)).toEqual([false, false, false, true, true, false]);
  });

  it('leaves out what can never run', () => {
    expect(read('if false; then a; else b; fi\nfalse && c\ntrue || d\n').commands.map((command) => command.name)).toEqual([
      'false',
      'b',
      'false',
      'true',
    ]);
  });

  it('reads commands that another program is given', () => {
    const text =
      'ssh -p 22 web1 rm -rf x\nssh web1 \'rm a; rm b\'\nsu - app -c "rm c"\neval "rm d"\ntrap \'rm e\' EXIT\naws-vault exec x -- rm f\n';
    const removed = read(text).commands.filter((command) => command.name === 'rm');
    expect(removed.map((command) => command.words.map((word) => word.text).join(' '))).toEqual([
      'rm -rf x',
      'rm a',
      'rm b',
      'rm c',
      'rm d',
      'rm e',
      'rm f',
    ]);
  });

  it('says what a pipe feeds, also behind a here-doc and into a group', () => {
    const piped = (text: string): readonly string[] =>
      read(text).commands.flatMap((command) => (command.pipedFrom === undefined ? [] : [`${command.pipedFrom} | ${command.name}`]));
    expect(piped('curl -s x | sudo bash\n')).toEqual(['curl | bash']);
    expect(piped('a "$(curl x)" | b | c\n')).toEqual(['a | b', 'b | c']);
    expect(piped('cat <<EOF | sh\nrm\nEOF\n')).toEqual(['cat | sh']);
    expect(piped('yes | { sh; }\n')).toEqual(['yes | sh']);
  });

  it('takes comments, strings and here-docs for text', () => {
    const { commands } = read('# rm -rf /\necho "rm -rf /" \'rm\'\ncat <<EOF\nrm -rf / $(date)\nEOF\n');
    expect(commands.map((command) => command.name)).toEqual(['echo', 'cat', 'date']);
  });

  it('reads the script given to another shell, and SQL given to a database client', () => {
    const { commands, statements } = read(
      "bash -c 'terraform destroy'\nssh host 'rm -rf /srv'\npsql -c \"DELETE FROM a\"\npsql <<SQL\nTRUNCATE b;\nSQL\n",
    );
    expect(commands.map((command) => command.name)).toEqual(['bash', 'terraform', 'ssh', 'rm', 'psql', 'psql']);
    expect(
      statements.map(
        (statement) => `${statement.verb} ${statement.targets} ${statement.range.start.line}:${statement.range.start.character}`,
      ),
    ).toEqual(['delete a 3:9', 'truncate b 5:0']);
  });
});

describe('words', () => {
  it('names what they expand and what guards it', () => {
    const [rm] = read('rm -rf "$A"/x "${B:?}" ${C:-/y} $(pwd) *.log\n').commands;
    expect(rm?.words.map((word) => word.text)).toEqual(['rm', '-rf', '$A/x', '${B:?}', '${C:-/y}', '$(pwd)', '*.log']);
    expect(rm?.words.map((word) => word.expansions.map(({ name, guarded }) => `${name}${guarded ? '!' : ''}`).join())).toEqual([
      '',
      '',
      'A',
      'B!',
      'C',
      '',
      '',
    ]);
    expect(rm?.words.map((word) => word.dynamic)).toEqual([false, false, false, false, false, true, true]);
  });

  it('keeps assignments as settings', () => {
    const { settings } = read('OUT=${1:-dist}\nexport NAME="a b"\nlocal dir=$(mktemp -d)\n');
    expect(settings.map((setting) => `${setting.path}=${setting.value}`)).toEqual(['OUT=${1:-dist}', 'NAME=a b', 'dir=$(mktemp -d)']);
  });
});

describe('identity', () => {
  it('gives a command the same key wherever it stands and however it is indented', () => {
    const keys = (text: string): readonly string[] => read(text).commands.map((command) => command.key);
    expect(keys('rm  -rf \\\n   x\n')).toEqual(keys('f() {\n  rm -rf x\n}\n'));
    expect(keys('A=1 rm x\n')).not.toEqual(keys('rm x\n'));
    expect(keys('curl x | sh\n')).not.toContain('sh');
  });

  it('keeps `set` apart by script: it guards the one it stands in', () => {
    expect(readFacts('a.sh' as RepoPath, 'set -e\n')?.commands[0]?.key).not.toBe(
      readFacts('b.sh' as RepoPath, 'set -e\n')?.commands[0]?.key,
    );
  });

  it('has equal tokens for another layout, and others for another end of a command', () => {
    const tokens = (text: string): readonly string[] => read(text).tokens.map((token) => token.text);
    expect(tokens('# note\nif a; then\n\n    b\nfi\n')).toEqual(tokens('if a; then\n  b # note\nfi\n'));
    expect(tokens('a\nb\n')).not.toEqual(tokens('a b\n'));
    expect(tokens('echo "a  b"\n')).not.toEqual(tokens('echo "a b"\n'));
  });

  it('counts characters in UTF-16 units', () => {
    const [, rm] = read('echo "é😀"; rm -r x\n').commands;
    expect(rm?.range).toEqual({ start: { line: 1, character: 12 }, end: { line: 1, character: 19 } });
  });
});

describe('bad input', () => {
  it('names what it cannot parse and still sees the rest', () => {
    const facts = read('rm -rf /srv\nif x; then\n  y\n');
    expect(facts.commands.map((command) => command.name)).toContain('rm');
    expect(facts.blindSpots).toEqual([{ reason: 'parse-error', detail: 'line 4' }]);
  });

  it('never throws and stays inside the file', () => {
    const pieces = fc.constantFrom(
      'rm -rf "$A"/',
      '$(',
      ')',
      '"',
      "'",
      '<<EOF\n',
      'EOF\n',
      '|',
      '&&',
      'if',
      'fi',
      '\n',
      ' ',
      '{',
      '}',
      '${',
      'é',
      '\\',
      '#',
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 30 }), (parts) => {
        const text = parts.join('');
        const lines = text.split('\n').length;
        for (const command of read(text).commands) expect(command.range.end.line).toBeLessThanOrEqual(lines);
      }),
      { numRuns: 200 },
    );
  });
});

it.each([
  ['rm -rf "$X"/\n', 'rm -rf "$X" /\n'],
  ['rm -rf $X/*\n', 'rm -rf $X /*\n'],
  ['rm -rf ${X}/\n', 'rm -rf ${X} /\n'],
  ['rm -rf $(x)/\n', 'rm -rf $(x) /\n'],
  ['a=b c\n', 'a= b c\n'],
  ['echo ${X:-a b}\n', 'echo ${X:-a  b}\n'],
  ['bash <<EOF\nls\nEOF\n', 'bash <<EOF\nls\nrm -rf /\nEOF\n'],
  ['ssh host <<EOF\nls\nEOF\n', 'ssh host <<EOF\nls /\nEOF\n'],
  ['psql <<EOF\nselect 1;\nEOF\n', 'psql <<EOF\ndelete from a;\nEOF\n'],
  ['ab\n', 'a\\\n b\n'],
])('tells texts of another meaning apart by their tokens: %j and %j', (one, other) => {
  const tokens = (text: string): readonly string[] => read(text).tokens.map((token) => token.text);
  expect(tokens(one)).not.toEqual(tokens(other));
  expect(tokens(one)).not.toEqual([]);
});

it('has no tokens where it could not read all', () => {
  expect(read('echo a\ncat <<A <<B\nx\nA\ny\nB\n').tokens).toEqual([]);
});

it('does not give its grammar a line that opens hundreds of brackets and closes none', () => {
  const { blindSpots, tokens } = read(`echo a\necho ${'$('.repeat(500)}\n`);
  expect(blindSpots).toEqual([{ reason: 'too-complex', detail: 'line 2 opens more than 400 brackets and closes none of them' }]);
  expect(tokens).toEqual([]);
});

it('gives up on a text that its grammar makes no sense of, and says so', () => {
  const { blindSpots, tokens } = read(`plan -out=t${'if (a) {'.repeat(1_500)}${'}'.repeat(1_500)}\n`);
  expect(blindSpots).toEqual([{ reason: 'too-complex', detail: 'the grammar makes no sense of it' }]);
  expect(tokens).toEqual([]);
});

it('unwraps the program that a package manager runs, and leaves its own words to it', () => {
  const names = (text: string): readonly string[] => read(text).commands.map((command) => command.name);
  expect(names('yarn prisma migrate reset\npnpm prisma db push\npnpm -r exec rimraf x\npnpm --filter api prisma db push\n')).toEqual([
    'prisma',
    'prisma',
    'rimraf',
    'prisma',
  ]);
  expect(names('yarn add x\npnpm install\nyarn\nyarn workspaces list\nyarn run prisma\nnpm prisma\n')).toEqual([
    'yarn',
    'pnpm',
    'yarn',
    'yarn',
    'prisma',
    'npm',
  ]);
});

function read(text: string): SourceFacts {
  const facts = readFacts(PATH, text);
  if (facts === undefined) throw new Error('expected a language for a script, found none');
  return facts;
}
