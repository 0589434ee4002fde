import type { Parameter } from '../../model/facts.ts';
import { child, childrenOf, named, ofType } from '../code/nodes.ts';
import { unquoted } from '../code/options.ts';
import type { CodeGrammar, Readers, SymbolShape } from '../code/shapes.ts';
import type { View } from '../code/view.ts';
import type { SyntaxNode } from '../tree-sitter.ts';

export const names: CodeGrammar['names'] = {
  function_declaration: (node, view) => textOf(view, child(node, 'name')),
  method_declaration: methodName,
  type_spec: (node, view) => textOf(view, child(node, 'name')),
  /** A function kept under a name: a variable's, a field's. */
  short_var_declaration: heldFunction,
  assignment_statement: heldFunction,
  var_spec: (node, view) => (named(child(node, 'value'))[0]?.type === 'func_literal' ? textOf(view, child(node, 'name')) : undefined),
  keyed_element: (node, view) => {
    const value = child(node, 'value');
    return named(value)[0]?.type === 'func_literal' ? textOf(view, child(node, 'key')) : undefined;
  },
  /** A handler that is passed with a literal, such as a route's, is named by both. */
  call_expression: (node, view) => {
    const parts = named(child(node, 'arguments'));
    const [first] = parts;
    const callee = child(node, 'function');
    if (callee === undefined || first?.type !== 'interpreted_string_literal' || !parts.some((part) => part.type === 'func_literal'))
      return undefined;
    return `${view.text(callee)}('${unquoted(view.text(first))}')`;
  },
};

function heldFunction(node: SyntaxNode, view: View): string | undefined {
  const [value] = named(child(node, 'right'));
  const left = named(child(node, 'left'));
  return value?.type === 'func_literal' && left.length === 1 ? textOf(view, left[0]) : undefined;
}

function textOf(view: View, node: SyntaxNode | undefined): string | undefined {
  return node === undefined ? undefined : view.text(node);
}

/** `Type.Method`, whether the receiver is a pointer or has type arguments. */
function methodName(node: SyntaxNode, view: View): string | undefined {
  const name = textOf(view, child(node, 'name'));
  const receiver = child(ofType(child(node, 'receiver'), 'parameter_declaration'), 'type');
  const type = receiver === undefined ? '' : (/[A-Za-z_]\w*/.exec(view.text(receiver))?.[0] ?? '');
  return name === undefined ? undefined : type === '' ? name : `${type}.${name}`;
}

export const symbols: Readers<SymbolShape> = {
  function_declaration: (node, view) => callable(node, view, textOf(view, child(node, 'name')), 'function'),
  method_declaration: (node, view) => callable(node, view, methodName(node, view), 'method'),
  method_elem: (node, view) => callable(node, view, textOf(view, child(node, 'name')), 'method'),
  type_spec: typeOf,
  type_alias: typeOf,
  field_declaration: fields,
  const_spec: constants,
  var_spec: constants,
};

function isOpen(name: string): boolean {
  return name.split('.').every((part) => /^\p{Lu}/u.test(part));
}

function callable(node: SyntaxNode, view: View, name: string | undefined, kind: 'function' | 'method'): SymbolShape | undefined {
  if (name === undefined) return undefined;
  const [parameters, result] = [child(node, 'parameters'), child(node, 'result')];
  const owner = node.type === 'method_elem' ? textOf(view, child(above(view, node, 'type_spec'), 'name')) : undefined;
  return {
    name,
    kind,
    exported: isOpen(name) && (owner === undefined || isOpen(owner)),
    parameters: parametersOf(view, parameters),
    type: result === undefined ? '' : view.text(result),
    ...(node.type === 'method_elem' ? { abstract: true as const } : {}),
    from: node.children[0] ?? node,
    to: result ?? parameters ?? node,
  };
}

