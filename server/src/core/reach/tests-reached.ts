import type { RepoPath } from '../model/tree.ts';
import { isTestFile } from '../test-files.ts';

/** The direct edges between the files of a tree, as its languages know them. */
export interface FileGraph {
  /** Files that ask for `path`, itself left out. */
  importersOf(path: RepoPath): readonly RepoPath[];
  /** True for a file that holds tests of its own beside what they test, as Rust's do. */
  holdsTests?(path: RepoPath): boolean;
  /** False where nobody here follows what such a file asks for: then nothing is known of who reaches it. */
  follows(path: RepoPath): boolean;
}

/** Everything that reaches some files by imports, with the number of steps; the files themselves are at 0. */
export function reachedFrom(graph: FileGraph, roots: Iterable<RepoPath>): ReadonlyMap<RepoPath, number> {
  const steps = new Map<RepoPath, number>();
  for (const root of roots) steps.set(root, 0);
  const queue = [...steps.keys()];
  for (let at = 0; at < queue.length; at += 1) {
    const path = queue[at];
    if (path === undefined) continue;
    const next = (steps.get(path) ?? 0) + 1;
    for (const importer of graph.importersOf(path)) {
      if (steps.has(importer)) continue;
      steps.set(importer, next);
      queue.push(importer);
    }
  }
  return steps;
}

/**
 * Of some files, those that a test is or reaches by imports, near or far. An upper bound of what is tested: a test that loads a file
 * need not run the line in question. Undefined for a file that nobody here follows.
 */
export function testedAmong(graph: FileGraph, files: readonly RepoPath[]): (path: RepoPath) => boolean | undefined {
  const answers = new Map<RepoPath, boolean>();
  for (const file of files) if (!answers.has(file)) answers.set(file, isTest(graph, file) || reachesTest(graph, file, answers));
  return (path) => (graph.follows(path) || isTestFile(path) ? answers.get(path) : undefined);
}

function isTest(graph: FileGraph, path: RepoPath): boolean {
  return isTestFile(path) || graph.holdsTests?.(path) === true;
}

/** True where a file of Rust has a module or a function that only its tests compile. */
export function holdsInlineTests(path: string, text: string): boolean {
  return path.endsWith('.rs') && /#\s*\[\s*(cfg\s*\(\s*test\s*\)|(\w+::)*test\b)/.test(text);
}

/** Looks outward until a test is met, or a file whose answer is known. */
function reachesTest(graph: FileGraph, file: RepoPath, answers: ReadonlyMap<RepoPath, boolean>): boolean {
  const seen = new Set<RepoPath>([file]);
  const queue = [file];
  for (let at = 0; at < queue.length; at += 1) {
    for (const importer of graph.importersOf(queue[at] as RepoPath)) {
      if (seen.has(importer)) continue;
      const known = answers.get(importer);
      if (known === true || isTest(graph, importer)) return true;
      seen.add(importer);
      // One that no test reaches leads to none.
      if (known !== false) queue.push(importer);
    }
  }
  return false;
}
