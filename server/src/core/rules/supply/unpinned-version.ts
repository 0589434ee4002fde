import type { Dependency } from '../../model/facts.ts';
import type { FindingDraft, Severity } from '../../model/finding.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage, quote } from '../quote.ts';
import { nameOf } from '../vocabulary/settings/setting-index.ts';
import { isFalse, isTrue } from '../vocabulary/settings/setting-values.ts';
import { looserManagers, newestTools } from '../vocabulary/supply/followed-tools.ts';
import { looserInstalls } from '../vocabulary/supply/looser-installs.ts';
import { looserImages, looserModules } from '../vocabulary/supply/looser-sources.ts';
import { ignoredLockFiles, lostLockFiles } from '../vocabulary/supply/lost-lock-files.ts';
import { ecosystemOf, firmnessOf } from '../vocabulary/supply/version-range.ts';

/**
 * ## What it sees
 * A build that no longer says exactly what it installs: an exact version that becomes a range, `latest` or nothing; `npm ci`
 * that becomes `npm install`; `--ignore-scripts`, `--frozen-lockfile`, `--locked` or `--require-hashes` dropped; hashes taken
 * from a requirement; a lock file that is deleted, or that `.gitignore` leaves out from now on; a
 * package manager or a tool of a pipeline that is taken in whatever version is newest (`npx x@latest`).
 *
 * ## Why it matters
 * Whatever was published a minute ago runs in the next build. A worm of 2025 spread through install scripts of fresh versions.
 *
 * ## When it is fine
 * One exact version for another, a range for an exact version, development tools, containers for development, and a lock
 * file that another package manager's replaces. A lock file that is ignored and still there is a note.
 *
 * ## What it misses
 * Versions that a variable holds, and what an image brings along.
 */
export default defineRule({
  id: 'supply/unpinned-version',
  version: '1.0.0',
  severity: 'medium',
  confidence: 'high',
  title: 'A build no longer says exactly what it installs',
  reads: ['dependencies', 'commands', 'settings', 'resources'],
  evidence: [{ title: 'Shai-Hulud npm worm, 2025', url: 'https://technicaldepth.dev/disasters/shai-hulud-npm-worm-2025' }],
  *check(input): Iterable<FindingDraft> {
    yield* looserVersions(input);
    yield* looserInstalls(input);
    yield* looserSettings(input);
    yield* looserModules(input);
    yield* looserImages(input);
    yield* newestTools(input);
    yield* looserManagers(input);
    yield* lostLockFiles(input);
    yield* ignoredLockFiles(input);
  },
});

function* looserVersions(input: RuleInput): Generator<FindingDraft> {
  const ecosystem = ecosystemOf(input.path);
  if (ecosystem === undefined) return;
  for (const dependency of input.added.dependencies) {
    const old =
      input.before?.dependencies.find((other) => other.name === dependency.name && other.group === dependency.group) ??
      input.before?.dependencies.find((other) => other.name === dependency.name);
    // A package of the same repository had no version that could be loosened.
    if (old === undefined || /^(file:|link:|workspace:|portal:)/.test(old.version)) continue;
    const [was, is] = [firmnessOf(old.version, ecosystem), firmnessOf(dependency.version, ecosystem)];
    if (is >= was) continue;
    const severity = isReleased(old, dependency, input.after?.dependencies ?? []) ? 'low' : severityOf(dependency, is);
    yield {
      side: 'after',
      range: dependency.range,
      severity,
      message: fitMessage(
        `${quote(dependency.name, 30)}: ${quote(old.version, 16)} -> ${dependency.version === '' ? 'no version' : quote(dependency.version, 16)}`,
      ),
    };
  }
}

/** `1.0.0-beta.4`, which no range takes, that became the release, written as the file writes nearly all of them. */
function isReleased(old: Dependency, dependency: Dependency, all: readonly Dependency[]): boolean {
  const alike = all.filter(({ version }) => version.startsWith('^')).length;
  return /^\d+\.\d+\.\d+-/.test(old.version) && /^\^\d+\.\d+\.\d+$/.test(dependency.version) && 0.8 * all.length <= alike;
}

/** A caret on a development tool is how most projects write it. */
function severityOf(dependency: Dependency, firmness: number): Severity {
  return firmness > 0 && dependency.group !== 'runtime' ? 'low' : 'medium';
}

/** `require-hashes`, `save-exact` and their like turned off, and the hashes of a requirement. */
function* looserSettings({ removed, before, after, path }: RuleInput): Generator<FindingDraft> {
  for (const setting of removed.settings) {
    const name = nameOf(setting);
    const lostHash =
      name.startsWith('hash ') &&
      after?.dependencies.some((dependency) => `hash ${dependency.name}` === name) === true &&
      after.settings.every((other) => nameOf(other) !== name);
    const option =
      /(^|\/)(\.npmrc|\.yarnrc\.yml|pip\.conf|bunfig\.toml|pnpm-workspace\.yaml|\.pnpmrc|uv\.toml|pyproject\.toml|config\.toml)$|requirements/.test(
        path,
      ) &&
      OPTIONS.test(name) &&
      (isTrue(setting.value) ||
        setting.value === '' ||
        name === 'enableScripts' ||
        name === 'minimumReleaseAge' ||
        name === 'minimum-release-age');
    if (!lostHash && !option) continue;
    const now = after?.settings.find((other) => other.path.join('/') === setting.path.join('/') && other.resource === setting.resource);
    const lostOption = option && (now === undefined || isFalse(now.value) || (name === 'enableScripts' && isTrue(now.value)));
    if (!(lostHash || lostOption) || (now !== undefined && String(now.value) === String(setting.value))) continue;
    const hashes = before?.settings.filter((other) => nameOf(other).startsWith('hash ')).length ?? 0;
    yield {
      side: 'before',
      range: setting.range,
      message: fitMessage(
        lostHash
          ? `${quote(name.slice(5), 30)} is no longer checked by its hash${hashes > 1 ? 'es' : ''}`
          : `${quote(name)} no longer holds: ${quote(String(setting.value), 12)} -> ${now === undefined ? 'removed' : quote(String(now.value), 12)}`,
      ),
    };
    if (lostHash) return;
  }
}

const OPTIONS =
  /^(--require-hashes|require-hashes|ignore-scripts|save-exact|package-lock|frozen-lockfile|enableScripts|enableImmutableInstalls|engine-strict|minimumReleaseAge|minimum-release-age|exact|frozenLockfile|onlyBuiltDependencies|strict-ssl)$/;
