import type { Range, Side } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { isValuesOfChart, STORE_OF_CHART } from './changed-addresses.ts';
import { isLetGo } from './moved-addresses.ts';
import { settingsOf } from './setting-index.ts';
import { changedSettings } from './settings.ts';
import { statefulKind } from './stateful.ts';
import { referenceOf, usersOf } from './terraform-values.ts';

/** What a module holds, by the name of the module that it is an instance of. */
const HOLDS =
  /(?:^|[/_.-])(rds|aurora|rds-aurora|s3|s3-bucket|dynamodb|dynamodb-table|efs|kms|documentdb|elasticache|redis|opensearch|elasticsearch|msk|kafka|postgres|postgresql|mysql|mariadb|sql-db|database|db|mongodb|cloud-storage|bucket|buckets|bigquery|cosmosdb|storage-account|ebs|volume|backup-vault|neptune|redshift|alloy-db|cloudsql)(?:[/_.?-]|$)/;

/** A store of Terraform that goes without its own resource being touched. */
export interface LostStore {
  readonly side: Side;
  readonly range: Range;
  readonly message: string;
  readonly severity?: 'high';
}

/** A module that is gone and that held a store, by the source that it names. */
export function* lostModules(input: RuleInput): Generator<LostStore> {
  const { before, removed, after, path } = input;
  if (!/\.(tf|tofu)$/.test(path)) return;
  for (const module of removed.resources) {
    if (module.type !== 'module' || after?.resources.some(({ key }) => key === module.key) === true) continue;
    const source = settingsOf(before, module.key).find((setting) => setting.path[0] === 'source' && setting.path.length === 1)?.value;
    const kind = HOLDS.exec(String(source).split('?')[0] ?? '')?.[1];
    const isElsewhere = input.addedElsewhere().resources.some(({ type, name }) => type === 'module' && name === module.name);
    if (kind === undefined || isElsewhere || isLetGo(`module.${module.name}`, input)) continue;
    yield { side: 'before', range: module.range, message: `removes the module \`${module.name}\`, which holds a store (${kind})` };
  }
}

/** A switch, a variable's default or a line of a `.tfvars` file, that is off now, and by which a store counts one or none. */
export function* switchedOff(input: RuleInput): Generator<LostStore> {
  for (const change of changedSettings(input)) {
    const { before, after, resource, path } = change;
    if (before?.value !== true || after?.value !== false) continue;
    const reference = referenceOf(change, resource, input.path);
    const user =
      reference === undefined
        ? undefined
        : usersOf(input, reference).find(
            ({ resource: store, setting }) =>
              setting.path.length === 1 &&
              /^(count|for_each)$/.test(setting.path[0] ?? '') &&
              !/[!=]=|!\s*(var|local)\./.test(String(setting.value)) &&
              (statefulKind(store.type) !== undefined || (store.type === 'module' && HOLDS.test(store.name))),
          );
    if (user === undefined) continue;
    yield {
      side: 'after',
      range: after.range,
      message: `\`${path.at(-1) === 'default' ? (resource?.name ?? '') : (path.at(-1) ?? '')}\` is off: removes the ${statefulKind(user.resource.type) ?? 'store'} \`${user.resource.name}\``,
    };
  }
}

/** A store that a chart brought along and that its values turn off, and one of a template that is made now only where a condition holds. */
export function* leftToCondition(input: RuleInput): Generator<LostStore> {
  for (const { path, before, after, resource, resourceIsNew } of changedSettings(input)) {
    const [chart = '', name = ''] = path.slice(-2);
    if (name === 'enabled' && resource === undefined && before?.value === true && after?.value === false && STORE_OF_CHART.test(chart)) {
      if (isValuesOfChart(input.path) && !/(^|[/._-])(dev|test|local|ci|preview)([/._-]|$)/.test(input.path))
        yield {
          side: 'after',
          range: after.range,
          message: `\`${chart}\` is off: removes the store that the chart brought along`,
          severity: 'high',
        };
    } else if (path.join() === 'Condition' && before === undefined && after !== undefined && !resourceIsNew && resource !== undefined) {
      const kind = statefulKind(resource.type);
      if (kind !== undefined && resource.type.startsWith('AWS::'))
        yield {
          side: 'after',
          range: after.range,
          message: `removes the ${kind} \`${resource.name}\` where \`${String(after.value)}\` does not hold`,
          severity: 'high',
        };
    }
  }
}
