import type { Command, Setting, SourceFacts } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RepoPath } from '../../../model/tree.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage, quote } from '../../quote.ts';
import { nameOf } from '../settings/setting-index.ts';
import { changedSettings, placeOf } from '../settings/settings.ts';
import { flagsOf } from '../shell/command-parts.ts';

/** How to tell the registries that everybody can publish to, and what an address leads to. */
export interface Sources {
  readonly hostOf: (address: string) => string;
  readonly isPublic: (host: string) => boolean;
}

const EXTRA = /^(?:(?:pip|uv)_|--)?extra[-_]index(?:[-_]url)?$/i;
const MAIN = /^(?:(?:pip|uv)_|--)?(?:default[-_])?index(?:[-_]url)?$/i;
const SCOPE = /^@[\w.-]+:registry$/;

/**
 * A registry of one's own and a public one that are both asked for every name now: whoever registers an internal name in public decides what
 * the build runs. An extra index, a strategy that takes the best of all indexes, a scope that is no longer sent to its own registry.
 */
export function* mixedSources(input: RuleInput, { hostOf, isPublic }: Sources): Iterable<FindingDraft> {
  for (const change of changedSettings(input)) {
    const { before, after } = change;
    const name = nameOf(change);
    const tell = (message: string): FindingDraft => ({ ...placeOf(change), severity: 'high', message: fitMessage(message) });
    if (after !== undefined && EXTRA.test(name) && before === undefined) {
      const [extra, main] = [hostOf(String(after.value)), mainHost(input.after, hostOf)];
      if (isMixed(extra, main, isPublic) && !hadExtra(input, extra))
        yield tell(
          `${quote(isPublic(extra) ? extra : (main ?? 'the public index'), 28)} may answer for the names of ${quote(isPublic(extra) ? (main ?? '') : extra, 28)}`,
        );
    }
    if (
      after !== undefined &&
      /^(?:uv_)?index[-_]strategy$/i.test(name) &&
      /^unsafe/.test(String(after.value)) &&
      before?.value !== after.value
    )
      yield tell(`${quote(String(after.value), 24)} takes a package from whichever index has the newest`);
    if (
      after === undefined &&
      before !== undefined &&
      SCOPE.test(name) &&
      isOwn(before, { hostOf, isPublic }) &&
      !isSentElsewhere(input, before)
    )
      yield tell(
        `packages of ${quote(name.split(':')[0] ?? name, 24)} come from the public registry now, not from ${quote(hostOf(String(before.value)), 28)}`,
      );
  }
  for (const command of input.added.commands) {
    const extra = extraOf(command, hostOf);
    if (extra === undefined || isPublic(extra) || hadExtra(input, extra)) continue;
    yield {
      side: 'after',
      range: command.range,
      message: fitMessage(`the public index may answer for the names of ${quote(extra, 34)}`),
    };
  }
}

/** One of the two is one's own, and the other one is open to all; no main index is the public one. */
function isMixed(extra: string, main: string | undefined, isPublic: Sources['isPublic']): boolean {
  if (extra === '') return false;
  return isPublic(extra) !== (main === undefined || isPublic(main));
}

function mainHost(facts: SourceFacts | undefined, hostOf: Sources['hostOf']): string | undefined {
  const setting = facts?.settings.find((other) => MAIN.test(nameOf(other)));
  return setting === undefined ? undefined : hostOf(String(setting.value));
}

function extraOf(command: Command, hostOf: Sources['hostOf']): string | undefined {
  if (!/^(?:pip3?|python3?|uv|pipx|pip-compile|poetry)$/.test(command.name)) return undefined;
  const value = flagsOf(command).find(({ name }) => name === '--extra-index-url')?.value;
  const host = value === undefined ? '' : hostOf(value);
  return host === '' || host.startsWith('$') ? undefined : host;
}

/** Files that said it before: it only moved. */
const CONFIGURATIONS: readonly string[] = ['pip.conf', 'requirements.txt', 'Dockerfile', 'pyproject.toml', 'Pipfile', 'Makefile'];

function hadExtra({ trees, before, removedElsewhere }: RuleInput, host: string): boolean {
  const says = (text: string): boolean => text.split('\n').some((line) => /extra.index/i.test(line) && line.includes(host));
  const gone = removedElsewhere();
  return (
    gone.settings.some((setting) => EXTRA.test(nameOf(setting)) && String(setting.value).includes(host)) ||
    [...gone.commands, ...(before?.commands ?? [])].some(({ written }) => says(written)) ||
    (before?.settings ?? []).some((setting) => EXTRA.test(nameOf(setting)) && String(setting.value).includes(host)) ||
    CONFIGURATIONS.some((file) => {
      const content = trees.before.read(file as RepoPath);
      return content?.kind === 'text' && says(content.text);
    })
  );
}

function isOwn({ value }: Setting, { hostOf, isPublic }: Sources): boolean {
  const host = hostOf(String(value));
  return host !== '' && !isPublic(host) && !host.startsWith('$');
}

/** Every name is asked of the same host now, or another file of the change says the same. */
function isSentElsewhere({ after, addedElsewhere }: RuleInput, { value, path }: Setting): boolean {
  const all = [...(after?.settings ?? []), ...addedElsewhere().settings];
  return all.some(
    (setting) =>
      String(setting.value) === String(value) ||
      nameOf(setting) === path.at(-1) ||
      (/^(?:registry|npmRegistryServer)$/.test(nameOf(setting)) &&
        String(setting.value).includes(String(value).replace(/^https?:\/\/|\/$/g, ''))),
  );
}
