import type { Setting, SourceFacts } from '../../../model/facts.ts';

/** A value of an API description: the settings of the file put together again. */
export interface ApiNode {
  /** The setting that says it: the key with its value, or the key that holds others. */
  readonly setting: Setting | undefined;
  readonly children: ReadonlyMap<string, ApiNode>;
}

export interface ApiDocument {
  readonly root: ApiNode;
  readonly operations: readonly Operation[];
}

/** One method of one path. */
export interface Operation {
  /** `GET /orders/{}`: what a path calls its parameters is nobody's business. */
  readonly name: string;
  readonly shown: string;
  readonly path: ApiNode;
  readonly node: ApiNode;
}

const METHODS: ReadonlySet<string> = new Set(['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace', 'query']);

const known = new WeakMap<SourceFacts, ApiDocument | null>();

/** Reads a file as an OpenAPI or Swagger document; null for any other file. */
export function apiDocument(facts: SourceFacts | undefined): ApiDocument | null {
  if (facts === undefined) return null;
  const before = known.get(facts);
  if (before !== undefined) return before;
  const document = isApi(facts) ? readDocument(facts) : null;
  known.set(facts, document);
  return document;
}

function isApi(facts: SourceFacts): boolean {
  return facts.settings.some(
    (setting) => setting.resource === '' && setting.path.length === 1 && /^(openapi|swagger)$/.test(setting.path[0] ?? ''),
  );
}

interface Draft {
  setting: Setting | undefined;
  readonly children: Map<string, Draft>;
}

function readDocument(facts: SourceFacts): ApiDocument {
  const root: Draft = { setting: undefined, children: new Map() };
  for (const setting of facts.settings) {
    if (setting.resource !== '') continue;
    let at = root;
    for (const part of setting.path) {
      const next = at.children.get(part) ?? { setting: undefined, children: new Map() };
      at.children.set(part, next);
      at = next;
    }
    at.setting ??= setting;
  }
  return { root, operations: operationsOf(root) };
}

function operationsOf(root: ApiNode): readonly Operation[] {
  return [...(root.children.get('paths')?.children ?? [])].flatMap(([url, path]) =>
    [...path.children].flatMap(([method, node]): readonly Operation[] => {
      if (!METHODS.has(method.toLowerCase())) return [];
      const shown = `${method.toUpperCase()} ${url}`;
      return [{ name: shown.replace(/\{[^{}]*\}/g, '{}').replace(/\/$/, ''), shown, path, node }];
    }),
  );
}

/** The node itself, or the one of this document that its `$ref` names. */
export function resolve(document: ApiDocument, node: ApiNode | undefined): ApiNode | undefined {
  let at = node;
  for (let step = 0; step < MOST_STEPS; step++) {
    const reference = text(at, '$ref');
    if (reference === undefined || !reference.startsWith('#/')) return at;
    at = reference
      .slice(2)
      .split('/')
      .reduce<ApiNode | undefined>(
        (found, part) => found?.children.get(decodeURIComponentSafely(part).replaceAll('~1', '/').replaceAll('~0', '~')),
        document.root,
      );
  }
  return undefined;
}

const MOST_STEPS = 10;

/** A per cent sign that encodes nothing stands for itself. */
function decodeURIComponentSafely(part: string): string {
  return part.replace(/%([0-7][0-9A-Fa-f])/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
}

/** The value under a key, as text; undefined where there is none. */
export function text(node: ApiNode | undefined, key: string): string | undefined {
  const value = node?.children.get(key)?.setting?.value;
  return value === undefined || value === null ? undefined : String(value);
}

export function isSet(node: ApiNode | undefined, key: string): boolean {
  return text(node, key) === 'true';
}

/** Scalars of a list with the settings that say them. */
export function listOf(node: ApiNode | undefined): readonly { readonly value: string; readonly setting: Setting }[] {
  return [...(node?.children.values() ?? [])].flatMap(({ setting }) =>
    setting === undefined || setting.value === null ? [] : [{ value: String(setting.value), setting }],
  );
}

/** A setting that stands for a node: its own, or the first below it. */
export function placeOf(node: ApiNode | undefined): Setting | undefined {
  if (node === undefined || node.setting !== undefined) return node?.setting;
  for (const child of node.children.values()) {
    const found = placeOf(child);
    if (found !== undefined) return found;
  }
  return undefined;
}
