import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { CAPACITY_CUT } from '../../thresholds.ts';
import { lastName, shorten, words } from '../code/call-names.ts';
import { numberIn } from '../code/computed-numbers.ts';
import { changedOptions } from '../code/option-changes.ts';
import { CAPACITY_COUNT } from '../settings/capacity-names.ts';

/**
 * Machines and copies that a program declares in a language whose declarations are calls alone (Pulumi and CDK in Python, Go and Java):
 * `aws.autoscaling.Group("web", min_size=4)`, halved or made one.
 */
export function* countsInCode(input: RuleInput): Generator<FindingDraft> {
  for (const { before, after } of changedOptions(input)) {
    const isNamed = after.callee === '' && NAMED.test(words(after.name));
    if (!isNamed && (!CAPACITY_COUNT.test(after.name) || !isCapacityOf(after.callee))) continue;
    const line = after.range.start.line;
    const [was, is] = [numberIn(plain(before.value), input.before), numberIn(plain(after.value), input.after)];
    if (was === undefined || is === undefined || is >= was || !(is <= was * CAPACITY_CUT || is === 1)) continue;
    // Where the language reads the declaration as a resource, it is told as a setting.
    if (input.after?.settings.some((setting) => setting.range.start.line === line) === true) continue;
    yield {
      side: 'after',
      range: after.range,
      message: fitMessage(`\`${shorten(after.name, 26)}\`${isNamed ? '' : ` of a \`${lastName(after.callee)}\``}: ${was} -> ${is}`),
    };
  }
}

/** A constant that says of itself how many copies there are. */
const NAMED =
  /\b(?:replicas|replica count|min instances|node count|desired count|desired capacity|min nodes|shard count|replication factor)$/;

const HOLDERS =
  /^(?:(?:AutoScaling)?Group(?:Args|Props)?|(?:Fargate|Ec2|Application\w*Fargate|ApplicationLoadBalancedEc2)?Service(?:Args|Props)?|\w*(?:Cluster|NodePool|NodeGroup|Nodegroup|Deployment|StatefulSet|ReplicaSet|ScaleSet|ReplicationGroup|InstanceGroup\w*|ScalingConfig|Autoscaling|AutoscalingConfig)(?:Args|Spec|SpecArgs|Props|ScalingConfigArgs)?|KafkaTopic|NewTopic|Topic(?:Config|Details|Detail|Args)?|\w*(?:ScalingConfig|Autoscaling)Args)$/;

function isCapacityOf(callee: string): boolean {
  return HOLDERS.test(lastName(callee));
}

/** `pulumi.Int(3)`, `jsii.Number(3)`. */
function plain(value: string): string {
  return /^(?:pulumi\.(?:Int|Float64)|jsii\.Number|Some|Integer\.valueOf)\((.+)\)$/.exec(value)?.[1] ?? value;
}

/** True where an option is told as what carries load, and no limit. */
export function isCountedCapacity(name: string, callee: string): boolean {
  return CAPACITY_COUNT.test(name) && isCapacityOf(callee);
}
