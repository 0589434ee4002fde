import type { RepoPath } from '../../model/tree.ts';
import { LONGEST_LINE } from '../bundles.ts';
import { collapse, draftFacts, type FactsDraft } from '../facts-draft.ts';
import type { Language, ReadAsset } from '../language.ts';
import { indexLines, type LineIndex } from '../positions.ts';
import { readRequirement } from '../python-requirement.ts';
import { type Grammar, loadGrammar, readSyntax, type SyntaxNode } from '../tree-sitter.ts';
import { readProperties } from './properties.ts';

const KNOWN =
  /(^|\/)(\.npmrc|npmrc|\.pypirc|\.pylintrc|\.coveragerc|\.flake8|\.gitconfig|\.gitmodules|pip\.conf|supervisord?\.conf|\.condarc\.ini|\.boto|\.s3cfg|\.my\.cnf)$/;

let grammar: Grammar | undefined;

/**
 * Files of sections with `name = value` lines, by the tree-sitter grammar for INI: `.npmrc`, `pip.conf`, `setup.cfg`,
 * systemd units. A value that goes on over indented lines, as Python's reader allows it, stays one setting. What `setup.cfg`
 * requires comes out as dependencies. Java's `.properties` have signs of their own, and dotted names that are paths.
 */
const language: Language = {
  id: 'ini',
  longestLine: LONGEST_LINE,
  owns: (path) => /\.(ini|cfg|cnf|service|timer|properties)$/i.test(path) || KNOWN.test(path),
  async prepare(readAsset: ReadAsset) {
    grammar = await loadGrammar('tree-sitter-ini.wasm', readAsset);
  },
  facts(path: RepoPath, text: string) {
    const draft = draftFacts('ini');
    if (/\.properties$/i.test(path)) {
      addProperties(text, draft);
      return draft;
    }
    if (grammar === undefined) {
      draft.blindSpots.push({ reason: 'grammar-missing', detail: 'tree-sitter-ini.wasm' });
      return draft;
    }
    // The grammar wants a line end behind the last line.
    readSyntax(grammar, text.endsWith('\n') ? text : `${text}\n`, draft, (root) => gather(root, text, path, draft));
    return draft;
  },
};

export default language;

function addProperties(text: string, draft: FactsDraft): void {
  const lines = indexLines(text);
  for (const { name, value, start, end } of readProperties(text)) {
    const settingPath = name.split('.');
    const key = `${settingPath.join('/')} = ${collapse(value)}`;
    draft.settings.push({ path: settingPath, value, resource: '', range: lines.rangeOf(start, end), key, scope: '' });
    draft.tokens.push({ text: key, line: lines.lineAt(start) });
  }
}

interface Line {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

interface Entry {
  readonly section: string;
  readonly name: string;
  readonly start: number;
  end: number;
  readonly values: Line[];
}

function gather(root: SyntaxNode, text: string, path: RepoPath, draft: FactsDraft): void {
  const lines = indexLines(text);
  const entries: Entry[] = [];
  let section = '';
  for (const node of nodesInOrder(root)) {
    const line = lineOf(node, text, lines);
    const last = entries.at(-1);
    if (node.type === 'section_name') {
      section = text.slice(node.start, node.end).replace(/^\s*\[|\]\s*$/g, '');
      draft.tokens.push({ text: `[${section}]`, line: lines.lineAt(node.start) });
    } else if (/^[ \t]/.test(text.slice(lines.startOf(lines.lineAt(node.start)))) && last !== undefined && last.section === section) {
      last.values.push(line);
      last.end = line.end;
    } else if (node.type === 'setting') {
      const name = node.children.find((child) => child.type === 'setting_name');
      const value = node.children.find((child) => child.type === 'setting_value');
      const values = value === undefined ? [] : [trimmed(text, value.start, value.end)];
      const end = values[0]?.end ?? name?.end ?? node.end;
      entries.push({ section, name: name === undefined ? '' : text.slice(name.start, name.end).trim(), start: node.start, end, values });
    } else if (!/^\s*(#|;|$)/.test(line.text)) {
      // A bare word is a setting without a value (`skip-networking`); what is more than that, the grammar could not read.
      if (/^[\w.-]+$/.test(line.text)) entries.push({ section, name: line.text, start: line.start, end: line.end, values: [] });
      else draft.blindSpots.push({ reason: 'parse-error', detail: `line ${lines.lineAt(line.start)}` });
    }
  }
  for (const entry of entries) addEntry(entry, path, lines, draft);
  if (draft.blindSpots.length > 0) draft.tokens.length = 0;
}

/** Section names, settings, and lines that the grammar gave up on, from top to bottom. */
function* nodesInOrder(root: SyntaxNode): Generator<SyntaxNode> {
  for (const node of root.children) {
    if (node.type === 'section') yield* nodesInOrder(node);
    else if (node.type === 'section_name' || node.type === 'setting' || node.type === 'ERROR') yield node;
  }
}

function lineOf(node: SyntaxNode, text: string, lines: LineIndex): Line {
  const start = lines.startOf(lines.lineAt(node.start));
  const end = text.indexOf('\n', start);
  return trimmed(text, start, end < 0 ? text.length : end);
}

function trimmed(text: string, start: number, end: number): Line {
  const inner = text.slice(start, end);
  const from = start + (inner.length - inner.trimStart().length);
  return { text: inner.trim(), start: from, end: from + inner.trim().length };
}

function addEntry({ section, name, start, end, values }: Entry, path: RepoPath, lines: LineIndex, draft: FactsDraft): void {
  const settingPath = section === '' ? [name] : [section, name];
  const value = values
    .map((line) => line.text)
    .join('\n')
    .trim();
  const key = `${settingPath.join('/')} = ${collapse(value)}`;
  draft.settings.push({ path: settingPath, value, resource: '', range: lines.rangeOf(start, end), key, scope: section });
  draft.tokens.push({ text: key, line: lines.lineAt(start) });
  if (!/(^|\/)setup\.cfg$/.test(path) || !(section === 'options.extras_require' || /^(install|setup|tests)_requires$/.test(name))) return;
  const group = name === 'tests_require' || section === 'options.extras_require' ? 'development' : 'runtime';
  for (const line of values) {
    const found = readRequirement(line.text);
    if (found === undefined) continue;
    const range = lines.rangeOf(line.start, line.end);
    draft.dependencies.push({ ...found, group, range, key: `${group} ${found.name}@${found.version}`, scope: section });
  }
}
