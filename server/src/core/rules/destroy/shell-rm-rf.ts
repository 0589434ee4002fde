import type { Command, ShellWord, SourceFacts } from '../../model/facts.ts';
import type { FindingDraft, Severity } from '../../model/finding.ts';
import type { RepoPath } from '../../model/tree.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage, quote, restoreExpressions } from '../quote.ts';
import { changedCommands, revivedCommands } from '../vocabulary/shell/command-parts.ts';
import { computedCommands } from '../vocabulary/shell/computed-commands.ts';
import { deletes, deletesFound, FILTER, targetsOf } from '../vocabulary/shell/delete-commands.ts';
import { classifyPath, resolveTarget, UNKNOWN } from '../vocabulary/shell/delete-target.ts';
import { spawnedCommands } from '../vocabulary/shell/spawned.ts';

/**
 * ## What it sees
 * A recursive `rm`, in a script, a step of a pipeline, a table of cron, a package script or a Dockerfile, on `$VAR/`, `$VAR/*`, the root, a home
 * directory, a system path or the working directory; a delete whose literal target changed or whose variable lost its `:?`; and
 * `set -u` taken from a script that deletes below a variable.
 *
 * ## Why it matters
 * An empty variable turns `rm -rf "$DIR/"*` into `rm -rf /*`. Steam's updater did that to home directories, and a command
 * typed on the wrong host removed GitLab's primary database.
 *
 * ## When it is fine
 * Build folders and caches by their literal names, directories from `mktemp`, variables that are assigned a value in the same
 * script, tested above with `-n` or `-d`, or guarded as `${VAR:?}`.
 *
 * ## What it misses
 * Targets that `eval` builds or that `xargs` reads from a list, variables set by a sourced file, and what a function's own argument holds.
 */
export default defineRule({
  id: 'destroy/shell-rm-rf',
  version: '1.0.0',
  severity: 'critical',
  confidence: 'high',
  title: 'Deletes recursively from a path that may reach too far',
  reads: ['commands', 'calls', 'settings'],
  evidence: [
    { title: 'Steam for Linux removed home directories', url: 'https://github.com/valvesoftware/steam-for-linux/issues/3671' },
    {
      title: 'GitLab database outage of 31 January 2017',
      url: 'https://about.gitlab.com/2017/02/10/postmortem-of-database-outage-of-january-31/',
    },
    { title: 'ShellCheck SC2115', url: 'https://www.shellcheck.net/wiki/SC2115' },
  ],
  *check(input) {
    const { added, removed, after, path } = input;
    const pairs = new Map(changedCommands(input).map((change) => [change.after, change.before]));
    // What a call puts together is known better from its pieces than from what the language could read of it.
    const computed = computedCommands(added.calls, after?.guards ?? []);
    const told = new Set<number>();
    for (const command of [...computed, ...added.commands, ...spawnedCommands(added)]) {
      const before = pairs.get(command);
      const danger =
        judge(command, after, isImage(path)) ??
        judgeGuard(command, removed.commands, after) ??
        judgeChange(command, removed.commands, after) ??
        judgeFilters(command, before) ??
        judgeDevice(command);
      if (danger === undefined || told.has(command.range.start.line)) continue;
      if (computed.includes(command)) told.add(command.range.start.line);
      yield { side: 'after', range: command.range, ...danger };
    }
    for (const { command, place } of revivedCommands(input)) {
      const danger = added.commands.includes(command) ? undefined : judge(command, after, isImage(path));
      if (danger !== undefined)
        yield { side: 'before', range: place.range, severity: danger.severity, message: fitMessage(`can run now: ${danger.message}`) };
    }
    yield* lostNounset(removed.commands, after, path);
    yield* retargeted(input);
    yield* lostTest(input);
  },
});

type Danger = Pick<FindingDraft, 'message'> & { readonly severity: Severity };

function judge(command: Command, facts: SourceFacts | undefined, inImage: boolean): Danger | undefined {
  const verb = deletes(command);
  if (verb === undefined) return undefined;
  const source = piper(command, facts);
  const dangers = targetsOf(source ?? command).flatMap((word) => judgeTarget(verb, word, command, facts, inImage) ?? []);
  return dangers.find((danger) => danger.severity === 'critical') ?? dangers.find((danger) => danger.severity === 'high') ?? dangers[0];
}

