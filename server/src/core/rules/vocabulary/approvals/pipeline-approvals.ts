import type { Setting } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { shorten } from '../code/call-names.ts';
import { isInCalledWorkflow } from '../settings/jobs.ts';
import { nameOf } from '../settings/setting-index.ts';
import { changedSettings, placeOf, type SettingChange } from '../settings/settings.ts';

/** A job that waited for a person: the `environment` of a workflow's job, a manual job of a pipeline. */
export function* lostPipelineApprovals(input: RuleInput): Iterable<FindingDraft> {
  if (input.after?.language === 'jenkins') yield* jenkinsInputs(input);
  if (!/(^|\/)\.github\/workflows\/|\.gitlab-ci|(^|\/)\.gitlab\/|azure-pipelines|\.circleci\//.test(input.path)) return;
  for (const change of changedSettings(input)) {
    const { before, after, path } = change;
    if (before === undefined || before.value === null || change.resourceIsGone) continue;
    const name = nameOf(change);
    const isGate = path.at(-1) === 'environment' || (path.at(-2) === 'environment' && name === 'name');
    if (isGate && after === undefined && !stillHas(input, change, 'environment')) {
      yield {
        ...placeOf(change),
        message: fitMessage(`\`environment: ${shorten(String(before.value), 24)}\` no longer holds \`${shorten(jobOf(change), 24)}\``),
      };
    } else if (
      isGate &&
      typeof after?.value === 'string' &&
      isGuarded(String(before.value)) &&
      !isGuarded(String(after.value)) &&
      !after.value.includes('$')
    ) {
      yield {
        ...placeOf(change),
        message: fitMessage(
          `\`${shorten(jobOf(change), 22)}\` runs in \`${shorten(String(after.value), 18)}\`, not in \`${shorten(String(before.value), 18)}\``,
        ),
        severity: 'high',
      };
    } else if (name === 'when' && before.value === 'manual' && after?.value !== 'manual' && !stillHas(input, change, 'when')) {
      yield { ...placeOf(change), message: fitMessage(`\`when: manual\` no longer holds \`${shorten(jobOf(change), 30)}\``) };
    } else if (name === 'type' && before.value === 'approval' && after?.value !== 'approval') {
      yield { ...placeOf(change), message: fitMessage(`nobody approves \`${shorten(jobOf(change), 30)}\` any more`) };
    }
  }
}

/** `input` of a stage that is still there, or of one that only asked, where no other stage asks instead. */
function* jenkinsInputs({ removed, before, after }: RuleInput): Iterable<FindingDraft> {
  const stages = new Set(after?.scopes.map((scope) => scope.name));
  const asking = (settings: readonly Setting[] | undefined): ReadonlySet<string> =>
    new Set(settings?.flatMap((setting) => (setting.path.includes('input') ? [setting.scope] : [])) ?? []);
  const onlyAsked = (stage: string): boolean => before?.commands.some((command) => command.scope === stage) !== true;
  const [old, now] = [[...asking(before?.settings)].filter((stage) => stages.has(stage) || onlyAsked(stage)), asking(after?.settings)];
  const lost = old.filter((stage) => !now.has(stage));
  if (now.size >= old.length || after?.commands.length === 0) return;
  for (const setting of removed.settings) {
    if (!setting.path.includes('input') || !lost.includes(setting.scope)) continue;
    yield {
      side: 'before',
      range: setting.range,
      message: fitMessage(`nobody is asked any more in \`${shorten(setting.scope, 36)}\``),
    };
    return;
  }
}

function isGuarded(environment: string): boolean {
  return /prod|live|release|main/i.test(environment);
}

function jobOf(change: SettingChange): string {
  const { path, resource } = change;
  if (resource?.type === 'job') return resource.name;
  const at = path.indexOf('jobs');
  return (at >= 0 ? path[at + 1] : path[0]) ?? 'the job';
}

/** The key stands in the same job in another form: `environment: x` became `environment: { name: x }`. */
function stillHas(input: RuleInput, change: SettingChange, key: string): boolean {
  const own = change.before;
  if (own === undefined || (key === 'environment' && isInCalledWorkflow(input, own.resource, key))) return true;
  const at = own.path.lastIndexOf(key);
  const prefix = own.path.slice(0, at + 1).join('\u0000');
  return (
    input.after?.settings.some(
      (setting) =>
        setting.resource === own.resource &&
        setting.path.slice(0, at + 1).join('\u0000') === prefix &&
        (key !== 'when' || setting.value === 'manual'),
    ) ?? true
  );
}
