import type { Command, Setting, SourceFacts } from '../../model/facts.ts';
import type { RepoPath } from '../../model/tree.ts';
import type { EntryPoint, EntryWorld } from './entry-point.ts';
import { filesRunBy } from './run-files.ts';
import { folderOf, sourceFile, sourceFileAnywhere } from './source-files.ts';

export const PIPELINE =
  /(^|\/)(\.github\/workflows\/[^/]+\.ya?ml|\.gitlab-ci[^/]*\.ya?ml|\.gitlab\/[^/]+\.ya?ml|\.circleci\/config\.ya?ml|azure-pipelines[^/]*\.ya?ml|bitbucket-pipelines\.ya?ml|Jenkinsfile[^/]*)$/i;
export const CRONTAB = /(^|\/)(crontab|cron\.d\/[^/]+|[^/]+\.cron(tab)?)$/i;

/** Steps of a pipeline that run code of the repository; one that a clock starts is a job. */
export function pipelineEntries(world: EntryWorld, path: RepoPath): readonly EntryPoint[] {
  const facts = world.facts(path);
  if (facts === undefined) return [];
  const file = path.slice(path.lastIndexOf('/') + 1);
  const isScheduled = facts.settings.some(({ path: keys }) => /^(on\.)?schedules?(\.|$)/.test(keys.join('.')));
  return facts.commands.flatMap((command) => {
    const job = command.scope.split('.').at(-1) ?? '';
    const folder = workingFolder(facts, command);
    return filesRunBy(world, command, folder).map((run) => ({
      kind: isScheduled ? ('job' as const) : ('workflow' as const),
      name: job === '' ? file : `${file}: ${job}`,
      path: run,
      declared: { path, line: command.range.start.line },
    }));
  });
}

/** A pipeline starts at the root of the repository, unless a step says where. */
function workingFolder(facts: SourceFacts, command: Command): string {
  const run = facts.settings.find(({ path, range }) => path.at(-1) === 'run' && holds(range, command));
  const step = run?.path.slice(0, -1).join('.');
  const folder = facts.settings.find(
    ({ path, resource }) => path.at(-1) === 'working-directory' && path.slice(0, -1).join('.') === step && resource === run?.resource,
  );
  return typeof folder?.value === 'string' && !folder.value.includes('$') ? folder.value.replace(/^\.\//, '').replace(/\/$/, '') : '';
}

function holds(range: Setting['range'], { range: inner }: Command): boolean {
  return range.start.line <= inner.start.line && inner.end.line <= range.end.line;
}

/** Lines of a crontab. */
export function crontabEntries(world: EntryWorld, path: RepoPath): readonly EntryPoint[] {
  return (world.facts(path)?.commands ?? []).flatMap((command) =>
    filesRunBy(world, bare(command), folderOf(path)).map((run) => ({
      kind: 'job' as const,
      name: `cron: ${command.written}`.slice(0, 60),
      path: run,
      declared: { path, line: command.range.start.line },
    })),
  );
}

/** A crontab of the system names a person in front of the command. */
function bare(command: Command): Command {
  const [, second] = command.words;
  return second !== undefined && /^(node|python[\d.]*|bash|sh|php|ruby|npm|yarn|pnpm|\/\S+)$/.test(second.text)
    ? { ...command, name: second.text.split('/').at(-1) ?? second.text, words: command.words.slice(1) }
    : command;
}

/** What an image runs when it starts: `CMD` and `ENTRYPOINT`, as words or as a list. */
export function imageEntries(world: EntryWorld, path: RepoPath): readonly EntryPoint[] {
  const file = path.slice(path.lastIndexOf('/') + 1);
  return (world.facts(path)?.settings ?? []).flatMap(({ path: keys, value, range }) => {
    const [instruction = ''] = keys;
    if (!/^(CMD|ENTRYPOINT)$/.test(instruction) || typeof value !== 'string') return [];
    return filesRunBy(world, commandOf(listed(value), range), folderOf(path)).map((run) => ({
      kind: 'container' as const,
      name: `${file} ${instruction}`,
      path: run,
      declared: { path, line: range.start.line },
    }));
  });
}

function listed(value: string): readonly string[] {
  try {
    const list: unknown = JSON.parse(value);
    if (Array.isArray(list)) return list.filter((word) => typeof word === 'string');
  } catch {
    // Words, as a shell reads them.
  }
  return wordsOf(value);
}

/** Words of a command line whose quotes do not matter here. */
export function wordsOf(line: string): readonly string[] {
  return (line.match(/"[^"]*"|'[^']*'|[^\s"';&|]+/g) ?? []).map((word) => word.replace(/^(["'])(.*)\1$/s, '$2'));
}

