import type { Setting } from '../../model/facts.ts';
import type { FindingDraft } from '../../model/finding.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage, quote } from '../quote.ts';
import { containerPorts } from '../vocabulary/selectors/ports.ts';
import { includedSettings } from '../vocabulary/settings/included-templates.ts';
import { patchedSettings } from '../vocabulary/settings/kustomize-patches.ts';
import { nameOf, settingsOf, settingsUnder } from '../vocabulary/settings/setting-index.ts';
import { isFalse, isTrue } from '../vocabulary/settings/setting-values.ts';
import { changedSettings, placeOf, type SettingChange } from '../vocabulary/settings/settings.ts';
import { successorPlace } from '../vocabulary/settings/successors.ts';
import { blockOf } from '../vocabulary/settings/switched-templates.ts';
import { nameOfTaken, takenOut } from '../vocabulary/settings/taken-out.ts';
import { hollowHealth } from '../vocabulary/waits/hollow-health.ts';

/**
 * ## What it sees
 * A readiness, liveness or startup probe, a health check of a compose service, of an image or of a load balancer that is gone
 * or turned off while what it watched is still there, takes an error for a good answer, or asks a port that its container does not
 * name; one that a patch of an overlay or
 * the values of a chart take out of what they are laid over; and a handler of health that asks nobody any more.
 *
 * ## Why it matters
 * Without readiness, traffic reaches a container that cannot answer, and a broken release rolls through to the last one.
 *
 * ## When it is fine
 * A container that is removed with its probes, and jobs, which nobody sends traffic to.
 *
 * ## What it misses
 * Probes that ask a program which answers through functions of its own.
 */
export default defineRule({
  id: 'safeguard/probe-removed',
  version: '1.0.0',
  severity: 'medium',
  confidence: 'high',
  title: 'Takes a health check away',
  reads: ['settings', 'calls', 'options'],
  evidence: [
    { title: 'kube-linter: no-readiness-probe', url: 'https://docs.kubelinter.io/#/generated/checks?id=no-readiness-probe' },
    { title: 'kube-score: pod-probes', url: 'https://github.com/zegl/kube-score/blob/master/README_CHECKS.md' },
  ],
  *check(input) {
    yield* hollowHealth(input);
    yield* lostInCode(input);
    const seen = new Set<string>();
    let gathered: readonly Setting[] | undefined;
    const settingsNow = (): readonly Setting[] => {
      gathered ??= [...(input.after?.settings ?? []), ...includedSettings(input), ...patchedSettings(input)];
      return gathered;
    };
    for (const gone of takenOut(input)) {
      const name = gone.path.at(-1) ?? '';
      if (!PROBE.test(name) || /^(Job|CronJob)$/.test(gone.kind)) continue;
      const of = nameOfTaken(gone) || 'values';
      yield { side: 'after', range: gone.setting.range, message: fitMessage(`${quote(name)} of ${quote(of)} removed`) };
    }
    for (const change of changedSettings(input)) {
      const off = turnedOff(change);
      if (off !== undefined) yield { ...placeOf(change), message: fitMessage(off) };
      const hollow = asksNothing(input, change);
      if (hollow !== undefined) yield { ...placeOf(change), message: fitMessage(hollow) };
      const astray = asksAnotherPort(input, change);
      if (astray !== undefined) yield { ...placeOf(change), message: fitMessage(astray) };
      const { before, after, path, resource } = change;
      const isOfCode = before?.resource.startsWith('cdk:') === true;
      const at = path.findIndex((element) => PROBE.test(element) || (isOfCode && PROBE_OF_CODE.test(element)));
      if (before === undefined || after !== undefined || at < 0 || isNothing(input, before)) continue;
      const place = successorPlace(input, { path, resource: before.resource });
      if (place === undefined) continue;
      if (resource === undefined && !/(^|\/)(values|charts?|helm|deploy|k8s|infra)[\w./-]*\.ya?ml$/i.test(input.path)) continue;
      if (/^(Job|CronJob|Workflow|job)$/.test(resource?.type ?? '')) continue;
      const probe = path.slice(0, at + 1);
      const key = `${resource?.key ?? ''} ${probe.join('/')}`;
      const block = seen.has(key) ? undefined : blockOf(input, { path: place.path.slice(0, at + 1), resource: place.resource });
      const empty = block?.isEmpty === true ? block.value : undefined;
      if (seen.has(key) || (empty === undefined && isUnder(settingsNow(), place.resource, place.path.slice(0, at + 1)))) continue;
      seen.add(key);
      // A container that went away took its probes with it.
      if (at > 0 && !isUnder(settingsNow(), place.resource, place.path.slice(0, at))) continue;
      const of = /^\d+$/.test(path[at - 1] ?? '') || at === 0 ? (resource?.name ?? 'values') : (path[at - 1] ?? resource?.name ?? '');
      const now = empty === undefined ? 'removed' : `comes from ${quote(empty, 26)}, which is empty`;
      yield { ...placeOf(change), message: fitMessage(`${quote(nameOf({ path: probe }))} of ${quote(of)} ${now}`) };
    }
  },
});

const PROBE =
  /^(readinessProbe|livenessProbe|startupProbe|healthcheck|HEALTHCHECK|health_check|HealthCheck|health_check_path|HealthCheckPath|readiness_probe|liveness_probe|startup_probe|healthCheck|health_checks|healthChecks|HealthCheckConfig|health_check_custom_config|healthCheckPath|auto_healing_policies|health_check_grace_period_seconds|health_check_type)$/;

