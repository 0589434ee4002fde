import type { RepoPath } from '../../model/tree.ts';
import { handlerFile } from './configurations.ts';
import type { EntryPoint, EntryWorld } from './entry-point.ts';
import { folderOf, joinPath, sourceFile } from './source-files.ts';

const CONSTRUCT = /(^|\.)(NodejsFunction|PythonFunction|GoFunction|Function|DockerImageFunction)$/;

/** True where a file of CDK may declare functions; asked of the path first, because every source file is asked. */
export function mayDeclareConstructs(world: EntryWorld, path: RepoPath): boolean {
  if (!/\.(ts|js|mjs|py)$/.test(path) || !/(^|\/)(lib|bin|cdk|infra|infrastructure|stacks?|deploy)\//.test(path) || !world.isServed(path))
    return false;
  const content = world.tree.read(path);
  return content?.kind === 'text' && /aws-cdk|aws_cdk|@aws-cdk/.test(content.text) && /\b\w*Function\b/.test(content.text);
}

/** Functions that a CDK stack declares: `entry: '../lambda/pay.ts'`, or `handler` with the folder that its code comes from. */
export function constructEntries(world: EntryWorld, path: RepoPath): readonly EntryPoint[] {
  return (world.facts(path)?.calls ?? []).flatMap((call): readonly EntryPoint[] => {
    if (!CONSTRUCT.test(call.callee)) return [];
    const options = call.args.slice(2).join(' ');
    const name = /^["'`]([^"'`]+)["'`]$/.exec(call.args[1] ?? '')?.[1] ?? '';
    const entry = textOf(options, 'entry');
    const handler = textOf(options, 'handler');
    const assets = /fromAsset\(\s*(?:path\.join\(\s*__dirname\s*,\s*)?["'`]([^"'`]+)["'`]/.exec(options)?.[1];
    const file =
      entry !== undefined
        ? near(world, path, entry)
        : handler !== undefined && assets !== undefined
          ? nearFolder(path, assets)
              .map((folder) => handlerFile(world, folder, handler))
              .find((one) => one !== undefined)
          : undefined;
    return file === undefined
      ? []
      : [{ kind: 'function', name: `function ${name}`.trim(), path: file, declared: { path, line: call.range.start.line } }];
  });
}

/** `'x'`, or `path.join(__dirname, 'x')`. */
function textOf(options: string, key: string): string | undefined {
  return new RegExp(`\\b${key}\\s*[:=]\\s*(?:(?:path\\.)?(?:join|resolve)\\(\\s*__dirname\\s*,\\s*)?["'\`]([^"'\`]+)["'\`]`).exec(
    options,
  )?.[1];
}

/** CDK reads a path from the folder of the app; `__dirname` is that of the stack. Both are tried. */
function near(world: EntryWorld, path: RepoPath, written: string): RepoPath | undefined {
  return nearFolder(path, '')
    .map((folder) => sourceFile(world.paths, folder, written))
    .find((one) => one !== undefined);
}

function nearFolder(path: RepoPath, written: string): readonly string[] {
  const own = folderOf(path);
  return [own, folderOf(own), ''].flatMap((folder) => joinPath(folder, written) ?? []);
}
