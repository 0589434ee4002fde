import type { Call, Setting } from '../../model/facts.ts';
import type { FindingDraft } from '../../model/finding.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage } from '../quote.ts';
import { lastName, literal, receiver, shorten, words } from '../vocabulary/code/call-names.ts';
import { counterpartScope, within } from '../vocabulary/code/counterpart.ts';
import { isExtracted, newCallsIn } from '../vocabulary/code/scope-changes.ts';
import { isGatedByElement } from '../vocabulary/flags/flag-elements.ts';
import { isFlagMark, isGatedByMark } from '../vocabulary/flags/flag-marks.ts';
import { changedConditions } from '../vocabulary/guards/condition-changes.ts';
import { lostGuards } from '../vocabulary/guards/lost-guards.ts';
import { lostWraps } from '../vocabulary/guards/lost-wraps.ts';
import { revivedCode } from '../vocabulary/guards/revived-code.ts';
import { changedSettings, placeOf } from '../vocabulary/settings/settings.ts';

/**
 * ## What it sees
 * A question to a feature flag that goes away while the code that it gated stays in the function. Also what never ran and runs
 * now: work behind `if (false)`, behind a `return`, a `throw` or an `exit` that stood alone in front of it, and a job of a pipeline
 * behind `if: false`.
 *
 * ## Why it matters
 * The gate was the way back. Without it the new path runs for everybody at once, and turning it off is a release.
 *
 * ## When it is fine
 * The flag is taken out of its registry in the same change: a clean-up. That is not flagged.
 *
 * ## What it misses
 * A flag of which neither its name nor where it comes from says that it is one.
 */
export default defineRule({
  id: 'safeguard/flag-gate-removed',
  version: '1.0.0',
  severity: 'high',
  confidence: 'medium',
  title: 'A feature flag no longer gates its code',
  reads: ['calls', 'conditions', 'guards', 'tokens', 'commands', 'settings'],
  evidence: [
    { title: 'Google Cloud 2025-06-12: new code without a flag', url: 'https://status.cloud.google.com/incidents/ow5i3PPK96RduMcb1SsW' },
  ],
  *check(input): Iterable<FindingDraft> {
    yield* properties(input);
    yield* leaving(input);
    yield* revived(input);
    yield* marks(input);
    for (const call of input.removed.calls) {
      if (!asksFlag(call) || call.scope === '') continue;
      const flag =
        literal(call.args[0]) ?? literal(call.args[1]) ?? call.args.find((argument) => /flag|feature/i.test(argument)) ?? call.args[0];
      const scope = counterpartScope(input, call.scope);
      if (scope === undefined || flag === undefined || newCallsIn(input, call.scope).some(asksFlag)) continue;
      if (
        input.after?.calls.some((other) => within(other.scope, scope) && asksFlag(other) && other.args.join() === call.args.join()) === true
      )
        continue;
      if (isExtracted(input, call) || isGatedByMark(input, call.scope, flag) || isGatedByElement(input, call, flag)) continue;
      if (wasRetired((side) => input.trees[side].mentioning(lastWord(flag), EXTENSIONS).length)) continue;
      yield {
        side: 'before',
        range: call.range,
        message: fitMessage(`flag \`${shorten(flag, 30)}\` no longer gates \`${shorten(call.scope, 28)}\``),
      };
    }
  },
});

