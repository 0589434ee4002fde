import { type ParseError, parseTree } from 'jsonc-parser';
import type { DocumentNode, Entry } from '../document/node.ts';
import { collapse } from '../facts-draft.ts';
import { convertJson } from '../json/convert.ts';
import { type SyntaxNode, walkSyntax } from '../tree-sitter.ts';
import { constantOf, literalText } from './constants.ts';

/** A value as a document node: lists and objects as such, literals typed, what literals alone come to as that, and anything else as its source text. */
export function convertExpression(node: SyntaxNode, text: string): DocumentNode {
  const source = text.slice(node.start, node.end);
  switch (node.type) {
    case 'expression':
    case 'collection_value':
    case 'literal_value':
    case 'template_expr': {
      const [only, ...rest] = node.children.filter((child) => child.type !== 'comment');
      return only === undefined || rest.length > 0 ? computed(node, text) : convertExpression(only, text);
    }
    case 'tuple':
      return {
        kind: 'list',
        start: node.start,
        end: node.end,
        items: node.children.filter((child) => child.type === 'expression').map((child) => convertExpression(child, text)),
      };
    case 'object':
      return {
        kind: 'map',
        start: node.start,
        end: node.end,
        entries: node.children.filter((child) => child.type === 'object_elem').flatMap((child) => objectEntry(child, text)),
      };
    case 'function_call':
      return encoded(node, text) ?? computed(node, text);
    case 'conditional':
      return computed(node, text);
    case 'bool_lit':
      return scalar(node, source === 'true');
    case 'null_lit':
      return scalar(node, null);
    case 'numeric_lit':
      return scalar(node, Number(source));
    case 'operation':
      return scalar(node, /^-\s*\d+(\.\d+)?$/.test(source) ? Number(source.replace(/\s/g, '')) : computedValue(node, text));
    case 'string_lit':
    case 'quoted_template':
      return embeddedJson(node, literalText(node, text), node.start + 1) ?? scalar(node, literalText(node, text));
    case 'heredoc_template':
      return heredoc(node, text);
    default:
      return scalar(node, collapse(source));
  }
}

/** What literals alone come to, or the source text. */
function computed(node: SyntaxNode, text: string): DocumentNode {
  return scalar(node, computedValue(node, text));
}

function computedValue(node: SyntaxNode, text: string): string | number | boolean | null {
  const constant = constantOf(node, text);
  return constant === undefined ? collapse(text.slice(node.start, node.end)) : constant;
}

function scalar(node: SyntaxNode, value: string | number | boolean | null): DocumentNode {
  return { kind: 'scalar', start: node.start, end: node.end, value };
}

function objectEntry(node: SyntaxNode, text: string): readonly Entry[] {
  const key = node.children.find((child) => child.field === 'key');
  const value = node.children.find((child) => child.field === 'val');
  if (key === undefined || value === undefined) return [];
  return [{ key: literalText(key, text).trim(), start: node.start, node: convertExpression(value, text) }];
}

/** `jsonencode({ … })` and its like hold the object they are given. */
function encoded(node: SyntaxNode, text: string): DocumentNode | undefined {
  const name = node.children.find((child) => child.type === 'identifier');
  if (name === undefined || !/^(jsonencode|yamlencode|tomap|toset|tolist|sensitive|nonsensitive)$/.test(text.slice(name.start, name.end)))
    return undefined;
  const given =
    node.children.find((child) => child.type === 'function_arguments')?.children.filter((child) => child.type === 'expression') ?? [];
  const [only] = given;
  return only === undefined || given.length > 1 ? undefined : convertExpression(only, text);
}

function heredoc(node: SyntaxNode, text: string): DocumentNode {
  const parts = [...walkSyntax(node)].filter(
    (child) => child.type === 'template_literal' || child.type === 'template_interpolation' || child.type === 'template_directive',
  );
  const start = parts[0]?.start ?? node.start;
  const end = parts.at(-1)?.end ?? node.end;
  const body = text.slice(start, end);
  return embeddedJson(node, body, start) ?? scalar(node, collapse(body));
}

/** A policy written out as JSON. Interpolations stand inside its strings, so they are text to the JSON. */
function embeddedJson(node: SyntaxNode, body: string, start: number): DocumentNode | undefined {
  if (!/^\s*\{[\s\S]*\}\s*$/.test(body)) return undefined;
  const errors: ParseError[] = [];
  const tree = parseTree(body, errors, { allowTrailingComma: true });
  if (tree?.type !== 'object' || errors.length > 0) return undefined;
  const converted = convertJson(tree, start);
  return { ...converted, start: node.start };
}