function judgeTarget(
  verb: string,
  word: ShellWord,
  command: Command,
  facts: SourceFacts | undefined,
  inImage: boolean,
): Danger | undefined {
  const target = resolveTarget(word.text, command, facts);
  const on = `${verb} on ${quote(word.source)}`;
  if (target.temporary) return undefined;
  if (target.path === '') {
    return target.mayBeEmpty === ''
      ? undefined
      : { severity: 'low', message: fitMessage(`${on}, whatever ${variableName(target.mayBeEmpty)} holds`) };
  }
  const kind = classifyPath(target.path);
  if (target.mayBeEmpty !== '') {
    const variable = variableName(target.mayBeEmpty);
    // What a substitution gives may be empty and is never unset: `set -u` stops nothing there.
    const severity: Severity = isNounset(facts) && !/^\$\(|^`/.test(target.mayBeEmpty) ? 'high' : 'critical';
    if (kind === 'root') return { severity, message: fitMessage(`${on}: everything under / if ${variable} is empty`) };
    if (kind === 'system') return { severity, message: fitMessage(`${on}: ${quote(target.path, 16)} if ${variable} is empty`) };
    return kind === 'working-directory'
      ? { severity: 'high', message: fitMessage(`${on}: the working directory if ${variable} is empty`) }
      : undefined;
  }
  if (target.path.startsWith(UNKNOWN)) return undefined;
  switch (kind) {
    case 'root':
      return { severity: 'critical', message: fitMessage(`${on}: the whole file system`) };
    case 'home':
      return { severity: 'critical', message: fitMessage(`${on}: below a home directory`) };
    case 'system':
      return inImage ? undefined : { severity: 'critical', message: fitMessage(`${on}: below a directory of the system`) };
    case 'working-directory':
      if (!inImage && entersUnchecked(command, facts))
        return { severity: 'critical', message: fitMessage(`${on}: wherever the script is when its \`cd\` fails`) };
      return inImage ? undefined : { severity: 'high', message: fitMessage(`${on}: everything in the working directory`) };
    default:
      return undefined;
  }
}

function variableName(name: string): string {
  if (name.startsWith('$')) return 'the command';
  return /^\d/.test(name) ? `$${name}` : restoreExpressions(name) === name ? name : 'it';
}

/** `cd "$DIR"` above it whose failure stops nothing. */
function entersUnchecked(command: Command, facts: SourceFacts | undefined): boolean {
  const enters = facts?.commands.findLast(
    (other) => /^(cd|pushd)$/.test(other.name) && other.scope === command.scope && isBefore(other, command),
  );
  if (facts === undefined || enters === undefined || !enters.words.some((word) => word.expansions.length > 0)) return false;
  const stops = facts.commands.some((other) => other.rescues === enters.written && /^(exit|return|die|fail)/.test(other.written));
  const strict = facts.commands.some(
    (other) =>
      other.name === 'set' && other.subshell !== true && other.words.some((word) => /^-[a-z]*e/.test(word.text) || word.text === 'errexit'),
  );
  return !stops && !strict && enters.range.start.line !== command.range.start.line;
}

/** A delete below a variable that an empty value stopped before, by its `:?`, and that nothing stops now. */
function judgeGuard(command: Command, removed: readonly Command[], facts: SourceFacts | undefined): Danger | undefined {
  const verb = deletes(command);
  if (verb === undefined) return undefined;
  const guarded = new Set(
    removed
      .filter((other) => deletes(other) !== undefined)
      .flatMap((other) => targetsOf(other).flatMap((word) => word.expansions.filter((part) => part.guarded).map((part) => part.name))),
  );
  for (const word of targetsOf(command)) {
    const bare = word.expansions.find((part) => guarded.has(part.name) && !part.guarded);
    if (bare !== undefined && resolveTarget(word.text, command, facts).mayBeEmpty !== '')
      return { severity: 'critical', message: fitMessage(`${verb} on ${quote(word.source)}: nothing stops it if ${bare.name} is empty`) };
  }
  return undefined;
}

/** The same delete with another literal target: what it reached before is no measure for what it reaches now. */
function judgeChange(command: Command, removed: readonly Command[], facts: SourceFacts | undefined): Danger | undefined {
  const verb = deletes(command);
  if (verb === undefined) return undefined;
  const before = removed.filter((other) => deletes(other) !== undefined).flatMap(targetsOf);
  if (before.length === 0) return undefined;
  const fresh = targetsOf(command).find(
    (word) => word.expansions.length === 0 && classifyPath(word.text) === 'relative' && !before.some((other) => other.text === word.text),
  );
  const old = before.find((word) => !targetsOf(command).some((other) => other.text === word.text));
  if (fresh === undefined || old === undefined) {
    // A literal folder that became whatever a variable holds.
    const computed = targetsOf(command).find(
      (word) => word.expansions.length > 0 && resolveTarget(word.text, command, facts).mayBeEmpty !== '',
    );
    const literal = before.every((word) => word.expansions.length === 0);
    return computed === undefined || !literal || old === undefined
      ? undefined
      : { severity: 'medium', message: fitMessage(`${verb} on ${quote(old.source, 20)} -> ${quote(computed.source, 20)}`) };
  }
  return { severity: 'medium', message: fitMessage(`${verb} on ${quote(old.source, 20)} -> ${quote(fresh.source, 20)}`) };
}