/** `@ConditionalOnProperty("features.ledger")` and its kin, gone from what stays. */
function* marks(input: RuleInput): Iterable<FindingDraft> {
  for (const { kind, callee, args, scope, range } of input.removed.calls) {
    const isFlag =
      callee !== 'ConditionalOnProperty' || /\b(flags?|features?|enabled|toggles?|experiments?|rollout)\b/.test(words(args.join(' ')));
    const isLeft =
      input.after?.calls.some(
        (other) =>
          other.kind === 'decorator' &&
          other.callee === callee &&
          // On the class, for all of its methods.
          (other.scope === scope || (scope.startsWith(`${other.scope}.`) && other.args.join() === args.join())),
      ) === true;
    if (
      kind !== 'decorator' ||
      !isFlagMark(callee) ||
      !isFlag ||
      isLeft ||
      input.after?.symbols.some(({ name }) => name === scope) !== true
    )
      continue;
    const flag = literal(args[0]) ?? /['"]([\w.-]+)['"]/.exec(args.join(' '))?.[1] ?? callee;
    if (
      newCallsIn(input, scope).some(
        (call) => asksFlag(call) && call.use !== 'discarded' && call.args.some((text) => literal(text) === flag),
      )
    )
      continue;
    if (wasRetired((side) => input.trees[side].mentioning(lastWord(flag), EXTENSIONS).length)) continue;
    yield { side: 'before', range, message: fitMessage(`flag \`${shorten(flag, 30)}\` no longer gates \`${shorten(scope, 28)}\``) };
  }
}

/** `if (flags.newPricing) { … }` that became its body. */
function* properties(input: RuleInput): Iterable<FindingDraft> {
  for (const { condition, work } of lostWraps(input, ({ test }) => isFlagTest(test))) {
    if (wasRetired((side) => input.trees[side].mentioning(lastWord(condition.test), EXTENSIONS).length)) continue;
    yield {
      side: 'before',
      range: condition.range,
      message: fitMessage(`flag \`${shorten(condition.test, 30)}\` no longer gates \`${shorten(work.callee, 26)}\``),
    };
  }
}

/** `if settings.FEATURES['new']: return new_path()` in front of the old path: one of the two is all that is left. */
function* leaving(input: RuleInput): Iterable<FindingDraft> {
  for (const guard of lostGuards(input, (candidate) => candidate.exit === 'return' && isFlagTest(candidate.test))) {
    if (wasRetired((side) => input.trees[side].mentioning(lastWord(guard.test), EXTENSIONS).length)) continue;
    yield {
      side: 'before',
      range: guard.range,
      message: fitMessage(`flag \`${shorten(guard.test, 30)}\` no longer gates \`${shorten(guard.scope, 26) || 'the module'}\``),
    };
  }
}

/** Asked through a call, it is judged by the call. */
function isFlagTest(test: string): boolean {
  return (
    /\b(flags?|features?|experiments?|rollout|kill ?switch|toggles?|gates?|canary|canaries|pilots?|early access|dogfood)\b/.test(
      words(test),
    ) && !/\w\(/.test(test)
  );
}

/** Programs that change what is out there. */
const ACTS =
  /^(terraform|tofu|terragrunt|pulumi|cdk|kubectl|helm|dropdb|psql|mysql|mongosh|aws|gcloud|az|rm|ansible-playbook|flyway|liquibase|eksctl|doctl|flyctl|vercel|netlify|serverless|sls|ssh|rsync|scp|npm|twine|cargo)$/;

function isNever(value: Setting['value'] | undefined): boolean {
  return value === false || /^(\$\{\{ ?)?false( ?\}\})?$/.test(String(value));
}

/** Work that stood behind `false` and runs now. */
function* revived(input: RuleInput): Iterable<FindingDraft> {
  for (const { before, after } of changedConditions(input)) {
    const isDead = (test: string): boolean =>
      /^\(?\s*(false|False|0)\s*(&&|\band\b)|(&&|\band\b)\s*(false|False|0)\s*\)?$|^(false|False)$/.test(test);
    if ('exit' in before || before.kind !== 'wraps' || !isDead(before.test) || isDead(after.test)) continue;
    yield {
      side: 'after',
      range: after.range,
      message: fitMessage(`what never ran runs now: \`${shorten(before.guarded[0] ?? before.test, 40)}\``),
    };
  }
  for (const change of changedSettings(input)) {
    const { path, before, after, resource } = change;
    if (path.at(-1) !== 'if' || resource?.type !== 'job' || change.resourceIsNew || change.resourceIsGone) continue;
    if (!isNever(before?.value) || isNever(after?.value)) continue;
    const acts =
      input.after?.commands.some(({ name, scope }) => ACTS.test(name) && (scope === '' || scope.startsWith(resource.scope))) === true;
    yield {
      ...placeOf(change),
      message: fitMessage(`what never ran runs now: the job \`${shorten(resource.name, 36)}\``),
      // What only checks may always run.
      ...(acts ? {} : { severity: 'low' as const }),
    };
  }
  for (const { work, range } of revivedCode(input))
    yield { side: 'before', range, message: fitMessage(`what never ran runs now: \`${shorten(work, 40)}\``) };
  for (const { condition, work } of lostWraps(input, ({ test }) => /^(false|False)$/.test(test)))
    yield { side: 'before', range: condition.range, message: fitMessage(`what never ran runs now: \`${shorten(work.callee, 40)}\``) };
}

/** By its own name, or by a plain name of what holds flags: `flags.enabled('x')`, `unleash.on("x")`. */
function asksFlag(call: Call): boolean {
  const name = lastName(call.callee);
  return (
    FLAG.test(name) ||
    (/^(enabled|Enabled|active|Active|on|On|is|allows|allowed|bool|Bool|boolean|get_?bool|getBool|GetBool|get_?boolean|check|value|variant|get_variant|getVariant|evaluate|decide|has|enabled_for|enabledFor|EnabledFor|active_for|isEnabledFor|is_enabled_for|on_for|test)$/.test(
      name,
    ) &&
      call.args.length > 0 &&
      /\b(flags?|feature|features|toggles?|experiments?|unleash|launch ?darkly|ld client|growthbook|growth book|flipper|flipt|flagsmith|waffle|statsig|posthog|optimizely|split client|rollouts?|gates?|kill ?switch(es)?|switches)$/.test(
        words(receiver(call.callee).replace(/^([^(]*)\(.*\)$/s, '$1')),
      )) ||
    (/^(has|includes|include|contains|Contains|Has|include\?|isMember|is_member|sismember|SIsMember|exists|covers|in|indexOf|some)$/.test(
      name,
    ) &&
      COHORT.test(words(receiver(call.callee).replace(/^([^(]*)\(.*\)$/s, '$1'))))
  );
}

/** Those who got the new path first: a list of pilots is a flag that was made by hand. */
const COHORT =
  /\b(pilots?|betas?|canary|trial|preview|dogfood|early access|opt in|pilot \w+|beta \w+|canary \w+|early (access|adopters?|birds?)|canary|canaries|cohorts?|opted in|opt ins?|preview (users|tenants|customers)|testers|guinea pigs|dogfood(ers)?|first wave|trial (users|tenants|customers)|enrolled|migrated (tenants|users|customers|shops|accounts)|launch (list|group|countries))$/;
const FLAG =
  /^(isEnabled|isFeatureEnabled|featureEnabled|useFlag|useFeatureFlag|useFeature|useFeatureIsOn|isFlagEnabled|getFlag|flagEnabled|hasFeature|hasFlag|boolVariation|variation|checkGate|isOn|is_enabled|getBooleanValue|feature|flag_is_active|switch_is_active|sample_is_active|is_active_for|feature_enabled|is_feature_enabled|feature_is_enabled|flag_enabled|is_flag_enabled|bool_variation|IsEnabled|IsFeatureEnabled|FeatureEnabled|FlagEnabled|BoolVariation|BooleanValue|Bool_?Variation|IsActive|isActive|get_boolean_value|check_gate|CheckGate|is_on|IsOn|treatment|get_treatment|GetTreatment|getTreatment|has_feature|HasFeature|is_feature_active|variation_bool)$/;
const EXTENSIONS = ['.ts', '.tsx', '.js', '.jsx', '.mjs', '.json', '.yaml', '.yml', '.py', '.go', '.java'];

/** The flag is named nowhere any more, and was named elsewhere before: registry and use went together. */
function wasRetired(mentions: (side: 'before' | 'after') => number): boolean {
  return mentions('after') === 0 && mentions('before') > 1;
}

/** `new-checkout` whole, as a registry has it; of `features.newCheckout` the last name. */
function lastWord(flag: string): string {
  return flag.match(/[A-Za-z0-9_$]+(?:-[A-Za-z0-9_]+)*/g)?.at(-1) ?? flag;
}
