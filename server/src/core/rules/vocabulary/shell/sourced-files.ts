import type { Command, SourceFacts } from '../../../model/facts.ts';
import type { RepoPath } from '../../../model/tree.ts';
import type { RuleInput } from '../../define.ts';
import { keepOf } from '../code/kept.ts';

/** Files of the after side that a script sources, by the name at the end of their path; none in a subshell, whose settings end with it. */
export const sourcedFiles = keepOf(({ after, trees, path }: RuleInput): readonly RepoPath[] => {
  const names = new Set((after?.commands ?? []).filter(isSourcing).map(({ words }) => nameOf(words[1]?.text ?? '')));
  names.delete('');
  return names.size === 0 ? [] : trees.after.paths().filter((other) => other !== path && names.has(nameOf(other)));
});

/** What the sourced files do for their script: at their top, and in those of their functions that it calls. */
export const sourcedFacts = keepOf((input: RuleInput): readonly Pick<SourceFacts, 'commands' | 'settings'>[] => {
  return sourcedFiles(input).flatMap((path) => {
    const facts = input.factsAt('after', path);
    const own = facts?.commands.filter(({ scope }) => scope === '') ?? [];
    const called = new Set([...(input.after?.commands ?? []), ...own].map(({ name }) => name));
    const isRun = ({ scope }: { readonly scope: string }): boolean => scope === '' || called.has(scope);
    return facts === undefined ? [] : [{ commands: facts.commands.filter(isRun), settings: facts.settings.filter(isRun) }];
  });
});

function isSourcing({ name, subshell }: Command): boolean {
  return (name === 'source' || name === '.') && subshell !== true;
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