/** `find … -mtime +30 -delete` that no longer asks how old a file is. */
function judgeFilters(command: Command, before: Command | undefined): Danger | undefined {
  if (before === undefined || command.name !== 'find' || !deletesFound(command)) return undefined;
  const words = command.words.map((word) => word.text);
  const lost = before.words
    .map((word) => word.text)
    .find(
      (word, at, all) =>
        FILTER.test(word) &&
        word !== '-type' &&
        word !== '-maxdepth' &&
        !words.includes(word) &&
        !sameFilter(word, all[at + 1] ?? '', words),
    );
  if (lost !== undefined && deletesFound(before))
    return { severity: 'high', message: fitMessage(`${quote('find -delete')} no longer asks for ${quote(lost)}: it deletes more`) };
  return undefined;
}

/** `-mtime +1` and `-mmin +1440` ask the same, and so do `-name` and `-iname`. */
function sameFilter(lost: string, value: string, words: readonly string[]): boolean {
  const kind = (word: string): string =>
    word.replace(/^-i?(wholename|path|name|regex)$/, 'name').replace(/^-([acm](time|min)|newer.*)$/, 'age');
  return value !== '' && words.some((word) => FILTER.test(word) && kind(word) === kind(lost) && kind(word) !== word);
}

/** What writes over a disk or makes a new file system on it. */
function judgeDevice(command: Command): Danger | undefined {
  const device = command.words.slice(1).find((word) => /^(of=)?\/dev\/(sd|nvme|vd|xvd|hd|disk|mapper\/|md|mmcblk)/.test(word.text));
  if (device === undefined) return undefined;
  const wipes =
    /^(mkfs(\.\w+)?|wipefs|shred|blkdiscard|sgdisk|sfdisk|badblocks|mke2fs|cryptsetup|pvremove|hdparm)$/.test(command.name) ||
    (command.name === 'dd' && device.text.startsWith('of='));
  return wipes && !/^(-n|--dry-run|--no-act|-l)$/.test(command.words[1]?.text ?? '')
    ? { severity: 'critical', message: fitMessage(`${quote(command.name)} writes over ${quote(device.source, 30)}`) }
    : undefined;
}

/** `find … | xargs rm -rf`: what is deleted is what the other one finds. */
function piper(command: Command, facts: SourceFacts | undefined): Command | undefined {
  if (command.pipedFrom !== 'find' || targetsOf(command).length > 0) return undefined;
  const found = facts?.commands.findLast((other) => other.name === 'find' && other.scope === command.scope && isBefore(other, command));
  const filtered = found?.words.some((word) => FILTER.test(word.text) && word.text !== '-maxdepth' && word.text !== '-type') ?? true;
  return filtered ? undefined : found;
}

function isBefore(one: Command, other: Command): boolean {
  return (
    one.range.start.line < other.range.start.line ||
    (one.range.start.line === other.range.start.line && one.range.start.character < other.range.start.character)
  );
}

function* lostNounset(removed: readonly Command[], after: SourceFacts | undefined, path: RepoPath): Generator<FindingDraft> {
  const strict = removed.find(setsNounset);
  if (strict === undefined || after === undefined || isNounset(after)) return;
  const victim = after.commands.find(
    (command) =>
      judge(command, after, isImage(path))?.severity === 'critical' && targetsOf(command).some((word) => word.expansions.length > 0),
  );
  if (victim === undefined) return;
  const source = victim.words.map((word) => word.source).join(' ');
  yield {
    side: 'before',
    range: strict.range,
    severity: 'high',
    message: fitMessage(`an unset variable no longer stops ${quote(source)}`),
    related: [{ path, line: victim.range.start.line, message: 'deletes below a variable' }],
  };
}

/** A delete that stays as it was, and whose variable holds another place now: told where the variable gets it. */
function* retargeted({ removed, added, before, after, path }: RuleInput): Generator<FindingDraft> {
  if (before === undefined || after === undefined || (added.settings.length === 0 && removed.settings.length === 0)) return;
  const told = new Set<number>();
  for (const victim of after.commands) {
    const old = before.commands.find((command) => command.key === victim.key);
    if (deletes(victim) === undefined || old === undefined || added.commands.includes(victim)) continue;
    const danger = judge(victim, after, isImage(path)) ?? reachesUp(victim, after, old, before);
    if (danger === undefined || !/^(high|critical)$/.test(danger.severity)) continue;
    const was = judge(old, before, isImage(path));
    if (/^(high|critical)$/.test(was?.severity ?? '') && reachesUp(victim, after, old, before) === undefined) continue;
    const place = reassigned(victim, { removed, added, before, after });
    if (place === undefined || told.has(place.range.start.line)) continue;
    told.add(place.range.start.line);
    yield {
      ...place,
      severity: danger.severity,
      message: fitMessage(`sends ${danger.message}`),
      related: [{ path, line: victim.range.start.line, message: 'deletes it' }],
    };
  }
}

