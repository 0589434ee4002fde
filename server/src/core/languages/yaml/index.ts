import { type Document, isAlias, isMap, isPair, isScalar, isSeq, type Node, type Pair, parseAllDocuments, type Scalar } from 'yaml';
import type { RepoPath } from '../../model/tree.ts';
import { describeDocument } from '../document/describe.ts';
import type { DocumentNode, Entry } from '../document/node.ts';
import { draftFacts } from '../facts-draft.ts';
import type { Embed, EmbeddedLine, Language } from '../language.ts';
import { describeLockFile, isLockFile } from '../lock-files.ts';
import { indexLines, type LineIndex } from '../positions.ts';
import { scalarLines } from './scalar-lines.ts';
import { type MaskedTemplate, maskTemplate } from './templates.ts';

/** Deeper than any file a person writes; aliases may nest without end. */
const DEEPEST = 60;
const MOST_NODES = 50_000;

/**
 * YAML with all its documents, anchors and merge keys: Kubernetes objects, workflow jobs, compose services, CloudFormation
 * resources, and settings of anything else. Shell in pipelines is read as shell. A Helm template is read with its actions
 * masked; any other that is no YAML until it is rendered is a blind spot.
 */
const language: Language = {
  id: 'yaml',
  embeds: ['shell', 'sql'],
  owns: (path) => /\.ya?ml$/i.test(path),
  facts(path: RepoPath, text: string, embed: Embed) {
    const draft = draftFacts('yaml');
    if (isLockFile(path)) {
      describeLockFile(path, text, draft);
      return draft;
    }
    const lines = indexLines(text);
    try {
      const { documents, template } = parseText(path, text);
      for (const document of documents) {
        const error = document.errors[0];
        if (error !== undefined)
          draft.blindSpots.push({ reason: 'parse-error', detail: `line ${lines.lineAt(error.pos[0])}: ${firstLine(error.message)}` });
        const { root, cut } = convert(document, template?.text ?? text, lines);
        if (cut !== undefined) draft.blindSpots.push({ reason: 'parse-error', detail: cut });
        if (root !== undefined) describeDocument(root, { path, lines, embed, draft });
      }
      // What an action says is masked for the parser, and may be all that changed.
      for (const action of template?.actions ?? []) draft.tokens.push({ text: action.text, line: lines.lineAt(action.start) });
    } catch (error) {
      draft.blindSpots.push({ reason: 'parse-error', detail: error instanceof Error ? firstLine(error.message) : String(error) });
    }
    // What could not be read is in no token, and may be all that changed.
    if (draft.blindSpots.length > 0) draft.tokens.length = 0;
    return draft;
  },
};

export default language;

