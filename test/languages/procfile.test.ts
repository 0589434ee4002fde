import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { beforeAll, describe, expect, it } from 'vitest';
import { readFacts } from '../../server/src/core/facts/read-facts.ts';
import { languageOf, prepareLanguages } from '../../server/src/core/languages/prepare.ts';
import type { RepoPath } from '../../server/src/core/model/tree.ts';
import { assetFile } from '../../server/src/host/assets.ts';

const { resolve } = createRequire(import.meta.url);
const PATH = 'Procfile' as RepoPath;

beforeAll(async () => {
  await prepareLanguages([PATH], async (name) => readFileSync(assetFile(name, resolve)));
});

describe('processes of an app', () => {
  it.each([
    ['Procfile', 'procfile'],
    ['apps/shop/Procfile.production', 'procfile'],
    ['src/procfile.ts', 'typescript'],
  ])('%s is read as %s', (path, id) => {
    expect(languageOf(path as RepoPath)?.id).toBe(id);
  });

  it('reads each process as a setting and its command as shell', () => {
    const facts = readFacts(PATH, '# what runs\nrelease: rails db:migrate && rails cache:warm\r\nweb:  bundle exec puma\nnonsense\n');
    expect(facts?.settings.map(({ path, value }) => `${path.join('/')} = ${value}`)).toEqual([
      'release = rails db:migrate && rails cache:warm',
      'web = bundle exec puma',
    ]);
    expect(facts?.commands.map(({ scope, written, range }) => `${range.start.line}:${range.start.character} ${scope} ${written}`)).toEqual([
      '2:9 release rails db:migrate',
      '2:29 release rails cache:warm',
      '3:6 web bundle exec puma',
    ]);
  });
});
