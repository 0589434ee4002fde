import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage, quote } from '../../quote.ts';
import { LOCK_FILES } from './lock-entries.ts';

/** The file is told where it was deleted; a lock file of another manager beside it takes its place. */
export function* lostLockFiles({ removed, after, trees, path }: RuleInput): Generator<FindingDraft> {
  if (after !== undefined) return;
  const lock = removed.resources.find(
    ({ type, name: of }) => type === 'lock-file' || (type === 'provider' && /\.terraform\.lock\.hcl$/.test(path) && of !== ''),
  );
  if (lock === undefined) return;
  const folder = path.slice(0, path.lastIndexOf('/') + 1);
  const name = path.slice(folder.length);
  const family = Object.values(LOCK_FILES).find((names) => names.includes(name));
  const paths = new Set<string>(trees.after.paths());
  const manifests = ['package.json', 'pyproject.toml', 'Cargo.toml', 'go.mod', 'Pipfile', 'Gemfile', 'composer.json', 'mix.exs'];
  if (
    name === '.terraform.lock.hcl' &&
    [...paths].some((other) => /\.(tf|tofu)$/.test(other) && other.slice(0, other.lastIndexOf('/') + 1) === folder)
  )
    yield {
      side: 'before',
      range: lock.range,
      message: fitMessage(`the lock file ${quote(name)} is gone: every init takes what is newest`),
    };
  const replaced = family?.some((other) => other !== name && (paths.has(`${folder}${other}`) || paths.has(other))) ?? false;
  if (replaced || !manifests.some((manifest) => paths.has(`${folder}${manifest}`))) return;
  yield {
    side: 'before',
    range: lock.range,
    message: fitMessage(`the lock file ${quote(name)} is gone: every install takes what is newest`),
  };
}

/** A pattern of `.gitignore` that leaves out the lock file by which the folder's packages were held. */
export function* ignoredLockFiles({ added, before, path, trees }: RuleInput): Generator<FindingDraft> {
  if (!/(^|\/)\.gitignore$/.test(path)) return;
  const folder = path.slice(0, path.lastIndexOf('/') + 1);
  const [old, now] = [trees.before.paths(), new Set<string>(trees.after.paths())];
  for (const setting of added.settings) {
    const pattern = String(setting.path[0]).replace(/^(\*\*\/|\/)/, '');
    if (before?.settings.some((other) => String(other.path[0]).replace(/^(\*\*\/|\/)/, '') === pattern) === true) continue;
    const lock = old.find((file) => file.startsWith(folder) && isIgnoredLock(file.slice(file.lastIndexOf('/') + 1), pattern));
    if (lock === undefined) continue;
    const beside = lock.slice(0, lock.lastIndexOf('/') + 1);
    const name = lock.slice(beside.length);
    const family = Object.values(LOCK_FILES).find((names) => names.includes(name)) ?? [];
    if (family.some((other) => other !== name && now.has(`${beside}${other}`))) continue;
    yield {
      side: 'after',
      range: setting.range,
      severity: now.has(lock) ? 'low' : 'medium',
      message: fitMessage(`the lock file ${quote(name)} is left out of the repository from now on`),
    };
  }
}

/** By its name, or by its ending. */
function isIgnoredLock(name: string, pattern: string): boolean {
  if (!Object.values(LOCK_FILES).some((names) => names.includes(name))) return false;
  return pattern === name || (pattern.startsWith('*.') && name.endsWith(pattern.slice(1)) && /^\*\.(lock|lock\.\w+)$/.test(pattern));
}
