import type { Command } from '../../model/facts.ts';
import type { FindingDraft } from '../../model/finding.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage, quote } from '../quote.ts';
import { lostFilters } from '../vocabulary/queries/resource-filters.ts';
import { targetsInLoops } from '../vocabulary/queries/targets-in-loops.ts';
import { unfilteredTargets } from '../vocabulary/queries/unfiltered-targets.ts';
import { fewerTargets } from '../vocabulary/selectors/fewer-targets.ts';
import { widenedSelectors } from '../vocabulary/selectors/target-selectors.ts';
import { isWiderGlob, reachesMoreHosts } from '../vocabulary/settings/host-groups.ts';
import { namedToAll } from '../vocabulary/settings/named-to-all.ts';
import { nameOf, settingsUnder, valueUnder } from '../vocabulary/settings/setting-index.ts';
import { changedSettings, changeName, placeOf } from '../vocabulary/settings/settings.ts';
import { allByVariable, EVERYTHING, reachesAll } from '../vocabulary/shell/all-targets.ts';
import { changedCommands, flagsOf, isMutating, plainWords, sourceOf } from '../vocabulary/shell/command-parts.ts';
import { droppedPart, targetFlags } from '../vocabulary/shell/target-flags.ts';
import { widenedDefaults } from '../vocabulary/shell/widened-defaults.ts';

/**
 * ## What it sees
 * A target that goes from something named to everything: an option whose value becomes `all` or `*`, `--all`,
 * `--all-namespaces` or `--all-regions` in place of a name, a limit or a selector taken from a command, `hosts: all` in a
 * playbook or a group that holds the one that stood there, by itself or as the default, a list of regions, hosts or tenants in a configuration file that becomes `*`, a selector of clusters or
 * nodes that asks for fewer labels, and a program that did something to
 * one of them and now does it in a loop over all.
 *
 * ## Why it matters
 * The command is the same and the number of machines is not. A maintenance command that reached all of a backbone instead of
 * a part of it took a company off the internet.
 *
 * ## When it is fine
 * Commands that only read, dry runs, and a target that is merely another one.
 *
 * ## What it misses
 * A list that grew by names, and a variable that holds more than it did.
 */
export default defineRule({
  id: 'deploy/scope-widened',
  version: '1.0.0',
  severity: 'high',
  confidence: 'medium',
  title: 'A command or setting reaches everything instead of something named',
  reads: ['commands', 'settings', 'calls', 'loops', 'options'],
  evidence: [
    { title: 'Facebook, 4 October 2021', url: 'https://engineering.fb.com/2021/10/05/networking-traffic/outage-details/' },
    { title: 'Amazon S3, 28 February 2017', url: 'https://aws.amazon.com/message/41926/' },
  ],
  *check(input): Iterable<FindingDraft> {
    for (const { before, after } of changedCommands(input)) {
      if (!isMutating(after) || reachesAll(before)) continue;
      const lost = droppedPart(before, after, input.after);
      const bare = bareTarget(before, after);
      const what = reachesAll(after)
        ? 'reaches everything now'
        : bare !== undefined
          ? `has nothing to fall back to for ${quote(bare, 24)}`
          : lost === undefined || !narrows(lost.flag.name)
            ? undefined
            : `is no longer limited by ${quote(`${lost.flag.name} ${lost.flag.value ?? ''}`, 24)}`;
      const wider = what === undefined ? widerHostsOf(before, after, input) : undefined;
      if (wider !== undefined)
        yield {
          side: 'after',
          range: after.range,
          message: fitMessage(`${quote(sourceOf(after), 36)} reaches all of ${quote(wider, 24)} now`),
        };
      if (what !== undefined) yield { side: 'after', range: after.range, message: fitMessage(`${quote(sourceOf(after), 36)} ${what}`) };
    }
    const byVariable = [...allByVariable(input)];
    yield* byVariable;
    for (const draft of widenedSettings(input))
      if (!byVariable.some(({ range }) => range.start.line === draft.range.start.line)) yield draft;
    yield* widerHosts(input);
    yield* lostFallbacks(input);
    yield* lostFilters(input);
    yield* widenedSelectors(input);
    yield* namedToAll(input);
    yield* targetsInLoops(input);
    yield* fewerTargets(input);
    yield* widenedDefaults(input);
    yield* unfilteredTargets(input);
  },
});

