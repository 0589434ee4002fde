import { child, childrenOf, named } from '../code/nodes.ts';
import { homeOf, isPlain } from '../code/options.ts';
import type { Home, OptionShape, Readers } from '../code/shapes.ts';
import type { View } from '../code/view.ts';
import type { SyntaxNode } from '../tree-sitter.ts';

/** Values that steer something: fields of composite literals, constants, variables and assigned fields. */
export const options: Readers<OptionShape> = {
  keyed_element: (node, view) => {
    const [name, value] = [inner(child(node, 'key')), inner(child(node, 'value'))];
    return name === undefined || value === undefined
      ? undefined
      : { name, value: pointedAt(value, view), to: value, home: homeOfElement(view, node) };
  },
  const_spec: spec,
  var_spec: spec,
  short_var_declaration: assigned,
  assignment_statement: assigned,
};

function inner(element: SyntaxNode | undefined): SyntaxNode | undefined {
  return element?.type === 'literal_element' ? named(element)[0] : element;
}

/** `pulumi.Bool(true)` and `aws.Int32(30)` only hand on what they are given. */
function pointedAt(value: SyntaxNode, view: View): SyntaxNode {
  const callee = value.type === 'call_expression' ? view.text(child(value, 'function') ?? value) : '';
  const parts = named(child(value, 'arguments'));
  const [only] = parts;
  const isHandedOn =
    /^(aws|pulumi|jsii|ptr|pointer|to|lo|proto|github|gcp|util)\.(String|Bool|Int|Int32|Int64|Float64|Number|To|ToPtr|Ptr|Of|Pointer)$/.test(
      callee,
    );
  return isHandedOn && only !== undefined && parts.length === 1 ? only : value;
}

const THROUGH = new Set([
  'literal_value',
  'literal_element',
  'unary_expression',
  'argument_list',
  'expression_list',
  'parenthesized_expression',
]);

/** The type of the literal that the element stands in, `tls.Config`; one that says none takes that of its surroundings. */
function homeOfElement(view: View, node: SyntaxNode): Home {
  const literal = view.parent(view.parent(node) ?? node);
  const type = literal?.type === 'composite_literal' ? child(literal, 'type') : undefined;
  const outer = homeOf(view, literal ?? node, THROUGH, (parent) =>
    parent.type === 'keyed_element'
      ? inner(child(parent, 'key'))
      : view.grammar.syntax.assignments.has(parent.type)
        ? (child(parent, 'left') ?? child(parent, 'name'))
        : undefined,
  );
  return { callee: type === undefined ? outer.callee : view.text(type), path: outer.path };
}

function spec(node: SyntaxNode, view: View): readonly OptionShape[] {
  return paired(
    view,
    childrenOf(node, 'name').filter((part) => part.named),
    named(child(node, 'value')),
  );
}

function assigned(node: SyntaxNode, view: View): readonly OptionShape[] {
  // `x += 1` sets nothing.
  const operator = child(node, 'operator');
  if (operator !== undefined && operator.type !== '=') return [];
  return paired(view, named(child(node, 'left')), named(child(node, 'right')));
}

function paired(view: View, names: readonly SyntaxNode[], values: readonly SyntaxNode[]): readonly OptionShape[] {
  if (names.length !== values.length) return [];
  return names.flatMap((left, index) => {
    const written = values[index];
    const value = written?.type === 'unary_expression' && named(written)[0]?.type === 'composite_literal' ? named(written)[0] : written;
    if (value === undefined || written === undefined) return [];
    // What is written into a field steers its owner, wherever the value comes from: `user.DeletedAt = time.Now()`.
    if (left.type === 'identifier') return view.text(left) === '_' || !isPlain(view, value) ? [] : [{ name: left, value: written }];
    const name = child(left, 'field') ?? child(left, 'index');
    const owner = child(left, 'operand');
    return name === undefined || owner === undefined ? [] : [{ name, value: written, home: { callee: '', path: view.key(owner) } }];
  });
}
