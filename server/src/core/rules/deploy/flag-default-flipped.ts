import type { FindingDraft } from '../../model/finding.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage, quote } from '../quote.ts';
import { STAGE_JUMP } from '../thresholds.ts';
import { shorten, words } from '../vocabulary/code/call-names.ts';
import { changedOptions, numberOf } from '../vocabulary/code/option-changes.ts';
import { homeOf } from '../vocabulary/code/option-paths.ts';
import { madeByHelper, turnedDefaults } from '../vocabulary/flags/flag-defaults.ts';
import { isSwitchName } from '../vocabulary/flags/flag-names.ts';
import { turnedRows } from '../vocabulary/flags/flag-rows.ts';
import { turnedFallbacks } from '../vocabulary/flags/flags-in-code.ts';
import { countOf, isFalse, isTrue, shownValue } from '../vocabulary/settings/setting-values.ts';
import { changedSettings, changeName, placeOf, type SettingChange } from '../vocabulary/settings/settings.ts';

/**
 * ## What it sees
 * The default of a feature flag that turns, or a rollout that grows at once to most of everybody, in a file or a table of flags;
 * the fallback that a question to a flag names, a row of a table of flags, and a switch with which a program is started.
 *
 * ## Why it matters
 * A default is what everybody gets when the flag service does not answer; it is a release to all without a stage.
 *
 * ## When it is fine
 * The end of a rollout that was already everywhere. A new flag that is off is not flagged.
 *
 * ## What it misses
 * A registry of which neither the file nor the name says anything of flags.
 */
export default defineRule({
  id: 'deploy/flag-default-flipped',
  version: '1.0.0',
  severity: 'high',
  confidence: 'medium',
  title: 'A feature flag turned for everybody',
  reads: ['options', 'settings', 'calls', 'statements', 'tokens'],
  evidence: [
    { title: 'Knight Capital 2012', url: 'https://dougseven.com/2014/04/17/knightmare-a-devops-cautionary-tale/' },
    { title: 'Google Cloud 2025-06-12: no flag', url: 'https://status.cloud.google.com/incidents/ow5i3PPK96RduMcb1SsW' },
  ],
  *check(input): Iterable<FindingDraft> {
    const lines = new Set<number>();
    for (const draft of [
      ...inConfiguration(input),
      ...turnedFallbacks(input),
      ...inOptions(input),
      ...turnedDefaults(input),
      ...madeByHelper(input),
      ...turnedRows(input),
    ]) {
      if (lines.has(draft.range.start.line)) continue;
      lines.add(draft.range.start.line);
      yield draft;
    }
  },
});

/** Options of a registry, of a table of flags, or by a name that speaks of one. */
function* inOptions(input: RuleInput): Generator<FindingDraft> {
  const isRegistry = /\b(flag|flags|feature|features|toggle|toggles|experiment|experiments|rollout|rollouts)\b/.test(words(input.path));
  for (const { before, after } of changedOptions(input)) {
    const name = words(after.name);
    const isTable = /\b(flags?|features?|toggles?|experiments?|rollouts?)\b/.test(words(homeOf(after)));
    const isFlagged = isRegistry || isTable || /\b(feature|flag|rollout)\b/.test(name);
    if (!isFlagged) continue;
    const isDefault = /\b(default|enabled|default value|on|active|fallback|state|value)\b/.test(name) || isRegistry || isTable;
    const turned = isDefault && /^(true|false)$/i.test(before.value) && /^(true|false)$/i.test(after.value);
    const old = numberOf(before.value);
    const now = numberOf(after.value);
    const grew =
      /\b(percent|percentage|rollout|weight|ratio|share)\b/.test(name) &&
      old !== undefined &&
      now !== undefined &&
      now > old &&
      (now >= old * 2 || now >= 100);
    if (turned || grew)
      yield {
        side: 'after',
        range: after.range,
        message: fitMessage(`\`${shorten(after.name, 26)}\` went from ${before.value} to ${after.value} for everybody`),
      };
  }
}

/** The variable that `env: [{ name, value }]` gives, and else the setting's own name. */
function switchOf(change: SettingChange): string {
  const name = changeName(change);
  return name === 'value' && /^env$/i.test(change.path.at(-3) ?? '') ? (change.path.at(-2) ?? name) : name;
}

