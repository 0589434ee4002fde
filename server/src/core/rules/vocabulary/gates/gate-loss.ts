import type { Command, Resource, Setting, SourceFacts } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RepoPath } from '../../../model/tree.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage, quote } from '../../quote.ts';
import { words } from '../code/call-names.ts';
import { keepOf } from '../code/kept.ts';
import { nameOf } from '../settings/setting-index.ts';
import { type GateKind, gateKind, gateOf, gateOfName, severityOfGate } from './gate-kinds.ts';

/** Checks that a pipeline or a hook ran and nothing runs any more, and jobs that no longer wait for one. */
export function* removedChecks(input: RuleInput): Generator<FindingDraft> {
  const { removed, after } = input;
  const told = new Set<string>();
  const left = gatesLeft(input);
  for (const command of removed.commands) {
    const kind = gateOf(command);
    if (kind === undefined || kind === 'build' || told.has(kind) || left.has(kind)) continue;
    told.add(kind);
    yield {
      side: 'before',
      range: command.range,
      severity: after === undefined && kind !== 'tests' && kind !== 'security' ? 'low' : severityOfGate(kind, command.scope),
      message: fitMessage(`a check is gone (${kind}): ${quote(command.words.map((word) => word.source).join(' '), 40)}`),
    };
  }
  for (const setting of removed.settings) {
    const name = nameOf(setting);
    if (name === 'uses' || (name === 'id' && setting.path.includes('hooks'))) {
      const action = String(setting.value).split('@')[0] ?? '';
      const kind = gateOfName(action.slice(action.indexOf('/') + 1).replace(/-action\b/, ''));
      const stays = after?.settings.some((other) => nameOf(other) === name && String(other.value).split('@')[0] === action) ?? false;
      if (stays || kind === undefined || kind === 'build' || told.has(kind) || left.has(kind) || (name === 'uses' && kind !== 'security'))
        continue;
      told.add(kind);
      yield {
        side: 'before',
        range: setting.range,
        severity: severityOfGate(kind),
        message: fitMessage(`${quote(action, 40)} no longer checks this`),
      };
    } else if (setting.path.includes('needs') && typeof setting.value === 'string') yield* lostNeed(setting, input);
    else if (setting.path[0] === 'workflows' && setting.path.includes('requires') && typeof setting.value === 'string')
      yield* lostRequirement(setting, input);
  }
  yield* leavesEarly(input);
}

/** Kinds of checks that the file, or another gate of the tree, still runs. A workflow that another one calls may run any. */
function gatesLeft({ after, trees, path, addedElsewhere }: RuleInput): ReadonlySet<GateKind> {
  const kinds = new Set<GateKind>([...(after === undefined ? [] : gatesIn(after)), ...gatesOf(addedElsewhere().commands)]);
  const add = (kind: GateKind | undefined): void => void (kind !== undefined && kinds.add(kind));
  if (after === undefined) {
    const folder = path.slice(0, path.lastIndexOf('/') + 1);
    for (const other of trees.after.paths()) {
      if (!other.startsWith(folder) || other === path || folder === '') continue;
      const content = trees.after.read(other as RepoPath);
      for (const line of content?.kind === 'text' ? content.text.split('\n') : [])
        add(gateKind(line.replace(/^[\s-]*(run:|name:)?\s*/, '')));
    }
  }
  return kinds;
}

const gatesOf = keepOf(
  (commands: readonly Command[]): ReadonlySet<GateKind> => new Set(commands.flatMap((command) => gateOf(command) ?? [])),
);

const gatesIn = keepOf((facts: SourceFacts): ReadonlySet<GateKind> => {
  const kinds = new Set(gatesOf(facts.commands));
  const add = (kind: GateKind | undefined): void => void (kind !== undefined && kinds.add(kind));
  for (const setting of facts.settings) {
    const value = String(setting.value);
    const name = nameOf(setting);
    if (name === 'uses') add(gateOfName(value.split('@')[0] ?? ''));
    // A step of a shared library says what it does by its name alone.
    if (facts.language === 'jenkins' && setting.path.includes('steps')) add(gateOfName(words(name)));
    if (name === 'id' || name === 'entry') add(gateOfName(value));
    // What a called workflow, an included file or an own action does is not known here.
    if ((name === 'uses' && /^\.\/|\.ya?ml@/.test(value)) || setting.path[0] === 'include')
      for (const kind of ['tests', 'types', 'plan', 'lint'] as const) kinds.add(kind);
  }
  return kinds;
});

/** A job that ships and no longer waits for one that checks. */
function* lostNeed(setting: Setting, { after }: RuleInput): Generator<FindingDraft> {
  const job = after?.resources.find((resource) => resource.key === setting.resource);
  const needed = String(setting.value);
  const kind = gateOfName(needed);
  if (job === undefined || kind === undefined || kind === 'build') return;
  const now = after === undefined ? [] : neededBy(after, job);
  if (now.includes(needed) || now.some((other) => gateOfName(other) === kind)) return;
  const ships = /deploy|release|publish|ship|prod|promote|rollout|apply|push/i.test(job.name);
  yield {
    side: 'before',
    range: setting.range,
    severity: ships ? severityOfGate(kind) : 'low',
    message: fitMessage(`the job ${quote(job.name, 24)} no longer waits for ${quote(needed, 24)}`),
  };
}

