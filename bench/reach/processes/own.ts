// node own.js index|save|warm DIR: makes the index of a checkout as it lies on disk, and prints how long that took and what is in it;
// `save` keeps its scans for the next process, `warm` starts from those that were kept.
// node own.js ask|ask-typed DIR FILE: answers for each exported symbol in FILE (JSON, ExportedSymbol[]) where it is referred to;
// `ask-typed` with the compiler loaded, which is asked where names alone leave a doubt.
// The milliseconds are those since the first line ran: Node's own start is in what whoever started this measures.
import { readFileSync } from 'node:fs';
import { loadCompiler } from '../../../server/src/core/languages/typescript/compiler.ts';
import { graphOf } from '../../../server/src/core/languages/typescript/references/graph.ts';
import { referencesTo } from '../../../server/src/core/languages/typescript/references/query.ts';
import type { RepoPath, Tree } from '../../../server/src/core/model/tree.ts';
import { openRepository } from '../../../server/src/host/repository.ts';
import { expectShortRun } from '../../../server/src/host/short-run.ts';
import type { OwnAnswers, OwnIndex } from '../own-answers.ts';
import type { ExportedSymbol, Place } from '../symbols.ts';

const started = performance.now();
// As the command line does.
expectShortRun();

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});

async function main([verb, dir = '', file = '']: readonly string[]): Promise<void> {
  if (verb === 'ask-typed') await loadCompiler();
  const repository = openRepository(dir, { keepsScans: verb === 'save' || verb === 'warm', answersOnce: true });
  const { before, isSeen } = repository.lookAhead();
  const symbols: readonly ExportedSymbol[] = verb?.startsWith('ask') ? JSON.parse(readFileSync(file, 'utf8')) : [];
  // As the command line does, which knows what it was asked.
  before.expect?.(symbols.slice(0, 1).map(({ name }) => name));
  graphOf(before);
  await isSeen;
  const tree = repository.worktreeChange().after;
  const answer = verb?.startsWith('ask') ? askAll(tree, symbols) : makeIndex(tree);
  if (verb === 'save') repository.saveScans();
  process.stdout.write(JSON.stringify(answer));
  repository.close();
}

function makeIndex(tree: Tree): OwnIndex {
  const { files, targets } = graphOf(tree);
  const ms = performance.now() - started;
  return { ms, files: files.length, imports: targets.length, resolved: targets.filter((target) => 0 <= target).length };
}

function askAll(tree: Tree, symbols: readonly ExportedSymbol[]): OwnAnswers {
  const times: number[] = [];
  const answers: Place[][] = [];
  const atMost: boolean[] = [];
  for (const { path, name } of symbols) {
    const begun = times.length === 0 ? started : performance.now();
    const found = referencesTo(tree, path as RepoPath, name);
    times.push(performance.now() - begun);
    answers.push((found?.places ?? []).map((place) => ({ path: place.path, line: place.line, character: place.character + 1 })));
    atMost.push(found?.atMost ?? true);
  }
  return { times, answers, atMost };
}
