import type { RuleInput } from '../../define.ts';
import { quote } from '../../quote.ts';
import { settingsOf, settingsUnder } from '../settings/setting-index.ts';
import type { SettingChange } from '../settings/settings.ts';
import type { RolloutLoss } from './losses.ts';

/**
 * A migration that ran before the new programs start, and runs beside them or behind them: a hook of Helm or Argo that went from before
 * to after, a wave of Argo, a service of compose that no longer waits, and a command in front of a release that is gone.
 */
export function lateMigration(change: SettingChange, input: RuleInput): RolloutLoss | undefined {
  const { path, before, after, resource } = change;
  if (before === undefined || change.resourceIsGone) return undefined;
  const [name, was, is] = [path.at(-1) ?? '', String(before.value), after === undefined ? undefined : String(after.value)];
  const about = `${before.resource} migration`;
  const of = resource === undefined || /^_{2}/.test(resource.name) ? 'the migration' : `the migration ${quote(resource.name, 24)}`;
  const late = (where: string): RolloutLoss => ({
    message: `${of} runs ${where} the rollout: ${was} -> ${is ?? 'no hook'}`,
    about,
    severity: 'medium',
  });
  switch (name) {
    case 'helm.sh/hook':
      if (!/\bpre-upgrade\b/.test(was) || (is !== undefined && /\bpre-upgrade\b/.test(is)) || !migrates(change, input)) return undefined;
      return /\bpost-upgrade\b/.test(is ?? '') ? late('behind') : is === undefined ? late('beside') : undefined;
    case 'argocd.argoproj.io/hook':
      if (was !== 'PreSync' || is === 'PreSync' || !migrates(change, input)) return undefined;
      return late(is === 'PostSync' ? 'behind' : 'beside');
    case 'argocd.argoproj.io/sync-wave':
      if (!(Number(was) < 0) || Number(is ?? 0) < 0 || !migrates(change, input)) return undefined;
      return late(Number(is ?? 0) > 0 ? 'behind' : 'beside');
    case 'release_command':
    case 'preDeployCommand':
      return is === undefined && MIGRATES.test(was) && stays(change, input)
        ? { message: `${quote(was, 30)} no longer runs in front of a release`, about, severity: 'medium' }
        : undefined;
    default:
      return unawaited(change, input);
  }
}

const MIGRATES =
  /(?:^|[^a-z])(?:db[-_:])?(?:migrat\w*|flyway|liquibase|alembic|dbmate|goose|sqitch|schema[-_:]?(?:update|upgrade|sync|push|load|change)?|db[-_:]?(?:upgrade|prepare|deploy|push))(?:[^a-z]|$)/i;

/** A job that says of itself, of its containers or of what they run that it changes the schema. */
function migrates({ resource, before }: SettingChange, { before: facts }: RuleInput): boolean {
  if (resource === undefined || !/^(?:Job|Pod|Workflow)$/.test(resource.type)) return false;
  const said = settingsOf(facts, before?.resource ?? '').filter(({ path }) => path.includes('containers') && !path.includes('env'));
  return (
    MIGRATES.test(resource.name) || said.some(({ path, value }) => MIGRATES.test(String(value)) || path.some((part) => MIGRATES.test(part)))
  );
}

/** `depends_on: { migrate: { condition: service_completed_successfully } }` of a service that stays. */
function unawaited({ path, before, after, resource }: SettingChange, input: RuleInput): RolloutLoss | undefined {
  const [first, part = ''] = path;
  if (first !== 'depends_on' || resource?.type !== 'service' || before?.value !== 'service_completed_successfully') return undefined;
  const isLeft = input.after?.resources.some(({ type, name }) => type === 'service' && name === part) === true;
  if (after?.value === before.value || !MIGRATES.test(part) || !isLeft) return undefined;
  const message = `${quote(resource.name, 20)} no longer waits for ${quote(part, 20)}`;
  return { message, about: `${before.resource} ${part}`, severity: 'medium' };
}

/** What it ran in front of is still released from here. */
function stays({ path, before }: SettingChange, { after }: RuleInput): boolean {
  return (
    before !== undefined && after !== undefined && settingsUnder(after, before, path.slice(0, Math.max(0, path.length - 2))).length > 0
  );
}
