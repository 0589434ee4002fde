import type { RuleInput } from '../../define.ts';

/** Another file that knows this one gained a mention of the guard. */
export function isMountedElsewhere(input: RuleInput, name: string): boolean {
  const base = input.path.slice(input.path.lastIndexOf('/') + 1).replace(/\.[^.]+$/, '');
  const folder = input.path.split('/').at(-2) ?? base;
  const extensions = ['.ts', '.js', '.tsx', '.mjs', '.cjs'];
  return input.trees.after.mentioning(name, extensions).some((path) => {
    if (path === input.path) return false;
    const after = input.trees.after.read(path);
    const before = input.trees.before.read(path);
    if (after?.kind !== 'text') return false;
    const uses = count(after.text, name);
    return (
      uses > (before?.kind === 'text' ? count(before.text, name) : 0) &&
      (after.text.includes(base) || (base === 'index' && after.text.includes(folder)))
    );
  });
}

function count(text: string, word: string): number {
  return text.split(word).length - 1;
}
