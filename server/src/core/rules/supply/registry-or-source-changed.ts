import type { Command, Setting } from '../../model/facts.ts';
import type { FindingDraft, Severity } from '../../model/finding.ts';
import type { RepoPath } from '../../model/tree.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage, quote } from '../quote.ts';
import { nameOf } from '../vocabulary/settings/setting-index.ts';
import { isFalse, isTrue } from '../vocabulary/settings/setting-values.ts';
import { changedSettings, placeOf } from '../vocabulary/settings/settings.ts';
import { flagsOf, sourceOf } from '../vocabulary/shell/command-parts.ts';
import { exchangedPackage } from '../vocabulary/supply/exchanged-packages.ts';
import { mixedSources } from '../vocabulary/supply/mixed-sources.ts';

/**
 * ## What it sees
 * Another place from which packages come: a registry or an index in `.npmrc`, `pip.conf`, a manifest, the environment or a
 * command; a repository of Maven or Gradle; an extra index beside the public one; a `replace` or `[patch]`; a host that the lock file did not name before; and
 * checks of origin that are turned off (`GOSUMDB=off`, `--trusted-host`).
 *
 * ## Why it matters
 * Whoever answers there decides what the build runs. With an extra index, anybody who registers an internal name in public
 * decides it too.
 *
 * ## When it is fine
 * The ecosystem's own registry, and a mirror that the repository already uses elsewhere.
 *
 * ## What it misses
 * A registry in a file outside the repository, and a mirror that itself changes.
 */
export default defineRule({
  id: 'supply/registry-or-source-changed',
  version: '1.0.0',
  severity: 'high',
  confidence: 'medium',
  title: 'Packages come from somewhere else',
  reads: ['settings', 'commands'],
  evidence: [{ title: 'Shai-Hulud npm worm, 2025', url: 'https://technicaldepth.dev/disasters/shai-hulud-npm-worm-2025' }],
  *check(input): Iterable<FindingDraft> {
    const told = new Set<string>();
    for (const draft of [...otherSources(input), ...mixedSources(input, { hostOf, isPublic: (host) => OFFICIAL.test(host) })]) {
      const line = `${draft.side} ${draft.range.start.line}`;
      if (!told.has(line)) yield draft;
      told.add(line);
    }
  },
});

function* otherSources(input: RuleInput): Iterable<FindingDraft> {
  for (const change of changedSettings(input)) {
    const { before, after } = change;
    if (after === undefined || before?.value === after.value) continue;
    const found = judge(after, before, input);
    if (found !== undefined) yield { ...placeOf(change), severity: found.severity, message: fitMessage(found.message) };
  }
  for (const command of input.added.commands) {
    const unsigned = command.words.find(({ text }) => UNSIGNED.test(text));
    if (unsigned !== undefined && input.before?.commands.some(({ written }) => UNSIGNED.test(written)) !== true)
      yield {
        side: 'after',
        range: command.range,
        message: fitMessage(`packages from ${quote(hostOf(/https?:\S+/.exec(unsigned.text)?.[0] ?? ''), 34)} come unchecked`),
      };
    const address = addressOf(command);
    if (address === undefined || isKnown(address, input) || input.before?.commands.some((other) => addressOf(other) === address) === true)
      continue;
    yield {
      side: 'after',
      range: command.range,
      message: fitMessage(
        `${quote(sourceOf(command).split(/\s(?=-|http)/)[0] ?? command.name, 28)} takes packages from ${quote(hostOf(address), 34)}`,
      ),
    };
  }
}

/** A source of apt whose packages nobody has to have signed. */
const UNSIGNED = /\bdeb(?:-src)? \[[^\]]{0,80}trusted=yes/;

