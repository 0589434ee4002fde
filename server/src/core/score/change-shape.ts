import type { ScoreFactor } from '../model/history.ts';
import type { Hunk } from '../model/hunk.ts';
import type { RepoPath } from '../model/tree.ts';

/** One changed file as a score sees it. */
export interface ChangedFile {
  readonly path: RepoPath;
  /** What a file of this place is for, as facts/path-context.ts says. */
  readonly context: 'production' | 'pipeline' | 'test' | 'documentation' | 'development' | 'rollback';
  readonly hunks: readonly Hunk[];
}

const PROSE = /\.(md|mdx|rst|adoc|png|svg|jpe?g|gif|webp|ico)$|(^|\/)(LICENSE|NOTICE|CHANGELOG|AUTHORS|CODEOWNERS)[^/]*$/i;
const MANIFEST = /(^|\/)(package\.json|lerna\.json|Cargo\.toml|pyproject\.toml|setup\.(py|cfg)|version\.[a-z]+|[\w-]*version\.txt)$/i;
/** What builds, checks and ships: more places than pathContext calls a pipeline, because here nothing is judged by it. */
const PIPELINE =
  /(^|\/)\.(github|gitlab|circleci|buildkite)\/|(^|\/)(\.travis\.ya?ml|\.gitlab-ci\.ya?ml|\.?appveyor\.ya?ml|azure-pipelines[^/]*|Jenkinsfile[^/]*|Dockerfile[^/]*|Makefile[^/]*)$/i;
const VERSION_LINE = /^\s*["']?(__version__|version|VERSION)["']?\s*[:=]/;

/** True where a file's lines run, configure or build something that people use. */
export function isBehaviour({ path, context }: Pick<ChangedFile, 'path' | 'context'>): boolean {
  return (context === 'production' || context === 'pipeline' || context === 'development') && !PROSE.test(path);
}

/**
 * What a change's own shape gives, before anything is known of its past. Weights and what each factor added on real commits:
 * docs/score.md. Every factor is 0 or more, so that none can hide a finding.
 */
export function shapeFactors(files: readonly ChangedFile[]): readonly ScoreFactor[] {
  return [behaviour(files), removal(files), pipeline(files)];
}

function behaviour(files: readonly ChangedFile[]): ScoreFactor {
  const name = 'what runs';
  const acting = files.filter(isBehaviour);
  if (acting.length === 0) return { name, points: 0, most: 10, found: 'only documentation, tests or rollbacks change' };
  if (acting.every(isVersionOnly)) return { name, points: 5, most: 10, found: 'only version numbers change' };
  return {
    name,
    points: 10,
    most: 10,
    found: acting.length === 1 ? '1 file runs, configures or builds something' : `${acting.length} files run, configure or build something`,
  };
}

function isVersionOnly({ path, hunks }: ChangedFile): boolean {
  return (
    MANIFEST.test(path) &&
    hunks.every((hunk) => [...hunk.removed, ...hunk.added].every((line) => line.trim() === '' || VERSION_LINE.test(line)))
  );
}

function removal(files: readonly ChangedFile[]): ScoreFactor {
  let removed = 0;
  let all = 0;
  for (const { hunks } of files) {
    for (const hunk of hunks) {
      removed += hunk.removed.length;
      all += hunk.removed.length + hunk.added.length;
    }
  }
  const share = all === 0 ? 0 : removed / all;
  return {
    name: 'what goes',
    points: 8 * share,
    most: 8,
    found: removed === 0 ? 'nothing is removed' : `removes ${Math.round(100 * share)} % of ${count(all, 'changed line')}`,
  };
}

function pipeline(files: readonly ChangedFile[]): ScoreFactor {
  const touched = files.filter(({ path }) => PIPELINE.test(path));
  return {
    name: 'what ships it',
    points: touched.length === 0 ? 0 : 5,
    most: 5,
    found: touched.length === 0 ? 'no pipeline, image or deploy file changes' : `${count(touched.length, 'file')} of the pipeline`,
  };
}

/** `1 fix`, `2 fixes`. */
export function count(number: number, noun: string, plural = `${noun}s`): string {
  return `${number} ${number === 1 ? noun : plural}`;
}
