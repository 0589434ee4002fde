import type { Setting, SourceFacts } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { quote } from '../../quote.ts';
import { pathAcross } from '../settings/renamed-items.ts';
import { nameOf } from '../settings/setting-index.ts';
import { isFalse, isTrue } from '../settings/setting-values.ts';
import type { SettingChange } from '../settings/settings.ts';
import { type GateKind, gateKind, gateOfName, severityOfGate } from './gate-kinds.ts';
import { emptiedScript, type GateJudgement } from './package-scripts.ts';
import { isLower } from './weaker-flags.ts';

/** Where nobody pushes and nothing is merged: a check that waits for this looks at no change. */
const BY_HAND = /^(\$\{\{\s*)?github\.event_name\s*==\s*'(workflow_dispatch|schedule)'(\s*\}\})?$/;

const EXCUSE =
  /^(continue-on-error|continueOnError|allow_failure|soft_fail|soft-fail|allow-failure|ignore-failure|continue_on_error|ignore_failure)$/;

/** A switch of a step or a job by which its check may fail, or no longer runs, or asks for less. */
export function weakerGateSetting(change: SettingChange, input: RuleInput): GateJudgement | undefined {
  const { before, after } = change;
  const name = nameOf(change);
  if (change.path[0] === 'scripts' && change.path.length === 2) return emptiedScript(change, input);
  if (change.resourceIsGone || after === undefined) return undefined;
  const value = after.value;
  const excused = EXCUSE.test(name) && isTrue(value) && !isTrue(before?.value);
  const never =
    (/^(if|condition)$/.test(name) && /^(false|\$\{\{\s*false\s*\}\}|never\(\)|'?never'?|0)$/.test(String(value))) ||
    (name === 'if' && before === undefined && BY_HAND.test(String(value))) ||
    (name === 'when' && /^(never|manual)$/.test(String(value)) && before?.value !== value) ||
    (name === 'skip' && isTrue(value)) ||
    (name === 'enabled' && isFalse(value));
  const lenient =
    /^(fail_ci_if_error|fail-build|fail-on-error|fail_on_error|fail-on-findings|fail_on_findings|error-on-missing|abort-on-fail)$/.test(
      name,
    ) &&
    isFalse(value) &&
    (before === undefined || isTrue(before.value));
  const exitCode = /^exit-?code$/i.test(name) && String(value) === '0' && before !== undefined && String(before.value) !== '0';
  const threshold =
    /^(fail-on-severity|severity|severity-cutoff|fail-on|threshold)$/.test(name) &&
    before !== undefined &&
    isLower(name, String(before.value), String(value));
  const anyway = runsAnyway(change, input);
  if (anyway !== undefined) return anyway;
  if (!(excused || never || lenient || exitCode || threshold)) return undefined;
  // What a new job tells of itself weakens nothing, unless it took over the check of another job.
  if (change.resourceIsNew && !(excused || never)) return undefined;
  const around = stepAround(change, input);
  const { label, isNew } = around;
  // Whatever it is called, a job that one which ships waits for is a gate.
  const kind = around.kind ?? (excused && change.path.length === 1 && holdsDeploy(change, input) ? 'tests' : undefined);
  if (isNew || (kind === undefined && !(lenient || exitCode || threshold))) return undefined;
  const what = never ? 'no longer runs' : 'may fail and nothing stops';
  return {
    severity: kind === undefined ? 'medium' : severityOfGate(kind, label),
    message: `${quote(label, 34)} ${what}: ${quote(`${name}: ${String(value)}`, 26)}`,
  };
}

/** `if: always()` of a job that deploys: it waits for its `needs` and no longer asks how they ended. */
function runsAnyway({ path, before, after, resource, resourceIsNew }: SettingChange, input: RuleInput): GateJudgement | undefined {
  const ANYWAY = /\balways\(\)|\bfailure\(\)|!\s?cancelled\(\)/;
  const value = String(after?.value ?? '');
  if (path.length !== 1 || path[0] !== 'if' || resource?.type !== 'job' || resourceIsNew || !ANYWAY.test(value)) return undefined;
  if (ANYWAY.test(String(before?.value ?? '')) || /\bneeds\.|\bsuccess\(\)/.test(value)) return undefined;
  const own = input.after?.settings.filter((setting) => setting.resource === resource.key) ?? [];
  const waits = own.flatMap((setting) => (setting.path[0] === 'needs' && typeof setting.value === 'string' ? [setting.value] : []));
  const does = own.flatMap((setting) => (/^(run|uses|environment)$/.test(nameOf(setting)) ? [String(setting.value)] : []));
  if (waits.length === 0 || !DEPLOYS.test([resource.name, ...does].join(' '))) return undefined;
  return {
    severity: 'high',
    message: `${quote(resource.name, 24)} runs even where ${quote(waits.join(', '), 30)} failed: ${quote(value, 24)}`,
  };
}

