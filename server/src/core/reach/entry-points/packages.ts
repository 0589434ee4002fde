import type { Setting, SourceFacts } from '../../model/facts.ts';
import type { RepoPath } from '../../model/tree.ts';
import type { EntryPoint, EntryWorld } from './entry-point.ts';
import { filesRunBy } from './run-files.ts';
import { folderOf, joinPath, pythonModule, sourceFile } from './source-files.ts';

/** A pattern of `exports` (`./features/*`) may stand for a folder of hundreds. */
const MOST_OF_A_PATTERN = 200;
/** Modules inside modules; a cycle of files ends there too. */
const MOST_MODULE_DEPTH = 8;
/** Scripts that only build, check or tidy run none of the code that they name as their own. */
const TOOLING =
  /^(pre|post)?(lint|format|test|typecheck|types|check|build|clean|prepare|prepublish(Only)?|prepack|watch|coverage)([:-].*)?$/;

/** What a `package.json` offers: `exports`, `main` and the like, `bin`, and scripts that run a file. */
export function npmEntries(world: EntryWorld, manifest: RepoPath): readonly EntryPoint[] {
  const facts = world.facts(manifest);
  if (facts === undefined) return [];
  const folder = folderOf(manifest);
  const name = textAt(facts, 'name') ?? (folder === '' ? manifest : folder);
  const point = (kind: EntryPoint['kind'], label: string, { range }: Pick<Setting, 'range'>, written: string): readonly EntryPoint[] =>
    filesOf(world, folder, written).map((path) => ({ kind, name: label, path, declared: { path: manifest, line: range.start.line } }));
  const found = facts.settings.flatMap((setting): readonly EntryPoint[] => {
    const { path, value } = setting;
    if (typeof value !== 'string') return [];
    const [head = '', second = ''] = path;
    if (head === 'bin') return point('bin', path.length === 1 ? (name.split('/').at(-1) ?? name) : second, setting, value);
    if (path.length === 1 && /^(main|module|source|types|typings|browser)$/.test(head)) return point('export', name, setting, value);
    if (head !== 'exports') return [];
    const subpath = second.startsWith('.') ? second.slice(1) : '';
    return point('export', `${name}${subpath}`, setting, value);
  });
  const scripts = facts.commands.flatMap((command): readonly EntryPoint[] => {
    const script = /^scripts\.(.+)$/.exec(command.scope)?.[1] ?? '';
    if (script === '' || TOOLING.test(script)) return [];
    const label = folder === '' ? `npm run ${script}` : `npm run ${script} (${name})`;
    return filesRunBy(world, command, folder).map((path) => ({
      kind: 'script' as const,
      name: label,
      path,
      declared: { path: manifest, line: command.range.start.line },
    }));
  });
  // Node's own default, where nothing is said.
  const isSilent = !facts.settings.some(({ path: [head = ''] }) => /^(main|exports|module|bin)$/.test(head));
  const fallback = isSilent && textAt(facts, 'name') !== undefined ? sourceFile(world.paths, folder, 'index.js') : undefined;
  const silent: readonly EntryPoint[] =
    fallback === undefined ? [] : [{ kind: 'export', name, path: fallback, declared: { path: manifest, line: 1 } }];
  return [...found, ...scripts, ...silent];
}

