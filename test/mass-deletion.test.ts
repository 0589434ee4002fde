import { beforeAll, describe, expect, it } from 'vitest';
import { readFacts } from '../server/src/core/facts/read-facts.ts';
import { languageOf, prepareLanguages } from '../server/src/core/languages/prepare.ts';
import type { Assessment } from '../server/src/core/model/assessment.ts';
import type { Finding } from '../server/src/core/model/finding.ts';
import type { RepoPath } from '../server/src/core/model/tree.ts';
import { reachOfWave } from '../server/src/core/reach/wave-reach.ts';
import { WAVE_OF_EXPORTS } from '../server/src/core/rules/thresholds.ts';
import { changeOf, check, readAsset } from './support/check.ts';
import { repoPath } from './support/git.ts';
import { memoryTree } from './support/memory-tree.ts';
import { upTo } from './support/time-to-review.ts';

it('a deleted folder of six thousand exports, some in use, is answered exactly and within seconds', async () => {
  const before = new Map<RepoPath, string>();
  const names = Array.from({ length: 120 }, (_, index) => `member${index}`);
  for (let file = 0; file < 50; file += 1) {
    // A fixture names its files itself; they are what RepoPath promises.
    before.set(`gone/part${file}.ts` as RepoPath, names.map((name) => `export function ${name}of${file}(): void {}\n`).join(''));
    before.set(`kept/use${file}.ts` as RepoPath, `import * as part from '../gone/part${file}';\npart.member0of${file}();\n`);
  }
  const after = new Map([...before].filter(([path]) => path.startsWith('kept/')));
  const started = process.cpuUsage();
  const assessment = await check(changeOf({ before, after }));
  const { user } = process.cpuUsage(started);
  expect(user / 1_000).toBeLessThan(60_000);
  const radii = assessment.hunks.flatMap((hunk) => hunk.findings.map((finding) => finding.blastRadius));
  expect(radii.length).toBeGreaterThan(49);
  expect(radii.every((radius) => radius === null || !radius.atMost)).toBe(true);
  expect(radii.some((radius) => (radius?.references ?? 0) > 0)).toBe(true);
});

/** A file of declarations, and files that ask for some of them: how a language writes both. */
interface Shop {
  readonly path: RepoPath;
  readonly declare: (index: number, name?: string) => string;
  readonly head?: string;
  readonly use: (user: number, names: readonly number[]) => readonly [RepoPath, string];
}

const SHOPS: Readonly<Record<string, Shop>> = {
  typescript: {
    path: repoPath('src/api.ts'),
    declare: (index, name = 'work') => `export function ${name}${index}(a: number): number {\n  return a + ${index};\n}\n\n`,
    use: (user, names) => [
      repoPath(`src/use${user}.ts`),
      `import { ${names.map((name) => `work${name}`).join(', ')} } from './api';\n${names.map((name) => `console.log(work${name}(1));\n`).join('')}`,
    ],
  },
  python: {
    path: repoPath('shop/api.py'),
    declare: (index, name = 'work') => `def ${name}${index}(a):\n    return a + ${index}\n\n\n`,
    use: (user, names) => [
      repoPath(`shop/use${user}.py`),
      `from shop.api import ${names.map((name) => `work${name}`).join(', ')}\n\n${names.map((name) => `print(work${name}(1))\n`).join('')}`,
    ],
  },
  go: {
    path: repoPath('api/api.go'),
    head: 'package api\n\n',
    declare: (index, name = 'Work') => `func ${name}${index}(a int) int {\n\treturn a + ${index}\n}\n\n`,
    use: (user, names) => [
      repoPath(`cmd/use${user}.go`),
      `package cmd\n\nimport "example.org/shop/api"\n\nfunc Run${user}() {\n${names.map((name) => `\tprintln(api.Work${name}(1))\n`).join('')}}\n`,
    ],
  },
};

const MANY = 10_000;

function textOf(shop: Shop, count: number, name?: string): string {
  return `${shop.head ?? ''}${upTo(count)
    .map((index) => shop.declare(index, name))
    .join('')}`;
}

/** `users` files of twenty names each. */
function usersOf(shop: Shop, users: number, count: number): Map<RepoPath, string> {
  const files = upTo(users).map((user) =>
    shop.use(
      user,
      upTo(20).map((at) => (user * 7 + at * 31) % count),
    ),
  );
  return new Map([[repoPath('go.mod'), 'module example.org/shop\n\ngo 1.22\n'], ...files]);
}

function lostExports(assessment: Assessment): readonly Finding[] {
  return assessment.hunks.flatMap(({ findings }) => findings.filter(({ rule }) => rule === 'contract/export-removed'));
}

/** Of this process, in milliseconds. */
function timeOf<T>(work: () => T): { readonly answer: T; readonly ms: number } {
  const started = process.cpuUsage();
  const answer = work();
  const { user, system } = process.cpuUsage(started);
  return { answer, ms: (user + system) / 1_000 };
}

