import type { RuleInput } from '../../define.ts';
import { quote } from '../../quote.ts';
import { settingsUnder } from '../settings/setting-index.ts';
import { isFalse, isTrue, shownValue } from '../settings/setting-values.ts';
import { changeName, ofResource, type SettingChange } from '../settings/settings.ts';

/**
 * What takes a new version without a person since this change: a range where one version stood, for a controller that deploys what it
 * meets (`range: 1.4.2` that is `>=1.0.0`), updates that are merged by themselves, `state: latest` of a package.
 */
export function followsNewest(change: SettingChange, input: RuleInput): string | undefined {
  const { before, after } = change;
  if (before === undefined || after === undefined || change.resourceIsNew || before.value === after.value) return undefined;
  const is = `${quote(changeName(change), 26)}${ofResource(change)}: ${shownValue(before.value)} -> ${String(after.value)}`;
  return widerRange(change) || mergedUnasked(change, input) || latestPackage(change, input) ? is : undefined;
}

/** Kinds that deploy whatever newest version a range admits. */
const CONTROLLED = /^(ImagePolicy|HelmRelease|Application|ApplicationSet|HelmChart|OCIRepository|Bundle|helm_release)$/;

function widerRange({ before, after, resource, path }: SettingChange): boolean {
  const name = path.at(-1) ?? '';
  if (!CONTROLLED.test(resource?.type ?? '') || !/^(range|version|targetRevision|semver|revision|constraint)$/.test(name)) return false;
  const [old, now] = [breadthOf(String(before?.value)), breadthOf(String(after?.value))];
  return old !== undefined && now !== undefined && now > old;
}

/** How much a range admits: one version, patches, minor versions, anything. */
function breadthOf(range: string): number | undefined {
  const text = range.trim();
  if (/^v?=?\d+\.\d+\.\d+([-+][\w.-]+)?$/.test(text)) return 0;
  if (/^~|^v?\d+\.\d+\.(x|X|\*)$|^v?\d+\.\d+$/.test(text)) return 1;
  if (/^\^|^v?\d+\.(x|X|\*)(\.(x|X|\*))?$|^>[^<]*</.test(text)) return 2;
  return /^(\*|x|latest|>=?\s*v?\d[\w.-]*)$/i.test(text) ? 3 : undefined;
}

const MERGES = /^(automerge|platformAutomerge|auto_?merge)$/i;

/** Renovate merges what it proposes; what is for development alone, or the smallest of steps, is what teams leave to it. */
function mergedUnasked({ path, before, after }: SettingChange, input: RuleInput): boolean {
  if (!MERGES.test(path.at(-1) ?? '') || !isFalse(before?.value ?? null) || !isTrue(after?.value ?? null)) return false;
  if (!/renovate|mergify|kodiak|dependabot/i.test(input.path) || after === undefined) return false;
  const holder = path.slice(0, -1);
  const beside = holder.length === 0 ? [] : settingsUnder(input.after, after, holder);
  if (/^(patch|pin|digest|pinDigest|lockFileMaintenance|devDependencies)$/.test(holder.at(-1) ?? '')) return false;
  if (beside.some(({ value }) => /^(devDependencies|dev|development)$/.test(String(value)))) return false;
  const isSmall = beside.some(({ value }) => /^(patch|pin|digest|pinDigest|lockFileMaintenance)$/.test(String(value)));
  return !isSmall || beside.some(({ value }) => value === 'major');
}

const PACKAGES = /(^|\.)(apt|yum|dnf|package|apk|zypper|pacman|win_package|win_chocolatey|pip|npm|snap|gem|rpm)$/;

function latestPackage({ path, before, after }: SettingChange, { path: file }: RuleInput): boolean {
  return (
    path.at(-1) === 'state' &&
    PACKAGES.test(path.at(-2) ?? '') &&
    after?.value === 'latest' &&
    /^(present|installed)$/.test(String(before?.value)) &&
    /\.ya?ml$/.test(file)
  );
}
