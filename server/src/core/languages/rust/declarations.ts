import type { Parameter } from '../../model/facts.ts';
import { child, has, named, ofType } from '../code/nodes.ts';
import type { CodeGrammar, Readers, SymbolShape } from '../code/shapes.ts';
import type { View } from '../code/view.ts';
import type { SyntaxNode } from '../tree-sitter.ts';
import { attributesOf, itemAfter } from './attributes.ts';

export const names: CodeGrammar['names'] = {
  function_item: nameOf,
  function_signature_item: nameOf,
  struct_item: nameOf,
  enum_item: nameOf,
  union_item: nameOf,
  trait_item: nameOf,
  mod_item: nameOf,
  impl_item: nameOf,
  /** An attribute stands in what it decorates, and not before it. */
  attribute_item: (node, view) => nameOf(itemAfter(view, node), view),
  /** A handler that is passed with a literal, such as a route's, is named by both. */
  call_expression: (node, view) => {
    const parts = named(child(node, 'arguments'));
    const [first] = parts;
    const callee = child(node, 'function');
    if (first?.type !== 'string_literal' || callee === undefined || !parts.some((part) => part.type === 'closure_expression'))
      return undefined;
    return `${view.text(callee)}('${view.text(first).slice(1, -1)}')`;
  },
};

const NAMED = /^(function_item|function_signature_item|struct_item|enum_item|union_item|trait_item|mod_item|impl_item)$/;

/** `impl<T> Store for Cache<T>` is about `Cache`. */
function nameOf(node: SyntaxNode | undefined, view: View): string | undefined {
  if (node === undefined || !NAMED.test(node.type)) return undefined;
  if (node.type !== 'impl_item') return textOf(child(node, 'name'), view);
  const type = child(node, 'type');
  const bare = type?.type === 'generic_type' ? child(type, 'type') : type;
  return textOf(bare, view)?.replace(/^.*::/, '');
}

function textOf(node: SyntaxNode | undefined, view: View): string | undefined {
  return node === undefined ? undefined : view.text(node);
}

export const symbols: Readers<SymbolShape> = {
  function_item: functionOf,
  function_signature_item: functionOf,
  struct_item: (node, view) => typeOf(node, view, 'class'),
  union_item: (node, view) => typeOf(node, view, 'class'),
  enum_item: (node, view) => typeOf(node, view, 'enum'),
  trait_item: (node, view) => typeOf(node, view, 'interface'),
  type_item: (node, view) => {
    const [name, type] = [child(node, 'name'), child(node, 'type')];
    if (name === undefined || type === undefined) return undefined;
    return { name: view.text(name), kind: 'type', exported: isOpen(node), type: view.text(type), from: name, to: type };
  },
  const_item: variableOf,
  static_item: variableOf,
  field_declaration: (node, view) => {
    const [name, type] = [child(node, 'name'), child(node, 'type')];
    if (name === undefined || type === undefined) return undefined;
    const exported = isOpen(node) && isOpen(view.parent(view.parent(node) ?? node));
    return { name: view.text(name), kind: 'property', exported, type: view.text(type), from: name, to: type };
  },
  enum_variant: (node, view) => {
    const name = child(node, 'name');
    const list = view.parent(node);
    const owner = list === undefined ? undefined : view.parent(list);
    if (name === undefined || list === undefined || owner?.type !== 'enum_item') return undefined;
    return {
      name: view.text(name),
      kind: 'property',
      exported: isOpen(owner),
      type: numberOf(view, owner, list, node),
      from: name,
      to: child(node, 'value') ?? child(node, 'body') ?? name,
    };
  },
  use_declaration: (node, view) => {
    if (!isOpen(node)) return undefined;
    return leavesOf(child(node, 'argument'), view).map(({ name, at }) => ({
      name,
      kind: 'export',
      exported: true,
      type: view.text(child(node, 'argument') ?? node),
      from: at,
      to: at,
    }));
  },
};

/** Names that a `pub use` gives to others. */
function leavesOf(node: SyntaxNode | undefined, view: View): readonly { readonly name: string; readonly at: SyntaxNode }[] {
  if (node === undefined) return [];
  switch (node.type) {
    case 'use_wildcard':
      return [{ name: `* from '${view.text(named(node)[0] ?? node)}'`, at: node }];
    case 'use_list':
      return named(node).flatMap((part) => leavesOf(part, view));
    case 'scoped_use_list':
      return leavesOf(child(node, 'list'), view);
    case 'use_as_clause':
      return [{ name: view.text(child(node, 'alias') ?? node), at: node }];
    case 'scoped_identifier':
      return [{ name: view.text(child(node, 'name') ?? node), at: node }];
    default:
      return node.type === 'identifier' ? [{ name: view.text(node), at: node }] : [];
  }
}