/** The registries of the ecosystems themselves. */
const OFFICIAL =
  /^(registry\.npmjs\.org|registry\.yarnpkg\.com|npm\.jsr\.io|jsr\.io|pypi\.org|pypi\.python\.org|files\.pythonhosted\.org|index\.crates\.io|static\.crates\.io|crates\.io|github\.com|proxy\.golang\.org|sum\.golang\.org|goproxy\.io|direct|off|rubygems\.org|packagist\.org|repo\.packagist\.org|api\.github\.com|codeload\.github\.com|repo\.maven\.apache\.org|repo1\.maven\.org|maven\.google\.com|dl\.google\.com|(s01\.)?oss\.sonatype\.org|central\.sonatype\.com|plugins\.gradle\.org|download\.pytorch\.org|npm\.pkg\.github\.com|hex\.pm|api\.nuget\.org|deno\.land|conda\.anaconda\.org|charts\.bitnami\.com|registry-1\.docker\.io|ghcr\.io|quay\.io|charts\.helm\.sh)$/;

type Judgement = { readonly severity: Severity; readonly message: string };

function judge(after: Setting, before: Setting | undefined, input: RuleInput): Judgement | undefined {
  const name = nameOf(after);
  const value = String(after.value);
  if (name === 'resolved' && input.after?.language !== undefined && after.path.length === 1) return lockedHost(value, input);
  if (/^(GOSUMDB|GONOSUMCHECK|GONOSUMDB|GOINSECURE|GOFLAGS|GOPRIVATE)$/.test(name)) {
    const open =
      (name === 'GOSUMDB' && value === 'off') ||
      (/^(GOINSECURE|GONOSUMDB|GONOSUMCHECK)$/.test(name) && /\*|^1$/.test(value)) ||
      /-insecure/.test(value);
    return open ? { severity: 'high', message: `modules are no longer checked: ${quote(`${name}=${value}`, 40)}` } : undefined;
  }
  if (/^(--)?trusted-host$|^(pip_)?trusted_host$/i.test(name))
    return { severity: 'high', message: `packages from ${quote(value, 40)} come unchecked` };
  if ((name === 'verify_ssl' && isFalse(after.value)) || (/^(setA|isA|a)llowInsecureProtocol$/.test(name) && isTrue(after.value)))
    return { severity: 'high', message: 'packages come over a connection that is not checked' };
  if (after.path[0] === 'replace' && input.after?.language === 'go-mod') return replaced(after.path[1] ?? '', value);
  if (
    after.path[0] === 'patch' &&
    /(^|\/)Cargo\.toml$/.test(input.path) &&
    /^(git|path|branch|rev|registry)$/.test(name) &&
    before === undefined
  )
    return { severity: name === 'path' ? 'low' : 'high', message: `${quote(after.path[2] ?? '', 30)} is replaced by ${quote(value, 36)}` };
  const exchanged = exchangedPackage(after, before);
  if (exchanged !== undefined)
    return { severity: 'high', message: `${quote(exchanged.name, 30)} is replaced by ${quote(exchanged.target, 36)}` };
  if (!isSource(after, input) || typeof after.value !== 'string') return undefined;
  // The names of one's own scope are for anybody to take on the public registry.
  const own = hostOf(String(before?.value ?? ''));
  if (/^@[\w.-]+:registry$/.test(name) && own !== '' && !OFFICIAL.test(own) && OFFICIAL.test(hostOf(value)))
    return {
      severity: 'high',
      message: `${quote(name.replace(':registry', ''), 24)} comes from ${quote(hostOf(value), 30)} instead of ${quote(own, 30)}`,
    };
  if (isKnown(value, input)) return undefined;
  const host = hostOf(value);
  const extra = /extra|find-links|find_links/i.test(name);
  const was = before === undefined ? '' : ` instead of ${quote(hostOf(String(before.value)), 24)}`;
  return {
    severity: 'high',
    message: extra ? `packages may also come from ${quote(host, 40)}` : `packages come from ${quote(host, 34)}${was}`,
  };
}

