import { type Document, isAlias, isMap, isPair, isScalar, isSeq, type Node, type Pair, parseAllDocuments, type Scalar } from 'yaml';
import type { RepoPath } from '../../model/tree.ts';
import { type DocumentSource, describeDocument } from '../document/describe.ts';
import { describePatch, describeReplicas, isKustomization, isOperations } from '../document/kustomize-patches.ts';
import type { DocumentNode, Entry } from '../document/node.ts';
import { draftFacts, type FactsDraft } from '../facts-draft.ts';
import type { Embed, EmbeddedLine, Language } from '../language.ts';
import { describeLockFile, isLockFile } from '../lock-files.ts';
import { indexLines, type LineIndex } from '../positions.ts';
import { unreadBecause } from '../unread.ts';
import { describeInlinePatches } from './inline-patches.ts';
import { scalarLines } from './scalar-lines.ts';
import { type MaskedTemplate, maskTemplate, namedTemplates } from './templates.ts';

/** Deeper than any file a person writes; aliases may nest without end. */
const DEEPEST = 60;
const MOST_NODES = 50_000;

/**
 * YAML with all its documents, anchors and merge keys: Kubernetes objects, workflow jobs, compose services, CloudFormation
 * resources, and settings of anything else. Shell in pipelines is read as shell. A Helm template is read with its actions
 * masked, and so are the named templates beside it and a template of Ansible (`.yaml.j2`); any other that is no YAML until it is rendered is a blind spot.
 */
const language: Language = {
  id: 'yaml',
  embeds: ['shell', 'sql'],
  owns: (path) => /\.ya?ml(\.(j2|jinja2?))?$/i.test(path) || HELPERS.test(path),
  facts(path: RepoPath, text: string, embed: Embed) {
    const draft = draftFacts('yaml');
    if (isLockFile(path)) {
      describeLockFile(path, text, draft);
      return draft;
    }
    const lines = indexLines(text);
    try {
      if (HELPERS.test(path)) {
        readHelpers(path, text, { lines, embed, draft });
        if (draft.blindSpots.length > 0) draft.tokens.length = 0;
        return draft;
      }
      const { documents, template } = parseText(path, text);
      for (const document of documents) {
        const error = document.errors[0];
        if (error !== undefined)
          draft.blindSpots.push({ reason: 'parse-error', detail: `line ${lines.lineAt(error.pos[0])}: ${firstLine(error.message)}` });
        const { root, cut } = convert(document, template?.text ?? text, lines);
        if (cut !== undefined) draft.blindSpots.push({ reason: 'too-complex', detail: cut });
        if (root === undefined) continue;
        describeDocument(root, { path, lines, embed, draft });
        describePatches(root, text, { path, lines, embed, draft });
      }
      // What an action says is masked for the parser, and may be all that changed.
      for (const action of template?.actions ?? []) draft.tokens.push({ text: action.text, line: lines.lineAt(action.start) });
    } catch (error) {
      draft.blindSpots.push(unreadBecause(error, error instanceof Error ? firstLine(error.message) : String(error)));
    }
    // What could not be read is in no token, and may be all that changed.
    if (draft.blindSpots.length > 0) draft.tokens.length = 0;
    return draft;
  },
};

export default language;

/** Named templates of a chart, which its manifests take in. */
const HELPERS = /(^|\/)templates\/(?:[\w.-]+\/)*[\w.-]+\.tpl$/;

