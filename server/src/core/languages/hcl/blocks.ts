import type { RepoPath } from '../../model/tree.ts';
import { flatten } from '../document/flatten.ts';
import { collapse, type FactsDraft } from '../facts-draft.ts';
import type { LineIndex } from '../positions.ts';
import type { SyntaxNode } from '../tree-sitter.ts';
import { literalText } from './constants.ts';
import { convertExpression } from './expressions.ts';

export interface HclSource {
  readonly path: RepoPath;
  readonly text: string;
  readonly lines: LineIndex;
  readonly draft: FactsDraft;
}

/** Where a block stands: what it belongs to and the names that lead to it. */
interface Place {
  readonly resource: string;
  readonly scope: string;
  readonly path: readonly string[];
}

/** Adds the blocks and attributes of a file to the draft. */
export function describeBody(root: SyntaxNode, source: HclSource): void {
  for (const body of root.children.filter((child) => child.type === 'body')) {
    for (const node of body.children) {
      if (node.type === 'block') describeTopBlock(node, source);
      else if (node.type === 'attribute') describeAttribute(node, { resource: '', scope: '', path: [] }, source);
    }
  }
}

function describeTopBlock(block: SyntaxNode, source: HclSource): void {
  const { text, lines, draft, path } = source;
  const { kind, labels, end } = headerOf(block, text);
  const address = [kind, ...labels].join('.');
  // A folder is a module, and the same address in another one is another resource.
  const folder = path.slice(0, Math.max(0, path.lastIndexOf('/')));
  const moved =
    kind === 'moved' || kind === 'removed' || kind === 'import' ? attributeText(block, kind === 'import' ? 'to' : 'from', text) : '';
  const key = `hcl ${folder} ${address}${moved === '' ? '' : ` ${moved}`}`;
  const [type, name] = kind === 'resource' ? [labels[0] ?? '', labels.slice(1).join('.')] : [kind, moved === '' ? labels.join('.') : moved];
  draft.resources.push({ type, name, key, range: lines.rangeOf(block.start, end), scope: address });
  draft.scopes.push({ name: address, startLine: lines.lineAt(block.start), endLine: lines.lineAt(block.end) });
  describeBlock(block, { resource: key, scope: address, path: [] }, source);
}

function describeBlock(block: SyntaxNode, place: Place, source: HclSource): void {
  const body = block.children.find((child) => child.type === 'body');
  const seen = new Map<string, number>();
  for (const node of body?.children ?? []) {
    if (node.type === 'attribute') describeAttribute(node, place, source);
    if (node.type !== 'block') continue;
    const { kind, labels, end } = headerOf(node, source.text);
    // `dynamic "ingress" { content { … } }` is a number of `ingress` blocks.
    const names = kind === 'dynamic' ? labels : kind === 'content' ? [] : [kind, ...labels];
    const called = names.length === 0 ? '' : ownName(node, source.text);
    const name = `${names.join('.')}${called === '' ? '' : `#${called}`}`;
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    const element = name === '' ? [] : [count === 1 ? name : `${name}#${count}`];
    const path = [...place.path, ...element];
    // The block itself, because `egress` may become `ingress` while all that it holds stays.
    if (element.length > 0) {
      const key = `${place.resource} ${path.join('/')} = null`;
      source.draft.settings.push({
        path,
        value: null,
        resource: place.resource,
        range: source.lines.rangeOf(node.start, end),
        key,
        scope: place.scope,
      });
    }
    describeBlock(node, { ...place, path }, source);
  }
}

/**
 * What tells one block from its brothers, so that a new one between two others changes neither: the name it gives itself, or
 * for a rule of a firewall its ports.
 */
function ownName(block: SyntaxNode, text: string): string {
  for (const key of ['sid', 'id', 'name', 'rule_id', 'origin_id', 'path_pattern', 'priority', 'cidr_block', 'address_prefix']) {
    const own = attributeText(block, key, text).replace(/^"|"$/g, '');
    if (own !== '' && /^[\w./:* -]+$/.test(own)) return own;
  }
  const ports = ['from_port', 'to_port', 'protocol'].map((key) => attributeText(block, key, text).replace(/^"|"$/g, ''));
  return ports[0] === '' ? '' : ports.filter((port) => port !== '').join('-');
}

function describeAttribute(node: SyntaxNode, place: Place, source: HclSource): void {
  const { text, lines, draft } = source;
  const name = node.children.find((child) => child.type === 'identifier');
  const value = node.children.find((child) => child.type === 'expression');
  if (name === undefined || value === undefined) return;
  const start = node.start;
  const oneLine = lines.lineAt(start) === lines.lineAt(node.end);
  const whole = flatten(convertExpression(value, text), start, new Set(), (leaf) => {
    const path = [...place.path, text.slice(name.start, name.end), ...leaf.path];
    const identity = [...place.path, text.slice(name.start, name.end), ...leaf.identity];
    const shown = typeof leaf.value === 'string' ? collapse(leaf.value) : String(leaf.value);
    // On one line the attribute is the setting; in a long list each element stands for itself.
    const range = oneLine ? lines.rangeOf(start, node.end) : lines.rangeOf(leaf.path.length === 0 ? start : leaf.start, leaf.end);
    draft.settings.push({
      path,
      value: leaf.value,
      resource: place.resource,
      range,
      key: `${place.resource} ${identity.join('/')} = ${shown}`,
      scope: place.scope,
    });
  });
  if (!whole) draft.blindSpots.push({ reason: 'too-complex', detail: 'more settings than are read' });
}

function headerOf(block: SyntaxNode, text: string): { readonly kind: string; readonly labels: readonly string[]; readonly end: number } {
  const start = block.children.findIndex((child) => child.type === 'block_start');
  const head = block.children.slice(0, start < 0 ? 1 : start);
  const [kind, ...labels] = head.map((node) => (node.type === 'identifier' ? text.slice(node.start, node.end) : literalText(node, text)));
  return { kind: kind ?? '', labels, end: head.at(-1)?.end ?? block.start };
}

function attributeText(block: SyntaxNode, name: string, text: string): string {
  const body = block.children.find((child) => child.type === 'body');
  for (const node of body?.children ?? []) {
    const [identifier] = node.children;
    const value = node.children.find((child) => child.type === 'expression');
    if (
      node.type === 'attribute' &&
      identifier !== undefined &&
      value !== undefined &&
      text.slice(identifier.start, identifier.end) === name
    )
      return collapse(text.slice(value.start, value.end));
  }
  return '';
}
