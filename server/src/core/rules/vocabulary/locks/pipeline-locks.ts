import type { SourceFacts } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage, quote } from '../../quote.ts';
import { ships } from '../settings/jobs.ts';
import { isFalse, isTrue } from '../settings/setting-values.ts';
import { changedSettings, placeOf, type SettingChange } from '../settings/settings.ts';
import { lostCommandLock } from './command-locks.ts';

/**
 * What let one deploy or one apply run at a time: the `concurrency` of a workflow and the `resource_group` of a job that ships, and
 * the lock of Terraform's state where a command passes it by, and the lock of a script. A backend without one is a change of the backend.
 */
export function* lostPipelineLocks(input: RuleInput): Generator<FindingDraft> {
  const told = new Set<string>();
  for (const change of changedSettings(input)) {
    const what = lostGroup(change, input);
    if (what === undefined || told.has(what)) continue;
    told.add(what);
    yield { ...placeOf(change), message: fitMessage(what) };
  }
  const lost = lostCommandLock(input);
  if (lost !== undefined)
    yield { side: 'before', range: lost.range, message: fitMessage(`${quote(lost.written, 34)}: two runs of the script may meet`) };
  for (const command of input.added.commands) {
    const verb = command.words.slice(1).find(({ text }) => !text.startsWith('-'))?.text ?? '';
    const off = command.words.find(({ text }) => /^-?-lock=(?:false|0)$/.test(text));
    if (off === undefined || !/^(?:terraform|tofu|terragrunt)$/.test(command.name) || /^(?:plan|show|output|validate|console)$/.test(verb))
      continue;
    if (input.before?.commands.some((other) => other.name === command.name && other.written.includes(off.text)) === true) continue;
    yield { side: 'after', range: command.range, message: fitMessage(`${quote(off.text)}: two applies may write the state at once`) };
  }
}

function lostGroup(change: SettingChange, { path: file, before: old, after: now }: RuleInput): string | undefined {
  const { path, before, after, resource } = change;
  if (before === undefined || change.resourceIsGone || now === undefined || old === undefined) return undefined;
  if (path[0] === 'resource_group' && /\.gitlab/.test(file))
    return after === undefined && shipsIn(now, before.resource)
      ? `${quote(resource?.name ?? 'the job', 24)} may run twice at once: without its resource group`
      : undefined;
  if (path[0] !== 'concurrency' || !/(^|\/)\.github\/workflows\//.test(file) || !shipsIn(now, before.resource)) return undefined;
  const name = path.at(-1) ?? '';
  if (name === 'cancel-in-progress')
    return isFalse(before.value) && isTrue(after?.value) ? 'a deploy that runs is cancelled half-way by the next one' : undefined;
  if (before.value === null && path.length === 1) return undefined;
  const isOwn = (value: unknown): boolean => /github\.(?:run_id|run_number|run_attempt|sha)\b/.test(String(value));
  if (isOwn(before.value)) return undefined;
  if (after !== undefined) return isOwn(after.value) ? `each run has a group of its own: ${quote(String(after.value), 36)}` : undefined;
  // It may hold the whole workflow now, or each job that ships.
  if (now.settings.some((setting) => setting.path[0] === 'concurrency' && !isOwn(setting.value))) return undefined;
  return `two deploys may run at once: without the group ${quote(String(before.value), 30)}`;
}

/** A workflow, or one job of it, that brings something out. */
function shipsIn(facts: SourceFacts, job: string): boolean {
  return facts.settings.some(
    ({ resource, path, value }) =>
      (job === '' || resource === job) && /^(?:steps|script|uses)$/.test(path[0] ?? '') && typeof value === 'string' && ships(value),
  );
}