/** A switch that a program is started with: a variable of a container, an entry of a ConfigMap, a line of `.env`. */
function isSwitchOfProgram(change: SettingChange, path: string): boolean {
  const isGiven =
    change.resource?.type === 'ConfigMap' ||
    change.path.some((part) => /^(env|environment|env_?vars?|environment_?variables)$/i.test(part)) ||
    /(^|\/|\.)env(\.[\w.-]+)?$/.test(path);
  return isGiven && isSwitchName(switchOf(change));
}

const FLAG_FILE =
  /\b(flags?|features?|feature ?flags?|toggles?|experiments?|rollouts?|killswitch(es)?|kill switch(es)?|launchdarkly|unleash|flagd|flipt|gates?|switches)\b/;
const FLAG_KEY = /\b(flags?|features?|feature ?flags?|toggles?|experiments?|feature ?gates?|kill ?switch(es)?)\b/;
const DEFAULT =
  /^(default|default_?value|default_?variant|defaultVariation|enabled?|on|active|state|value|fallthrough|off_?variation|status|is_?enabled|is_?active|fallback|variation|on_by_default|initial)$/i;

/** A registry of flags as JSON or YAML: `{ "new-tax": false }`, `- key: new-tax` with `default: false`. */
function* inConfiguration(input: RuleInput): Generator<FindingDraft> {
  const isRegistry = FLAG_FILE.test(words(input.path));
  for (const change of changedSettings(input)) {
    const { path, before, after } = change;
    if (change.resourceIsGone || before === undefined || after === undefined || before.value === after.value) continue;
    if (
      /^(job|service|aws_|google_|azurerm_|AWS::|cdk:|stage)/.test(change.resource?.type ?? '') &&
      !/appconfig|launchdarkly|feature/i.test(change.resource?.type ?? '')
    )
      continue;
    const holder = path.slice(0, -1);
    const isFlag =
      isRegistry ||
      FLAG_KEY.test(words(holder.join(' '))) ||
      (change.resource?.type === 'ConfigMap' && FLAG_KEY.test(words(change.resource.name))) ||
      /^(launchdarkly_feature_flag\w*|unleash_\w+|split_\w+|statsig_\w+|configcat_\w+)$/.test(change.resource?.type ?? '') ||
      (change.resource?.type === 'variable' && /feature|flag/i.test(change.resource.name));
    const isPrefixed =
      /^(feature|ff|flag|enable|use|toggle|experiment)[_.-]?|_(enabled|flag|feature)$/i.test(changeName(change)) &&
      /(^|[/._-])(features?|flags?|config|settings|values|app|application|env)([/._-]|$)/i.test(input.path);
    const isSwitch = isSwitchOfProgram(change, input.path);
    if (!isFlag && !isSwitch && !(isPrefixed && /feature|flag|ff_|experiment/i.test(changeName(change)))) continue;
    const name = switchOf(change);
    const turned =
      (isTrue(before.value) && isFalse(after.value)) ||
      (isFalse(before.value) && isTrue(after.value)) ||
      (isSwitch && /^[01]$/.test(String(before.value)) && /^[01]$/.test(String(after.value))) ||
      (/^launchdarkly_/.test(change.resource?.type ?? '') && /^(on_variation|off_variation|variation)$/.test(name));
    const named =
      DEFAULT.test(name) &&
      /^(on|off|true|false|enabled|disabled|control|treatment|active|inactive)$/i.test(String(before.value)) &&
      /^(on|off|true|false|enabled|disabled|control|treatment|active|inactive)$/i.test(String(after.value));
    const isMeta =
      /^(archived|deprecated|temporary|client_?side|clientSideAvailability|track_?events|readonly|read_only|hidden|required|permanent|prerequisite\w*|expose\w*|logged|documented|usingMobileKey|usingEnvironmentId)$/i.test(
        name,
      );
    const [old, now] = [countOf(String(before.value).replace(/%$/, '')), countOf(String(after.value).replace(/%$/, ''))];
    const grew =
      /\b(percent(age)?|rollout|weight|ratio|share|exposure|fraction)\b/.test(words(name)) &&
      old !== undefined &&
      now !== undefined &&
      now > old &&
      (now >= old * STAGE_JUMP.growth || (now >= STAGE_JUMP.all && old < STAGE_JUMP.from));
    if (isMeta || !(turned || named || grew)) continue;
    const shown =
      DEFAULT.test(name) && path.length > 1
        ? path
            .filter((part) => !/^\d+$/.test(part))
            .slice(-2)
            .join('.')
        : name;
    yield {
      ...placeOf(change),
      message: fitMessage(`${quote(shown, 34)} went from ${shownValue(before.value)} to ${shownValue(after.value)} for everybody`),
    };
  }
}
