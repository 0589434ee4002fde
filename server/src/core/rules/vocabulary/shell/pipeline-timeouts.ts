import type { Command, Setting, SourceFacts } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage, quote } from '../../quote.ts';
import { isInCalledWorkflow } from '../settings/jobs.ts';
import { nameOf } from '../settings/setting-index.ts';
import { countOf } from '../settings/setting-values.ts';
import { changedSettings, type SettingChange } from '../settings/settings.ts';
import { type CommandChange, changedCommands, flagsOf, plainWords, sourceOf } from './command-parts.ts';

const PIPELINE =
  /(^|\/)\.github\/(workflows|actions)\/|(^|\/)\.gitlab(-ci)?[^/]*\.ya?ml$|(^|\/)(\.gitlab|\.circleci|\.buildkite)\/|(^|\/)azure-pipelines[^/]*\.ya?ml$/;

const LIMIT = /^(timeout-minutes|timeout|timeoutInMinutes|timeout_in_minutes|no_output_timeout)$/;

/** Time limits of jobs and steps, and of commands in scripts: `timeout-minutes`, `timeout 30 …`, `curl --max-time`. */
export function* pipelineTimeouts(input: RuleInput): Generator<FindingDraft> {
  if (PIPELINE.test(input.path)) {
    for (const change of changedSettings(input)) {
      if (!LIMIT.test(nameOf(change)) || change.before === undefined || change.resourceIsGone) continue;
      const unlimited = change.after !== undefined && countOf(change.after.value) === 0;
      const isStepGone =
        change.after === undefined &&
        input.after?.settings.some((other) => other.path.slice(0, -1).join('/') === change.path.slice(0, -1).join('/')) !== true;
      if ((change.after !== undefined && !unlimited) || isStepGone) continue;
      if (change.after === undefined && (isWorkElsewhere(input, change) || isLimitedWhereCalled(input, change))) continue;
      const { side, range } =
        change.after === undefined
          ? { side: 'before' as const, range: change.before.range }
          : { side: 'after' as const, range: change.after.range };
      yield {
        side,
        range,
        message: fitMessage(
          `${quote(`${nameOf(change)}: ${String(change.before.value)}`, 30)} no longer limits ${change.resource === undefined ? 'the run' : quote(change.resource.name, 20)}`,
        ),
      };
    }
  }
  for (const { before, after } of [...changedCommands(input), ...onlyCommands(input)]) {
    const lost = limitOf(before);
    if (lost === undefined || limitOf(after) !== undefined || isLimitedAsBefore(input, before, lost)) continue;
    yield {
      side: 'after',
      range: after.range,
      message: fitMessage(`${quote(sourceOf(after), 36)} may wait for ever: lost ${quote(lost, 20)}`),
    };
  }
}

/** The same work has the same limit in another command of the change, which says its options in other words: `--namespace` for `-n`. */
function isLimitedAsBefore({ added }: RuleInput, before: Command, lost: string): boolean {
  const isSameWork = (other: Command): boolean => {
    const own = new Set(plainWords(other));
    return plainWords(before).every((word) => own.has(word));
  };
  return added.commands.some((other) => other.name === before.name && limitOf(other) === lost && isSameWork(other));
}

/** The one command of a program that the script lost, and the one that it got in a function: its words may all be variables now. */
function onlyCommands(input: RuleInput): readonly CommandChange[] {
  const { before, after, added } = input;
  if (before === undefined || after === undefined || added.commands.length === 0) return [];
  const paired = new Set(changedCommands(input).map((change) => change.after));
  return added.commands.flatMap((command): readonly CommandChange[] => {
    if (command.name !== 'curl' || command.scope === '' || paired.has(command) || before.scopes.some(({ name }) => name === command.scope))
      return [];
    const ofProgram = (facts: SourceFacts): readonly Command[] => facts.commands.filter(({ name }) => name === command.name);
    const [old, ...others] = ofProgram(before);
    return old === undefined || others.length > 0 || ofProgram(after).length > 1 ? [] : [{ before: old, after: command }];
  });
}

/**
 * The job was taken apart: nothing of what it ran is left in it, and every job that runs some of it now has a limit of its own.
 * What is called as it was, only gathers their results.
 */
function isWorkElsewhere({ before, after }: RuleInput, { resource }: SettingChange): boolean {
  if (resource === undefined || before === undefined || after === undefined) return false;
  const work = (facts: SourceFacts): readonly Setting[] => facts.settings.filter((setting) => /^(run|script)$/.test(nameOf(setting)));
  const old = new Set(work(before).flatMap((setting) => (setting.resource === resource.key ? [setting.value] : [])));
  const jobs = new Set(work(after).flatMap((setting) => (old.has(setting.value) ? [setting.resource] : [])));
  const isLimited = (job: string): boolean =>
    after.settings.some((setting) => setting.resource === job && LIMIT.test(nameOf(setting)) && countOf(setting.value) !== 0);
  return old.size > 0 && jobs.size > 0 && !jobs.has(resource.key) && [...jobs].every(isLimited);
}

/** The job calls a workflow of this repository, beside which GitHub lets no limit stand, and a job of that one has its own. */
function isLimitedWhereCalled(input: RuleInput, { resource }: SettingChange): boolean {
  return resource !== undefined && isInCalledWorkflow(input, resource.key, 'timeout-minutes');
}

/** What bounds a command that talks to something else. */
function limitOf(command: { readonly written: string } & Parameters<typeof flagsOf>[0]): string | undefined {
  const wrapped = /(^|\s)timeout\s+(?:-\S+\s+)*(\d\S*)\s/.exec(command.written)?.[2];
  if (wrapped !== undefined) return `timeout ${wrapped}`;
  // Helm waits five minutes where it is told nothing, and not at all without `--wait`.
  if (!/^(curl|wget|kubectl|psql|mysql|ssh|aws|terraform|redis-cli|nc)$/.test(command.name)) return undefined;
  const flag = flagsOf(command).find(
    (other) =>
      /^(--max-time|-m|--connect-timeout|--timeout|-T|--request-timeout|--cli-read-timeout|--lock-timeout)$/.test(other.name) &&
      other.value !== '0',
  );
  return flag === undefined ? undefined : `${flag.name} ${flag.value ?? ''}`.trim();
}