/** The folder above the one that was deleted before. */
function reachesUp(command: Command, after: SourceFacts, old: Command, before: SourceFacts): Danger | undefined {
  const was = targetsOf(old).map((word) => resolveTarget(word.text, old, before).path.replace(/\/+$/, ''));
  for (const word of targetsOf(command)) {
    const { path } = resolveTarget(word.text, command, after);
    const plain = path.replace(/\/+$/, '');
    if (/^[/~]/.test(plain) && was.some((other) => other.startsWith(`${plain}/`)) && !was.includes(plain))
      return { severity: 'critical', message: fitMessage(`${deletes(command) ?? ''} up to ${quote(plain, 30)}`) };
  }
  return undefined;
}

/** Where this hunk gives a variable of the command, or one that it is made of, another value, or takes it away. */
function reassigned(
  command: Command,
  { removed, added, before, after }: Pick<RuleInput, 'removed' | 'added'> & Record<'before' | 'after', SourceFacts | undefined>,
): Pick<FindingDraft, 'side' | 'range'> | undefined {
  const names = new Set(targetsOf(command).flatMap((word) => word.expansions.map(({ name }) => name)));
  const settings = [...(before?.settings ?? []), ...(after?.settings ?? [])].filter(({ path }) => path.length === 1);
  // A set also gives what is added to it on the way.
  for (const name of names)
    for (const { path, value } of settings)
      if (path[0] === name) for (const [, inner = ''] of String(value).matchAll(/\$\{?([A-Za-z_]\w*)/g)) names.add(inner);
  const isOf = ({ path }: (typeof settings)[number]): boolean => path.length === 1 && names.has(path[0] ?? '');
  const fresh = added.settings.find(isOf);
  if (fresh !== undefined) return { side: 'after', range: fresh.range };
  const gone = removed.settings.find(
    (setting) => isOf(setting) && after?.settings.some(({ path }) => path[0] === setting.path[0]) !== true,
  );
  return gone === undefined ? undefined : { side: 'before', range: gone.range };
}

/** True where a variable of the command has another value than it had. */
function isReassigned(command: Command, before: SourceFacts, after: SourceFacts): boolean {
  const values = (facts: SourceFacts, name: string): string =>
    facts.settings.flatMap(({ path, value }) => (path.length === 1 && path[0] === name ? [String(value)] : [])).join('\n');
  return targetsOf(command).some((word) => word.expansions.some(({ name }) => values(before, name) !== values(after, name)));
}

/** A delete that stays as it was, below a variable that a line above it tested before and none tests now. */
function* lostTest({ removed, added, before, after, path }: RuleInput): Generator<FindingDraft> {
  if (before === undefined || after === undefined) return;
  const tests = removed.commands.filter(
    (command) => /^(\[|\[\[|test)$/.test(command.name) || command.words.some((word) => word.expansions.some((part) => part.guarded)),
  );
  const told = new Set<Command>();
  for (const victim of tests.length === 0 ? [] : after.commands) {
    if (deletes(victim) === undefined || added.commands.includes(victim) || isReassigned(victim, before, after)) continue;
    const danger = judge(victim, after, isImage(path));
    const old = before.commands.find((command) => command.key === victim.key);
    if (
      old === undefined ||
      !/^(high|critical)$/.test(danger?.severity ?? '') ||
      /^(high|critical)$/.test(judge(old, before, isImage(path))?.severity ?? '')
    )
      continue;
    const names = new Set(targetsOf(victim).flatMap((word) => word.expansions.map((part) => part.name)));
    const test = tests.find((command) => command.words.some((word) => word.expansions.some((part) => names.has(part.name))));
    if (test === undefined || danger === undefined || told.has(test)) continue;
    told.add(test);
    yield {
      side: 'before',
      range: test.range,
      severity: danger.severity,
      message: fitMessage(`no longer stopped: ${danger.message}`),
      related: [{ path, line: victim.range.start.line, message: 'deletes below the variable' }],
    };
  }
}

function isNounset(facts: SourceFacts | undefined): boolean {
  return facts?.commands.some(setsNounset) ?? false;
}

function setsNounset(command: Command): boolean {
  return command.name === 'set' && command.words.slice(1).some((word) => /^-[a-z]*u/.test(word.text) || word.text === 'nounset');
}

/** Layers of an image hold what its own recipe put there. */
function isImage(path: RepoPath): boolean {
  return /(^|\/)(Dockerfile|Containerfile)[^/]*$|\.(dockerfile|containerfile)$/i.test(path);
}
