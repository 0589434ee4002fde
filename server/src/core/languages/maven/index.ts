import type { Dependency } from '../../model/facts.ts';
import type { RepoPath } from '../../model/tree.ts';
import { collapse, draftFacts, type FactsDraft } from '../facts-draft.ts';
import type { Language } from '../language.ts';
import { indexLines, type LineIndex } from '../positions.ts';
import { readElements, type XmlElement } from './read-elements.ts';

/**
 * Projects of Maven: dependencies, plugins and extensions with the versions that properties of the same file give them, and
 * everything else, down to the address of a repository, as a setting under the names of its elements. An element of a list is
 * told from its neighbours by its own `id` or `artifactId`.
 */
const language: Language = {
  id: 'maven',
  owns: (path) => /(^|\/)(pom([._-][\w-]+)?\.xml|[\w.-]+\.pom)$|(^|\/)(\.mvn|\.m2)\/([\w-]+\.)*(settings|extensions)\.xml$/i.test(path),
  facts(_path: RepoPath, text: string) {
    const draft = draftFacts('maven');
    const root = readElements(text);
    if (typeof root === 'string') {
      draft.blindSpots.push({ reason: 'parse-error', detail: root });
      return draft;
    }
    const properties = new Map((childOf(root, 'properties')?.children ?? []).map((child) => [child.name, child.text]));
    const version = childText(root, 'version') || childText(childOf(root, 'parent'), 'version');
    visit(root, [], { lines: indexLines(text), draft, properties: properties.set('project.version', version) });
    return draft;
  },
};

export default language;

interface Walk {
  readonly lines: LineIndex;
  readonly draft: FactsDraft;
  readonly properties: ReadonlyMap<string, string>;
}

function visit(element: XmlElement, outer: readonly string[], walk: Walk): void {
  const { lines, draft } = walk;
  const path = [...outer, element.name];
  draft.tokens.push({
    text: `<${element.name}>${element.children.length === 0 ? collapse(element.text) : ''}`,
    line: lines.lineAt(element.start),
  });
  const isPackage = /^(dependency|plugin|extension|parent)$/.test(element.name) && childText(element, 'artifactId') !== '';
  if (isPackage) addPackage(element, outer, walk);
  if (element.children.length === 0) {
    if (element.text === '' || /^(groupId|artifactId|modelVersion)$/.test(element.name)) return;
    const range = lines.rangeOf(element.start, element.end);
    const key = `${path.join('/')} = ${collapse(element.text)}`;
    // The version of a package is told with the package.
    if (element.name !== 'version') draft.settings.push({ path, value: element.text, resource: '', range, key, scope: '' });
    return;
  }
  // The project's own name is no part of its paths.
  const label = outer.length === 0 ? '' : childText(element, 'id') || childText(element, 'artifactId');
  for (const child of element.children) visit(child, label === '' ? path : [...path, label], walk);
  draft.tokens.push({ text: `</${element.name}>`, line: lines.lineAt(element.end) });
}

function addPackage(element: XmlElement, outer: readonly string[], { lines, draft, properties }: Walk): void {
  const group = childText(element, 'groupId') || (element.name === 'plugin' ? 'org.apache.maven.plugins' : '');
  const name = `${group}:${childText(element, 'artifactId')}`;
  const version = childText(element, 'version').replace(/\$\{([\w.-]+)\}/g, (whole, property: string) => properties.get(property) ?? whole);
  const use = groupOf(element, outer);
  // What says which package it is, and no exclusion inside it.
  const parts = ['groupId', 'artifactId', 'version'].flatMap((part) => childOf(element, part) ?? []);
  const start = Math.min(...parts.map((part) => part.start));
  const end = Math.max(...parts.map((part) => part.end));
  draft.dependencies.push({
    name,
    version,
    group: use,
    range: lines.rangeOf(start, end),
    key: `${use} ${name}@${version} ${outer.includes('dependencyManagement') ? 'managed' : ''}`,
    scope: outer.includes('dependencyManagement') ? 'dependencyManagement' : '',
  });
}

function groupOf(element: XmlElement, outer: readonly string[]): Dependency['group'] {
  if (element.name !== 'dependency' || outer.includes('plugin')) return 'development';
  const scope = childText(element, 'scope');
  if (scope === 'test' || scope === 'provided') return 'development';
  return childText(element, 'optional') === 'true' ? 'optional' : 'runtime';
}

function childOf(element: XmlElement | undefined, name: string): XmlElement | undefined {
  return element?.children.find((child) => child.name === name);
}

function childText(element: XmlElement | undefined, name: string): string {
  return childOf(element, name)?.text ?? '';
}
