import type { Command, Dependency } from '../../model/facts.ts';
import type { FindingDraft, Severity } from '../../model/finding.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage, quote } from '../quote.ts';
import { changedSettings, isFalse, isTrue, nameOf, placeOf, settingsUnder } from '../vocabulary/settings/settings.ts';
import { changedCommands, flagsOf, plainWords, sourceOf } from '../vocabulary/shell/command-parts.ts';
import { LOCK_FILES } from '../vocabulary/supply/lock-entries.ts';
import { ecosystemOf, firmnessOf } from '../vocabulary/supply/version-range.ts';

/**
 * ## What it sees
 * A build that no longer says exactly what it installs: an exact version that becomes a range, `latest` or nothing; `npm ci`
 * that becomes `npm install`; `--ignore-scripts`, `--frozen-lockfile`, `--locked` or `--require-hashes` dropped; hashes taken
 * from a requirement; a lock file that is deleted, or that `.gitignore` leaves out from now on.
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
    yield* looserCommands(input);
    yield* looserSettings(input);
    yield* looserModules(input);
    yield* looserImages(input);
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
    const severity = severityOf(dependency, is);
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

/** A caret on a development tool is how most projects write it. */
function severityOf(dependency: Dependency, firmness: number): Severity {
  return firmness > 0 && dependency.group !== 'runtime' ? 'low' : 'medium';
}

interface Install {
  /** What kind of exactness the command has, by name. */
  readonly kept: readonly string[];
}

/** Switches that keep an install to what was reviewed. */
const KEEPS =
  /^--(ignore-scripts|frozen-lockfile|immutable|immutable-cache|locked|frozen|offline|require-hashes|no-deps|deployment|no-upgrade|no-update|only-binary|sync|prefer-frozen-lockfile|hash|strict-peer-deps|pure-lockfile|no-update-lock|no-lock-update)$/;

function installOf(command: Command): Install | undefined {
  const [verb = '', next = ''] = plainWords(command);
  const kept = flagsOf(command).flatMap((flag) => (KEEPS.test(flag.name) && !/^(false|0)$/.test(flag.value ?? '') ? [flag.name] : []));
  switch (command.name) {
    case 'npm':
      return /^(ci|clean-install|install-clean)$/.test(verb)
        ? { kept: ['npm ci', ...kept] }
        : /^(install|i|add|isntall|update|up|install-test)$/.test(verb)
          ? { kept }
          : undefined;
    case 'pnpm':
    case 'yarn':
    case 'bun':
      return verb === '' || /^(install|i|ci|add|update|up)$/.test(verb)
        ? { kept: verb === 'ci' ? ['--frozen-lockfile', ...kept] : kept }
        : undefined;
    case 'pip':
    case 'pip3':
      return verb === 'install'
        ? { kept: [...kept, ...(flagsOf(command).some((flag) => /^(-c|--constraint)$/.test(flag.name)) ? ['--constraint'] : [])] }
        : undefined;
    case 'python':
    case 'python3':
      return verb === 'pip' && next === 'install' ? { kept } : undefined;
    case 'uv':
      return /^(sync|run|pip|export|lock)$/.test(verb) ? { kept } : undefined;
    case 'poetry':
    case 'pipenv':
    case 'pdm':
      return /^(install|sync|update)$/.test(verb) ? { kept: verb === 'sync' ? ['sync', ...kept] : kept } : undefined;
    case 'cargo':
      return /^(build|install|test|run|check|publish|clippy|fetch)$/.test(verb) ? { kept } : undefined;
    case 'bundle':
      return verb === 'install' ? { kept } : undefined;
    case 'composer':
      return verb === 'install' ? { kept: ['composer install', ...kept] } : verb === 'update' ? { kept } : undefined;
    default:
      return undefined;
  }
}

