import { child, named } from '../code/nodes.ts';
import { homeOf, isPlain } from '../code/options.ts';
import type { Home, OptionShape, Readers } from '../code/shapes.ts';
import type { View } from '../code/view.ts';
import type { SyntaxNode } from '../tree-sitter.ts';
import { methodOf } from './constructs.ts';

/** Values that steer something: fields of struct literals, constants, assigned fields, and what a builder is given. */
export const options: Readers<OptionShape> = {
  field_initializer: (node, view) => {
    const [name, value] = [child(node, 'field'), child(node, 'value')];
    return name === undefined || value === undefined ? undefined : { name, value, home: structOf(view, node) };
  },
  shorthand_field_initializer: (node, view) => {
    const [name] = named(node);
    return name === undefined ? undefined : { name, value: name, home: structOf(view, node) };
  },
  const_item: constant,
  static_item: constant,
  let_declaration: (node, view) => {
    const [pattern, value] = [child(node, 'pattern'), child(node, 'value')];
    if (pattern?.type !== 'identifier' || value === undefined || !isPlain(view, value)) return undefined;
    return { name: pattern, value };
  },
  assignment_expression: (node, view) => {
    const [left, value] = [child(node, 'left'), child(node, 'right')];
    if (left === undefined || value === undefined || !isPlain(view, value)) return undefined;
    if (left.type === 'identifier') return { name: left, value };
    const [object, field] = [child(left, 'value'), child(left, 'field')];
    if (object === undefined || field === undefined) return undefined;
    return { name: field, value, home: { callee: '', path: view.key(object) } };
  },
  call_expression: (node, view) => {
    const method = methodOf(node, view);
    const parts = named(child(node, 'arguments'));
    const [value] = parts;
    if (method === undefined || value === undefined || parts.length !== 1 || !isPlain(view, value)) return undefined;
    const setter = /^(set|with)_(\w+)$/.exec(method.name)?.[2];
    if (setter !== undefined) return { name: setter, value, home: { callee: '', path: '' } };
    return isBuilder(view, method.receiver)
      ? { name: method.name, value, home: { callee: rootOf(view, method.receiver), path: '' } }
      : undefined;
  },
};

/** The struct a field is for: `tls::Config { verify: false }`, through literals in literals. */
function structOf(view: View, node: SyntaxNode): Home {
  const literal = view.parent(view.parent(node) ?? node);
  const name = child(literal, 'name');
  if (literal?.type === 'struct_expression' && name !== undefined) return { callee: view.text(name), path: '' };
  return homeOf(view, node, THROUGH, () => undefined);
}

const THROUGH = new Set(['field_initializer_list', 'struct_expression']);

function constant(node: SyntaxNode, view: View): OptionShape | undefined {
  const [name, value] = [child(node, 'name'), child(node, 'value')];
  return name === undefined || value === undefined || !isPlain(view, value) ? undefined : { name, value };
}

function isBuilder(view: View, receiver: SyntaxNode): boolean {
  return /\b\w*([bB]uilder|[oO]ptions|[cC]onfig)\b|::(builder|new|default|options)\(\)/.test(view.text(receiver).slice(0, 200));
}

/** The call that a chain began with. */
function rootOf(view: View, receiver: SyntaxNode): string {
  let at = receiver;
  for (let depth = 0; depth < 60; depth += 1) {
    const method = methodOf(at, view);
    if (method === undefined) {
      const callee = child(at, 'function');
      return callee === undefined ? '' : view.text(callee);
    }
    at = method.receiver;
  }
  return '';
}
