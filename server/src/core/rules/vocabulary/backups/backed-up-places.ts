import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage, quote } from '../../quote.ts';
import { BACKUP_NAME, isBackupResource } from './backup-settings.ts';

/** A place that a backup took in and takes in no more: one name less in `includedNamespaces`, one more in `excludedResources`. */
export function* leftOut(input: RuleInput): Generator<FindingDraft> {
  const facts = { removed: input.after, added: input.before };
  for (const side of ['removed', 'added'] as const) {
    for (const setting of input[side].settings) {
      const at = setting.path.findIndex((element) => (side === 'removed' ? INCLUDES : EXCLUDES).test(element));
      const resource = (input.after?.resources ?? []).find((other) => other.key === setting.resource);
      const isOfBackup =
        BACKUP_NAME.test(
          `${resource?.name ?? ''} ${resource?.type ?? ''} ${setting.path.slice(0, Math.max(0, at)).join('/')} ${input.path}`,
        ) ||
        (resource !== undefined && isBackupResource(resource));
      // What a policy lets somebody touch is no part of a backup.
      if (
        /iam_|::Policy|::Role|policy_document|^(Cluster)?Role(Binding)?$/i.test(
          resource?.type === 'data' ? resource.name : (resource?.type ?? ''),
        )
      )
        continue;
      if (at < 0 || !isOfBackup || setting.value === null || setting.value === '' || input.before === undefined) continue;
      if (input.before.resources.every((other) => other.key !== setting.resource) && setting.resource !== '') continue;
      const others =
        facts[side]?.settings.filter((other) => other.resource === setting.resource && other.path.includes(setting.path[at] ?? '')) ?? [];
      // The whole list that goes takes in everything; a star takes in what was named.
      if (
        others.some((other) => other.value === setting.value) ||
        (side === 'removed' && (others.length === 0 || others.some((other) => other.value === '*')))
      )
        continue;
      const told = side === 'removed' ? 'is no longer taken in' : 'is left out';
      yield {
        side: side === 'removed' ? 'before' : 'after',
        range: setting.range,
        message: fitMessage(`${quote(String(setting.value), 30)} ${told} by ${quote(setting.path[at] ?? '', 24)}`),
      };
    }
  }
}

const INCLUDES =
  /^(included?_?(namespaces?|resources?|clusterScopedResources|namespaceScopedResources|databases?|tables?|schemas?|paths?|volumes?|dirs?|directories)|namespaces|databases|schemas|source_?(directories|paths|dirs)|backup_?(paths|dirs|sources|databases|volumes)|selection|resources)$/i;
const EXCLUDES =
  /^(excluded?_?(namespaces?|resources?|databases?|tables?|schemas?|paths?|volumes?|dirs?|patterns?)|not_resources|NotResources)$/i;