/** The same of CircleCI, whose workflows say under `requires` what a job waits for. */
function* lostRequirement(setting: Setting, { after }: RuleInput): Generator<FindingDraft> {
  const { path } = setting;
  const job = path[path.indexOf('requires') - 1] ?? '';
  const needed = String(setting.value);
  const kind = gateOfName(needed);
  if (after === undefined || kind === undefined || kind === 'build') return;
  const inWorkflow = after.settings.filter((other) => other.path[0] === 'workflows' && other.path[1] === path[1]);
  const isThere = inWorkflow.some(
    (other) => other.path[2] === 'jobs' && (other.path[4] === job || (other.path.length === 4 && other.value === job)),
  );
  const awaited = new Set([job]);
  // What it waits for may wait for the check itself.
  for (const name of awaited)
    for (const other of inWorkflow)
      if (other.path[4] === name && other.path[5] === 'requires' && typeof other.value === 'string') awaited.add(other.value);
  awaited.delete(job);
  if (!isThere || [...awaited].some((name) => name === needed || gateOfName(name) === kind)) return;
  const ships = /deploy|release|publish|ship|prod|promote|rollout|apply|push/i.test(job);
  yield {
    side: 'before',
    range: setting.range,
    severity: ships ? severityOfGate(kind) : 'low',
    message: fitMessage(`the job ${quote(job, 24)} no longer waits for ${quote(needed, 24)}`),
  };
}

/** The jobs that a job waits for, and those that they wait for themselves. */
function neededBy(facts: SourceFacts, job: Resource): readonly string[] {
  const found = new Set<string>();
  const open = [job];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { key } = next;
    // A list may be a setting with a value that says that it holds some.
    const names = facts.settings.filter((other) => other.resource === key && other.path.includes('needs') && other.value !== null);
    for (const name of names.map(({ value }) => String(value)).filter((value) => !found.has(value))) {
      found.add(name);
      const needed = facts.resources.find((other) => other.type === 'job' && other.name === name);
      if (needed !== undefined) open.push(needed);
    }
  }
  return [...found];
}

/** `exit 0` as the first thing a hook does. */
function* leavesEarly({ added, after, path }: RuleInput): Generator<FindingDraft> {
  if (!/(^|\/)(\.husky|\.githooks)\//.test(path)) return;
  for (const command of added.commands) {
    const behind = after?.commands.filter((other) => other.range.start.line > command.range.start.line) ?? [];
    if (
      /^(exit|exit 0|return 0)$/.test(command.written) &&
      command.rescues === undefined &&
      command.scope === '' &&
      behind.some((other) => gateOf(other) !== undefined || other.name === 'lint-staged')
    )
      yield { side: 'after', range: command.range, message: 'the hook leaves before it has checked anything' };
  }
}

/** Events and branches for which a workflow with checks no longer runs. */
export function* narrowedTriggers({ removed, added, before, after }: RuleInput): Generator<FindingDraft> {
  if (after === undefined || ![...gatesOf(after.commands)].some(isHard)) return;
  const on = (facts: SourceFacts | undefined, event: RegExp): boolean =>
    facts?.settings.some(
      (setting) =>
        setting.path[0] === 'on' && (event.test(setting.path[1] ?? '') || (setting.path.length <= 2 && event.test(String(setting.value)))),
    ) ?? false;
  const lost = ['pull_request', 'merge_group', 'push'].find((event) => {
    const pattern = new RegExp(`^${event}$`);
    return on(before, pattern) && !on(after, pattern) && !(event === 'pull_request' && on(after, /^pull_request_target$/));
  });
  const trigger = removed.settings.find((setting) => setting.path[0] === 'on' && (setting.path[1] === lost || setting.value === lost));
  if (lost !== undefined && trigger !== undefined && (lost !== 'push' || !on(after, /^(pull_request|merge_group|workflow_call)/)))
    yield { side: 'before', range: trigger.range, message: fitMessage(`the checks no longer run on ${quote(lost)}`) };
  for (const setting of removed.settings) {
    const list = setting.path.indexOf('branches');
    if (setting.path[0] !== 'on' || list < 0 || typeof setting.value !== 'string' || setting.path[1] === lost) continue;
    const now = after.settings
      .filter(
        (other) =>
          other.path[0] === 'on' && other.path[1] === setting.path[1] && other.path.includes('branches') && typeof other.value === 'string',
      )
      .map((other) => String(other.value));
    if (
      now.length === 0 ||
      now.some(
        (branch) =>
          branch === setting.value ||
          /^\*\*?$/.test(branch) ||
          (branch.endsWith('*') && String(setting.value).startsWith(branch.replace(/(?<!\*)\*+$/, ''))),
      )
    )
      continue;
    // One branch for another is a rename.
    if (added.settings.some((other) => other.path.includes('branches') && other.path[1] === setting.path[1])) continue;
    yield {
      side: 'before',
      range: setting.range,
      severity: 'medium',
      message: fitMessage(`the checks no longer run for the branch ${quote(setting.value)}`),
    };
  }
}

function isHard(kind: GateKind): boolean {
  return kind === 'tests' || kind === 'types' || kind === 'security' || kind === 'plan';
}