/** Each named template that gives keys and values is a map under its own name; of one that gives a text, the actions are told. */
function readHelpers(
  path: RepoPath,
  text: string,
  { lines, embed, draft }: { readonly lines: LineIndex; readonly embed: Embed; readonly draft: FactsDraft },
): void {
  const masked = maskTemplate(text);
  for (const { name, start, end } of namedTemplates(text)) {
    const own = masked.text.slice(start, end);
    // Everything before it is blank, so that positions stay true.
    const document = documentsOf(`${masked.text.slice(0, start).replace(/[^\n]/g, ' ')}${own}`)[0];
    if (document === undefined || !/^[ \t]*[\w./"'-]+:(\s|$)/m.test(own)) continue;
    const error = document.errors[0];
    if (error !== undefined)
      draft.blindSpots.push({ reason: 'parse-error', detail: `line ${lines.lineAt(error.pos[0])}: ${firstLine(error.message)}` });
    const { root } = convert(document, masked.text, lines);
    if (root?.kind !== 'map') continue;
    describeDocument({ ...root, entries: [{ key: name, start, node: root }] }, { path, lines, embed, draft });
  }
  for (const action of masked.actions) draft.tokens.push({ text: action.text, line: lines.lineAt(action.start) });
}

/** What a kustomization lays over the manifests it takes in is not rendered: it is read as settings of what it is laid over. */
function describePatches(root: DocumentNode, text: string, source: DocumentSource): void {
  if (isOperations(root)) describePatch(root, { kind: '', name: nameOfFile(source.path) }, source);
  if (!isKustomization(source.path)) return;
  describeReplicas(root, source);
  const parse = (inner: string): DocumentNode | undefined => {
    const document = documentsOf(inner)[0];
    return document === undefined || document.errors.length > 0 ? undefined : convert(document, inner, source.lines).root;
  };
  describeInlinePatches(root, text, parse, source);
}

function nameOfFile(path: RepoPath): string {
  return path.slice(path.lastIndexOf('/') + 1).replace(/\.\w+$/, '');
}

/** A chart's template is no YAML until it is rendered: its actions are masked, and the rest is read. */
function parseText(path: RepoPath, text: string): { readonly documents: readonly Document.Parsed[]; readonly template?: MaskedTemplate } {
  const failed = (all: readonly Document.Parsed[]): number => all.filter((document) => document.errors.length > 0).length;
  const parse = (): { readonly documents: readonly Document.Parsed[] } => ({ documents: documentsOf(text) });
  if (!/(^|[^$])\{\{/.test(text) && !(JINJA.test(path) && /\{[%#]/.test(text))) return parse();
  const unmasked = /(^|\/)templates\//.test(path) ? undefined : parse();
  if (unmasked !== undefined && failed(unmasked.documents) === 0) return unmasked;
  const template = maskTemplate(JINJA.test(path) ? withoutBlocks(text) : text);
  const documents = documentsOf(template.text);
  if (failed(documents) === 0) return { documents, template };
  const plain = unmasked ?? parse();
  return failed(documents) <= failed(plain.documents) ? { documents, template } : plain;
}

const JINJA = /\.(j2|jinja2?)$/i;

/** `{% if … %}` and `{# … #}` steer and remark, as long as they were; both branches are read. */
function withoutBlocks(text: string): string {
  return text.replace(/\{%[^%\n]{0,400}%\}|\{#[^#\n]{0,400}#\}/g, (block) => ' '.repeat(block.length));
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
    const place = { start: range.start, end, value: plainValue(node) };
    return { kind: 'scalar', ...tag, ...place, ...(asked === undefined ? { lines } : { origin: rangeOf(node, fallback) }) };
  };
  const entriesOf = (pair: Pair, depth: number, asked?: Place): readonly Entry[] => {
    // Keys and values of a parsed document are nodes.
    const key = pair.key as Node | null;
    const value = pair.value as Node | null;
    const place = asked ?? (key == null ? { start: 0, end: 0 } : rangeOf(key, { start: 0, end: 0 }));
    // The parser gives the merge key `<<` as a symbol.
    const merges = isScalar(key) && (typeof key.value === 'symbol' || key.value === '<<');
    const found = visit(value, { start: place.end, end: place.end }, depth + 1, merges ? place : asked);
    if (found === undefined) return [];
    // A setting's range is its key and its value, at home too.
    const isHome = found.kind === 'scalar' && found.origin !== undefined && key != null && !isAlias(value);
    const node = isHome ? { ...found, origin: { start: rangeOf(key, place).start, end: found.origin.end } } : found;
    if (!merges) return [{ key: isScalar(key) ? String(key.value) : text.slice(place.start, place.end), start: place.start, node }];
    const sources = node.kind === 'list' ? node.items : [node];
    return sources.flatMap((source) => (source.kind === 'map' ? source.entries : []));
  };
  const root = visit(document.contents, { start: 0, end: 0 }, 0);
  return { root: root === undefined ? undefined : overrideMerged(root), cut };
}

/** A key that a map sets itself beats the one it merges in. What holds no such key stays the node that it is. */
function overrideMerged(node: DocumentNode): DocumentNode {
  if (node.kind === 'scalar') return node;
  if (node.kind === 'list') {
    const items = node.items.map(overrideMerged);
    return items.every((item, at) => item === node.items[at]) ? node : { ...node, items };
  }
  const last = new Map(node.entries.map((entry) => [entry.key, entry]));
  const own = last.size === node.entries.length ? node.entries : node.entries.filter((entry) => last.get(entry.key) === entry);
  const entries = own.map((entry) => {
    const inner = overrideMerged(entry.node);
    return inner === entry.node ? entry : { ...entry, node: inner };
  });
  return entries.length === node.entries.length && entries.every((entry, at) => entry === node.entries[at]) ? node : { ...node, entries };
}

function rangeOf(node: Node, fallback: Place): Place {
  return node.range == null ? fallback : { start: node.range[0], end: node.range[1] };
}

function plainValue(node: Scalar): string | number | boolean | null {
  const value = node.value;
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' || value === null) return value;
  return value === undefined ? null : String(value);
}
