import { boundedGlob, globExpression, NO_PATH } from '../../../bounded-globs.ts';
import { directory, isWithin } from './folders.ts';
import type { Manifests } from './manifests.ts';
import { readJson, recordOf, textsOf } from './read-json.ts';

/** Folders whose packages belong together, as npm, Yarn, pnpm, Lerna, Rush and Bun are told. */
export interface Workspace {
  readonly root: string;
  holds(folder: string): boolean;
}

/** The workspaces of a tree, the deepest root first. Only asked where several packages bear one name, so read late. */
export function readWorkspaces(manifests: Manifests, has: (path: string) => boolean): readonly Workspace[] {
  const found: Workspace[] = [];
  for (const path of manifests.packageFiles) {
    const root = directory(path);
    const beside = (name: string): string => (root === '' ? name : `${root}/${name}`);
    const patterns = [
      ...(manifests.package(path)?.workspaces ?? []),
      ...(has(beside('pnpm-workspace.yaml')) ? pnpmPackages(manifests.text(beside('pnpm-workspace.yaml'))) : []),
      ...(has(beside('lerna.json')) ? jsonTexts(manifests.text(beside('lerna.json')), 'packages') : []),
      ...(has(beside('rush.json')) ? rushFolders(manifests.text(beside('rush.json'))) : []),
    ];
    if (patterns.length > 0) found.push(workspaceOf(root, patterns));
  }
  return found.sort((a, b) => b.root.length - a.root.length);
}

/**
 * The list under `packages:` at the start of a line, one to a line or in brackets. Read by lines: a reader of all YAML is slow to
 * load, and one that nests as deep as a hostile file does can end the process.
 */
function pnpmPackages(text = ''): readonly string[] {
  const found: string[] = [];
  const lines = text.split('\n');
  const start = lines.findIndex((line) => /^packages\s*:/.test(line));
  if (start < 0) return found;
  const [first = '', ...rest] = lines.slice(start).map(withoutRemark);
  if (first.includes('[')) {
    const list = [first, ...rest].join(' ');
    return list
      .slice(list.indexOf('[') + 1, list.includes(']') ? list.indexOf(']') : 0)
      .split(',')
      .map(unquoted)
      .filter(Boolean);
  }
  for (const line of rest) {
    const [, item] = /^\s*-\s(.*)$/.exec(line) ?? [];
    if (item !== undefined) found.push(unquoted(item));
    else if (line.trim() !== '') break;
  }
  return found;
}

function withoutRemark(line: string): string {
  return line.replace(/(?:^|\s)#.*$/, '');
}

function unquoted(text: string): string {
  return text.trim().replace(/^(['"])(.*)\1$/, '$2');
}

function jsonTexts(text: string | undefined, field: string): readonly string[] {
  return textsOf(recordOf(readJson(text ?? ''))?.[field]);
}

function rushFolders(text: string | undefined): readonly string[] {
  const projects = recordOf(readJson(text ?? ''))?.projects;
  return Array.isArray(projects) ? projects.flatMap((project) => textsOf(recordOf(project)?.projectFolder)) : [];
}

function workspaceOf(root: string, patterns: readonly string[]): Workspace {
  const taken = patterns.filter((pattern) => !pattern.startsWith('!')).map(expressionOf);
  const left = patterns.filter((pattern) => pattern.startsWith('!')).map((pattern) => expressionOf(pattern.slice(1)));
  return {
    root,
    holds(folder) {
      if (!isWithin(folder, root)) return false;
      const inside = root === '' ? folder : folder.slice(root.length + 1);
      return inside === '' || (taken.some((pattern) => pattern.test(inside)) && !left.some((pattern) => pattern.test(inside)));
    },
  };
}

/** A glob over folders: `packages/*`, `apps/**`, `libs/{a,b}`. What is not such a sign stands for itself. */
function expressionOf(glob: string): RegExp {
  const plain = boundedGlob(glob.replace(/^\.\//, '').replace(/(?<!\/)\/+$/, ''));
  if (plain === undefined) return NO_PATH;
  let depth = 0;
  const source = plain.replace(/\/?\*\*(?:\/|$)|[*?{},]|[^\w/]/g, (sign) => {
    if (sign.includes('**')) return `${sign.startsWith('/') ? '/' : ''}${sign.endsWith('/') ? '(?:.+/)?' : '.*'}`;
    if (sign === '*') return '[^/]*';
    if (sign === '?') return '[^/]';
    if (sign === '{') {
      depth += 1;
      return '(?:';
    }
    if (sign === '}' && depth > 0) {
      depth -= 1;
      return ')';
    }
    return sign === ',' && depth > 0 ? '|' : `\\${sign}`;
  });
  return globExpression(`^${source}${')'.repeat(depth)}$`);
}
