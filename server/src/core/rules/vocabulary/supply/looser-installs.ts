import type { Command } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage, quote } from '../../quote.ts';
import { nameOf } from '../settings/setting-index.ts';
import { isFalse, isTrue } from '../settings/setting-values.ts';
import { changedCommands, flagsOf, plainWords, sourceOf } from '../shell/command-parts.ts';

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

/** Commands that install what is newest where they installed what was reviewed. */
export function* looserInstalls(input: RuleInput): Generator<FindingDraft> {
  const paired = new Set<Command>();
  const pairs = changedCommands(input);
  yield* looserElsewhere(input, new Set(pairs.map(({ after }) => after)));
  yield* unfrozen(input);
  for (const { before, after } of pairs) {
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
    return content?.kind === 'text' && /^[ \t\ufeff]*ignore-scripts\s*=\s*true/m.test(content.text);
  }
  return [...added.settings, ...addedElsewhere().settings].some(
    (setting) =>
      /(frozen[-_]?lockfile|enableImmutableInstalls|BUNDLE_(FROZEN|DEPLOYMENT)|UV_(FROZEN|LOCKED)|PIP_REQUIRE_HASHES)/i.test(
        nameOf(setting),
      ) && !isFalse(setting.value),
  );
}

/** The same of commands whose words have nothing in common any more: each package lost its version. */
function* looserElsewhere({ removed, added }: RuleInput, paired: ReadonlySet<Command>): Generator<FindingDraft> {
  for (const after of added.commands) {
    if (paired.has(after) || !INSTALLS.test(after.written)) continue;
    const packages = new Set(plainWords(after).slice(1).map(packageOf));
    const before = removed.commands.find(
      (old) =>
        old.name === after.name &&
        INSTALLS.test(old.written) &&
        plainWords(old).some((word) => isExact(word) && packages.has(packageOf(word))),
    );
    if (before !== undefined) yield* looserPackages(before, after);
  }
}

const INSTALLS = /\b(install|add|i|get)\b/;

/** `bundle config set frozen true` that is gone while the install stays. */
function* unfrozen(input: RuleInput): Generator<FindingDraft> {
  const { removed, after } = input;
  const isSwitch = ({ written }: Command): boolean =>
    /\b(bundle|npm|pnpm|yarn|pip|poetry) config (set )?(--\w+ )*(frozen|deployment|ignore-scripts|frozen-lockfile|enableImmutableInstalls|require-hashes|installer\.no-binary)[ =](true|1)\b/.test(
      written,
    );
  for (const command of removed.commands) {
    if (!isSwitch(command) || after === undefined || after.commands.some((other) => isSwitch(other) || other.written.includes('--frozen')))
      continue;
    if (isSetAside(input, /ignore-scripts/.test(command.written) ? '--ignore-scripts' : '--frozen-lockfile')) continue;
    if (!after.commands.some((other) => other.name === command.name && installOf(other) !== undefined)) continue;
    yield { side: 'before', range: command.range, message: fitMessage(`${quote(sourceOf(command), 40)} no longer holds the install`) };
  }
}

/** `pip install x==1.2` -> `pip install x`, `npm i -g y@2.0.1` -> `y@latest`, `apt-get install z=1.2` -> `z`. */
function* looserPackages(before: Command, after: Command): Generator<FindingDraft> {
  const chart = lostChartVersion(before, after);
  if (chart !== undefined)
    yield { side: 'after', range: after.range, message: fitMessage(`${quote(chart, 36)} has no fixed version any more`) };
  if (!/^(pip3?|python3?|npm|pnpm|yarn|bun|gem|cargo|go|apt-get|apt|apk|uv|pipx|brew)$/.test(after.name)) return;
  const old = new Map(plainWords(before).map((word) => [packageOf(word), word]));
  for (const word of plainWords(after)) {
    const was = old.get(packageOf(word));
    if (was === undefined || was === word || !isExact(was) || isExact(word) || /^(install|add|i|get|-)/.test(word)) continue;
    yield { side: 'after', range: after.range, message: fitMessage(`${quote(was, 28)} -> ${quote(word, 28)}: no fixed version`) };
    return;
  }
}

/** `helm upgrade --install redis bitnami/redis --version 19.5.0` without its version; a chart of the repository has its own. */
function lostChartVersion(before: Command, after: Command): string | undefined {
  const versionOf = (command: Command): string | undefined => flagsOf(command).find(({ name }) => name === '--version')?.value;
  const chart = plainWords(after).find((word) => /^(?:oci:\/\/|https?:\/\/)|^[\w-]+\/[\w.-]+$/.test(word));
  const isHelm = after.name === 'helm' && before.name === 'helm' && /^(?:install|upgrade|template|pull)$/.test(plainWords(after)[0] ?? '');
  return isHelm && versionOf(before) !== undefined && versionOf(after) === undefined ? chart : undefined;
}

function packageOf(word: string): string {
  return /^(@?[^@=<>~!^]+)/.exec(word)?.[1] ?? word;
}

function isExact(word: string): boolean {
  return /(==?|@)v?\d[\w.:~+-]*$/.test(word) && !/@\d+$/.test(word);
}
