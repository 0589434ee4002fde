import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { dependentsOf, graphOf, importersOf, importsOf } from '../../server/src/core/languages/typescript/references/graph.ts';
import { packGraph } from '../../server/src/core/languages/typescript/references/graph-pack.ts';
import type { RepoPath, Tree } from '../../server/src/core/model/tree.ts';
import { openRepository, type RepositoryOptions } from '../../server/src/host/repository.ts';
import { graphFile } from '../../server/src/host/scans/kept-graph.ts';
import { makeRepository, type TestRepository } from '../support/git.ts';

/** So many that their graph is worth keeping. */
const FILES = 300;

let work: TestRepository;
let file: string;
beforeEach(() => {
  work = makeRepository();
  file = graphFile(path.join(work.dir, '.git'));
  for (let index = 0; index < FILES; index += 1)
    work.write(`src/f${index}.ts`, `import { x${index + 1} } from './f${index + 1}';\nexport const x${index} = 1;\n`);
  work.write('package.json', '{ "name": "shop", "main": "dist/f3.js" }\n');
  work.write('app/größe.ts', "import { x3 } from 'shop';\nimport './gone';\n");
  work.write('app/lost.ts', 'import { x4 } from "../src/f4";\nconst a = `${\n');
  work.write('app/wide.ts', Uint8Array.from([0x69, 0xff, 0xfe]));
  work.commit();
});
afterEach(() => work.dispose());

/** What a process says that comes, asks and goes: of every file whom it asks, who asks it, and what is not known. */
function ask(options: RepositoryOptions, treeOf: 'commit' | 'worktree' = 'worktree'): unknown {
  const repository = openRepository(work.dir, options);
  try {
    const tree = treeOf === 'commit' ? repository.commitTree('HEAD') : repository.worktreeChange().after;
    return said(tree);
  } finally {
    repository.close();
  }
}

function said(tree: Tree): unknown {
  const graph = graphOf(tree);
  const paths = graph.files.filter((one) => graph.numberOf.has(one)).toSorted();
  return {
    files: paths.map((one) => [one, importsOf(tree, one), importersOf(tree, one)]),
    unread: graph.unread,
    lost: graph.lost,
    reached: dependentsOf(tree, ['src/f290.ts' as RepoPath]),
    named: graph.resolver.resolve('app/größe.ts' as RepoPath, 'shop'),
    records: paths.map((one) => graph.recordOf(graph.numberOf.get(one) ?? -1)),
  };
}

const keeping: RepositoryOptions = { keepsScans: true };

describe('the graph that an earlier process linked', () => {
  test('says what one that is linked anew says, in a commit and over it', () => {
    const cold = ask({});
    expect([ask(keeping, 'commit'), existsSync(file)]).toEqual([cold, true]);
    for (const tree of ['commit', 'worktree'] as const) expect(ask(keeping, tree)).toEqual(cold);
    expect(cold).toMatchObject({ lost: ['app/lost.ts'], unread: ['app/wide.ts'], named: 'src/f3.ts' });
  });

  test('is believed where caches are, and asked nowhere else', () => {
    const cold = ask({});
    ask(keeping, 'commit');
    const kept = readFileSync(file);
    const repository = openRepository(work.dir);
    const graph = graphOf(repository.commitTree('HEAD'));
    const lie = packGraph({ ...graph, targets: graph.targets.map(() => 0) }) ?? new Uint8Array();
    repository.close();
    writeFileSync(file, Buffer.concat([kept.subarray(0, kept.length - lie.length), lie]));
    // The lie is believed where nothing is decided for others, which shows that the file is read.
    expect(ask(keeping)).not.toEqual(cold);
    expect(ask({})).toEqual(cold);
  });

  test('is that of its commit alone, through edits, new and removed files, commits, branches and renames', () => {
    const steps = [
      () => work.write('src/f7.ts', "import { x9 } from './f9';\n"),
      () => work.write('src/new.ts', "import { x1 } from './f1';\n"),
      () => work.remove('src/f10.ts'),
      () => work.commit(),
      () => work.git('checkout', '--quiet', '-b', 'other', 'HEAD~1'),
      () => work.git('mv', 'src/f20.ts', 'app/f20.ts'),
      () => work.write('package.json', '{ "name": "shop", "main": "dist/f5.js" }\n'),
      () => work.commit(),
      () => work.git('checkout', '--quiet', 'main'),
    ];
    for (const [index, step] of steps.entries()) {
      step();
      expect([index, ask(keeping)]).toEqual([index, ask({})]);
    }
  });

  test('is made anew where it is damaged, cut short, of another commit or limit, or no file', () => {
    const cold = ask({});
    ask(keeping, 'commit');
    const whole = readFileSync(file);
    for (const at of [0, 41, 128, 132, 136, 140, 148, 152, 160, 200, 2_000, whole.length - 40, whole.length - 1]) {
      const damaged = Buffer.from(whole);
      damaged[at] = (damaged[at] ?? 0) ^ 0x41;
      writeFileSync(file, damaged);
      expect([at, ask(keeping, 'commit'), readFileSync(file).equals(whole)]).toEqual([at, cold, true]);
    }
    for (const length of [0, 100, 128, 160, whole.length - 4]) {
      writeFileSync(file, whole.subarray(0, length));
      expect([length, ask(keeping, 'commit'), readFileSync(file).equals(whole)]).toEqual([length, cold, true]);
    }
    expect(ask({ ...keeping, maxFileBytes: 40 })).toEqual(ask({ maxFileBytes: 40 }));
    expect(ask(keeping)).toEqual(cold);
  }, 60_000);
});
