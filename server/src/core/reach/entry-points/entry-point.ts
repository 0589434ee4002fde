import type { SourceFacts } from '../../model/facts.ts';
import type { RepoPath, Tree } from '../../model/tree.ts';

/**
 * Where the outside world comes in:
 * - `export`, `bin`: what a package offers to others, and its programs;
 * - `route`, `page`: an address that is answered, by code or by the name of a file;
 * - `job`: work that a clock, a queue or an event starts; `function`: one that a platform runs on demand;
 * - `workflow`: a step of a pipeline; `container`: what an image or a pod runs; `script`: a script of a package;
 * - `main`: a file that is run by itself.
 */
export type EntryKind = 'route' | 'page' | 'job' | 'function' | 'container' | 'bin' | 'main' | 'export' | 'workflow' | 'script';

/** In the order in which a person wants to know of them: what customers meet first comes first. */
export const ENTRY_KINDS: readonly EntryKind[] = [
  'route',
  'page',
  'job',
  'function',
  'container',
  'bin',
  'main',
  'export',
  'workflow',
  'script',
];

export interface EntryPoint {
  readonly kind: EntryKind;
  /** `POST /refunds`, `@shop/api/client`, `nightly.yml: bill`. */
  readonly name: string;
  /** The file whose code runs. */
  readonly path: RepoPath;
  /** Where it is said that it runs; the file itself where it says so. `line` is 1-based. */
  readonly declared: { readonly path: RepoPath; readonly line: number };
  /** The scope of the code that runs, where a part of the file alone does: `Cats.all`, `app.get('/pay')`. */
  readonly scope?: string;
}

/** What the readers of entry points are given of a tree. */
export interface EntryWorld {
  readonly tree: Tree;
  readonly paths: ReadonlySet<string>;
  /** What the language of a file sees in it; undefined where none reads it. Asked once a file. */
  facts(path: RepoPath): SourceFacts | undefined;
  /** False for tests, examples and what else no customer meets: nothing comes in there. */
  isServed(path: RepoPath): boolean;
}
