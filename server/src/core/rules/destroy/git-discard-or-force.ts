import type { Command } from '../../model/facts.ts';
import type { FindingDraft, Severity } from '../../model/finding.ts';
import { defineRule } from '../define.ts';
import { fitMessage, quote } from '../quote.ts';
import { gitWordsOf, worksInOwnClone } from '../vocabulary/shell/git-libraries.ts';
import { spawnedCommand, spawnedCommands } from '../vocabulary/shell/spawned.ts';

/**
 * ## What it sees
 * Git commands that throw work or history away: `push --force`, `reset --hard`, `clean -fd`, `checkout -- .`, `restore .`,
 * `stash clear`, `branch -D`, `filter-branch`, `reflog expire`; in scripts, in pipelines, in calls of a program that run
 * them, and in calls of a git library that do the same.
 *
 * ## Why it matters
 * What was not committed is in no reflog. Agents have thrown away a day's work with `git reset --hard`, and a forced push
 * takes the commits of everybody who pushed in between.
 *
 * ## When it is fine
 * A clone in a temporary folder, and dry runs. `--force-with-lease` to a branch of one's own and branches that are generated
 * (`gh-pages`) are notes.
 *
 * ## What it misses
 * An alias, and a branch whose name only a variable holds.
 */
export default defineRule({
  id: 'destroy/git-discard-or-force',
  version: '1.0.0',
  severity: 'high',
  confidence: 'high',
  title: 'Throws away uncommitted work or published history',
  reads: ['commands', 'calls'],
  evidence: [
    { title: 'An agent’s git reset --hard lost uncommitted work', url: 'https://github.com/anthropics/claude-code/issues/33850' },
    { title: 'Gemini CLI file loss, 2025', url: 'https://vibegraveyard.ai/story/google-gemini-cli-file-deletion' },
  ],
  *check({ added, before, after, path }): Iterable<FindingDraft> {
    const inPipeline =
      /(^|\/)(\.github|\.gitlab|\.circleci|\.buildkite)\/|(^|\/)(\.gitlab-ci|azure-pipelines|Dockerfile|Containerfile)/.test(path);
    for (const command of added.commands) {
      if (command.name !== 'git') continue;
      const found = judge(
        command.words.slice(1).map((word) => word.text),
        inPipeline,
        isThrowaway(command),
      );
      if (found !== undefined)
        yield {
          side: 'after',
          range: command.range,
          severity: found.severity,
          message: fitMessage(`${quote(command.words.map((word) => word.source).join(' '), 40)} ${found.what}`),
        };
    }
    for (const command of spawnedCommands(added)) {
      if (command.name !== 'git') continue;
      const words = command.words.slice(1).map((word) => word.text);
      const found = judge(words, false, isThrowaway(command) || (after !== undefined && worksInOwnClone(after, command.scope)));
      if (found === undefined || before?.calls.some((other) => spawnedCommand(other)?.written === command.written) === true) continue;
      yield {
        side: 'after',
        range: command.range,
        severity: found.severity,
        message: fitMessage(`${quote(command.written, 40)} ${found.what}`),
      };
    }
    for (const call of added.calls) {
      const words = gitWordsOf(call);
      if (words === undefined) continue;
      const isOwn = after !== undefined && worksInOwnClone(after, call.scope);
      const found = judge(words, false, isOwn);
      if (found === undefined || before?.calls.some((other) => other.callee === call.callee && other.args.join() === call.args.join()))
        continue;
      yield { side: 'after', range: call.range, severity: found.severity, message: fitMessage(`${quote(call.callee, 30)} ${found.what}`) };
    }
  },
});

type Judgement = { readonly severity: Severity; readonly what: string };

const GENERATED =
  /^(gh-pages|pages|docs?|dist|build|builds|release-please\S*|changeset-release\S*|renovate\S*|dependabot\S*|bot\S*|autofix\S*|generated\S*|badges|coverage|snapshot\S*|preview\S*)$/;

