import type { RepoPath } from '../../../model/tree.ts';

/** Endings of files that hold modules; what runs stands before what only declares, since the danger of an edit lies there. */
const ENDINGS = ['.ts', '.tsx', '.mts', '.cts', '.js', '.jsx', '.mjs', '.cjs', '.vue', '.svelte', '.d.ts', '.d.mts', '.d.cts'] as const;

const RANKS: ReadonlyMap<string, number> = new Map(ENDINGS.map((ending, rank) => [ending, rank]));

const LONGEST = '.svelte'.length;

/** A specifier may name the file that the compiler will write: which sources that file is written from. */
const WRITTEN_FROM: ReadonlyMap<string, readonly string[]> = new Map([
  ['.js', ['.ts', '.tsx', '.js', '.jsx', '.d.ts']],
  ['.jsx', ['.tsx', '.ts', '.jsx', '.js', '.d.ts']],
  ['.mjs', ['.mts', '.mjs', '.d.mts']],
  ['.cjs', ['.cts', '.cjs', '.d.cts']],
]);

/** Metro and the compiler's `moduleSuffixes` put one of these before the ending; `./view` then means each of them. */
const PLATFORMS: ReadonlySet<string> = new Set(['.native', '.ios', '.android', '.web']);

const NONE: readonly RepoPath[] = [];

/** The source files of a tree by what an import may call them: one look-up instead of a probe for each ending. */
export interface SourceIndex {
  /** Whether the tree has a path, of any kind. Exact: letters of the other case are another path. */
  has(path: string): boolean;
  /** Files that `base` means as a file, with or without an ending, the likeliest first. */
  filesAt(base: string): readonly RepoPath[];
  /** Files whose path without its ending is `stem`. */
  withStem(stem: string): readonly RepoPath[];
}

export function indexSources(paths: readonly RepoPath[]): SourceIndex {
  const stems = new Map<string, RepoPath[]>();
  const platforms = new Map<string, RepoPath[]>();
  for (const path of paths) {
    const ending = endingOf(path);
    if (ending === undefined) continue;
    const stem = path.slice(0, -ending.length);
    put(stems, stem, path);
    const inner = stem.lastIndexOf('.');
    if (inner >= 0 && PLATFORMS.has(stem.slice(inner))) put(platforms, stem.slice(0, inner), path);
  }

  const withStem = (stem: string): readonly RepoPath[] => {
    const files = stems.get(stem);
    const others = platforms.size === 0 ? undefined : platforms.get(stem);
    return others === undefined ? (files ?? NONE) : [...(files ?? NONE), ...others];
  };

  return {
    has: (path) => paths[firstFrom(paths, path)] === path,
    withStem,
    filesAt(base) {
      const ending = endingOf(base);
      if (ending === undefined) {
        const found = withStem(base);
        return found.length > 0 ? found : declaredFor(stems, base);
      }
      const stem = base.slice(0, -ending.length);
      const sources = WRITTEN_FROM.get(ending);
      const files = withStem(stem).filter((file) => (sources === undefined ? file === base : sources.includes(endingOf(file) ?? '')));
      if (files.length > 0) return files;
      // `chart.js` may be a name before its ending, and what is written may have another ending than the compiler would give it.
      const whole = withStem(base);
      return whole.length > 0 || !/[jt]sx?$/.test(ending) ? whole : withStem(stem);
    },
  };
}

/** The ending of a path by which it is a source file: `.ts`, `.d.mts`, `.vue`; undefined for any other file. */
export function endingOf(path: string): string | undefined {
  const dot = path.lastIndexOf('.');
  const last = dot < 0 || path.length - dot > LONGEST ? '' : path.slice(dot);
  if (!RANKS.has(last)) return undefined;
  return path.endsWith('.d', dot) && RANKS.has(`.d${last}`) ? `.d${last}` : last;
}

/** Whether a file only declares what another one does. */
export function isDeclaration(path: string): boolean {
  return /\.d\.[cm]?ts$/.test(path);
}

/** Types of a file that is none of ours: `theme.css` is declared in `theme.d.css.ts`. */
function declaredFor(stems: ReadonlyMap<string, readonly RepoPath[]>, base: string): readonly RepoPath[] {
  const dot = base.lastIndexOf('.');
  return dot > base.lastIndexOf('/') ? (stems.get(`${base.slice(0, dot)}.d${base.slice(dot)}`) ?? NONE) : NONE;
}

function put(map: Map<string, RepoPath[]>, key: string, path: RepoPath): void {
  const known = map.get(key);
  if (known === undefined) {
    map.set(key, [path]);
    return;
  }
  known.push(path);
  known.sort((a, b) => rankOf(a) - rankOf(b));
}

function rankOf(path: string): number {
  return RANKS.get(endingOf(path) ?? '') ?? ENDINGS.length;
}

/** Position of the first path that is not before `prefix`; `paths` are sorted by code unit, as those of a tree are. */
export function firstFrom(paths: readonly string[], prefix: string): number {
  let low = 0;
  let high = paths.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((paths[middle] ?? '') < prefix) low = middle + 1;
    else high = middle;
  }
  return low;
}
