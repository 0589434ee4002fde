import { child, named } from '../code/nodes.ts';
import { homeOf, isPlain } from '../code/options.ts';
import type { Home, OptionShape, Readers } from '../code/shapes.ts';
import type { View } from '../code/view.ts';
import type { SyntaxNode } from '../tree-sitter.ts';
import { calleeText } from './constructs.ts';

/** Values that steer something: elements of annotations, constants and those of enums, assigned fields, what a setter or a builder is given. */
export const options: Readers<OptionShape> = {
  element_value_pair: (node, view) =>
    bound(
      child(node, 'key'),
      child(node, 'value'),
      homeOf(view, node, THROUGH, () => undefined),
    ),
  enum_constant: (node, view) => {
    const names = stored(view.parent(node), view);
    const constant = view.text(child(node, 'name') ?? node);
    const values = named(child(node, 'arguments'));
    if (names.length !== values.length) return [];
    return values.flatMap(
      (value, index) => bound(names[index], isPlain(view, value) ? value : undefined, { callee: '', path: constant }) ?? [],
    );
  },
  variable_declarator: (node, view) => {
    const value = child(node, 'value');
    return value === undefined || !isPlain(view, value) ? undefined : bound(child(node, 'name'), value);
  },
  assignment_expression: (node, view) => {
    const [left, value] = [child(node, 'left'), child(node, 'right')];
    if (left === undefined || value === undefined || !isPlain(view, value)) return undefined;
    if (left.type === 'identifier') return { name: left, value };
    const object = child(left, 'object');
    return left.type === 'field_access'
      ? bound(child(left, 'field'), value, { callee: '', path: object === undefined ? '' : view.key(object) })
      : undefined;
  },
  method_invocation: (node, view) => {
    const parts = named(child(node, 'arguments'));
    const [value, second] = parts;
    const object = child(node, 'object');
    const name = view.text(child(node, 'name') ?? node);
    if (object === undefined || value === undefined || !isPlain(view, value)) return undefined;
    const setter = /^set([A-Z]\w*)$/.exec(name)?.[1];
    const path = view.key(object);
    if (second !== undefined) {
      // `map.put("ssl.verify", false)`, `readTimeout(5, SECONDS)`.
      if (parts.length !== 2) return undefined;
      if (
        /^(put|setProperty|set|addParameter|property|setHeader|header)$/.test(name) &&
        value.type === 'string_literal' &&
        isPlain(view, second)
      )
        return { name: value, value: second, home: { callee: '', path } };
      return isBuilder(view, object) && /^TimeUnit\.|^[A-Z]+S$/.test(view.text(second))
        ? { name, value, home: { callee: rootOf(view, object), path: '' } }
        : undefined;
    }
    if (setter !== undefined) return { name: setter.charAt(0).toLowerCase() + setter.slice(1), value, home: { callee: '', path } };
    return isBuilder(view, object) ? { name, value, home: { callee: rootOf(view, object), path: '' } } : undefined;
  },
};

const THROUGH = new Set(['annotation_argument_list', 'element_value_array_initializer']);

/** What an enum keeps of each constant, by name: the parameters of its only constructor, or its fields where none is written. */
function stored(body: SyntaxNode | undefined, view: View): readonly SyntaxNode[] {
  const members = named(body?.children.find(({ type }) => type === 'enum_body_declarations'));
  const built = members.filter(({ type }) => type === 'constructor_declaration');
  if (built.length > 1) return [];
  if (built.length === 1) return named(child(built[0], 'parameters')).flatMap((parameter) => child(parameter, 'name') ?? []);
  return members.flatMap((member) => {
    const isField = member.type === 'field_declaration' && !/\bstatic\b/.test(view.text(member).split('=')[0] ?? '');
    return (isField ? child(child(member, 'declarator'), 'name') : undefined) ?? [];
  });
}

/** A chain that began with a builder, or a variable that is called one. */
function isBuilder(view: View, object: SyntaxNode): boolean {
  return /\b\w*[bB]uilder\b|\b(custom|defaults|newBuilder|options|config|configure)\(\)|^\w*([cC]onfig|[oO]ptions)(\.|$)/.test(
    view.text(object).slice(0, 200),
  );
}

/** The call that a chain began with. */
function rootOf(view: View, object: SyntaxNode): string {
  let at = object;
  for (let depth = 0; depth < 60; depth += 1) {
    const inner = child(at, 'object');
    if (at.type !== 'method_invocation') return '';
    if (inner?.type !== 'method_invocation') return calleeText(view, at);
    at = inner;
  }
  return '';
}

function bound(name: SyntaxNode | undefined, value: SyntaxNode | undefined, home?: Home): OptionShape | undefined {
  return name === undefined || value === undefined ? undefined : { name, value, ...(home === undefined ? {} : { home }) };
}
