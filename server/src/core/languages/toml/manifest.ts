import type { Dependency } from '../../model/facts.ts';
import type { DocumentSource } from '../document/describe.ts';
import { type DocumentNode, type Entry, nodeAt, stringAt } from '../document/node.ts';
import { includeFacts } from '../facts-draft.ts';
import { readRequirement } from '../python-requirement.ts';

type Group = Dependency['group'];

/** Dependencies and tasks of `pyproject.toml`, `Cargo.toml` and `Pipfile`. */
export function describeTomlManifest(root: DocumentNode, source: DocumentSource): void {
  if (/(^|\/)Cargo\.toml$/.test(source.path)) describeCargo(root, source);
  else if (/(^|\/)Pipfile$/.test(source.path)) {
    addTable(nodeAt(root, 'packages'), 'runtime', 'packages', source);
    addTable(nodeAt(root, 'dev-packages'), 'development', 'dev-packages', source);
    addTasks(nodeAt(root, 'scripts'), source);
  } else if (/(^|\/)pyproject\.toml$/.test(source.path)) describePyproject(root, source);
}

function describeCargo(root: DocumentNode, source: DocumentSource): void {
  const targets = nodeAt(root, 'target');
  const holders = [root, nodeAt(root, 'workspace'), ...(targets?.kind === 'map' ? targets.entries.map((entry) => entry.node) : [])];
  for (const holder of holders) {
    addTable(nodeAt(holder, 'dependencies'), 'runtime', 'dependencies', source);
    // What runs while building runs on every builder.
    addTable(nodeAt(holder, 'build-dependencies'), 'runtime', 'build-dependencies', source);
    addTable(nodeAt(holder, 'dev-dependencies'), 'development', 'dev-dependencies', source);
  }
}

function describePyproject(root: DocumentNode, source: DocumentSource): void {
  addList(nodeAt(root, 'project', 'dependencies'), 'runtime', 'dependencies', source);
  addList(nodeAt(root, 'build-system', 'requires'), 'runtime', 'build-system', source);
  for (const { key, node } of entries(nodeAt(root, 'project', 'optional-dependencies')))
    addList(node, groupOf(key, 'optional'), key, source);
  for (const { key, node } of entries(nodeAt(root, 'dependency-groups'))) addList(node, groupOf(key, 'development'), key, source);
  const poetry = nodeAt(root, 'tool', 'poetry');
  addTable(nodeAt(poetry, 'dependencies'), 'runtime', 'dependencies', source);
  addTable(nodeAt(poetry, 'dev-dependencies'), 'development', 'dev-dependencies', source);
  for (const { key, node } of entries(nodeAt(poetry, 'group')))
    addTable(nodeAt(node, 'dependencies'), groupOf(key, 'development'), key, source);
  addList(nodeAt(root, 'tool', 'uv', 'dev-dependencies'), 'development', 'dev-dependencies', source);
  for (const { key, node } of entries(nodeAt(root, 'tool', 'pdm', 'dev-dependencies'))) addList(node, 'development', key, source);
  for (const tool of ['poe', 'taskipy', 'pdm']) addTasks(nodeAt(root, 'tool', tool, tool === 'pdm' ? 'scripts' : 'tasks'), source);
}

function groupOf(name: string, fallback: Group): Group {
  if (/^(dev|test|tests|lint|docs?|typing|ci)/i.test(name)) return 'development';
  return /^(main|prod|production|deploy|server)$/i.test(name) ? 'runtime' : fallback;
}

function entries(node: DocumentNode | undefined): readonly Entry[] {
  return node?.kind === 'map' ? node.entries : [];
}

function addList(node: DocumentNode | undefined, group: Group, scope: string, source: DocumentSource): void {
  for (const item of node?.kind === 'list' ? node.items : []) {
    if (item.kind !== 'scalar') continue;
    const found = readRequirement(String(item.value));
    if (found !== undefined) add(found.name, found.version, group, scope, item.start, item.end, source);
  }
}

/** `name = "1.2"` or `name = { version = "1.2", git = "…" }`. */
function addTable(node: DocumentNode | undefined, group: Group, scope: string, source: DocumentSource): void {
  for (const entry of entries(node)) {
    if (entry.key === 'python' && group === 'runtime') continue;
    add(entry.key, versionOf(entry.node), group, scope, entry.start, entry.node.end, source);
  }
}

function versionOf(node: DocumentNode): string {
  if (node.kind === 'scalar') return String(node.value);
  const git = stringAt(node, 'git');
  if (git !== '') {
    const ref = ['rev', 'tag', 'branch', 'ref'].map((key) => stringAt(node, key)).find((value) => value !== '');
    return `git+${git.replace(/^git\+/, '')}${ref === undefined ? '' : `@${ref}`}`;
  }
  const url = stringAt(node, 'url') || stringAt(node, 'file');
  if (url !== '') return url;
  const path = stringAt(node, 'path');
  if (path !== '') return `file:${path}`;
  const inherited = nodeAt(node, 'workspace');
  return inherited?.kind === 'scalar' && inherited.value === true ? 'workspace:' : stringAt(node, 'version');
}

function add(
  name: string,
  version: string,
  group: Group,
  scope: string,
  start: number,
  end: number,
  { draft, lines }: DocumentSource,
): void {
  draft.dependencies.push({ name, version, group, range: lines.rangeOf(start, end), key: `${group} ${name}@${version}`, scope });
}

/** `test = "pytest"` or `test = { cmd = "pytest" }`. */
function addTasks(node: DocumentNode | undefined, { draft, embed }: DocumentSource): void {
  for (const entry of entries(node)) {
    const command = [entry.node, nodeAt(entry.node, 'cmd'), nodeAt(entry.node, 'shell')].find((found) => found?.kind === 'scalar');
    const text = command?.kind === 'scalar' ? (command.lines?.() ?? []) : [];
    if (text.length > 0) includeFacts(draft, embed('shell', text, `scripts.${entry.key}`));
  }
}