/** A job that brings something out waits for this one. */
function holdsDeploy({ resource }: SettingChange, { after }: RuleInput): boolean {
  const waiting = after?.settings.filter(({ path, value }) => path[0] === 'needs' && value === resource?.name) ?? [];
  return waiting.some(({ resource: key }) => DEPLOYS.test(after?.resources.find((other) => other.key === key)?.name ?? ''));
}

const DEPLOYS = /\b(deploy|release|publish|promote|ship|rollout|roll-out|terraform|helm|kubectl|production|prod|live|push)\w*\b/i;

/** The step, or else the job, that a switch belongs to; what it runs says what it is. */
function stepAround(
  change: SettingChange,
  input: RuleInput,
): { readonly kind: GateKind | undefined; readonly label: string; readonly isNew: boolean } {
  const { before, after, path } = input;
  const prefix = change.path.slice(0, -1);
  const inside = (facts: SourceFacts | undefined, place = prefix): readonly Setting[] =>
    facts?.settings.filter(
      (other) =>
        other.resource === (change.after?.resource ?? '') &&
        place.every((part, at) => other.path[at] === part) &&
        typeof other.value === 'string',
    ) ?? [];
  const now = inside(after);
  const texts = now
    .filter((other) => !/^(name|if|id|shell|with|env|runs-on|image|stage|when|key|path)$/.test(nameOf(other)))
    .flatMap((other) => String(other.value).split('\n'));
  const job = change.resource?.name ?? (/(^|\/)\.?lefthook/.test(path) ? (prefix.at(-1) ?? '') : '');
  const label =
    String(
      now.find((other) => nameOf(other) === 'name' && other.path.length === prefix.length + 1)?.value ??
        (prefix.length > 1 ? (now.find((other) => /^(run|uses|script|command)$/.test(nameOf(other)))?.value ?? job) : job),
    ).split('\n')[0] ?? '';
  const kinds = texts.map((text) => gateKind(text.trim().replace(/^\$\s/, ''))).filter((kind) => kind !== undefined && kind !== 'build');
  const named = gateOfName(`${label} ${prefix.length <= 1 ? job : ''}`);
  const strongest = (['security', 'tests', 'types', 'plan', 'lint'] as const).find((kind) => kinds.includes(kind));
  const place = change.after === undefined ? undefined : pathAcross(input, 'after', change.after)?.slice(0, -1);
  return {
    kind: strongest ?? (named === 'build' ? undefined : named),
    label: label === '' ? job : label,
    isNew: inside(before, place).length === 0 && !tookPlace(change, prefix, strongest, { before, after }),
  };
}

/**
 * A step that was written anew or got a name, or whose job did: what the job, or the file where the job is new, ran before of
 * that kind and had to succeed, no other step runs now.
 */
function tookPlace(
  { after: own, resourceIsNew }: SettingChange,
  prefix: readonly string[],
  kind: GateKind | undefined,
  { before, after }: Pick<RuleInput, 'before' | 'after'>,
): boolean {
  if (kind === undefined || own === undefined || (prefix.length === 0 && !resourceIsNew)) return false;
  const isInside = (other: Setting): boolean => other.resource === own.resource && prefix.every((part, at) => other.path[at] === part);
  const checks = (facts: SourceFacts | undefined): readonly Setting[] =>
    facts?.settings.filter(
      (other) =>
        (resourceIsNew || other.resource === own.resource) &&
        typeof other.value === 'string' &&
        /^(run|script|command|uses|\d+)$/.test(nameOf(other)) &&
        other.value.split('\n').some((line) => gateKind(line.trim()) === kind),
    ) ?? [];
  const mayFail = (check: Setting): boolean =>
    before?.settings.some(
      (other) =>
        other.resource === check.resource &&
        EXCUSE.test(nameOf(other)) &&
        isTrue(other.value) &&
        other.path.slice(0, -1).every((part, at) => check.path[at] === part),
    ) === true;
  const old = checks(before);
  return old.length > 0 && (!resourceIsNew || !old.every(mayFail)) && checks(after).every(isInside);
}
