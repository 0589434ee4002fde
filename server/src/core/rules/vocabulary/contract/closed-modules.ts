import type { Range } from '../../../model/range.ts';
import type { RepoPath } from '../../../model/tree.ts';
import type { RuleInput } from '../../define.ts';
import { rangeOfLine } from '../code/code-text.ts';

/** A module of Rust that other crates come in by, and may no longer. */
export interface ClosedModule {
  readonly name: string;
  readonly range: Range;
  readonly users: readonly RepoPath[];
}

/** `pub mod pricing;` that became `mod pricing;` or `pub(crate) mod pricing;` under crates that say `shop_core::pricing::…`. */
export function closedModules(input: RuleInput): readonly ClosedModule[] {
  const { hunk, trees, path } = input;
  if (!/(?:^|\/)src\/(?:lib|mod)\.rs$|(?:^|\/)lib\.rs$/.test(path)) return [];
  const after = trees.after.read(path);
  const [, home = ''] = /^(.*?)(?:^|\/)src\//.exec(path) ?? [];
  const crate = crateNamed(input, home);
  if (after?.kind !== 'text' || crate === undefined) return [];
  const lines = after.text.split('\n');
  return hunk.removed.flatMap((line, at) => {
    const name = /^\s*pub mod (\w+)\s*[;{]/.exec(line)?.[1];
    if (name === undefined || lines.some((other) => /^ {0,40}pub (?:mod|use) /.test(other) && other.split(/\W/).includes(name))) return [];
    if (!new RegExp(`\\bmod ${name}\\b`).test(after.text)) return [];
    const users = trees.before.mentioning(name, ['.rs']).filter((user) => {
      const [now, isInside] = [trees.after.read(user), home !== '' ? user.startsWith(`${home}/src/`) : user.startsWith('src/')];
      return !isInside && now?.kind === 'text' && new RegExp(`\\b${crate}::(?:\\{[^}]{0,200}\\b)?${name}\\b`).test(now.text);
    });
    return users.length === 0 ? [] : [{ name, range: rangeOfLine(input, 'before', hunk.before.start + at), users }];
  });
}

/** The name by which others ask for a crate: that of its manifest, with underscores. */
function crateNamed({ trees }: RuleInput, home: string): string | undefined {
  // The manifest stands beside the sources.
  const manifest = trees.before.read((home === '' ? 'Cargo.toml' : `${home}/Cargo.toml`) as RepoPath);
  const name = manifest?.kind === 'text' ? /^[ \t]{0,8}name[ \t]{0,8}=[ \t]{0,8}"([\w-]+)"/m.exec(manifest.text)?.[1] : undefined;
  return name?.replaceAll('-', '_');
}
