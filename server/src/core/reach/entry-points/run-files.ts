import type { Command } from '../../model/facts.ts';
import type { RepoPath } from '../../model/tree.ts';
import type { EntryWorld } from './entry-point.ts';
import { folderOf, joinPath, pythonModule, sourceFileAnywhere } from './source-files.ts';

const CODE = /\.([cm]?[jt]sx?|py|go|rb|sh|bash|rs|php)$/;
/** What makes a file of another one, or only looks at it, runs none of it. */
const READERS =
  /^(eslint|prettier|biome|tsc|jest|vitest|mocha|ava|c8|nyc|playwright|cypress|rm|cp|mv|mkdir|cat|echo|chmod|chown|grep|sed|awk|git|test|\[|touch|ls|find|zip|tar|docker|black|ruff|flake8|mypy|pytest|pylint|shellcheck|rimraf|cpx|shx|ncc|typedoc|madge)$/;
const SERVERS = /^(gunicorn|uvicorn|hypercorn|daphne|waitress-serve|celery|flask|fastapi|dramatiq|rq|huey_consumer(\.py)?)$/;
/** A script that starts another script; deeper chains are rare, and a cycle ends here. */
const MOST_SCRIPTS = 3;

/** The files of the tree that a command runs when it is started in `folder`, in the order in which it names them. */
export function filesRunBy(world: EntryWorld, command: Command, folder: string, depth = 0): readonly RepoPath[] {
  const words = command.words.map(({ text }) => text);
  const script = scriptOf(words);
  if (script !== undefined) return depth < MOST_SCRIPTS ? filesOfScript(world, script, folder, depth) : [];
  if (READERS.test(command.name)) return [];
  const found = words.flatMap((word, index): readonly (RepoPath | undefined)[] => {
    const earlier = words[index - 1];
    if (/^python[\d.]*$|^py$|^poetry$|^uv$/.test(command.name) && earlier === '-m') return [pythonModule(world.paths, folder, word)];
    if (SERVERS.test(command.name)) return [moduleOf(world, folder, word)];
    if (command.name === 'go' && /^(run|build|install)$/.test(words[1] ?? '') && index > 1) return [goMain(world, folder, word)];
    if (index === 0 ? /[/\\]/.test(word) : CODE.test(word)) return [sourceFileAnywhere(world.paths, folder, word)];
    return [];
  });
  return [...new Set(found.filter((path) => path !== undefined))];
}

/** `npm start`, `yarn workspace api build`, `pnpm --filter @shop/api run start`: which script, and of which package. */
function scriptOf(words: readonly string[]): { readonly name: string; readonly of: string | undefined } | undefined {
  const [program = '', ...rest] = words;
  if (!/^(npm|pnpm|yarn|bun)$/.test(program)) return undefined;
  let of: string | undefined;
  const left: string[] = [];
  for (let index = 0; index < rest.length; index += 1) {
    const word = rest[index] ?? '';
    const isNamed = /^(--filter|-F|--workspace|-w|--prefix|--cwd|-C|--dir|workspace)$/.test(word);
    if (isNamed) {
      of = rest[index + 1];
      index += 1;
    } else if (/^(--filter|--workspace|--prefix|--cwd)=/.test(word)) of = word.slice(word.indexOf('=') + 1);
    else if (!word.startsWith('-')) left.push(word);
  }
  const [first, second] = left;
  if (first === 'run' || first === 'run-script') return second === undefined ? undefined : { name: second, of };
  if (first === undefined || (program !== 'npm' && /^(install|add|dlx|exec|x|why|publish)$/.test(first))) return undefined;
  if (program === 'npm' && !/^(start|test|stop|restart)$/.test(first)) return undefined;
  return { name: first, of };
}

function filesOfScript(
  world: EntryWorld,
  { name, of }: { readonly name: string; readonly of: string | undefined },
  folder: string,
  depth: number,
): readonly RepoPath[] {
  const manifest = of === undefined ? manifestAbove(world, folder) : manifestNamed(world, folder, of);
  if (manifest === undefined) return [];
  return scriptCommands(world, manifest, name).flatMap((command) => filesRunBy(world, command, folderOf(manifest), depth + 1));
}

export function scriptCommands(world: EntryWorld, manifest: RepoPath, name: string): readonly Command[] {
  return world.facts(manifest)?.commands.filter(({ scope }) => scope === `scripts.${name}`) ?? [];
}

function manifestAbove(world: EntryWorld, folder: string): RepoPath | undefined {
  for (let at = folder; ; at = folderOf(at)) {
    const path = joinPath(at, 'package.json') ?? '';
    // A member of the set is a path of the tree.
    if (world.paths.has(path)) return path as RepoPath;
    if (at === '') return undefined;
  }
}

/** A package by its name, or by its folder. */
function manifestNamed(world: EntryWorld, folder: string, name: string): RepoPath | undefined {
  const direct = [joinPath(folder, name, 'package.json'), joinPath(name, 'package.json')].find(
    (path) => path !== undefined && world.paths.has(path),
  );
  // As above.
  if (direct !== undefined) return direct as RepoPath;
  const bare = name.replace(/^\.{3}\^?|\^?\.{3}$/g, '');
  const last = bare.split('/').at(-1) ?? bare;
  const likely = [...world.paths].filter((path) => path.endsWith(`/${last}/package.json`)) as RepoPath[];
  return likely.find((path) => world.facts(path)?.settings.some((setting) => setting.path.join('.') === 'name' && setting.value === bare));
}

/** `shop.wsgi:application`, `shop.wsgi`, `main:app`. */
function moduleOf(world: EntryWorld, folder: string, word: string): RepoPath | undefined {
  const [, name] = /^([A-Za-z_][\w.]*)(?::[\w.()]+)?$/.exec(word) ?? [];
  if (name !== undefined) return pythonModule(world.paths, folder, name);
  return CODE.test(word) ? sourceFileAnywhere(world.paths, folder, word) : undefined;
}

/** A folder of Go is a program: its `main.go` stands for it. */
function goMain(world: EntryWorld, folder: string, word: string): RepoPath | undefined {
  if (word.startsWith('-')) return undefined;
  if (word.endsWith('.go')) return sourceFileAnywhere(world.paths, folder, word);
  if (!/^\.{0,2}\//.test(word) && word !== '.') return undefined;
  return sourceFileAnywhere(world.paths, folder, `${word}/main.go`);
}
