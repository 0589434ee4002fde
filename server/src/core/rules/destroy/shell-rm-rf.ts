import type { Command, ShellWord, SourceFacts } from '../../model/facts.ts';
import type { FindingDraft, Severity } from '../../model/finding.ts';
import type { RepoPath } from '../../model/tree.ts';
import { defineRule } from '../define.ts';
import { classifyPath, resolveTarget, UNKNOWN } from '../delete-target.ts';
import { fitMessage, quote, restoreExpressions } from '../quote.ts';

/**
 * What it sees
 * A recursive `rm`, in a script, a workflow step, a package script or a Dockerfile, on `$VAR/`, `$VAR/*`, the root, a home
 * directory, a system path or the working directory; a delete whose literal target changed; and `set -u` taken from a script
 * that deletes below a variable.
 *
 * Why it matters
 * An empty variable turns `rm -rf "$DIR/"*` into `rm -rf /*`. Steam's updater did that to home directories, and a command
 * typed on the wrong host removed GitLab's primary database.
 *
 * When it is fine
 * Build folders and caches by their literal names, directories from `mktemp`, variables that are assigned a value in the same
 * script, tested above with `-n` or `-d`, or guarded as `${VAR:?}`.
 *
 * What it misses
 * Targets that `xargs` or `eval` build, variables set by a sourced file, and what a function's own argument holds.
 */
export default defineRule({
  id: 'destroy/shell-rm-rf',
  version: '1.0.0',
  severity: 'critical',
  confidence: 'high',
  title: 'Deletes recursively from a path that may reach too far',
  reads: ['commands'],
  evidence: [
    { title: 'Steam for Linux removed home directories', url: 'https://github.com/valvesoftware/steam-for-linux/issues/3671' },
    {
      title: 'GitLab database outage of 31 January 2017',
      url: 'https://about.gitlab.com/2017/02/10/postmortem-of-database-outage-of-january-31/',
    },
    { title: 'ShellCheck SC2115', url: 'https://www.shellcheck.net/wiki/SC2115' },
  ],
  *check({ added, removed, after, path }) {
    for (const command of added.commands) {
      const danger = judge(command, after, isImage(path)) ?? judgeChange(command, removed.commands);
      if (danger !== undefined) yield { side: 'after', range: command.range, ...danger };
    }
    yield* lostNounset(removed.commands, after, path);
  },
});

type Danger = Pick<FindingDraft, 'message'> & { readonly severity: Severity };

function judge(command: Command, facts: SourceFacts | undefined, inImage: boolean): Danger | undefined {
  const verb = deletes(command);
  if (verb === undefined) return undefined;
  const dangers = targetsOf(command).flatMap((word) => judgeTarget(verb, word, command, facts, inImage) ?? []);
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
    const severity: Severity = isNounset(facts) ? 'high' : 'critical';
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
      return inImage ? undefined : { severity: 'high', message: fitMessage(`${on}: everything in the working directory`) };
    default:
      return undefined;
  }
}

function variableName(name: string): string {
  if (name.startsWith('$')) return 'the command';
  return /^\d/.test(name) ? `$${name}` : restoreExpressions(name) === name ? name : 'it';
}

/** The same delete with another literal target: what it reached before is no measure for what it reaches now. */
function judgeChange(command: Command, removed: readonly Command[]): Danger | undefined {
  const verb = deletes(command);
  if (verb === undefined) return undefined;
  const before = removed.filter((other) => deletes(other) !== undefined).flatMap(targetsOf);
  if (before.length === 0) return undefined;
  const fresh = targetsOf(command).find(
    (word) => word.expansions.length === 0 && classifyPath(word.text) === 'relative' && !before.some((other) => other.text === word.text),
  );
  const old = before.find((word) => !targetsOf(command).some((other) => other.text === word.text));
  if (fresh === undefined || old === undefined) return undefined;
  return { severity: 'medium', message: fitMessage(`${verb} on ${quote(old.source, 20)} -> ${quote(fresh.source, 20)}`) };
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

/** How the command is called in a message; undefined where it deletes no tree. */
function deletes(command: Command): string | undefined {
  const flags = command.words.slice(1).filter((word) => word.text.startsWith('-'));
  if (command.name === 'rm') {
    const letters = flags
      .filter((word) => !word.text.startsWith('--'))
      .map((word) => word.text.slice(1))
      .join('');
    const recursive = /[rR]/.test(letters) || flags.some((word) => word.text === '--recursive');
    const force = letters.includes('f') || flags.some((word) => word.text === '--force');
    if (recursive) return force ? '`rm -rf`' : '`rm -r`';
    return force && command.words.some((word) => /\*$/.test(word.text)) ? '`rm -f`' : undefined;
  }
  if (command.name !== 'find') return undefined;
  const words = command.words.map((word) => word.text);
  const filtered = words.some((word) => /^-(i?name|i?path|i?regex|[acm](time|min)|newer.*|size|empty|user|maxdepth)$/.test(word));
  return !filtered && (words.includes('-delete') || (words.includes('-exec') && words.includes('rm'))) ? '`find -delete`' : undefined;
}

function targetsOf(command: Command): readonly ShellWord[] {
  const words = command.words.slice(1);
  if (command.name === 'find') {
    const end = words.findIndex((word) => word.text.startsWith('-'));
    return end < 0 ? words : words.slice(0, end);
  }
  return words.filter((word) => !word.text.startsWith('-'));
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
