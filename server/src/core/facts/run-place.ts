import type { Change } from '../model/change.ts';
import type { RepoPath, Tree } from '../model/tree.ts';

const TERRAFORM = /\.(tf|tofu|tfvars)(\.json)?$/i;
const MIGRATION = /(^|\/)(migrations?|migrate|flyway|changelogs?|liquibase)\/(.*\/)?[^/]+\.sql$/i;
/** Folders of what nobody runs any more, be it a migration. */
const RETIRED = /(^|\/)(old|archived?|deprecated|disabled|unused|legacy|attic)\//i;

/**
 * What of a file's place decides about what its text does: the folder is the state that Terraform keeps, and SQL in a folder of
 * migrations is run by itself. Empty where the place says nothing. One text in two of these is no moved text.
 */
export function runPlace(path: RepoPath): string {
  if (TERRAFORM.test(path)) return `terraform ${folderOf(path)}`;
  return MIGRATION.test(path) && !RETIRED.test(path) ? 'migration' : '';
}

/**
 * True where a file may go from one path to the other and do what it did: a migration may be retired, and a folder of Terraform
 * may go as a whole, with its state, to where none was.
 */
export function staysInPlace({ before, after }: Pick<Change, 'before' | 'after'>): (from: RepoPath, to: RepoPath) => boolean {
  let left: ReadonlySet<string> | undefined;
  let held: ReadonlySet<string> | undefined;
  return (from, to) => {
    const [old, fresh] = [runPlace(from), runPlace(to)];
    if (old === fresh || fresh === '') return true;
    if (!TERRAFORM.test(from) || !TERRAFORM.test(to)) return false;
    left ??= foldersOf(after);
    held ??= foldersOf(before);
    return !left.has(folderOf(from)) && !held.has(folderOf(to));
  };
}

/** Folders that hold Terraform. */
function foldersOf(tree: Tree): ReadonlySet<string> {
  return new Set(
    tree
      .paths()
      .filter((path) => /\.(tf|tofu)(\.json)?$/i.test(path))
      .map(folderOf),
  );
}

function folderOf(path: RepoPath): string {
  return path.slice(0, path.lastIndexOf('/') + 1);
}