/** `replace a => b`: another module in its place; a folder of the same repository is how people work on two at once. */
function replaced(module: string, value: string): Judgement | undefined {
  const [target = ''] = value.split(' ');
  if (target === module) return { severity: 'low', message: `${quote(module, 36)} is held at another version` };
  if (/^\.{0,2}\//.test(target)) return { severity: 'low', message: `${quote(module, 30)} comes from the folder ${quote(target, 24)}` };
  return { severity: 'high', message: `${quote(module, 32)} is replaced by ${quote(target, 32)}` };
}

const SOURCE_NAME =
  /^(@[\w.-]+:registry|registry|registry-?url|npm_?registry|npmRegistryServer|npmPublishRegistry|npm_config_registry|yarn_npm_registry_server|(pip_|uv_|--)?(default[-_])?(extra[-_])?index([-_]url)?|index-url|extra-index-url|(--)?find-links|pip_find_links|goproxy|replace-with|repository_?url|packageSources?|bundle_mirror\w*)$/i;

/** Variables and inputs that say it wherever they stand. */
const SOURCE_VARIABLE =
  /^(npm_config_registry|yarn_npm_registry_server|(pip|uv)_(default_|extra_)?index(_url)?|pip_find_links|goproxy|registry-url|bundle_mirror\w*|cargo_registries_\w+_index)$/i;
/** Files of package managers, where plain words mean it. */
const SOURCE_FILE =
  /(^|\/)(\.npmrc|\.yarnrc(\.yml)?|bunfig\.toml|package\.json|pnpm-workspace\.yaml|\.cargo\/config(\.toml)?|Cargo\.toml|pip\.conf|pip\.ini|pip\.toml|uv\.toml|pyproject\.toml|Pipfile|setup\.cfg|\.pypirc|lerna\.json)$|requirements|constraints/i;

function isSource(setting: Setting, { path }: RuleInput): boolean {
  const name = nameOf(setting);
  if (SOURCE_VARIABLE.test(name)) return true;
  if (SOURCE_NAME.test(name) && SOURCE_FILE.test(path)) return true;
  if (/(^|\/)(Chart|requirements)\.ya?ml$/.test(path)) return name === 'repository' && setting.path[0] === 'dependencies';
  // Maven's and Gradle's repositories; where a build publishes to is no place that packages come from.
  if (/\.gradle(\.kts)?$|(^|\/)(pom[\w.-]*|settings)\.xml$|\.pom$/i.test(path))
    return (
      /^(url|setUrl|maven|ivy)$/.test(name) &&
      setting.path.some((part) => /^(repositories|pluginRepositories|mirrors)$/.test(part)) &&
      !setting.path.some((part) => /^(distributionManagement|publishing|uploadArchives)$/.test(part))
    );
  // `[[tool.poetry.source]] url`, `[[source]] url`, `[source.x] registry`, `[[tool.uv.index]] url`.
  return (
    /^(url|registry|index|name)$/.test(name) &&
    name !== 'name' &&
    setting.path.some((part) => /^(source|sources|index|registries|repositories|npmScopes|scopes)$/.test(part)) &&
    /\.toml$|Pipfile$|\.yarnrc\.yml$/.test(path)
  );
}

/** A host that the lock file did not name. A mirror that a configuration names already is one, and the public one always. */
function lockedHost(value: string, input: RuleInput): Judgement | undefined {
  if (FORGES.test(hostOf(value)) && isNewForge(hostOf(value), input))
    return { severity: 'high', message: `the lock file takes a package from ${quote(hostOf(value), 34)}, and no manifest says so` };
  if (isKnown(value, input)) return undefined;
  return { severity: 'high', message: `the lock file takes packages from ${quote(hostOf(value), 40)}` };
}

/** Where anybody may lay down code, which a lock file of packages from a registry has no business with. */
const FORGES =
  /^(codeload\.github\.com|github\.com|raw\.githubusercontent\.com|api\.github\.com|gitlab\.com|bitbucket\.org|gist\.github\.com)$/;

/** A host that the lock file did not name, where no manifest beside it names a repository. */
function isNewForge(host: string, { before, trees, path }: RuleInput): boolean {
  if (before === undefined || !/(package-lock\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-lock\.yaml|bun\.lock)$/.test(path)) return false;
  if (before.settings.some((setting) => FORGES.test(hostOf(String(setting.value))) && hostOf(String(setting.value)) === host)) return false;
  const manifest = trees.after.read(`${path.slice(0, path.lastIndexOf('/') + 1)}package.json` as RepoPath);
  return !(
    manifest?.kind === 'text' &&
    /"(git\+|git:|github:|gitlab:|bitbucket:|https:\/\/(codeload\.)?(github|gitlab|bitbucket)[^"]*(\.git|tar|#|archive)|[\w-]+\/[\w.-]+(#[^"]*)?")/.test(
      manifest.text,
    )
  );
}

