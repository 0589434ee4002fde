import { isMap, isSeq, parseDocument } from 'yaml';
import type { RepoPath } from '../../core/model/tree.ts';
import { clip } from '../../core/policy/clip.ts';
import { createFieldReader, type FieldReader } from '../../core/policy/field-reader.ts';
import { type FileError, type Located, readYaml } from '../../core/policy/yaml-reader.ts';

// Written as what RepoPath promises: relative, POSIX, without `./`.
export const INDEX_LIST_PATH = '.brakeline/index.yaml' as RepoPath;

/** One index of another repository, as `.brakeline/index.yaml` lists it. */
export interface IndexEntry {
  /** As written: relative to the folder of the list, or absolute; POSIX separators. */
  readonly path: string;
  readonly repository: string;
  readonly commit?: string;
  /** An ISO 8601 instant. */
  readonly made?: string;
  /** Size of the file that `commit` and `made` speak of; of a file of another size they say nothing. */
  readonly bytes?: number;
}

export type ParsedIndexList =
  | { readonly kind: 'list'; readonly entries: readonly IndexEntry[] }
  | { readonly kind: 'invalid'; readonly errors: readonly FileError[] };

const MOST_CHARACTERS = 262_144;

/**
 * `.brakeline/index.yaml`, or everything that is wrong with it, by line. Unknown keys are errors: a misspelt `commit` would
 * otherwise make a snapshot ageless. The shape is also written as docs/index.schema.json (test/reach/scip-list.test.ts).
 */
export function parseIndexList(text: string): ParsedIndexList {
  if (text.length > MOST_CHARACTERS)
    return { kind: 'invalid', errors: [{ line: 1, message: `expected at most ${MOST_CHARACTERS} characters, found ${text.length}` }] };
  const { root, errors } = readYaml(text);
  if (root === undefined) return { kind: 'invalid', errors };
  const reader = createFieldReader();
  const entries = readList(root, reader);
  if (reader.errors.length > 0) return { kind: 'invalid', errors: [...reader.errors].sort((a, b) => a.line - b.line) };
  return { kind: 'list', entries };
}

function readList(root: Located, reader: FieldReader): readonly IndexEntry[] {
  const fields = reader.map(root, 'the list of indexes', ['version', 'indexes']);
  const version = fields?.get('version')?.value;
  if (fields !== undefined && version === undefined) reader.errors.push({ line: 1, message: 'expected `version: 1`, found no version' });
  reader.integer(version, 'version', { least: 1, most: 1 });
  const items = reader.list(fields?.get('indexes')?.value, 'indexes');
  const taken = new Set<string>();
  return items.flatMap((item) => {
    const entry = readEntry(item, reader);
    if (entry === undefined) return [];
    if (taken.has(entry.path))
      reader.errors.push({ line: item.line, message: `path: expected each file once, found ${JSON.stringify(clip(entry.path))} again` });
    taken.add(entry.path);
    return [entry];
  });
}

function readEntry(item: Located, reader: FieldReader): IndexEntry | undefined {
  const fields = reader.map(item, 'an entry of indexes', ['path', 'repository', 'commit', 'made', 'bytes']);
  if (fields === undefined) return undefined;
  const value = (key: string): Located | undefined => fields.get(key)?.value;
  const needed = (key: string): string | undefined => {
    if (!fields.has(key)) reader.errors.push({ line: item.line, message: `expected the key ${key}, found none` });
    return reader.text(value(key), key);
  };
  const [path, repository] = [needed('path'), needed('repository')];
  const commit = matching(value('commit'), 'commit', /^[0-9a-f]{7,64}$/, 'the 7 to 64 digits of a commit, in quotes', reader);
  const made = matching(
    value('made'),
    'made',
    /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/,
    'a time as 2026-10-01T08:00:00Z',
    reader,
  );
  const bytes = reader.integer(value('bytes'), 'bytes', { least: 1, most: Number.MAX_SAFE_INTEGER });
  if (path === undefined || repository === undefined) return undefined;
  return {
    path,
    repository,
    ...(commit === undefined ? {} : { commit }),
    ...(made === undefined ? {} : { made }),
    ...(bytes === undefined ? {} : { bytes }),
  };
}

function matching(value: Located | undefined, key: string, pattern: RegExp, expected: string, reader: FieldReader): string | undefined {
  const text = reader.text(value, key);
  if (text === undefined || value === undefined) return undefined;
  if (pattern.test(text) && (key !== 'made' || !Number.isNaN(Date.parse(text)))) return text;
  reader.errors.push({ line: value.line, message: `${key}: expected ${expected}, found ${JSON.stringify(clip(text))}` });
  return undefined;
}

const HEAD = '# Indexes of other repositories that use this one: docs/scip.md. Written by `brakeline index --scip`; edit it as you like.\n';

/** The text of a valid list with entries added, or renewed where their path is listed. Remarks and order of the rest are kept. */
export function withEntries(text: string | undefined, entries: readonly IndexEntry[]): string {
  const document = parseDocument(text ?? `${HEAD}version: 1\nindexes: []\n`);
  if (!isSeq(document.get('indexes'))) document.set('indexes', document.createNode([]));
  const list = document.get('indexes');
  if (!isSeq(list)) throw new TypeError('expected the list that was just set');
  list.flow = false;
  for (const entry of entries) {
    const at = list.items.findIndex((item) => isMap(item) && item.get('path') === entry.path);
    if (at < 0) list.add(document.createNode(entry));
    else list.items[at] = document.createNode(entry);
  }
  return document.toString({ lineWidth: 0 });
}
