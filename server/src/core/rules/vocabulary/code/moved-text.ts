import type { FileContent, RepoPath } from '../../../model/tree.ts';
import type { RuleInput } from '../../define.ts';

/**
 * True where a stretch of code now stands in another file that did not have it before, and one of the two imports the other:
 * the same words in a file that has nothing to do with this one guard something else. `names` are identifiers it holds.
 */
export function movedText(input: RuleInput, text: string, names: readonly string[]): boolean {
  const rarest = [...names].sort((a, b) => b.length - a.length)[0];
  const extension = input.path.slice(input.path.lastIndexOf('.'));
  const flat = flatten(text);
  if (rarest === undefined || text.length < 6 || !isAddedAsCode(input, flat)) return false;
  return input.trees.after.mentioning(rarest, [extension, '.ts', '.js']).some((path) => {
    if (path === input.path) return false;
    const after = input.trees.after.read(path);
    const before = input.trees.before.read(path);
    if (after?.kind !== 'text' || (before?.kind === 'text' && before.text === after.text)) return false;
    if (!flatten(after.text).includes(flat) || (before?.kind === 'text' && flatten(before.text).includes(flat))) return false;
    const own = input.trees.after.read(input.path);
    return STANDS_BEFORE_ALL.test(path) || asksFor(own, path) || asksFor(after, input.path);
  });
}

/** True where another file of the change gained it as a condition or a call: a remark with the same words guards nothing. */
function isAddedAsCode(input: RuleInput, flat: string): boolean {
  const { guards, calls } = input.addedElsewhere();
  return (
    guards.some((guard) => flatten(guard.test).includes(flat)) ||
    calls.some((call) => flatten(`${call.callee}(${call.args.join(',')})`).includes(flat))
  );
}

/** Files that a framework puts in front of every route, without an import. */
const STANDS_BEFORE_ALL = /(^|\/)(middleware|proxy|hooks\.server|_middleware)\.[cm]?[jt]sx?$/;

/** True where a file names another in an import: by its own name, or by its folder's. */
function asksFor(content: FileContent | undefined, path: RepoPath): boolean {
  if (content?.kind !== 'text') return false;
  const parts = path.replace(/\.[^./]+$/, '').split('/');
  const names = parts.slice(-2);
  return [...content.text.matchAll(/\b(?:from|import|require)\b\s*(?:\(\s*)?['"]([^'"]+)['"]/g)].some(([, specifier = '']) =>
    names.includes((specifier.split('/').at(-1) ?? '').replace(/\.[cm]?[jt]sx?$/, '')),
  );
}

/** Code without its white space. */
export function flatten(text: string): string {
  return text.replace(/\s+/g, '');
}