function parametersOf(view: View, list: SyntaxNode | undefined): readonly Parameter[] {
  return named(list).flatMap((node) => {
    const type = child(node, 'type');
    const isRest = node.type === 'variadic_parameter_declaration';
    const names = childrenOf(node, 'name').filter((part) => part.named);
    const parameter = (name: string): Parameter => ({ name, type: `${isRest ? '...' : ''}${textOf(view, type) ?? ''}`, optional: isRest });
    return names.length === 0 ? [parameter('')] : names.map((name) => parameter(view.text(name)));
  });
}

function typeOf(node: SyntaxNode, view: View): SymbolShape | undefined {
  const [name, type] = [child(node, 'name'), child(node, 'type')];
  if (name === undefined || type === undefined) return undefined;
  const kind = type.type === 'struct_type' ? 'class' : type.type === 'interface_type' ? 'interface' : 'type';
  return {
    // The name stands in its own scope already.
    name: view.text(name),
    kind,
    exported: isOpen(view.text(name)),
    type: kind === 'type' ? view.text(type) : '',
    from: name,
    to: kind === 'type' ? type : name,
  };
}

/** A tag is part of the field's type: what others store and send is written in it. */
function fields(node: SyntaxNode, view: View): readonly SymbolShape[] {
  const [type, tag] = [child(node, 'type'), child(node, 'tag')];
  const owner = above(view, node, 'type_spec');
  if (type === undefined || owner === undefined) return [];
  const written = [type, ...(tag === undefined ? [] : [tag])].map((part) => view.text(part)).join(' ');
  const names = childrenOf(node, 'name').filter((part) => part.named);
  const ownerName = textOf(view, child(owner, 'name')) ?? '';
  return (names.length === 0 ? [type] : names).map((name) => {
    const own = /(?<!\w)\d*([A-Za-z_]\w*)$/.exec(view.text(name))?.[1] ?? view.text(name);
    return { name: own, kind: 'property', exported: isOpen(own) && isOpen(ownerName), type: written, from: name, to: tag ?? type };
  });
}

/** Constants of a block with `iota` are members of an enum: their place is their value, and a new one above shifts the rest. */
function constants(node: SyntaxNode, view: View): readonly SymbolShape[] {
  const names = childrenOf(node, 'name').filter((part) => part.named);
  const member = node.type === 'const_spec' ? iotaMember(node, view) : undefined;
  const type = child(node, 'type');
  return names.map((name) => ({
    name: view.text(name),
    kind: member === undefined ? 'variable' : 'property',
    exported: isOpen(view.text(name)),
    type: member ?? (type === undefined ? '' : view.text(type)),
    from: name,
    to: member === undefined ? (type ?? name) : node,
  }));
}

/** What a constant of a block is worth: the block's expression and its own place in it; undefined where no `iota` is used. */
function iotaMember(node: SyntaxNode, view: View): string | undefined {
  const block = view.parent(node);
  if (block === undefined) return undefined;
  const values = iotaBlocks.get(block) ?? iotaValues(block, view);
  iotaBlocks.set(block, values);
  return values.get(node);
}

const iotaBlocks = new WeakMap<SyntaxNode, ReadonlyMap<SyntaxNode, string>>();

function iotaValues(block: SyntaxNode, view: View): ReadonlyMap<SyntaxNode, string> {
  const values = new Map<SyntaxNode, string>();
  let written = '';
  let index = 0;
  for (const spec of block.children) {
    if (spec.type !== 'const_spec') continue;
    const value = child(spec, 'value');
    if (value !== undefined) written = view.text(value);
    if (/\biota\b/.test(written)) values.set(spec, written.replace(/\biota\b/g, String(index)));
    index += 1;
  }
  return values;
}

function above(view: View, node: SyntaxNode, type: string): SyntaxNode | undefined {
  let at = view.parent(node);
  for (let depth = 0; depth < 4 && at !== undefined && at.type !== type; depth += 1) at = view.parent(at);
  return at?.type === type ? at : undefined;
}