function judge(all: readonly string[], inPipeline: boolean, throwaway: boolean): Judgement | undefined {
  const words = withoutGlobals(all);
  const [verb = '', ...rest] = words;
  const has = (pattern: RegExp): boolean => rest.some((word) => pattern.test(word));
  if (has(/^(-n|--dry-run)$/)) return undefined;
  // A pipeline works on a copy that it throws away itself.
  const discard = (what: string): Judgement => ({ severity: throwaway ? 'low' : inPipeline ? 'medium' : 'high', what });
  switch (verb) {
    case 'push':
      return push(rest, has);
    case 'reset':
      return has(/^--hard$/) ? discard('throws away what is not committed') : undefined;
    case 'clean':
      return has(/^-[a-zA-Z]*f/) || has(/^--force$/) ? clean(rest, discard) : undefined;
    case 'checkout':
      return (has(/^--$/) && has(/^(\.|\*|:\/|\.\/)$/)) || (rest.length === 1 && rest[0] === '.') || has(/^(-f|--force)$/)
        ? discard('throws away what is not committed')
        : undefined;
    case 'restore':
      return has(/^(\.|:\/|\*|\.\/)$/) && !(has(/^--staged$|^-S$/) && !has(/^--worktree$|^-W$/))
        ? discard('throws away what is not committed')
        : undefined;
    case 'switch':
      return has(/^(--discard-changes|-f|--force)$/) ? discard('throws away what is not committed') : undefined;
    case 'stash':
      return rest[0] === 'clear' || rest[0] === 'drop' ? discard('deletes stashed work') : undefined;
    case 'filter-branch':
    case 'filter-repo':
      return { severity: 'high', what: 'rewrites all history' };
    case 'reflog':
      return rest[0] === 'expire' || rest[0] === 'delete' ? discard('removes the last way back') : undefined;
    case 'gc':
      return has(/^--prune=(now|all)$/) ? discard('removes the last way back') : undefined;
    case 'branch':
      return has(/^-D$/) || (has(/^(-d|--delete)$/) && has(/^(-f|--force)$/))
        ? { severity: throwaway || inPipeline ? 'low' : 'medium', what: 'deletes a branch that is not merged' }
        : undefined;
    case 'update-ref':
      return rest[0] === '-d' ? discard('deletes a reference') : undefined;
    case 'worktree':
      return rest[0] === 'remove' && has(/^(-f|--force)$/) ? discard('removes a worktree with its changes') : undefined;
    default:
      return undefined;
  }
}

function push(rest: readonly string[], has: (pattern: RegExp) => boolean): Judgement | undefined {
  const named = rest.filter((word) => !word.startsWith('-'));
  // Where a program runs git, the remote may be a variable that is no word here.
  const targets = /^\+|:refs\//.test(named[0] ?? '') ? named : named.slice(1);
  const branches = targets.map((target) =>
    target
      .replace(/^\+/, '')
      .replace(/^.*:/, '')
      .replace(/^refs\/heads\//, ''),
  );
  const generated = branches.length > 0 && branches.every((branch) => GENERATED.test(branch));
  if (has(/^--mirror$/)) return { severity: 'high', what: 'makes the remote a copy, and deletes what is not here' };
  if (has(/^(--delete|-d)$/) || targets.some((target) => /^:[^/]/.test(target)))
    return {
      severity: branches.some((branch) => /^(main|master|production|release\S*|develop)$/.test(branch)) ? 'high' : 'low',
      what: 'deletes a branch of the remote',
    };
  const leased = has(/^--force-with-lease(=|$)/) || has(/^--force-if-includes$/);
  const forced = has(/^(--force|-[a-eg-z]*f[a-z]*)$/) || targets.some((target) => target.startsWith('+'));
  if (!forced && !leased) return undefined;
  const shared = branches.some((branch) => /^(main|master|trunk|production|prod|develop|stable|release)$/.test(branch));
  if (generated) return { severity: 'low', what: 'overwrites a generated branch' };
  // A tag that moves is how some releases work; its old commit stays in the history.
  if (targets.length > 0 && branches.every((branch) => /^(refs\/tags\/|v?\d+(\.\d+)*$|latest$|nightly$)/.test(branch)))
    return { severity: 'medium', what: 'moves a published tag' };
  if (leased && !forced)
    return shared
      ? { severity: 'medium', what: 'rewrites a shared branch' }
      : { severity: 'low', what: 'rewrites a branch if nobody pushed since' };
  return { severity: 'high', what: 'overwrites what others have pushed' };
}

/** `git clean -fd dist` cleans a folder that a build fills. */
function clean(rest: readonly string[], discard: (what: string) => Judgement): Judgement {
  const paths = rest.filter((word) => !word.startsWith('-'));
  const built =
    paths.length > 0 &&
    paths.every((path) =>
      /^(\.\/)?(dist|build|out|target|coverage|node_modules|\.cache|tmp|generated|public|bin|obj|lib|docs\/_?build|\w+\/(dist|build|out|target|generated))\/?$/.test(
        path,
      ),
    );
  const onlyIgnored = rest.some((word) => /^-[a-zA-Z]*X/.test(word));
  return built || onlyIgnored ? { severity: 'low', what: 'cleans what a build makes' } : discard('deletes files that git does not know');
}

function withoutGlobals(words: readonly string[]): readonly string[] {
  let at = 0;
  while (at < words.length && (words[at] ?? '').startsWith('-'))
    at += /^(-C|-c|--git-dir|--work-tree|--namespace)$/.test(words[at] ?? '') ? 2 : 1;
  return words.slice(at);
}

/** `git -C "$tmp" …`, and what stands in a folder that `mktemp` made. */
function isThrowaway(command: Command): boolean {
  return (
    /-C\s+["']?(\$\{?\w*(tmp|temp|clone|work_?dir|scratch|checkout)\w*\}?|\/tmp\/)/i.test(command.written) ||
    /(^|\.)(tmp|temp|sandbox|fixture)/i.test(command.scope)
  );
}
