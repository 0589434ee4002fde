import type { Call, Loop, SourceFacts } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { CAPACITY_CUT } from '../../thresholds.ts';
import { lastName, literal, shorten, words } from '../code/call-names.ts';
import { numberIn } from '../code/computed-numbers.ts';
import { changedOptions } from '../code/option-changes.ts';
import { CAPACITY_COUNT } from '../settings/capacity-names.ts';
import { MACHINE, sizeOf } from '../settings/machine-sizes.ts';

/**
 * Machines and copies that a program declares in a language whose declarations are calls alone (Pulumi and CDK in Python, Go and Java):
 * `aws.autoscaling.Group("web", min_size=4)`, halved or made one.
 */
export function* countsInCode(input: RuleInput): Generator<FindingDraft> {
  yield* sizesInCode(input);
  yield* fewerRounds(input);
  for (const { before, after } of changedOptions(input)) {
    const isNamed = after.callee === '' && NAMED.test(words(after.name));
    if (!isNamed && (!CAPACITY_COUNT.test(after.name) || !isCapacityOf(after.callee))) continue;
    const line = after.range.start.line;
    const [was, is] = [numberIn(plain(before.value), input.before), numberIn(plain(after.value), input.after)];
    if (was === undefined || is === undefined || is >= was || !(is <= was * CAPACITY_CUT || is === 1)) continue;
    if (isSetting(input, line)) continue;
    yield {
      side: 'after',
      range: after.range,
      message: fitMessage(`\`${shorten(after.name, 26)}\`${isNamed ? '' : ` of a \`${lastName(after.callee)}\``}: ${was} -> ${is}`),
    };
  }
}

/** `new aws.rds.ClusterInstance(…, { instanceClass: 'db.t4g.medium' })` where the declaration is no resource: in a loop, or in Go. */
function* sizesInCode(input: RuleInput): Generator<FindingDraft> {
  for (const { before, after } of changedOptions(input)) {
    if (!MACHINE.test(after.name) || !/\.[A-Z]\w*$/.test(after.callee) || /^(?:size|tier)$/i.test(after.name)) continue;
    const [was, is] = [literal(plain(before.value)), literal(plain(after.value))];
    const [from, to] = [sizeOf(was ?? ''), sizeOf(is ?? '')];
    if (from === undefined || to === undefined || to > from * CAPACITY_CUT || isSetting(input, after.range.start.line)) continue;
    yield { side: 'after', range: after.range, message: fitMessage(`\`${shorten(after.name, 26)}\`: ${was} -> ${is}`) };
  }
}

/** Where the language reads the declaration as a resource, it is told as a setting. */
function isSetting({ after }: RuleInput, line: number): boolean {
  return after?.settings.some(({ range }) => range.start.line === line) === true;
}

/** A loop that makes one machine or copy in each round, and goes round half as often: `for (let at = 0; at < 3; at += 1)`. */
function* fewerRounds({ added, removed, before, after }: RuleInput): Generator<FindingDraft> {
  for (const loop of added.loops) {
    const to = roundsOf(loop);
    const old = to === undefined ? undefined : removed.loops.find((other) => other.scope === loop.scope && bare(other) === bare(loop));
    const from = old === undefined ? undefined : roundsOf(old);
    if (old === undefined || to === undefined || from === undefined || to >= from || !(to <= from * CAPACITY_CUT || to === 1)) continue;
    const made = (facts: SourceFacts | undefined, { body }: Loop): Call | undefined =>
      facts?.calls.find(
        ({ callee, range }) => isCapacityOf(callee) && body.startLine <= range.start.line && range.end.line <= body.endLine,
      );
    const call = made(after, loop);
    if (call === undefined || made(before, old)?.callee !== call.callee) continue;
    yield { side: 'after', range: loop.range, message: fitMessage(`${from} -> ${to} of \`${shorten(call.callee, 34)}\``) };
  }
}

/** `at < 3`, `range(3)`, `0..3`. */
const ROUNDS = /(?<=< ?|<= ?|\brange\((?:0, ?)?|\b0\.\.)\d{1,4}\b/;

function roundsOf({ head }: Loop): number | undefined {
  const count = ROUNDS.exec(head)?.[0];
  return count === undefined ? undefined : Number(count);
}

function bare({ head }: Loop): string {
  return head.replace(ROUNDS, '');
}

/** A constant that says of itself how many copies there are. */
const NAMED =
  /\b(?:replicas|replica count|min instances|node count|desired count|desired capacity|min nodes|shard count|replication factor)$/;

const HOLDERS =
  /^(?:(?:AutoScaling)?Group(?:Args|Props)?|(?:Fargate|Ec2|Application\w*Fargate|ApplicationLoadBalancedEc2)?Service(?:Args|Props)?|\w*(?:Cluster|ClusterInstance|NodePool|NodeGroup|Nodegroup|Deployment|StatefulSet|ReplicaSet|ScaleSet|ReplicationGroup|InstanceGroup\w*|ScalingConfig|Autoscaling|AutoscalingConfig)(?:Args|Spec|SpecArgs|Props|ScalingConfigArgs)?|KafkaTopic|NewTopic|Topic(?:Config|Details|Detail|Args)?|\w*(?:ScalingConfig|Autoscaling)Args)$/;

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
