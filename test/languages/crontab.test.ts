import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { readFacts } from '../../server/src/core/facts/read-facts.ts';
import { languageOf, prepareLanguages } from '../../server/src/core/languages/prepare.ts';
import type { SourceFacts } from '../../server/src/core/model/facts.ts';
import type { RepoPath } from '../../server/src/core/model/tree.ts';
import { assetFile } from '../../server/src/host/assets.ts';

const { resolve } = createRequire(import.meta.url);

beforeAll(async () => {
  await prepareLanguages(['ops/crontab' as RepoPath], async (name) => readFileSync(assetFile(name, resolve)));
});

const read = (text: string, path = 'ops/crontab'): SourceFacts => {
  const facts = readFacts(path as RepoPath, text);
  if (facts === undefined) throw new Error(`expected a language for ${path}, found none`);
  return facts;
};

describe('tables of cron', () => {
  it.each([
    ['crontab', 'crontab'],
    ['ops/crontab.production', 'crontab'],
    ['jobs/nightly.cron', 'crontab'],
    ['etc/cron.d/backup', 'crontab'],
    ['docker/crontabs/root', 'crontab'],
    ['etc/cron.d/run.sh', 'shell'],
    ['src/crontab.ts', 'typescript'],
  ])('%s is read as %s', (path, id) => {
    expect(languageOf(path as RepoPath)?.id).toBe(id);
  });

  it('reads schedules under their command, variables, and the command as shell', () => {
    const { settings, commands } = read('# nightly\nMAILTO="ops"\n15 4 * * 1-5  cd /srv && ./report.sh >/dev/null\n@hourly ls%input\n');
    expect(
      settings.map(
        ({ path, value, range }) => `${range.start.line}:${range.start.character}-${range.end.character} ${path.join('/')} = ${value}`,
      ),
    ).toEqual([
      '2:0-12 MAILTO = ops',
      '3:0-12 cd /srv && ./report.sh >/dev/null/schedule = 15 4 * * 1-5',
      '4:0-7 ls%input/schedule = @hourly',
    ]);
    expect(commands.map(({ written, range }) => `${range.start.line}:${range.start.character} ${written}`)).toEqual([
      '3:14 cd /srv',
      '3:25 ./report.sh',
      '4:8 ls',
    ]);
  });

  it('knows that a table of the system names a user', () => {
    expect(read('5 * * * * app ./run.sh\n', 'etc/cron.d/run').commands.map((command) => command.written)).toEqual(['./run.sh']);
    expect(read('5 * * * * app ./run.sh\n').commands.map((command) => command.name)).toEqual(['app']);
  });

  it('says the same of other white space, and something else of another time', () => {
    const tokens = (text: string): readonly string[] => read(text).tokens.map((token) => token.text);
    expect(tokens('5  *\t* * * ls\n')).toEqual(tokens('# x\n5 * * * * ls\n\n'));
    expect(tokens('5 * * * * ls\n')).not.toEqual(tokens('6 * * * * ls\n'));
  });

  it('names a line that is none', () => {
    expect(read('every day at noon, please\n').blindSpots).toEqual([{ reason: 'parse-error', detail: 'line 1' }]);
  });

  it('never throws', () => {
    const parts = fc.array(fc.oneof(fc.string(), fc.constantFrom('*', '@daily', '5', 'A=1', '%', '\n', 'ls', '\\')), { maxLength: 14 });
    fc.assert(
      fc.property(parts, (text) => void read(text.join(' '))),
      { numRuns: 100 },
    );
  });
});
