import type { Command } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage, quote } from '../../quote.ts';
import { changedSettings, placeOf } from '../settings/settings.ts';

/** `trap rollback ERR` of a script that goes on without it: what is half done stays so. */
export function* lostTrap({ removed, after }: RuleInput): Generator<FindingDraft> {
  if (after?.language !== 'shell') return;
  const traps = ({ name, words }: Command): boolean =>
    name === 'trap' && words.slice(2).some(({ text }) => text === 'ERR') && words[1]?.text !== '-';
  const lost = removed.commands.find(traps);
  if (lost === undefined || after.commands.some((command) => command.name === 'trap' && !/\b-\s/.test(command.written))) return;
  yield { side: 'before', range: lost.range, message: fitMessage(`${quote(lost.written, 36)} is gone: nothing undoes what is half done`) };
}

/** The shell that all steps of a job or a workflow are started with: `shell: bash -euo pipefail {0}`, without what stops it. */
export function* lostShellOfSteps(input: RuleInput): Generator<FindingDraft> {
  if (!/(^|\/)\.github\//.test(input.path)) return;
  for (const change of changedSettings(input)) {
    const { path, before, after, resourceIsGone } = change;
    // GitHub's own `bash` and what it takes without a word stop as well; a shell with `{0}` does only what it says.
    if (path.at(-1) !== 'shell' || resourceIsGone || !stops(String(before?.value)) || after === undefined) continue;
    if (!String(after.value).includes('{0}') || stops(String(after.value))) continue;
    yield { ...placeOf(change), message: fitMessage(`${quote(String(after.value), 30)} no longer stops the steps on an error`) };
  }
}

/** `-e` among the options of a shell, alone or with others. */
function stops(shell: string): boolean {
  return shell.split(' ').some((word) => word === 'errexit' || (/^-\w+$/.test(word) && word.includes('e')));
}
