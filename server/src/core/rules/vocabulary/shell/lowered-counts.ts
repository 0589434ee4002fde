import type { Command } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage, quote } from '../../quote.ts';
import { CAPACITY_CUT } from '../../thresholds.ts';
import { changedCommands, flagsOf, isDryRun, plainWords, sourceOf } from './command-parts.ts';

/** Commands that set how many there are, and set half of it or one: `kubectl scale --replicas=8`, `heroku ps:scale web=8`, `--desired-count 12`. */
export function* loweredCounts(input: RuleInput): Generator<FindingDraft> {
  for (const { before, after } of changedCommands(input)) {
    if (isDryRun(after)) continue;
    const now = countsOf(after);
    for (const [name, from] of countsOf(before)) {
      const to = now.get(name);
      if (to === undefined || to >= from || !(to <= from * CAPACITY_CUT || to === 1)) continue;
      yield {
        side: 'after',
        range: after.range,
        message: fitMessage(`${quote(sourceOf(after), 40)}: ${name.replace(/^-+/, '')} ${from} -> ${to}`),
      };
      break;
    }
  }
}

const COUNT =
  /^--(replicas|desired-count|desired-capacity|(min|max)-size|(min|max)-(replicas|instances|nodes|count|capacity)|num-nodes|node-count|instance-count|size|new-capacity|vm-count|target-size|count|min|max)$/;

function countsOf(command: Command): ReadonlyMap<string, number> {
  const plain = plainWords(command).join(' ');
  // `update-traffic --to-tags candidate=5`: a share of the requests.
  if (!SCALES.test(`${command.name} ${plain}`) || /\b(?:update|set)-traffic\b/.test(plain)) return new Map();
  const flags = flagsOf(command).flatMap(({ name, value }) => (COUNT.test(name) && value !== undefined ? [[name, value] as const] : []));
  // `web=8`, `shop_api=6`, and `fly scale count 6`, where the number is a word.
  const pairs = [...plain.matchAll(/(?:^| )([\w.-]+)=(\d+)(?= |$)/g)].map(([, name = '', value = '']) => [name, value] as const);
  const count = / count (?:(\w+)=)?(\d+)(?= |$)/.exec(plain)?.[2];
  const all = [...flags, ...pairs, ...(count === undefined ? [] : [['count', count] as const])];
  return new Map(all.flatMap(([name, value]) => (/^\d+$/.test(value) ? [[name, Number(value)] as const] : [])));
}

/** What makes a number one of machines or copies of a program. */
const SCALES =
  /^(kubectl|oc) (.* )?(scale|autoscale)\b|^heroku (ps:scale|ps:resize)|^(fly|flyctl) .*scale\b|^docker (service scale|compose .*scale)|^aws (ecs (update|create)-service|autoscaling |application-autoscaling |eks update-nodegroup|rds )|^gcloud (compute instance-groups|container (clusters resize|node-pools)|run (services|deploy|jobs)|app |sql )|^az (vmss|aks) .*scale\b|^az (vmss|aks|containerapp) |^cf scale\b|^nomad job scale\b/;