/** Files in which a repository says which mirror it uses. */
const CONFIGURATIONS: readonly string[] = [
  '.npmrc',
  '.yarnrc.yml',
  '.yarnrc',
  'bunfig.toml',
  'pip.conf',
  'pyproject.toml',
  'Pipfile',
  '.cargo/config.toml',
  'requirements.txt',
  'Dockerfile',
  'pom.xml',
  'build.gradle',
  'build.gradle.kts',
  'settings.gradle',
  'settings.gradle.kts',
];

function isKnown(address: string, { trees, before, path }: RuleInput): boolean {
  const host = hostOf(address);
  if (host === '' || /^\$|\{\{|^__/.test(host)) return true;
  // The public registry over a connection that anybody may answer is not the public registry.
  if (OFFICIAL.test(host)) return !address.startsWith('http://');
  if (/^(localhost|127\.0\.0\.1|host\.docker\.internal|verdaccio)(:|$)/.test(host)) return true;
  if (before?.settings.some((setting) => String(setting.value).includes(host)) === true) return !address.startsWith('http://');
  return CONFIGURATIONS.some((file) => {
    const content = file === path ? undefined : trees.before.read(file as RepoPath);
    return content?.kind === 'text' && content.text.includes(host);
  });
}

function hostOf(address: string): string {
  const text =
    address
      .trim()
      .replace(/^["']|["']$/g, '')
      .split(/[\s,|]/)[0] ?? '';
  return (
    /^[a-z+]+:\/\/(?:[^@/]*@)?([^/?#]+)/i.exec(text)?.[1] ?? (/^[\w.-]+\.[a-z]{2,}(\/|$)/i.test(text) ? (text.split('/')[0] ?? '') : '')
  );
}

/** The address that a command takes packages from, by its options or by what it sets. */
function addressOf(command: Command): string | undefined {
  if (!/^(npm|pnpm|yarn|bun|pip3?|python3?|uv|poetry|pipx|go|cargo|gem|bundle|dotnet|nuget|composer|conda)$/.test(command.name))
    return undefined;
  const flag = flagsOf(command).find(
    (other) =>
      /^(--registry|--index-url|-i|--extra-index-url|--index|--default-index|--trusted-host|--find-links|--source|--repository)$/.test(
        other.name,
      ) &&
      (other.value?.includes('.') ?? false),
  );
  if (flag !== undefined && !/^(publish|whoami|view|login|adduser|owner|dist-tag|access)$/.test(command.words[1]?.text ?? ''))
    return flag.value;
  const text = command.words.map((word) => word.text);
  const at = text.findIndex((word) =>
    /^(registry|npmRegistryServer|global\.index-url|global\.extra-index-url|@[\w.-]+:registry)$/.test(word),
  );
  const joined = text.find((word) => /^(registry|GOPROXY|@[\w.-]+:registry)=/.test(word));
  if (/\bconfig\b|\benv -w\b/.test(text.join(' '))) return joined?.slice(joined.indexOf('=') + 1) ?? (at >= 0 ? text[at + 1] : undefined);
  return undefined;
}