/** `--tenant "${TENANT:-demo}"` that is `--tenant "$TENANT"` now: an empty one names nobody, which is everybody. */
function bareTarget(before: Command, after: Command): string | undefined {
  return targetFlags(before).find(({ name, value }) => {
    const variable = /\$\{(\w+):[-?]/.exec(value ?? '')?.[1];
    const now = targetFlags(after).find((flag) => flag.name === name)?.value ?? '';
    return variable !== undefined && narrows(name) && !ACTS_SOMEWHERE.test(name) && (now === `$${variable}` || now === `\${${variable}}`);
  })?.name;
}

/** Without these a command stops, or acts in one place. */
const ACTS_SOMEWHERE =
  /region|zone|location|datacenter|namespace|context|profile|project|env|stage|workspace|stack|server|url|port|database|dbname/;

/** A batch, a number or an age bounds how much at a time; what is reached stays the same. */
function narrows(flag: string): boolean {
  return !/^--?(batch|batch-size|serial|forks|percent|percentage|max|count|max-count|keep|query|table|tables|tags|user|group|service|services|filter|filters|prefix|age|max-age|since|until|before|older-than)$/.test(
    flag,
  );
}

const TARGET_LIST =
  /^(regions?|hosts?|tenants?|clusters?|(availability_?)?zones?|environments?|targets?|target_?(hosts?|regions?|groups?|clusters?|environments?)|accounts?|account_?ids?|nodes?|node_?groups?|audiences?|cohorts?|segments?|sites?|locations?|datacenters?|data_?centers?|cells?|waves?|customers?|markets?|countries|stores?|devices?|channels?|rollout_?(scope|targets?|regions?)|deploy_?(scope|targets?|to|regions?)|scope|limit|applies_?to|enabled_?(for|regions|tenants))$/i;

function* widenedSettings(input: RuleInput): Generator<FindingDraft> {
  for (const change of changedSettings(input)) {
    const { after, before } = change;
    const name = nameOf(change);
    if (
      after === undefined ||
      typeof after.value !== 'string' ||
      !EVERYTHING.test(after.value) ||
      !(TARGET_LIST.test(name.replaceAll('-', '_')) || isTargetEntry(change.path))
    )
      continue;
    if (isElsewhereMeant(input.path, change.path)) continue;
    // Entries of a list of targets go by what they select, which may be what changed.
    const entry = isTargetEntry(change.path) ? after.path.findIndex((element) => /^targets?(#.*)?$/i.test(element)) : -1;
    const list = after.path.slice(0, (entry < 0 ? after.path.indexOf(name) : entry) + 1);
    const old =
      before === undefined
        ? (input.before?.settings.filter(
            (other) =>
              other.resource === after.resource &&
              list.every((part, at) => other.path[at] === part) &&
              other.value !== null &&
              isTargetEntry(other.path) === entry >= 0,
          ) ?? [])
        : [before];
    const named = old.filter((other) => typeof other.value !== 'boolean' && String(other.value) !== '' && String(other.value) !== '[]');
    if (named.length === 0 || named.some((other) => EVERYTHING.test(String(other.value)))) continue;
    const was = named.length === 1 ? quote(String(named[0]?.value), 18) : `${named.length} names`;
    yield { side: 'after', range: after.range, message: fitMessage(`${quote(name, 24)} went from ${was} to ${quote(after.value, 12)}`) };
  }
}

/** The hosts of a play, and a glob among targets, that meet more than before: `web_ams` to `web`, `db-eu-*` to `db-*`. */
function* widerHosts(input: RuleInput): Generator<FindingDraft> {
  for (const change of changedSettings(input)) {
    const { before, after, path } = change;
    const name = nameOf(change);
    if (typeof before?.value !== 'string' || typeof after?.value !== 'string' || before.value === after.value) continue;
    if (EVERYTHING.test(after.value) || isElsewhereMeant(input.path, path) || !(TARGET_LIST.test(name) || isTargetEntry(path))) continue;
    const isPlay =
      name === 'hosts' &&
      settingsUnder(input.after, after, path.slice(0, -1)).some(({ path: own }) =>
        /^(tasks|roles|become)$/.test(own[path.length - 1] ?? ''),
      );
    const isWider = isPlay ? reachesMoreHosts(input, before.value, after.value) : isWiderGlob(before.value, after.value);
    if (isWider)
      yield {
        side: 'after',
        range: after.range,
        message: fitMessage(`${quote(name, 20)} went from ${quote(before.value, 24)} to ${quote(after.value, 34)}`),
      };
  }
}

/** `--limit web_ams` that is `--limit web` now, and `salt 'db-eu-*'` that is `salt 'db-*'`. */
function widerHostsOf(before: Command, after: Command, input: RuleInput): string | undefined {
  if (!/^(ansible|ansible-playbook|salt|salt-ssh)$/.test(after.name) || before.name !== after.name) return undefined;
  const limit = (command: Command): string | undefined =>
    command.name.startsWith('ansible')
      ? flagsOf(command).find(({ name }) => /^(--limit|-l)$/.test(name))?.value
      : plainWords(command)[0]?.replace(/^(['"])(.*)\1$/, '$2');
  const [old, now] = [limit(before), limit(after)];
  return old !== undefined && now !== undefined && reachesMoreHosts(input, old, now) ? now : undefined;
}

/** `Targets: [{ Key: …, Values: ["*"] }]`: whom a task of a fleet runs on, by a tag or by ids. */
function isTargetEntry(path: readonly string[]): boolean {
  const at = path.findLastIndex((element) => /^values?$/i.test(element));
  return at > 0 && path.slice(0, at).some((element) => /^targets?(#.*)?$/i.test(element));
}

/** What is taken where nobody names one: `inputs.tenant || 'demo'`, `${TENANT:-demo}`, the default of an input. Without it, it is all. */
function* lostFallbacks(input: RuleInput): Generator<FindingDraft> {
  for (const change of changedSettings(input)) {
    const { before, after, path } = change;
    if (typeof before?.value !== 'string' || change.resourceIsGone || before.value === after?.value) continue;
    const isDefault = path.at(-1) === 'default' && (path.length > 1 || change.resource?.type === 'variable');
    const name = (isDefault && path.length > 1 ? (path.at(-2) ?? '') : changeName(change)).replaceAll('-', '_');
    if (!TARGET_LIST.test(name) && !/^\w*_(tenant|host|hosts|region|cluster|limit|target|targets|site|account)(_id)?$/i.test(name))
      continue;
    // Without a region a command stops; without a tenant it takes them all.
    if (/region|zone|environment|location|datacenter|channel/i.test(name) || isElsewhereMeant(input.path, path)) continue;
    const [was, is] = [fallbackOf(before.value), after === undefined ? undefined : fallbackOf(String(after.value ?? ''))];
    const isLost =
      was !== undefined &&
      is === undefined &&
      typeof after?.value === 'string' &&
      sourceOfValue(before.value) === sourceOfValue(after.value);
    const isEmpty =
      isDefault &&
      before.value !== '' &&
      !EVERYTHING.test(before.value) &&
      (after === undefined || after.value === '' || after.value === null);
    // An input that went as a whole, and one that must be given now, reach nothing more.
    if (after === undefined && (change.resource?.type === 'variable' || settingsUnder(input.after, before, path.slice(0, -1)).length === 0))
      continue;
    if (isEmpty && valueUnder(input.after, before, path.slice(0, -1), /^required$/) === true) continue;
    if (isLost || isEmpty)
      yield { ...placeOf(change), message: fitMessage(`${quote(name, 24)} no longer falls back to ${quote(was ?? before.value, 24)}`) };
  }
}

function fallbackOf(value: string): string | undefined {
  return (
    /\|\|\s*['"]([^'"]+)['"]/.exec(value)?.[1] ??
    /\$\{\w+:[-?]([^}]+)\}/.exec(value)?.[1] ??
    /\bdefault\(\s*['"]([^'"]+)['"]/.exec(value)?.[1]
  );
}

/** The first name that a value is filled in from. */
function sourceOfValue(value: string): string {
  return /[A-Za-z_][\w.]*/.exec(value)?.[0] ?? '';
}

/** Rules of access, of origins, of routes and of tests have stars of their own. */
function isElsewhereMeant(path: string, keys: readonly string[]): boolean {
  return (
    /(^|\/)(tsconfig|jsconfig|\.eslintrc|babel\.config|package|renovate|lerna|nx|turbo|biome|\.prettierrc)[^/]*\.json$/i.test(path) ||
    keys.some((key) =>
      /^(cors|allowed_?(hosts|origins)|rules|verbs|policy|Statement|routes?|ingress|paths|exports|imports|browserslist|permissions|include|exclude)$/i.test(
        key,
      ),
    )
  );
}