function* looserCommands(input: RuleInput): Generator<FindingDraft> {
  const paired = new Set<Command>();
  for (const { before, after } of changedCommands(input)) {
    const [was, is] = [installOf(before), installOf(after)];
    if (was === undefined || is === undefined) {
      yield* looserPackages(before, after);
      continue;
    }
    paired.add(after);
    const lost = was.kept.filter((kind) => !is.kept.includes(kind));
    // `yarn --frozen-lockfile` and `yarn --immutable` are one thing in two versions.
    const gone = lost.filter((kind) => !(isFrozen(kind) && is.kept.some(isFrozen)));
    if (gone.length === 0) {
      yield* looserPackages(before, after);
      continue;
    }
    if (isSetAside(input, gone[0] ?? '')) continue;
    yield { side: 'after', range: after.range, message: fitMessage(`${quote(sourceOf(after), 36)} lost ${quote(gone[0] ?? '', 24)}`) };
  }
  yield* replacedInstalls(input, paired);
}

function isFrozen(kind: string): boolean {
  return /^(--(frozen-lockfile|immutable|locked|frozen|pure-lockfile|deployment|require-hashes|sync)|npm ci|sync|composer install)$/.test(
    kind,
  );
}

/** `npm ci` here and `npm install` or `pnpm install` there: too unlike for a pair, and less exact all the same. */
function* replacedInstalls({ removed, added }: RuleInput, paired: ReadonlySet<Command>): Generator<FindingDraft> {
  const was = removed.commands.find((command) => installOf(command)?.kept.some(isFrozen) === true);
  if (was === undefined || added.commands.some((command) => installOf(command)?.kept.some(isFrozen) === true)) return;
  const is = added.commands.find(
    (command) => !paired.has(command) && installOf(command) !== undefined && /^(npm|pnpm|yarn|bun)$/.test(command.name),
  );
  if (is !== undefined)
    yield {
      side: 'after',
      range: is.range,
      message: fitMessage(`${quote(sourceOf(was), 26)} -> ${quote(sourceOf(is), 26)} installs what is newest`),
    };
}

/** A setting that keeps the switch: `ignore-scripts=true` in `.npmrc`, `enableScripts: false`, `ENV NPM_CONFIG_IGNORE_SCRIPTS`. */
function isSetAside({ added, addedElsewhere, trees }: RuleInput, kind: string): boolean {
  if (kind === '--ignore-scripts') {
    if (
      [...added.settings, ...addedElsewhere().settings].some(
        (setting) => /ignore[-_]scripts/i.test(nameOf(setting)) && isTrue(setting.value),
      )
    )
      return true;
    const content = trees.after.paths().some((path) => path === '.npmrc')
      ? trees.after.read('.npmrc' as Parameters<typeof trees.after.read>[0])
      : undefined;
    return content?.kind === 'text' && /^\s*ignore-scripts\s*=\s*true/m.test(content.text);
  }
  return [...added.settings, ...addedElsewhere().settings].some(
    (setting) =>
      /(frozen[-_]?lockfile|enableImmutableInstalls|BUNDLE_(FROZEN|DEPLOYMENT)|UV_(FROZEN|LOCKED)|PIP_REQUIRE_HASHES)/i.test(
        nameOf(setting),
      ) && !isFalse(setting.value),
  );
}

/** `pip install x==1.2` -> `pip install x`, `npm i -g y@2.0.1` -> `y@latest`, `apt-get install z=1.2` -> `z`. */
function* looserPackages(before: Command, after: Command): Generator<FindingDraft> {
  if (!/^(pip3?|python3?|npm|pnpm|yarn|bun|gem|cargo|go|apt-get|apt|apk|uv|pipx|brew)$/.test(after.name)) return;
  const old = new Map(plainWords(before).map((word) => [packageOf(word), word]));
  for (const word of plainWords(after)) {
    const was = old.get(packageOf(word));
    if (was === undefined || was === word || !isExact(was) || isExact(word) || /^(install|add|i|get|-)/.test(word)) continue;
    yield { side: 'after', range: after.range, message: fitMessage(`${quote(was, 28)} -> ${quote(word, 28)}: no fixed version`) };
    return;
  }
}