function filesOf(world: EntryWorld, folder: string, written: string): readonly RepoPath[] {
  if (!written.includes('*')) {
    const file = sourceFile(world.paths, folder, written);
    return file === undefined || file.endsWith('.json') ? [] : [file];
  }
  const [head = '', tail = ''] = written.split('*');
  const found: RepoPath[] = [];
  for (const base of new Set([head, head.replace(/(^|\/)(dist|build|lib|esm|cjs)\//, '$1src/')])) {
    const prefix = joinPath(folder, base);
    if (prefix === undefined) continue;
    const start = base.endsWith('/') && prefix !== '' ? `${prefix}/` : prefix;
    const ending = tail.replace(/(\.d)?\.[cm]?[jt]sx?$/, '');
    // Members of the set are paths of the tree.
    for (const path of world.paths)
      if (path.startsWith(start) && /\.[cm]?[jt]sx?$/.test(path) && path.replace(/(\.d)?\.[cm]?[jt]sx?$/, '').endsWith(ending))
        if (found.push(path as RepoPath) >= MOST_OF_A_PATTERN) return found;
  }
  return found;
}

/** Programs of a Python distribution: `[project.scripts]`, `[tool.poetry.scripts]`, `console_scripts` of setup.cfg. */
export function pythonEntries(world: EntryWorld, manifest: RepoPath): readonly EntryPoint[] {
  const settings = world.facts(manifest)?.settings ?? [];
  return settings.flatMap(({ path, value, range }): readonly EntryPoint[] => {
    const where = path.slice(0, -1).join('.');
    const isScript = /^(project\.(gui-)?scripts|project\.entry-points\..+|tool\.poetry\.scripts|options\.entry_points)$/.test(where);
    if (!isScript || typeof value !== 'string') return [];
    const lines = where.startsWith('options.') ? value.split('\n') : [`${path.at(-1)} = ${value}`];
    return lines.flatMap((line) => {
      const [, name = '', module = ''] = /^\s*([\w.-]+)\s*=\s*([\w.]+)/.exec(line) ?? [];
      const file = module === '' ? undefined : pythonModule(world.paths, folderOf(manifest), module);
      return file === undefined ? [] : [{ kind: 'bin' as const, name, path: file, declared: { path: manifest, line: range.start.line } }];
    });
  });
}

/** A crate's library and programs, by where Cargo looks for them and by what the manifest says instead. */
export function cargoEntries(world: EntryWorld, manifest: RepoPath): readonly EntryPoint[] {
  const facts = world.facts(manifest);
  const folder = folderOf(manifest);
  const name = (facts === undefined ? undefined : textAt(facts, 'package.name')) ?? (folder === '' ? 'crate' : folder);
  const own = (kind: EntryPoint['kind'], label: string, file: string): readonly EntryPoint[] => {
    const path = joinPath(folder, file) ?? '';
    return world.paths.has(path) ? [{ kind, name: label, path: path as RepoPath, declared: { path: manifest, line: 1 } }] : [];
  };
  const prefix = folder === '' ? 'src/bin/' : `${folder}/src/bin/`;
  const programs = [...world.paths].flatMap((path): readonly EntryPoint[] => {
    const [, program] = path.startsWith(prefix) ? (/^([^/]+)(?:\/main)?\.rs$/.exec(path.slice(prefix.length)) ?? []) : [];
    return program === undefined ? [] : [{ kind: 'bin', name: program, path: path as RepoPath, declared: { path: manifest, line: 1 } }];
  });
  const named = (facts?.settings ?? []).flatMap(({ path, value }) =>
    /^(bin|lib)$/.test(path[0] ?? '') && path.at(-1) === 'path' && typeof value === 'string'
      ? own(path[0] === 'bin' ? 'bin' : 'export', name, value)
      : [],
  );
  const library = joinPath(folder, 'src/lib.rs') as RepoPath;
  return [
    ...own('export', name, 'src/lib.rs'),
    ...publicModules(world, manifest, library, name),
    ...own('bin', name, 'src/main.rs'),
    ...programs,
    ...named,
  ];
}

/** `pub mod pay;` of a library, and of its modules in turn: `shop::pay` is `src/pay.rs`, or `src/pay/mod.rs`. */
function publicModules(world: EntryWorld, manifest: RepoPath, file: RepoPath, name: string, depth = 0): readonly EntryPoint[] {
  const content = world.tree.read(file);
  if (content?.kind !== 'text' || depth > MOST_MODULE_DEPTH) return [];
  const base = file.slice(file.lastIndexOf('/') + 1);
  const folder = /^(lib|main|mod)\.rs$/.test(base) ? folderOf(file) : file.slice(0, -'.rs'.length);
  return [...content.text.matchAll(/^[ \t\ufeff]*pub\s+mod\s+(\w+)\s*;/gm)].flatMap(([, module = '']) => {
    const path = [joinPath(folder, `${module}.rs`), joinPath(folder, module, 'mod.rs')].find(
      (one) => one !== undefined && world.paths.has(one),
    ) as RepoPath | undefined;
    if (path === undefined) return [];
    const label = `${name}::${module}`;
    return [
      { kind: 'export' as const, name: label, path, declared: { path: manifest, line: 1 } },
      ...publicModules(world, manifest, path, label, depth + 1),
    ];
  });
}

function textAt(facts: SourceFacts, path: string): string | undefined {
  const value = facts.settings.find((setting) => setting.path.join('.') === path)?.value;
  return typeof value === 'string' ? value : undefined;
}
