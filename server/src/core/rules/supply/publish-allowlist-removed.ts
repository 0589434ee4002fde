import type { Setting } from '../../model/facts.ts';
import type { FindingDraft } from '../../model/finding.ts';
import type { RepoPath, Tree } from '../../model/tree.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage, quote } from '../quote.ts';
import { nameOf } from '../vocabulary/settings/setting-index.ts';
import { isFalse, isTrue } from '../vocabulary/settings/setting-values.ts';
import { flagsOf, sourceOf } from '../vocabulary/shell/command-parts.ts';
import { widerAudience, widerLists } from '../vocabulary/supply/wider-publishing.ts';

/**
 * ## What it sees
 * More of the repository goes out than before: `files` of a package removed or opened to everything, `include` of a crate or a source distribution removed, an entry of `.npmignore`
 * or `.dockerignore` removed, source maps turned on for a package that is published, and a last image stage that copies the
 * whole folder; and a package for few that is published for everybody (`publishConfig`).
 *
 * ## Why it matters
 * What was published cannot be taken back. A source map in a package showed the whole source of a product in 2026.
 *
 * ## When it is fine
 * Packages that are private, entries that are replaced by wider ones, and an ignore file whose package lists its files.
 *
 * ## What it misses
 * Files that a build copies into a folder that is published anyway.
 */
export default defineRule({
  id: 'supply/publish-allowlist-removed',
  version: '1.0.0',
  severity: 'high',
  confidence: 'medium',
  title: 'More of the repository is published than before',
  reads: ['settings', 'options', 'commands'],
  evidence: [
    {
      title: 'Claude Code source in an npm source map, 2026',
      url: 'https://devstarsj.github.io/2026/04/01/claude-code-source-leak-npm-sourcemap-bun-bug-analysis',
    },
  ],
  *check(input): Iterable<FindingDraft> {
    if (/(^|\/)package\.json$/.test(input.path)) yield* [...manifest(input), ...widerAudience(input)];
    if (/(^|\/)\.(npmignore|dockerignore|vscodeignore|gcloudignore|vercelignore)$/.test(input.path)) yield* ignoreFile(input);
    if (/(^|\/)(Cargo|pyproject)\.toml$/.test(input.path)) yield* [...listOfManifest(input), ...widerLists(input, EVERYTHING)];
    if (/(^|\/)MANIFEST\.in$/.test(input.path)) yield* pythonManifest(input);
    if (input.after?.language === 'dockerfile') yield* imageCopies(input);
    yield* sourceMaps(input);
  },
});

const EVERYTHING = /^(\.|\.\/|\*|\*\*|\*\*\/\*|\.\/\*\*(\/\*)?|\/|\/\*\*?)$/;

function* manifest({ removed, added, before, after }: RuleInput): Generator<FindingDraft> {
  if (before === undefined || after === undefined) return;
  const isPrivate = after.settings.some((setting) => setting.path.join('/') === 'private' && isTrue(setting.value));
  if (isPrivate) return;
  const wasPrivate = removed.settings.find((setting) => setting.path.join('/') === 'private' && isTrue(setting.value));
  if (wasPrivate !== undefined)
    yield { side: 'before', range: wasPrivate.range, severity: 'medium', message: 'the package may be published now: it was `private`' };
  const old = before.settings.filter(isFile);
  const now = after.settings.filter(isFile);
  const lost = removed.settings.find(isFile);
  if (lost !== undefined && now.length === 0) {
    yield { side: 'before', range: lost.range, message: 'without `files` everything in the folder is published' };
    return;
  }
  for (const setting of added.settings) {
    if (!isFile(setting) || old.length === 0 || old.some((other) => EVERYTHING.test(String(other.value)))) continue;
    const value = String(setting.value);
    // An entry with a negation keeps something in.
    if (value.startsWith('!')) continue;
    if (EVERYTHING.test(value))
      yield { side: 'after', range: setting.range, message: `${quote('files')} publishes everything now: ${quote(value)}` };
    else if (isSensitive(value))
      yield { side: 'after', range: setting.range, severity: 'medium', message: fitMessage(`${quote(value, 40)} is published now`) };
  }
  for (const setting of removed.settings) {
    const value = String(setting.value);
    if (isFile(setting) && value.startsWith('!') && !now.some((other) => other.value === setting.value))
      yield {
        side: 'before',
        range: setting.range,
        message: fitMessage(`${quote(value.slice(1), 40)} is no longer kept out of the package`),
      };
  }
}