describe('a wave of exports', () => {
  beforeAll(async () => {
    await prepareLanguages(
      Object.values(SHOPS).map(({ path }) => path),
      readAsset,
    );
  });

  it.each(Object.entries(SHOPS).flatMap(([name, shop]) => (['gone', 'empty'] as const).map((end) => [name, end, shop] as const)))(
    'ten thousand of %s in a file that is %s are told once, in a few times what it takes to read them',
    { timeout: 240_000 },
    async (_, end, shop) => {
      const text = textOf(shop, MANY);
      const users = usersOf(shop, 40, MANY);
      const before = new Map([...users, [shop.path, text]]);
      const after = end === 'gone' ? users : new Map([...users, [shop.path, shop.head ?? '']]);
      const change = changeOf({ before, after });
      readFacts(shop.path, text);
      const reading = timeOf(() => readFacts(shop.path, text)).ms;
      const started = process.cpuUsage();
      const assessment = await check(change);
      const used = process.cpuUsage(started);
      const [told, ...others] = lostExports(assessment);
      expect(others).toEqual([]);
      expect(told?.message).toMatch(/^`[Ww]ork\d+`, `[Ww]ork\d+` and 681 more are gone; at most \d+ dependents$/);
      expect(told?.severity).toBe('high');
      expect(told?.blastRadius?.files).toBe(40);
      expect(told?.related.length).toBe(10);
      // It took hundreds of times as long.
      expect((used.user + used.system) / 1_000 / reading).toBeLessThan(20);
    },
  );

  it('as many in a file of as many hunks are told where each stands, and the time grows with their number', {
    timeout: 240_000,
  }, async () => {
    const shop = SHOPS.typescript as Shop;
    const rename = async (count: number) => {
      const users = usersOf(shop, 10, count);
      const before = new Map([...users, [shop.path, textOf(shop, count)]]);
      const after = new Map([...users, [shop.path, textOf(shop, count, 'labour')]]);
      const change = changeOf({ before, after });
      const started = process.cpuUsage();
      const assessment = await check(change);
      const used = process.cpuUsage(started);
      return { assessment, ms: (used.user + used.system) / 1_000 };
    };
    await rename(200);
    const [small, large] = [await rename(500), await rename(2_000)];
    expect(small.assessment.hunkCount).toBe(500);
    expect(new Set(lostExports(large.assessment).map(({ fingerprint }) => fingerprint)).size).toBe(lostExports(large.assessment).length);
    expect(lostExports(large.assessment).length).toBeGreaterThan(100);
    // Four times as many in four times the time and a little more; it was the cube, sixty-four times.
    expect(large.ms / small.ms).toBeLessThan(16);
  });

  it('begins above a number, and its fingerprint covers each of them', async () => {
    const shop = SHOPS.typescript as Shop;
    const lose = async (count: number, edit: (text: string) => string = (text) => text) => {
      const users = new Map([shop.use(0, upTo(count))]);
      const before = new Map([...users, [shop.path, edit(`${textOf(shop, count)}export const stays = 1;\n`)]]);
      const after = new Map([...users, [shop.path, 'export const stays = 1;\n']]);
      return lostExports(await check(changeOf({ before, after })));
    };
    expect((await lose(WAVE_OF_EXPORTS)).length).toBe(WAVE_OF_EXPORTS);
    const [wave, ...others] = await lose(WAVE_OF_EXPORTS + 1);
    expect(others).toEqual([]);
    expect(wave?.message).toBe(`\`work0\`, \`work1\` and ${WAVE_OF_EXPORTS - 1} more are gone; ${2 * (WAVE_OF_EXPORTS + 1)} dependents`);
    const [further] = await lose(WAVE_OF_EXPORTS + 2);
    const [another] = await lose(WAVE_OF_EXPORTS + 1, (text) => text.replace('a + 7', 'a - 7'));
    const [same] = await lose(WAVE_OF_EXPORTS + 1, (text) => `// A remark that stays out of it.\n\n${text}`);
    expect(new Set([wave, further, another].map((one) => one?.fingerprint)).size).toBe(3);
    expect(same?.message).toBe(wave?.message);
  });

  it('is counted at once, and no symbol has more dependents than are counted so', () => {
    const shop = SHOPS.typescript as Shop;
    const count = 450;
    const text = `${textOf(shop, count)}function inside() {}\nexport { inside as outside };\nexport default work1;\nexport class Till {\n  ring(): void {}\n}\nwork2(1);\n`;
    const files = usersOf(shop, 60, count);
    files.set(repoPath('src/index.ts'), "export * from './api';\nexport { work3 as third } from './api';\n");
    files.set(repoPath('src/far.ts'), "import { third, work4, outside } from './index';\nthird(1);\nwork4(1);\noutside();\n");
    files.set(repoPath('src/whole.ts'), "import main, * as api from './api';\nmain(1);\napi.work5(1);\nnew api.Till().ring();\n");
    files.set(shop.path, text);
    const tree = memoryTree('before', files);
    const language = languageOf(shop.path);
    const facts = readFacts(shop.path, text);
    if (language?.reach === undefined || facts === undefined) throw new Error('expected a language with reach');
    const wave = reachOfWave({ language, tree, path: shop.path, facts });
    let bounds = 0;
    for (const symbol of facts.symbols.filter(({ exported }) => exported)) {
      const bound = wave.of(symbol);
      const exact = language.reach(tree, shop.path, symbol, 'names');
      if (bound === 'ask' || exact === null) continue;
      bounds += 1;
      expect([symbol.name, bound.references >= exact.references, bound.files >= exact.files]).toEqual([symbol.name, true, true]);
      expect(bound.transitiveFiles).toBeGreaterThanOrEqual(exact.transitiveFiles);
      expect(bound.tests).toBeGreaterThanOrEqual(exact.tests);
    }
    expect(bounds).toBeGreaterThan(100);
  });
});