function functionOf(node: SyntaxNode, view: View): SymbolShape | undefined {
  const [name, list] = [child(node, 'name'), child(node, 'parameters')];
  if (name === undefined || list === undefined) return undefined;
  const owner = ownerOf(view, node);
  const returned = child(node, 'return_type');
  const inTrait = owner?.type === 'trait_item';
  // What a trait asks for is as open as the trait; so is what an implementation of one gives.
  const exported = inTrait ? isOpen(owner) : isOpen(node) || child(owner, 'trait') !== undefined;
  return {
    name: view.text(name),
    kind: owner === undefined ? 'function' : 'method',
    exported,
    parameters: parametersOf(view, list),
    type: returned === undefined ? '' : view.text(returned),
    async:
      has(ofType(node, 'function_modifiers'), 'async') ||
      (returned !== undefined && /^(impl |Box<dyn |Pin<Box<dyn )Future\b/.test(view.text(returned))),
    ...(inTrait && node.type === 'function_signature_item' ? { abstract: true as const } : {}),
    from: node.children[0] ?? node,
    to: returned ?? list,
  };
}

function parametersOf(view: View, list: SyntaxNode): readonly Parameter[] {
  return named(list).flatMap((node): readonly Parameter[] => {
    const [pattern, type] = [child(node, 'pattern'), child(node, 'type')];
    return node.type !== 'parameter' || pattern === undefined
      ? []
      : [{ name: view.text(pattern), type: type === undefined ? '' : view.text(type), optional: false }];
  });
}

function typeOf(node: SyntaxNode, view: View, kind: SymbolShape['kind']): SymbolShape | undefined {
  const name = child(node, 'name');
  if (name === undefined) return undefined;
  const bounds = child(node, 'bounds');
  return {
    name: view.text(name),
    kind,
    exported: isOpen(node),
    type: bounds === undefined ? '' : view.text(bounds),
    from: node.children[0] ?? node,
    to: bounds ?? name,
  };
}

/** `static mut` is part of the type: everybody may write it. */
function variableOf(node: SyntaxNode, view: View): SymbolShape | undefined {
  const [name, type] = [child(node, 'name'), child(node, 'type')];
  if (name === undefined) return undefined;
  const mutable = node.type === 'static_item' && ofType(node, 'mutable_specifier') !== undefined ? 'static mut ' : '';
  return {
    name: view.text(name),
    kind: 'variable',
    exported: isOpen(node),
    type: mutable + (textOf(type, view) ?? ''),
    from: node.children[0] ?? node,
    to: type ?? name,
  };
}

/** The number of a variant, where the enum fixes numbers by `repr` or by writing one down; empty where it does not. */
function numberOf(view: View, owner: SyntaxNode, list: SyntaxNode, variant: SyntaxNode): string {
  const variants = named(list).filter((part) => part.type === 'enum_variant');
  const isFixed =
    variants.some((part) => child(part, 'value') !== undefined) ||
    attributesOf(view, owner).some((attribute) => /\brepr\b/.test(view.text(attribute)));
  if (!isFixed) return '';
  let next: number | undefined = 0;
  for (const part of variants) {
    const written = child(part, 'value');
    if (written !== undefined) next = /^-?\d[\d_]*$/.test(view.text(written)) ? Number(view.text(written).replaceAll('_', '')) : undefined;
    if (part === variant) return next === undefined ? (textOf(written, view) ?? '') : String(next);
    if (next !== undefined) next += 1;
  }
  return '';
}

function isOpen(node: SyntaxNode | undefined): boolean {
  return ofType(node, 'visibility_modifier') !== undefined;
}

/** The `impl` or `trait` whose body a function stands in. */
function ownerOf(view: View, node: SyntaxNode): SyntaxNode | undefined {
  const body = view.parent(node);
  const holder = body?.type === 'declaration_list' ? view.parent(body) : undefined;
  return holder?.type === 'impl_item' || holder?.type === 'trait_item' ? holder : undefined;
}