/** A chart's template is no YAML until it is rendered: its actions are masked, and the rest is read. */
function parseText(path: RepoPath, text: string): { readonly documents: readonly Document.Parsed[]; readonly template?: MaskedTemplate } {
  const plain = documentsOf(text);
  if (!/(^|[^$])\{\{/.test(text)) return { documents: plain };
  if (!/(^|\/)templates\//.test(path) && plain.every((document) => document.errors.length === 0)) return { documents: plain };
  const template = maskTemplate(text);
  const documents = documentsOf(template.text);
  const failed = (all: readonly Document.Parsed[]): number => all.filter((document) => document.errors.length > 0).length;
  return failed(documents) <= failed(plain) || failed(documents) === 0 ? { documents, template } : { documents: plain };
}

function documentsOf(text: string): readonly Document.Parsed[] {
  const documents = parseAllDocuments(text, {
    merge: true,
    uniqueKeys: false,
    strict: false,
    logLevel: 'silent',
    // An error that quotes its line is dear where a long line has thousands of them.
    prettyErrors: false,
  });
  return Array.isArray(documents) ? documents : [];
}

function firstLine(message: string): string {
  return message.split('\n')[0] ?? message;
}

interface Place {
  readonly start: number;
  readonly end: number;
}

interface Conversion {
  readonly root: DocumentNode | undefined;
  /** What was left out, where something was. */
  readonly cut: string | undefined;
}

/** What an alias or a merge brings in stands where it is asked for; `asked` is that place. */
function convert(document: Document.Parsed, text: string, index: LineIndex): Conversion {
  let budget = MOST_NODES;
  let cut: string | undefined;
  const visit = (node: Node | null | undefined, fallback: Place, depth: number, asked?: Place): DocumentNode | undefined => {
    if (depth > DEEPEST || budget-- <= 0) {
      cut ??= depth > DEEPEST ? `deeper than ${DEEPEST} levels` : `more than ${MOST_NODES} nodes`;
      return undefined;
    }
    const tag = isAlias(node) || node?.tag === undefined ? {} : { tag: node.tag };
    const range = asked ?? (node == null ? fallback : rangeOf(node, fallback));
    if (isAlias(node)) {
      const target = node.resolve(document);
      return target === undefined ? undefined : visit(target, range, depth + 1, range);
    }
    if (isMap(node)) return { kind: 'map', ...tag, ...range, entries: node.items.flatMap((pair) => entriesOf(pair, depth, asked)) };
    if (isSeq(node)) {
      // Items are nodes or, in a sequence of pairs, pairs, which no file of ours means.
      const items = node.items.flatMap((item) => visit(isPair(item) ? null : (item as Node), range, depth + 1, asked) ?? []);
      return { kind: 'list', ...tag, ...range, items };
    }
    if (!isScalar(node)) return { kind: 'scalar', ...range, value: null };
    // The value of a block scalar ends behind its last line break, which is no part of what a setting says.
    const end = range.start + text.slice(range.start, range.end).trimEnd().length;
    const lines = (): readonly EmbeddedLine[] => scalarLines(node, text, index);
    return { kind: 'scalar', ...tag, start: range.start, end, value: plainValue(node), ...(asked === undefined ? { lines } : {}) };
  };
  const entriesOf = (pair: Pair, depth: number, asked?: Place): readonly Entry[] => {
    // Keys and values of a parsed document are nodes.
    const key = pair.key as Node | null;
    const value = pair.value as Node | null;
    const place = asked ?? (key == null ? { start: 0, end: 0 } : rangeOf(key, { start: 0, end: 0 }));
    // The parser gives the merge key `<<` as a symbol.
    const merges = isScalar(key) && (typeof key.value === 'symbol' || key.value === '<<');
    const node = visit(value, { start: place.end, end: place.end }, depth + 1, merges ? place : asked);
    if (node === undefined) return [];
    if (!merges) return [{ key: isScalar(key) ? String(key.value) : text.slice(place.start, place.end), start: place.start, node }];
    const sources = node.kind === 'list' ? node.items : [node];
    return sources.flatMap((source) => (source.kind === 'map' ? source.entries : []));
  };
  const root = visit(document.contents, { start: 0, end: 0 }, 0);
  return { root: root === undefined ? undefined : overrideMerged(root), cut };
}

/** A key that a map sets itself beats the one it merges in. */
function overrideMerged(node: DocumentNode): DocumentNode {
  if (node.kind === 'list') return { ...node, items: node.items.map(overrideMerged) };
  if (node.kind === 'scalar') return node;
  const last = new Map(node.entries.map((entry) => [entry.key, entry]));
  const own = node.entries.filter((entry) => last.get(entry.key) === entry);
  return { ...node, entries: own.map((entry) => ({ ...entry, node: overrideMerged(entry.node) })) };
}

function rangeOf(node: Node, fallback: Place): Place {
  return node.range == null ? fallback : { start: node.range[0], end: node.range[1] };
}

function plainValue(node: Scalar): string | number | boolean | null {
  const value = node.value;
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' || value === null) return value;
  return value === undefined ? null : String(value);
}
