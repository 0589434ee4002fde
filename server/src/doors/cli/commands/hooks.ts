import path from 'node:path';
import { AppError } from '../../../host/app-error.ts';
import { locateRepository, type RepositoryPlace } from '../../../host/git/locate.ts';
import { ALL_HOOKS, HOOKS, TRAILER_HOOK } from '../../../host/hooks/hook-script.ts';
import { type HookOutcome, hookManagers, hooksFolder, installHooks, uninstallHooks } from '../../../host/hooks/install-hooks.ts';
import { printable } from '../../reporters/terminal.ts';
import { badUsage } from '../arguments.ts';
import type { Arguments, Command, CommandContext, ExitStatus } from '../command.ts';
import { SNIPPETS } from '../hook-snippets.ts';

const VERBS = ['install', 'uninstall', 'print', 'run'] as const;

export const command: Command = {
  name: 'hooks',
  operands: { usage: 'install|uninstall|print|run', least: 1, most: 6 },
  summary: 'look at what is committed and pushed, through plain git hooks',
  verbs: [
    { usage: 'install', help: 'write pre-commit and pre-push where none stand' },
    { usage: 'uninstall', help: 'take away what install wrote and nobody changed' },
    { usage: 'print', help: 'show the lines for plain hooks, husky, lefthook and pre-commit' },
    { usage: 'run NAME', help: 'what the hooks call' },
  ],
  options: {
    trailer: { type: 'boolean', help: 'with install: also offer a pointer to each acknowledgement in the draft of a commit message' },
  },
  details: [
    'A hook of yours, and a folder that core.hooksPath names, are left alone: install prints the lines to add.',
    'Exit status of install: 0 where both hooks are there, 1 where one was left to you.',
  ],
  run: hooks,
};

async function hooks(args: Arguments, context: CommandContext): Promise<ExitStatus> {
  const [verb, ...rest] = args.positionals;
  if (!VERBS.some((known) => known === verb)) throw badUsage(`one of ${VERBS.join(' ')} after \`hooks\``, verb ?? '');
  if (verb === 'run') return runHook(rest, context);
  if (rest[0] !== undefined) throw badUsage(`no argument after \`hooks ${verb}\``, rest[0]);
  if (verb === 'print') {
    for (const [name, text] of Object.entries(SNIPPETS)) context.out.write(`${name}:\n\n${text}\n`);
    return 0;
  }
  return verb === 'install'
    ? install(locateRepository(context.cwd), args.options.trailer === true, context)
    : uninstall(locateRepository(context.cwd), context);
}

function install(place: RepositoryPlace, withTrailer: boolean, context: CommandContext): ExitStatus {
  const program = { node: process.execPath, cli: path.resolve(process.argv[1] ?? '') };
  const outcomes = installHooks(place, withTrailer ? [...HOOKS, TRAILER_HOOK] : HOOKS, program);
  tell(outcomes, place, context);
  const left = outcomes.filter(({ state }) => state === 'foreign' || state === 'elsewhere');
  if (left.length === 0) return 0;
  const managers = hookManagers(place);
  const [first] = left;
  context.out.write(`add these lines yourself${first === undefined ? '' : `, where ${first.name} stands`}:\n\n`);
  for (const name of managers.length > 0 ? managers : (['plain'] as const)) context.out.write(`${SNIPPETS[name]}\n`);
  return 1;
}

function uninstall(place: RepositoryPlace, context: CommandContext): ExitStatus {
  tell(uninstallHooks(place), place, context);
  return 0;
}

const WORDS: Readonly<Record<HookOutcome['state'], string>> = {
  written: 'wrote',
  renewed: 'renewed',
  kept: 'kept, it was there',
  foreign: 'left alone, it is not ours',
  removed: 'took away',
  absent: 'not there',
  elsewhere: 'left alone, core.hooksPath or a link leads there',
};

function tell(outcomes: readonly HookOutcome[], place: RepositoryPlace, context: CommandContext): void {
  const { folder, isOwn } = hooksFolder(place);
  if (!isOwn) context.out.write(`${WORDS.elsewhere}: ${printable(folder)}\n`);
  else for (const { state, file } of outcomes) if (state !== 'absent') context.out.write(`${WORDS[state]}: ${printable(file)}\n`);
  if (isOwn && outcomes.every(({ state }) => state === 'absent')) context.out.write('no hook is there\n');
}

/** Loaded when they run: before a commit every tenth of a second is felt. */
async function runHook([name, ...rest]: readonly string[], context: CommandContext): Promise<ExitStatus> {
  switch (name) {
    case 'pre-commit':
      return (await import('../run-pre-commit.ts')).runPreCommit(context);
    case 'pre-push': {
      const { readPushedRefs, runPrePush } = await import('../run-pre-push.ts');
      const { PRE_COMMIT_REMOTE_NAME: name = 'origin', PRE_COMMIT_REMOTE_URL: url } = context.env;
      const remote = rest[0] === undefined ? { name, url } : { name: rest[0], url: rest[1] };
      return runPrePush(remote, await readPushedRefs(context), context);
    }
    case 'prepare-commit-msg': {
      const [file, source] = rest;
      if (file === undefined)
        throw new AppError('bad-usage', 'expected the file of a message after `hooks run prepare-commit-msg`, found nothing');
      return (await import('../run-prepare-message.ts')).runPrepareMessage(file, source, context);
    }
    default:
      if (name === undefined) throw new AppError('bad-usage', `expected one of ${ALL_HOOKS.join(' ')} after \`hooks run\`, found nothing`);
      throw badUsage(`one of ${ALL_HOOKS.join(' ')} after \`hooks run\``, name);
  }
}
