import { boundedGlob, globExpression, NO_PATH } from '../bounded-globs.ts';
import type { RepoPath, Tree } from '../model/tree.ts';

/** Who must look at a file, by the last line of CODEOWNERS that fits it. */
export interface Owners {
  /** The file that says so; undefined where the tree has none. */
  readonly source: RepoPath | undefined;
  /** As written (`@shop/payments`, `dev@example.org`), in order; empty where a line takes the owners away or none fits. */
  of(path: RepoPath): readonly string[];
}

/** In the order in which GitHub looks, and GitLab's own folder last; the first that is there is the only one that counts. */
const PLACES = ['.github/CODEOWNERS', 'CODEOWNERS', 'docs/CODEOWNERS', '.gitlab/CODEOWNERS'] as const;
/** GitHub ignores a larger file; a rule that nobody applies must not be shown. Bytes of UTF-8, about its limit of 3 MB. */
const MOST_BYTES = 3_145_728;

interface Line {
  readonly fits: RegExp;
  readonly owners: readonly string[];
}

/**
 * Reads CODEOWNERS of a tree. Give the base's: the head of a change must not say who looks at it. The last line that fits wins, in
 * a file with GitLab's sections the last of each section, together.
 */
export function ownersOf(tree: Tree): Owners {
  for (const place of PLACES) {
    const content = tree.read(place as RepoPath);
    if (content?.kind !== 'text' || content.text.length > MOST_BYTES) continue;
    const sections = readSections(content.text);
    const known = new Map<RepoPath, readonly string[]>();
    return {
      source: place as RepoPath,
      of(path) {
        const found = known.get(path) ?? ownersIn(sections, path);
        known.set(path, found);
        return found;
      },
    };
  }
  return { source: undefined, of: () => [] };
}

function ownersIn(sections: readonly (readonly Line[])[], path: RepoPath): readonly string[] {
  return [...new Set(sections.flatMap((lines) => lines.findLast(({ fits }) => fits.test(path))?.owners ?? []))];
}

/** GitLab's `[Section] @default`: a line in it without owners has the section's. */
const SECTION = /^\^?\[([^\]]+)\](?:\[\d+\])?(?:\s(.*))?$/;

function readSections(text: string): readonly (readonly Line[])[] {
  const sections: { readonly name: string; readonly lines: Line[] }[] = [{ name: '', lines: [] }];
  let current = sections[0];
  let fallback: readonly string[] = [];
  for (const raw of text.split(/\r?\n/)) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) continue;
    const section = SECTION.exec(line);
    if (section !== null) {
      const name = (section[1] ?? '').toLowerCase();
      fallback = ownersOfLine(section[2] ?? '');
      current = sections.find((one) => one.name === name);
      current ??= { name, lines: [] };
      if (!sections.includes(current)) sections.push(current);
      continue;
    }
    const read = readLine(line);
    if (read !== undefined) current?.lines.push(read.owners.length === 0 && fallback.length > 0 ? { ...read, owners: fallback } : read);
  }
  return sections.map(({ lines }) => lines);
}

/** Undefined for a pattern that git's rules allow and CODEOWNERS does not (`!`, `[`): hosts skip such a line. */
function readLine(line: string): Line | undefined {
  const [, pattern = '', rest = ''] = /^((?:\\.|[^\s\\])+)(?:\s(.*))?$/.exec(line) ?? [];
  if (pattern === '' || pattern.startsWith('!') || pattern.includes('[')) return undefined;
  return { fits: patternToExpression(pattern), owners: ownersOfLine(rest) };
}

function ownersOfLine(text: string): readonly string[] {
  const words = text.replace(/(^|\s)#.*$/, '').split(/\s+/);
  return words.filter((word) => word.includes('@'));
}

/**
 * As git reads a line of .gitignore: a slash at the start or inside binds it to the root, one at the end names a folder, and what
 * names a folder fits all below. A `*` stops at a slash, and at the end of a path with a folder it fits that folder's own files
 * alone (`docs/*`). What is too large to be tried on a path, or no pattern, fits none.
 */
function patternToExpression(pattern: string): RegExp {
  const plain = pattern.replace(/\\(.)/g, '$1');
  const isBound = plain.replace(/\/$/, '').includes('/');
  const body = boundedGlob(plain.replace(/^\//, '').replace(/\/$/, ''))?.replace(/\*\*\/\*\*$/, '**');
  if (body === undefined) return NO_PATH;
  const written = body
    .split('/')
    .map((segment) =>
      segment === '**'
        ? '**'
        : segment
            .replace(/\*+/g, '*')
            .replace(/[.+^${}()|\\]/g, '\\$&')
            .replace(/\*/g, '[^/]*')
            .replace(/\?/g, '[^/]'),
    )
    .join('/');
  const deep = written
    .replace(/^\*\*\//, '(?:.*/)?')
    .replace(/\/\*\*\//g, '/(?:.*/)?')
    .replace(/\/\*\*$/, '/.*')
    .replace(/^\*\*$/, '.*');
  const ownFilesOnly = isBound && /(^|\/)\*$/.test(body);
  const tail = plain.endsWith('/') ? '/.*' : ownFilesOnly ? '' : '(?:/.*)?';
  return globExpression(`^${isBound ? '' : '(?:.*/)?'}${deep}${tail}$`);
}