function packageOf(word: string): string {
  return /^(@?[^@=<>~!^]+)/.exec(word)?.[1] ?? word;
}

function isExact(word: string): boolean {
  return /(==?|@)v?\d[\w.:~+-]*$/.test(word) && !/@\d+$/.test(word);
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

/** Providers and modules of Terraform, and the charts that a chart or a release takes. */
function* looserModules(input: RuleInput): Generator<FindingDraft> {
  const isTerraform = /\.(tf|tofu)$/.test(input.path);
  const isChart = /(^|\/)(Chart|requirements|helmfile[\w.-]*|galaxy|collections)\.ya?ml$/.test(input.path);
  if (!isTerraform && !isChart) return;
  for (const { path, before, after, resource, resourceIsGone } of changedSettings(input)) {
    if (before === undefined || resourceIsGone || typeof before.value !== 'string') continue;
    const name = nameOf({ path });
    const isSource = name === 'source' && resource?.type === 'module';
    const isVersion = isTerraform
      ? (name === 'version' && (/^(module|helm_release)$/.test(resource?.type ?? '') || path[0] === 'required_providers')) ||
        (path[0] === 'required_providers' && path.length === 2)
      : name === 'version' && path.some((part) => /^(dependencies|releases|collections|roles)$/.test(part));
    if (!isSource && !isVersion) continue;
    const stays = after !== undefined || settingsUnder(input.after, before, path.slice(0, -1)).length > 0;
    const firmness = isSource ? refFirmness : rangeFirmness;
    const value = after === undefined ? '' : String(after.value);
    const [was, is] = [firmness(before.value), firmness(value)];
    if (!stays || is >= was || (isSource && value.split('?')[0] !== before.value.split('?')[0])) continue;
    yield {
      ...placeOf({ path, before, after, resource, resourceIsNew: false, resourceIsGone }),
      severity: is === 0 || was === 3 ? 'medium' : 'low',
      message: fitMessage(
        `${quote(before.value.slice(-24), 26)} -> ${value === '' ? 'no version' : quote(value.slice(-24), 26)}: not one version any more`,
      ),
    };
  }
}

/** 3 a commit, 2 a numbered tag, 0 a branch or nothing. */
function refFirmness(source: string): number {
  const ref = /[?&]ref=([^&]+)/.exec(source)?.[1] ?? '';
  return /^[0-9a-f]{40}$/.test(ref) ? 3 : /^v?\d/.test(ref) ? 2 : 0;
}

/** 2 one version, 1 with an upper bound, 0 with none. */
function rangeFirmness(version: string): number {
  const text = version.trim();
  if (/^=?\s*v?\d+\.\d+\.\d+([-+][\w.-]+)?$/.test(text)) return 2;
  return /~>|<|\^|~|^\d/.test(text) ? 1 : 0;
}

/** The image that a build starts from, named by its content or exactly, and by a tag that moves from now on. */
function* looserImages(input: RuleInput): Generator<FindingDraft> {
  if (input.after?.language !== 'dockerfile' || /(^|\/)\.devcontainer\/|\b(dev|local|test)\b/i.test(input.path)) return;
  for (const { path, before, after } of changedSettings(input)) {
    if (before === undefined || after === undefined || nameOf({ path }) !== 'FROM') continue;
    const [was, is] = [imageOf(String(before.value)), imageOf(String(after.value))];
    const moves = is.digest === '' && /^(|latest|edge|nightly|main|master|stable|current|lts)$/.test(is.tag);
    const isStage = input.after.resources.some((resource) => resource.type === 'stage' && resource.name === is.name);
    if (!moves || isStage || is.name === 'scratch' || /[$]/.test(is.name) || !(was.digest !== '' || /\d/.test(was.tag))) continue;
    yield {
      side: 'after',
      range: after.range,
      message: fitMessage(
        `${quote(is.name, 28)}: ${quote(was.digest !== '' ? 'a digest' : was.tag, 20)} -> ${quote(is.tag === '' ? 'no tag' : is.tag)}`,
      ),
    };
  }
}

function imageOf(from: string): { readonly name: string; readonly tag: string; readonly digest: string } {
  const [, name = '', tag = '', digest = ''] = /^(?:--\S+\s+)*([^\s@]+?)(?::([\w.-]+))?(?:@(sha256:\w+))?(?:\s|$)/.exec(from) ?? [];
  return { name, tag, digest };
}

const OPTIONS =
  /^(--require-hashes|require-hashes|ignore-scripts|save-exact|package-lock|frozen-lockfile|enableScripts|enableImmutableInstalls|engine-strict|minimumReleaseAge|minimum-release-age|exact|frozenLockfile|onlyBuiltDependencies|strict-ssl)$/;

/** The file is told where it was deleted; a lock file of another manager beside it takes its place. */
function* lostLockFiles({ removed, after, trees, path }: RuleInput): Generator<FindingDraft> {
  const lock = removed.resources.find((resource) => resource.type === 'lock-file');
  if (lock === undefined || after !== undefined) return;
  const folder = path.slice(0, path.lastIndexOf('/') + 1);
  const name = path.slice(folder.length);
  const family = Object.values(LOCK_FILES).find((names) => names.includes(name));
  const paths = new Set<string>(trees.after.paths());
  const manifests = ['package.json', 'pyproject.toml', 'Cargo.toml', 'go.mod', 'Pipfile', 'Gemfile', 'composer.json', 'mix.exs'];
  const replaced = family?.some((other) => other !== name && (paths.has(`${folder}${other}`) || paths.has(other))) ?? false;
  if (replaced || !manifests.some((manifest) => paths.has(`${folder}${manifest}`))) return;
  yield {
    side: 'before',
    range: lock.range,
    message: fitMessage(`the lock file ${quote(name)} is gone: every install takes what is newest`),
  };
}

/** A pattern of `.gitignore` that leaves out the lock file by which the folder's packages were held. */
function* ignoredLockFiles({ added, before, path, trees }: RuleInput): Generator<FindingDraft> {
  if (!/(^|\/)\.gitignore$/.test(path)) return;
  const folder = path.slice(0, path.lastIndexOf('/') + 1);
  const [old, now] = [trees.before.paths(), new Set<string>(trees.after.paths())];
  for (const setting of added.settings) {
    const pattern = String(setting.path[0]).replace(/^(\*\*\/|\/)/, '');
    if (before?.settings.some((other) => String(other.path[0]).replace(/^(\*\*\/|\/)/, '') === pattern) === true) continue;
    const lock = old.find((file) => file.startsWith(folder) && isIgnoredLock(file.slice(file.lastIndexOf('/') + 1), pattern));
    if (lock === undefined) continue;
    const beside = lock.slice(0, lock.lastIndexOf('/') + 1);
    const name = lock.slice(beside.length);
    const family = Object.values(LOCK_FILES).find((names) => names.includes(name)) ?? [];
    if (family.some((other) => other !== name && now.has(`${beside}${other}`))) continue;
    yield {
      side: 'after',
      range: setting.range,
      severity: now.has(lock) ? 'low' : 'medium',
      message: fitMessage(`the lock file ${quote(name)} is left out of the repository from now on`),
    };
  }
}

/** By its name, or by its ending. */
function isIgnoredLock(name: string, pattern: string): boolean {
  if (!Object.values(LOCK_FILES).some((names) => names.includes(name))) return false;
  return pattern === name || (pattern.startsWith('*.') && name.endsWith(pattern.slice(1)) && /^\*\.(lock|lock\.\w+)$/.test(pattern));
}