function isFile(setting: Setting): boolean {
  return setting.path.length === 2 && setting.path[0] === 'files' && typeof setting.value === 'string';
}

const SENSITIVE =
  /\.map\b|\.env|\.git\b|\.pem|\.key\b|\.p12|id_rsa|secret|credential|\.aws|\.ssh|\.kube|private|internal|tfstate|\.npmrc|\.netrc|backup|dump|\.sql\b|\bsrc\b|\*\.ts\b/i;

function isSensitive(pattern: string): boolean {
  return SENSITIVE.test(pattern);
}

function* ignoreFile({ removed, after, trees, path }: RuleInput): Generator<FindingDraft> {
  const now = after?.settings.map((setting) => setting.key) ?? [];
  const forPackage = /\.npmignore$/.test(path);
  // Where the package itself is gone, nothing is published.
  if (forPackage && !readManifest(path, trees.after, /\{/)) return;
  const listed = forPackage && readManifest(path, trees.after, /"files"\s*:/);
  const isPrivate = forPackage && readManifest(path, trees.after, /"private"\s*:\s*true/);
  for (const setting of removed.settings) {
    const entry = setting.key;
    if (entry.startsWith('!') || now.some((other) => covers(other, entry))) continue;
    const severe = isSensitive(entry) && !listed && !isPrivate;
    // What a package ignores is what its authors did not want out; what an image ignores is mostly size.
    const severity = severe ? 'high' : forPackage && !listed && !isPrivate ? 'medium' : 'low';
    yield {
      side: 'before',
      range: setting.range,
      severity,
      message: fitMessage(`${quote(entry, 40)} is no longer kept out of the ${forPackage ? 'package' : 'image'}`),
    };
    // A file that is gone is one thing, whatever it listed.
    if (after === undefined && severe) return;
  }
}

/** `include` of a crate, or of a source distribution that hatch or poetry builds, without which all that git knows goes out. */
function* listOfManifest({ removed, before, after }: RuleInput): Generator<FindingDraft> {
  if (before === undefined || after === undefined) return;
  const isListed = ({ path }: Setting): boolean =>
    /^(package\/include|workspace\/package\/include|tool\/hatch\/build\/(targets\/sdist\/)?(only-)?include|tool\/poetry\/include|tool\/flit\/sdist\/include)(\/\d+)?$/.test(
      path.join('/'),
    );
  const lost = removed.settings.find(isListed);
  const isKept = after.settings.some(
    (setting) => isListed(setting) || (setting.path.join('/') === 'package/publish' && isFalse(setting.value)),
  );
  // Without a package of its own there is nothing to publish.
  const stays = after.settings.some(({ path }) => /^(package|project|tool\/poetry)\/name$/.test(path.join('/')));
  if (lost !== undefined && !isKept && stays)
    yield { side: 'before', range: lost.range, message: 'without `include` everything in the folder is published' };
}

/** What a source distribution of Python takes along: `graft .`, and a `prune` or an `exclude` that is gone. */
function* pythonManifest({ removed, added, before, after }: RuleInput): Generator<FindingDraft> {
  if (after === undefined) return;
  const isWide = ({ path, value }: Setting): boolean =>
    (path[0] === 'graft' && EVERYTHING.test(String(value))) ||
    (path[0] === 'global-include' && /(^|\s)(\*|\*\.\*)(\s|$)/.test(String(value))) ||
    (path[0] === 'recursive-include' && /^\.?\s+\*(\.\*)?$/.test(String(value)));
  const wide = added.settings.find(isWide);
  const wasWide = before?.settings.some(isWide) ?? true;
  if (wide !== undefined && !wasWide) {
    yield { side: 'after', range: wide.range, message: fitMessage(`the package takes the whole folder: ${quote(wide.key, 36)}`) };
  }
  const lost = removed.settings.find(
    (setting) =>
      /^(prune|exclude|global-exclude|recursive-exclude)$/.test(setting.path[0] ?? '') &&
      !/^[*.\s]*(py\[cod\]|pyc|pyo|pyd|so|swp|orig|__pycache__|DS_Store)\b/.test(String(setting.value)) &&
      !after.settings.some((other) => /prune|exclude/.test(other.path[0] ?? '') && String(setting.value).startsWith(String(other.value))),
  );
  if (lost !== undefined && (wide === undefined || wasWide)) {
    const severity = isSensitive(String(lost.value)) || after.settings.some(isWide) ? 'high' : 'medium';
    yield {
      side: 'before',
      range: lost.range,
      severity,
      message: fitMessage(`${quote(String(lost.value), 40)} is no longer kept out of the package`),
    };
  }
  const fresh =
    wide === undefined
      ? added.settings.find(({ path, value }) => /^(include|graft|recursive-include)$/.test(path[0] ?? '') && SECRET.test(String(value)))
      : undefined;
  if (fresh !== undefined)
    yield { side: 'after', range: fresh.range, message: fitMessage(`${quote(String(fresh.value), 40)} is published now`) };
}

const SECRET = /\.env\b|\.pem|\.key\b|\.p12|id_rsa|secret|credential|tfstate|\.npmrc|\.netrc/i;

/** The same entry in another spelling, a folder above it, or everything. */
function covers(pattern: string, entry: string): boolean {
  const plain = (text: string): string => text.replace(/^(\.?\/|\*\*\/)+/, '').replace(/(\/\*\*?)*\/?$/, '');
  const [wide, narrow] = [plain(pattern), plain(entry)];
  if (/^\*{0,2}$/.test(wide)) return !pattern.startsWith('!');
  return (
    wide === narrow ||
    narrow.startsWith(`${wide}/`) ||
    (wide.startsWith('*') && narrow.endsWith(wide.replace(/^\*+/, ''))) ||
    (wide.endsWith('*') && narrow.startsWith(wide.replace(/(?<!\*)\*+$/, '')))
  );
}

function readManifest(path: string, tree: RuleInput['trees']['after'], pattern: RegExp): boolean {
  // The manifest of the same folder, by a path that the tree itself may or may not have.
  const content = tree.read(`${path.slice(0, path.lastIndexOf('/') + 1)}package.json` as RepoPath);
  return content?.kind === 'text' && pattern.test(content.text);
}

/** `COPY dist ./dist` -> `COPY . .` in the stage that is the image. */
function* imageCopies({ added, before, after, trees, path }: RuleInput): Generator<FindingDraft> {
  const last = after?.resources.filter((resource) => resource.type === 'stage').at(-1);
  const all = (setting: Setting): boolean =>
    /^(COPY|ADD)$/.test(nameOf(setting)) && /^(--(chown|chmod|link)\S*\s+)*\.\/?\s+\S+$/.test(String(setting.value));
  const copy = added.settings.find((setting) => setting.resource === last?.key && all(setting));
  // The line that named what is taken may stand in another hunk.
  const left = new Set(after?.settings.map(({ key }) => key));
  const narrow = before?.settings.find(
    (setting) => /^(COPY|ADD)$/.test(nameOf(setting)) && !all(setting) && !/--from=/.test(String(setting.value)) && !left.has(setting.key),
  );
  if (
    copy === undefined ||
    narrow === undefined ||
    before?.settings.some((setting) => all(setting) && setting.resource === copy.resource) === true
  )
    return;
  yield {
    side: 'after',
    range: copy.range,
    severity: isKeptOut(trees.after, path) ? 'medium' : 'high',
    message: fitMessage(`the image takes the whole folder now, and not ${quote(String(narrow.value), 28)}`),
  };
}

/** The list of what no image takes names the variables of whoever builds it, or everything. */
function isKeptOut(tree: Tree, path: RepoPath): boolean {
  const folder = path.slice(0, path.lastIndexOf('/') + 1);
  return tree
    .paths()
    .filter((other) => other === `${folder}.dockerignore` || other === `${path}.dockerignore` || other === '.dockerignore')
    .some((other) => {
      const content = tree.read(other);
      return content?.kind === 'text' && /^(\*\*?|(\*\*\/)?\.env\S*|\.\*)\s*$/m.test(content.text);
    });
}

const MAP_NAME =
  /^(sourcemaps?|source-maps?|source_maps?|inlineSources|inlineSourceMap|productionSourceMap|productionBrowserSourceMaps|generateSourceMaps?|declarationMap|sourcesContent|devtool)$/i;

function* sourceMaps(input: RuleInput): Generator<FindingDraft> {
  if (
    !/(^|\/)(tsconfig[^/]*\.json|package\.json|[\w.-]*(vite|rollup|webpack|tsup|esbuild|build|next|vue|nuxt|rspack|parcel|angular|unbuild)[\w.-]*\.(json|[cm]?[jt]s)|bunfig\.toml|Makefile)$/.test(
      input.path,
    )
  )
    return;
  const published = isPublished(input);
  const severity = published ? ('high' as const) : ('low' as const);
  const on = (value: string): boolean =>
    /^(true|inline|external|linked|both|source-map|inline-source-map|eval-source-map)$/i.test(value.replace(/^["'`]|["'`]$/g, ''));
  for (const setting of input.added.settings) {
    const name = nameOf(setting);
    const old = input.before?.settings.find((other) => other.path.join('/') === setting.path.join('/'));
    // A map of types shows what is public anyway.
    if (!MAP_NAME.test(name) || name === 'declarationMap' || !on(String(setting.value)) || (old !== undefined && !isFalse(old.value)))
      continue;
    yield {
      side: 'after',
      range: setting.range,
      severity,
      message: fitMessage(`source maps are made: ${quote(`${name}: ${String(setting.value)}`, 40)}`),
    };
  }
  for (const option of input.added.options) {
    const old = input.before?.options.find(
      (other) => other.name === option.name && other.callee === option.callee && other.scope === option.scope,
    );
    if (!MAP_NAME.test(option.name) || option.name === 'declarationMap' || !on(option.value) || (old !== undefined && on(old.value)))
      continue;
    yield {
      side: 'after',
      range: option.range,
      severity,
      message: fitMessage(`source maps are made: ${quote(`${option.name}: ${option.value}`, 40)}`),
    };
  }
  for (const command of input.added.commands) {
    const flag = flagsOf(command).find(
      (other) =>
        /^--(source-?maps?|sourceMap|devtool|inlineSources)$/.test(other.name) && !/^(false|none|hidden)$/i.test(other.value ?? ''),
    );
    const had =
      input.before?.commands.some((other) => other.name === command.name && /--(source-?maps?|devtool)/i.test(other.written)) ?? false;
    if (flag === undefined || had) continue;
    yield { side: 'after', range: command.range, severity, message: fitMessage(`source maps are made: ${quote(sourceOf(command), 46)}`) };
  }
}

/** A package that says where it goes or what is in it, and does not call itself private. */
function isPublished({ trees, path }: RuleInput): boolean {
  for (let folder = parent(path); ; folder = parent(folder)) {
    const content = trees.after.read(`${folder === '' ? '' : `${folder}/`}package.json` as RepoPath);
    if (content?.kind === 'text')
      return !/"private"\s*:\s*true/.test(content.text) && /"(files|publishConfig|bin|exports|main|module)"\s*:/.test(content.text);
    if (folder === '') return false;
  }
}

function parent(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}
