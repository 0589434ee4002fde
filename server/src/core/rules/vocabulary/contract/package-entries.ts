import type { Range } from '../../../model/range.ts';
import type { RepoPath } from '../../../model/tree.ts';
import type { RuleInput } from '../../define.ts';

/** A way into a package that its manifest no longer opens, while other files still come in by it. */
export interface LostEntry {
  /** As an importer says it: `@acme/ui/tokens`. */
  readonly specifier: string;
  readonly range: Range;
  readonly users: readonly RepoPath[];
}

const CODE = ['.ts', '.tsx', '.js', '.jsx', '.mjs', '.cjs', '.mts', '.cts', '.vue', '.svelte'];

/** Entries of `exports` of a `package.json` that are gone; a pattern that still covers one (`./*`) keeps it. */
export function lostPackageEntries({ path, before, after, removed, trees }: RuleInput): readonly LostEntry[] {
  if (!/(^|\/)package\.json$/.test(path) || before === undefined || after === undefined) return [];
  const name = String(after.settings.find((setting) => setting.path.length === 1 && setting.path[0] === 'name')?.value ?? '');
  const entries = new Set(after.settings.flatMap((setting) => (setting.path[0] === 'exports' ? [setting.path[1] ?? ''] : [])));
  // Without any list every file of the package may be asked for.
  if (name === '' || entries.size === 0) return [];
  const told = new Set<string>();
  return removed.settings.flatMap(({ path: [home, entry = ''], range }) => {
    if (home !== 'exports' || !/^\.\/[\w./-]+$/.test(entry) || entries.has(entry) || told.has(entry)) return [];
    if ([...entries].some((other) => other.includes('*') && entry.startsWith(other.slice(0, other.indexOf('*'))))) return [];
    told.add(entry);
    const specifier = `${name}${entry.slice(1)}`;
    const word = entry.match(/\w+/g)?.at(-1) ?? '';
    const users = trees.after.mentioning(word, CODE).filter((file) => {
      const content = trees.after.read(file);
      return content?.kind === 'text' && (content.text.includes(`'${specifier}'`) || content.text.includes(`"${specifier}"`));
    });
    return users.length === 0 ? [] : [{ specifier, range, users }];
  });
}
