import { defineRule } from '../define.ts';
import { fitMessage } from '../quote.ts';
import { absentPaths } from '../vocabulary/shell/absent-paths.ts';
import { changedCommands, revivedCommands } from '../vocabulary/shell/command-parts.ts';
import { commandsInSettings } from '../vocabulary/shell/commands-in-settings.ts';
import { computedCommands } from '../vocabulary/shell/computed-commands.ts';
import { dangerOf, isImage, wipedDevice } from '../vocabulary/shell/delete-dangers.ts';
import { lostEmptyGuard, lostFilters, otherTarget } from '../vocabulary/shell/loosened-deletes.ts';
import { lostNounset, lostTestsOfDeletes, retargetedDeletes } from '../vocabulary/shell/retargeted-deletes.ts';
import { spawnedCommands } from '../vocabulary/shell/spawned.ts';

/**
 * ## What it sees
 * A recursive `rm`, in a script, a step of a pipeline, a table of cron, a package script or a Dockerfile, on `$VAR/`, `$VAR/*`, the root, a home
 * directory, a system path or the working directory; a delete whose literal target changed or whose variable lost its `:?`; and
 * `set -u` taken from a script that deletes below a variable. Also `state: absent` of Ansible on a folder of data.
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
    const { added, removed, before: base, after, path } = input;
    const pairs = new Map(changedCommands(input).map((change) => [change.after, change.before]));
    // What a call puts together is known better from its pieces than from what the language could read of it.
    const computed = computedCommands(added.calls, after?.guards ?? []);
    const told = new Set<number>();
    for (const command of [...computed, ...added.commands, ...spawnedCommands(added), ...commandsInSettings(input)]) {
      const before = pairs.get(command);
      const danger =
        dangerOf(command, after, isImage(path)) ??
        lostEmptyGuard(command, removed.commands, base, after) ??
        otherTarget(command, removed.commands, after) ??
        lostFilters(command, before) ??
        wipedDevice(command);
      if (danger === undefined || told.has(command.range.start.line)) continue;
      if (computed.includes(command)) told.add(command.range.start.line);
      yield { side: 'after', range: command.range, ...danger };
    }
    for (const { command, place } of revivedCommands(input)) {
      const danger = added.commands.includes(command) ? undefined : dangerOf(command, after, isImage(path));
      if (danger !== undefined)
        yield { side: 'before', range: place.range, severity: danger.severity, message: fitMessage(`can run now: ${danger.message}`) };
    }
    yield* absentPaths(input);
    yield* lostNounset(removed.commands, after, path);
    yield* retargetedDeletes(input);
    yield* lostTestsOfDeletes(input);
  },
});
