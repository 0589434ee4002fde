import { expect, it } from 'vitest';
import type { RepoPath } from '../server/src/core/model/tree.ts';
import { repoPath } from './support/git.ts';
import { timeToReview, upTo } from './support/time-to-review.ts';

/** A file of so many parts, before and after each of them changed a little. */
const EDITED: Readonly<Record<string, (count: number) => readonly [path: string, before: string, after: string]>> = {
  'statements of SQL': (count) => {
    const part = (index: number): string =>
      `INSERT INTO t${index % 50} (id, name)\n  VALUES (${index}, 'n');\nUPDATE t${index % 50}\n  SET name = 'x'\n  WHERE id = ${index};\n`;
    const text = upTo(count).map(part).join('');
    return ['db/rows.sql', text, text.replaceAll(/WHERE id = (\d+)/g, 'WHERE id = 1$1')];
  },
  'entries of YAML': (count) => {
    const part = (index: number): string => `s${index}:\n  image: shop/s${index}\n  replicas: ${index % 7}\n  env:\n    LEVEL: a${index}\n`;
    const text = upTo(count).map(part).join('');
    return ['config/services.yaml', text, text.replaceAll(/LEVEL: a(\d+)/g, 'LEVEL: b$1')];
  },
  'entries of JSON': (count) => {
    const part = (index: number): string => `  { "name": "s${index}",\n    "replicas": ${index % 7},\n    "timeout": ${index}\n  }`;
    const text = `{ "services": [\n${upTo(count).map(part).join(',\n')}\n] }\n`;
    return ['config/services.json', text, text.replaceAll(/"timeout": (\d+)/g, '"timeout": 1$1')];
  },
  'functions that do another thing': (count) => {
    const text = upTo(count)
      .map((index) => `export function work${index}(a: number): number {\n  return a + ${index};\n}\n\n`)
      .join('');
    return ['src/api.ts', text, text.replaceAll('return a +', 'return a -')];
  },
};

it.each(Object.entries(EDITED))(
  'a file of thousands of %s, each of them edited, takes a time that grows with it',
  { timeout: 240_000 },
  async (_, edit) => {
    const time = (count: number): Promise<number> => {
      const [path, before, after] = edit(count);
      return timeToReview(new Map([[repoPath(path), before]]), new Map([[repoPath(path), after]]));
    };
    await time(100);
    const [small, large] = [await time(250), await time(1_000)];
    // Four times as much: the square of it would be sixteen.
    expect(large / small).toBeLessThan(10);
  },
);

it('a change of thousands of files takes a time that grows with their number', { timeout: 240_000 }, async () => {
  const time = (count: number): Promise<number> => {
    const files = (sign: string): Map<RepoPath, string> =>
      new Map(
        upTo(count).map((file) => [
          repoPath(`src/d${file % 20}/part${file}.ts`),
          `export function work${file}(a: number): number {\n  save(a, ${file});\n  return a ${sign} ${file};\n}\n`,
        ]),
      );
    return timeToReview(files('+'), files('-'));
  };
  await time(100);
  const [small, large] = [await time(500), await time(2_000)];
  expect(large / small).toBeLessThan(10);
});