export function commandOf(words: readonly string[], range: Command['range']): Command {
  const [program = ''] = words;
  return {
    range,
    key: '',
    scope: '',
    name: program.slice(program.lastIndexOf('/') + 1),
    words: words.map((text) => ({ source: text, text, expansions: [], dynamic: false })),
    written: words.join(' '),
  };
}

/** `web: node server.js`, one process a line. */
export function procfileEntries(world: EntryWorld, path: RepoPath): readonly EntryPoint[] {
  const content = world.tree.read(path);
  if (content?.kind !== 'text') return [];
  return content.text.split('\n').flatMap((text, index) => {
    const [, process, line = ''] = /^([A-Za-z][\w-]*):\s*(\S.*)$/.exec(text) ?? [];
    if (process === undefined) return [];
    const place = { line: index + 1, character: 0 };
    return filesRunBy(world, commandOf(wordsOf(line), { start: place, end: place }), folderOf(path)).map((run) => ({
      kind: 'container' as const,
      name: `Procfile ${process}`,
      path: run,
      declared: { path, line: index + 1 },
    }));
  });
}

/** Compose services and Kubernetes objects with a command of their own; a CronJob is started by a clock. */
export function podEntries(world: EntryWorld, path: RepoPath): readonly EntryPoint[] {
  const facts = world.facts(path);
  if (facts === undefined) return [];
  return facts.commands.flatMap((command) => {
    const [, kind = '', name = command.scope] =
      /^(CronJob|Job|Deployment|StatefulSet|DaemonSet|Pod|services)[./](.+)$/.exec(command.scope) ?? [];
    if (kind === '') return [];
    const build = facts.settings.find(
      ({ path: keys, resource }) => /^build(\.context)?$/.test(keys.join('.')) && resource.endsWith(` ${name}`),
    );
    const folder = typeof build?.value === 'string' ? joinedTo(folderOf(path), build.value) : folderOf(path);
    return filesRunBy(world, command, folder).map((run) => ({
      kind: kind === 'CronJob' ? ('job' as const) : ('container' as const),
      name: kind === 'services' ? `service ${name}` : `${kind} ${name}`,
      path: run,
      declared: { path, line: command.range.start.line },
    }));
  });
}

function joinedTo(folder: string, written: string): string {
  const parts = `${folder}/${written}`.split('/').filter((part) => part !== '' && part !== '.');
  return parts.includes('..') ? folder : parts.join('/');
}

/** Handlers of the Serverless Framework, of SAM and CloudFormation, and a Worker's `main`. */
export function platformEntries(world: EntryWorld, path: RepoPath): readonly EntryPoint[] {
  const facts = world.facts(path);
  if (facts === undefined) return [];
  const folder = folderOf(path);
  return facts.settings.flatMap(({ path: keys, value, range, resource }): readonly EntryPoint[] => {
    if (typeof value !== 'string') return [];
    const declared = { path, line: range.start.line };
    const written = keys.join('.');
    if (/(^|\/)wrangler\.(toml|jsonc?)$/.test(path) && written === 'main') {
      const file = sourceFile(world.paths, folder, value);
      return file === undefined ? [] : [{ kind: 'function', name: `worker ${value}`, path: file, declared }];
    }
    const [, served] = /^functions\.(.+)\.handler$/.exec(written) ?? [];
    const name = served ?? (/^Properties\.Handler$/.test(written) ? (resource.split(' ').at(-1) ?? resource) : undefined);
    if (name === undefined) return [];
    const code = facts.settings.find((other) => other.resource === resource && other.path.join('.') === 'Properties.CodeUri')?.value;
    const file = handlerFile(world, served === undefined && typeof code === 'string' ? joinedTo(folder, code) : folder, value);
    return file === undefined ? [] : [{ kind: 'function', name: `function ${name}`, path: file, declared }];
  });
}

/** `src/pay.main` is `main` of `src/pay.ts`; `app.handlers.pay` is of Python. */
export function handlerFile(world: EntryWorld, folder: string, handler: string): RepoPath | undefined {
  const module = handler.replace(/\.[^./]+$/, '');
  return (
    sourceFileAnywhere(world.paths, folder, module) ??
    (module.includes('/') ? undefined : sourceFileAnywhere(world.paths, folder, module.replaceAll('.', '/')))
  );
}
