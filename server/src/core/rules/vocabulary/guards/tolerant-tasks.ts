import type { Setting } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage, quote } from '../../quote.ts';
import { escaped } from '../code/literal-patterns.ts';
import { settingsUnder } from '../settings/setting-index.ts';
import { isFalse, isTrue } from '../settings/setting-values.ts';
import { changedSettings } from '../settings/settings.ts';

/** A task of Ansible that was there and may fail now without ending the play: `ignore_errors: true`, `failed_when: false`. */
export function* tolerantTasks(input: RuleInput): Generator<FindingDraft> {
  if (!/\.ya?ml$/.test(input.path) || input.before === undefined) return;
  for (const { after, before, path, resourceIsNew } of changedSettings(input)) {
    const key = path.at(-1) ?? '';
    if (after === undefined || resourceIsNew || !mayFail(key, after.value) || (before !== undefined && mayFail(key, before.value)))
      continue;
    const task = path.slice(0, -1);
    const own = settingsUnder(input.after, after, task);
    const old = changes(own, task.length) ? taskBefore(input, after, task) : undefined;
    if (old === undefined || isHeard(input, own, task.length)) continue;
    if (old.some(({ path: other, value }) => mayFail(other.at(-1) ?? '', value))) continue;
    const name = task.at(-1) ?? '';
    yield {
      side: 'after',
      range: after.range,
      message: fitMessage(
        `the play goes on when ${/^\d+$/.test(name) ? 'the task' : quote(name, 30)} fails: ${quote(`${key}: ${String(after.value)}`, 24)}`,
      ),
    };
  }
}

function mayFail(key: string, value: Setting['value']): boolean {
  return key === 'ignore_errors' ? isTrue(value) : key === 'failed_when' && isFalse(value);
}

const READS = /(^|\.)(stat|setup|debug|find|slurp|getent|ping|set_fact|group_by|wait_for_connection|\w+_(info|facts))$/;
const MODULE =
  /^(\w+\.\w+\.\w+|command|shell|script|raw|apt|yum|dnf|package|service|systemd|systemd_service|template|copy|unarchive|git|uri|wait_for|assert|fail|get_url|k8s|helm|pip|npm|lineinfile|mount|user|cron|reboot|include_role|import_role|include_tasks|(postgresql|mysql|docker|mongodb|ec2|rds)_\w+)$/;

/** True for a task that changes something, by its module. What only asks or tidies up may fail. */
function changes(own: readonly Setting[], depth: number): boolean {
  const module = own.find(({ path }) => path.length === depth + 1 && MODULE.test(path[depth] ?? ''))?.path[depth];
  if (module === undefined || READS.test(module)) return false;
  const state = own.find(({ path }) => path[depth] === module && path.at(-1) === 'state')?.value;
  const isQuiet = own.some(
    ({ path, value }) => path.length === depth + 1 && /^(changed_when|check_mode)$/.test(path[depth] ?? '') && isFalse(value),
  );
  return !isQuiet && !/^(absent|stopped)$/.test(String(state));
}

/** The task of the same name, or at the same place, on the side before. */
function taskBefore({ before }: RuleInput, { resource }: Setting, task: readonly string[]): readonly Setting[] | undefined {
  const name = task.at(-1) ?? '';
  const old = before?.settings.find(
    (setting) =>
      setting.resource === resource &&
      (/^\d+$/.test(name) ? task.every((part, at) => setting.path[at] === part) : setting.path.includes(name)),
  );
  if (old === undefined) return undefined;
  const depth = /^\d+$/.test(name) ? task.length : old.path.indexOf(name) + 1;
  return settingsUnder(before, old, old.path.slice(0, depth)).filter(({ path }) => path.length === depth + 1);
}

/** What it says is kept under a name, and somebody asks that name whether it went well. */
function isHeard({ after }: RuleInput, own: readonly Setting[], depth: number): boolean {
  const name = own.find(({ path }) => path.length === depth + 1 && path[depth] === 'register')?.value;
  if (typeof name !== 'string' || after === undefined) return false;
  const asked = new RegExp(`\\b${escaped(name)}(?:\\.(?:rc|failed|stderr|status)\\b| is (?:not )?(?:failed|succeeded|success))`);
  return after.settings.some(
    ({ path, value }) => /^(?:when|until|that|failed_when|msg|\d+)$/.test(path.at(-1) ?? '') && asked.test(String(value)),
  );
}