/** How cdk8s calls them beside the container. */
const PROBE_OF_CODE = /^(?:readiness|liveness|startup)$/;

/** A probe that runs a command which cannot fail in place of what it asked: `command: ["true"]`. */
function asksNothing(input: RuleInput, { path, before, after, resourceIsNew }: SettingChange): string | undefined {
  const at = path.findIndex((element) => PROBE.test(element));
  if (at < 0 || after === undefined || resourceIsNew || before?.value === after.value) return undefined;
  const probe = path.slice(0, at + 1);
  if (!/^(command|test)$/.test(nameOf({ path }))) return undefined;
  const words = (facts: RuleInput['after']): string =>
    settingsUnder(facts, after, probe)
      .filter((setting) => /^(command|test)$/.test(nameOf(setting)) && setting.value !== null)
      .map(({ value }) => String(value).replace(/[[\]"',]/g, ' '))
      .join(' ')
      .replace(/\b(CMD|CMD-SHELL|sh|bash)\b|\/bin\/|-c\b/g, '')
      .trim();
  const isHollow = /^(true|:|exit 0|echo [\w ]*)$/.test(words(input.after));
  return isHollow && settingsUnder(input.before, after, probe).length > 0 && !/^(true|:|exit 0)$/.test(words(input.before))
    ? `${quote(path[at] ?? '')} asks nothing: ${quote(words(input.after), 20)}`
    : undefined;
}

/** A probe that asked a port which its container names, and asks one now that it does not: it can only fail. */
function asksAnotherPort(input: RuleInput, { path, before, after, resource, resourceIsNew }: SettingChange): string | undefined {
  const at = path.findIndex((element) => PROBE.test(element));
  if (at < 2 || path.at(-1) !== 'port' || before === undefined || after === undefined || resource === undefined || resourceIsNew)
    return undefined;
  const container = path.slice(0, at);
  const [was, is] = [input.before, input.after].map((facts) => containerPorts(settingsOf(facts, resource.key), container));
  if (was?.has(String(before.value)) !== true || is === undefined || is.size === 0 || is.has(String(after.value))) return undefined;
  return /[{}$]/.test([...is, after.value].join(''))
    ? undefined
    : `${quote(path[at] ?? '')} asks port ${quote(String(after.value), 12)}, which the container does not name`;
}

/** A check that a call was told in a program which declares what runs: `task.addContainer('api', { healthCheck })`. */
function* lostInCode({ removed, after }: RuleInput): Generator<FindingDraft> {
  for (const { name, callee, scope, range } of removed.options) {
    if (
      !/^(healthCheck|health_check|HealthCheck)$/.test(name) ||
      !/(^|\.)(add_?[cC]ontainer|AddContainer|add_?[tT]argets|AddTargets)$/.test(callee)
    )
      continue;
    const isHere = (other: { readonly callee: string; readonly scope: string }): boolean =>
      other.callee === callee && other.scope === scope;
    if (after?.calls.some(isHere) !== true || after.options.some((other) => other.name === name && isHere(other))) continue;
    yield { side: 'before', range, message: fitMessage(`${quote(name)} of ${quote(callee, 30)} removed`) };
  }
}

/** A patch that took the probe out is itself gone. */
function isNothing({ before }: RuleInput, setting: Setting): boolean {
  return setting.value === null && settingsUnder(before, setting, setting.path).length <= 1;
}

function isUnder(settings: readonly Setting[], resource: string, path: readonly string[]): boolean {
  return settings.some((setting) => setting.resource === resource && path.every((element, at) => setting.path[at] === element));
}

/** `livenessProbe.enabled: false` of a chart, `disable: true` and `test: NONE` of compose, a kind of check that looks less. */
function turnedOff({ path, before, after, resourceIsGone }: SettingChange): string | undefined {
  const [name, parent] = [path.at(-1) ?? '', path.at(-2) ?? ''];
  if (resourceIsGone || after === undefined || before?.value === after.value) return undefined;
  if (PROBE.test(parent) && /^enabled$/.test(name) && isTrue(before?.value) && isFalse(after.value))
    return `${quote(`${parent}.enabled`)}: true -> false`;
  if (parent === 'healthcheck' && name === 'disable' && isTrue(after.value)) return `${quote('healthcheck.disable')}: unset -> true`;
  // A match that takes any answer for a good one.
  if (
    /^(matcher|Matcher|HttpCode|healthyHttpCodes|healthy_http_codes|success_codes|expected_codes|expected_status|expectedCodes|statusCodes|health_check_matcher)$/.test(
      name,
    )
  )
    return before !== undefined && !takesErrors(String(before.value)) && takesErrors(String(after.value))
      ? `${quote(name)}: ${String(before.value)} -> ${String(after.value)}`
      : undefined;
  if (/^(health_check_type|HealthCheckType)$/.test(name) && before?.value === 'ELB' && after.value === 'EC2')
    return `${quote(name)}: ELB -> EC2`;
  return undefined;
}

/** `200-599`, `200,404,500`, `*`: an error page counts as healthy. */
function takesErrors(codes: string): boolean {
  return /^\*$|\b[45](\d\d|xx)\b/i.test(codes);
}
