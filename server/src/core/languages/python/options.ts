import { child, named } from '../code/nodes.ts';
import { homeOf, isPlain } from '../code/options.ts';
import type { Home, OptionShape, Readers } from '../code/shapes.ts';
import type { View } from '../code/view.ts';
import type { SyntaxNode } from '../tree-sitter.ts';

/** Values that steer something: keyword arguments, pairs of dictionaries, defaults, constants, class and assigned attributes. */
export const options: Readers<OptionShape> = {
  keyword_argument: (node, view) => bound(child(node, 'name'), child(node, 'value'), home(view, node)),
  pair: (node, view) => bound(child(node, 'key'), child(node, 'value'), home(view, node)),
  default_parameter: parameter,
  typed_default_parameter: parameter,
  assignment: (node, view) => {
    const [left, value] = [child(node, 'left'), child(node, 'right')];
    if (left === undefined || value === undefined) return undefined;
    // What is written into an object steers it, wherever the value comes from: `user.deleted_at = now()`.
    if (left.type === 'identifier') return isPlain(view, value) ? { name: left, value } : undefined;
    if (left.type === 'attribute') return bound(child(left, 'attribute'), value, pathOf(view, child(left, 'object')));
    return left.type === 'subscript' ? bound(child(left, 'subscript'), value, pathOf(view, child(left, 'value'))) : undefined;
  },
};

const THROUGH = new Set(['dictionary', 'list', 'tuple', 'set', 'argument_list', 'parenthesized_expression', 'expression_list']);

function home(view: View, node: SyntaxNode): Home {
  return homeOf(view, node, THROUGH, (parent) =>
    parent.type === 'pair'
      ? child(parent, 'key')
      : parent.type === 'keyword_argument'
        ? child(parent, 'name')
        : parent.type === 'assignment'
          ? child(parent, 'left')
          : undefined,
  );
}

function parameter(node: SyntaxNode): OptionShape | undefined {
  return bound(child(node, 'name'), child(node, 'value'));
}

function bound(name: SyntaxNode | undefined, value: SyntaxNode | undefined, place?: Home): OptionShape | undefined {
  return name === undefined || value === undefined ? undefined : { name, value, ...(place === undefined ? {} : { home: place }) };
}

function pathOf(view: View, object: SyntaxNode | undefined): Home {
  return { callee: '', path: object === undefined ? '' : view.key(named(object)[0] === undefined ? object : object) };
}
