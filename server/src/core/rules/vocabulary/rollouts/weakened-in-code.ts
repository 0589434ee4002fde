import type { Option } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { UNAVAILABLE } from '../../thresholds.ts';
import { lastName, shorten, words } from '../code/call-names.ts';
import { counterpartScope } from '../code/counterpart.ts';
import { changedOptions } from '../code/option-changes.ts';
import { amountOf } from './losses.ts';

/**
 * What paces a rollout where it is an option of a call and no setting: `MaxConcurrency="10%"` of `send_command`, `MinHealthyPercent` and
 * `CircuitBreaker` of a service in the Go of CDK, the preferences of a refresh of instances.
 */
export function* weakenedInCode(input: RuleInput): Generator<FindingDraft> {
  const told = new Set<number>();
  for (const { before, after } of changedOptions(input)) {
    const { line } = after.range.start;
    if (told.has(line) || isSetting(input, line) || !isLoss(before, after)) continue;
    told.add(line);
    yield {
      side: 'after',
      range: after.range,
      message: fitMessage(
        `\`${shorten(after.name, 26)}\` of \`${shorten(lastName(after.callee), 26)}\`: ${before.value} -> ${after.value}`,
      ),
    };
  }
  yield* lostBreakers(input);
  yield* lostAlarms(input);
}

/** Where the language reads the declaration as a resource, it is told as a setting. */
function isSetting({ after }: RuleInput, line: number): boolean {
  return after?.settings.some(({ range }) => range.start.line === line) === true;
}

function isLoss(before: Option, after: Option): boolean {
  const name = words(after.name);
  if (/^(?:automatic )?(?:auto )?roll ?back(?: on failure)?$/.test(name) && TAKES_BACK.test(words(after.callee)))
    return /^true$/i.test(bare(before.value)) && /^false$/i.test(bare(after.value));
  const [was, is] = [amountOf(bare(before.value)), amountOf(bare(after.value))];
  if (was === undefined || is === undefined) return false;
  if (/^(?:minimum |min )healthy(?: percent(?:age)?)?$/.test(name)) return is.value < was.value && is.value <= 100 - UNAVAILABLE.share;
  const isPace =
    /^max(?:imum)? (?:concurrency|concurrent(?: percentage| count)?|errors|failures|parallel)$|^failure tolerance(?: percentage| count)?$/.test(
      name,
    );
  if (!isPace || !REACHES_MANY.test(words(`${after.callee} ${after.scope}`))) return false;
  if (is.isShare !== was.isShare) return is.isShare && is.value >= UNAVAILABLE.share;
  return is.isShare ? is.value >= UNAVAILABLE.share && was.value < UNAVAILABLE.share : is.value >= was.value * UNAVAILABLE.factor * 2;
}

const TAKES_BACK = /\b(?:circuit ?breaker|deployment|service|rollout|rollback|update|alarms?)\b/;
/** Calls that run something on a fleet. */
const REACHES_MANY =
  /\b(?:send command|start automation|automation execution|association|stack instances|stack set|operation preferences|maintenance window|fleet|run command)\b/;

/** A service whose deployments no longer go back by themselves: the breaker is gone while the service stays. */
function* lostBreakers(input: RuleInput): Generator<FindingDraft> {
  const { after, removed } = input;
  for (const option of removed.options) {
    if (!BREAKER.test(option.name) || /\bfalse\b/i.test(option.value) || isSetting(input, option.range.start.line)) continue;
    const scope = counterpartScope(input, option.scope);
    const own = after?.options.filter((other) => other.callee === option.callee && other.scope === scope) ?? [];
    if (!/Service(?:Props|Args)?$|^build$/.test(lastName(option.callee)) || own.length === 0) continue;
    if (
      own.some(({ name }) => BREAKER.test(name)) ||
      input.before?.settings.some(({ range }) => range.start.line === option.range.start.line)
    )
      continue;
    yield {
      side: 'before',
      range: option.range,
      message: fitMessage(`\`${shorten(option.name, 26)}\` of \`${shorten(lastName(option.callee), 26)}\` removed: nothing takes it back`),
    };
  }
}

/** The alarms on which a group of deployments goes back, of a group that stays: `alarms=[…]`, `deployment_in_alarm=True`. */
function* lostAlarms(input: RuleInput): Generator<FindingDraft> {
  for (const option of input.removed.options) {
    const isOfGroup = /^alarms$/i.test(option.name) && /DeploymentGroup(?:Props|Args)?$/.test(option.callee);
    const isOfRollback = /^deployment_?in_?alarm$/i.test(option.name) && /true/i.test(option.value);
    if ((!isOfGroup && !isOfRollback) || input.before?.settings.some(({ range }) => range.start.line === option.range.start.line)) continue;
    const stays = input.after?.options.filter(({ callee }) => callee === option.callee) ?? [];
    const isKept = stays.some(({ name, value }) => name === option.name && !/^(?:\[\]|false)$/i.test(value));
    if (stays.length === 0 || isKept) continue;
    yield {
      side: 'before',
      range: option.range,
      message: fitMessage(`\`${shorten(option.name, 26)}\` of \`${shorten(lastName(option.callee), 30)}\` removed: nothing takes it back`),
    };
  }
}

const BREAKER = /^(?:deployment_?)?circuit_?breaker$/i;

/** `jsii.Number(100)`, `'10%'`, `pulumi.Bool(true)`. */
function bare(value: string): string {
  const inner =
    /^(?:pulumi\.(?:Int|Float64|String|Bool)|(?:jsii|aws)\.(?:Number|String|Bool|Int32)|Some)\((.+)\)$/.exec(value)?.[1] ?? value;
  return inner.replace(/^(['"`])(.*)\1$/, '$2');
}
