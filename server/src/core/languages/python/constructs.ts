import { child, childrenOf, named, ofType } from '../code/nodes.ts';
import type { CallShape, CodeGrammar, Fillers, GuardShape, HandlerShape, LoopShape, Readers } from '../code/shapes.ts';
import type { View } from '../code/view.ts';
import type { SyntaxNode } from '../tree-sitter.ts';

export const calls: CodeGrammar['calls'] = {
  call: (node, view) => (view.parent(node)?.type === 'decorator' ? undefined : callOf(node)),
  decorator: (node) => {
    const [expression] = named(node);
    if (expression === undefined) return undefined;
    const called = expression.type === 'call' ? callOf(expression) : undefined;
    return { kind: 'decorator', callee: called?.callee ?? expression, args: called?.args ?? [] };
  },
};

function callOf(node: SyntaxNode): CallShape | undefined {
  const callee = child(node, 'function');
  const list = child(node, 'arguments');
  if (callee === undefined || list === undefined) return undefined;
  return { kind: 'call', callee, args: list.type === 'argument_list' ? named(list) : [list] };
}

export const guards: CodeGrammar['guards'] = {
  if_statement: ifOf,
  elif_clause: ifOf,
  else_clause: (node, view) => {
    const above = view.parent(node);
    const body = child(node, 'body');
    const test = child(above, 'condition');
    // The `else` of an `elif` is told apart by what stands before it: only one condition makes it its opposite.
    if (above?.type !== 'if_statement' || test === undefined || body === undefined || childrenOf(above, 'alternative').length > 1)
      return undefined;
    return { test, negated: true, body, from: node, to: body };
  },
  assert_statement: (node): GuardShape | undefined => {
    const [test] = named(node);
    return test === undefined ? undefined : { test, negated: true, body: 'throw' };
  },
};

function ifOf(node: SyntaxNode): GuardShape | undefined {
  const test = child(node, 'condition');
  const body = child(node, 'consequence');
  return test === undefined || body === undefined ? undefined : { test, body, to: body };
}

/** `a if b else c`: value, condition, other value. */
export const choices: NonNullable<CodeGrammar['choices']> = {
  conditional_expression: (node) => {
    const [body, test] = named(node);
    return body === undefined || test === undefined ? undefined : { test, body };
  },
};

export const loops: Readers<LoopShape> = {
  for_statement: (node, view) => {
    const [left, right, body] = [child(node, 'left'), child(node, 'right'), child(node, 'body')];
    if (left === undefined || right === undefined || body === undefined) return undefined;
    // It counts for ever, as `repeat` without a number repeats.
    const endless = /^(?:itertools\.)?(?:count\([^()]*\)|repeat\([^(),]*\))$/.test(view.text(right));
    return { kind: 'each', head: [left, 'in', right], body, ...(endless ? { endless } : {}) };
  },
  while_statement: (node) => {
    const [test, body] = [child(node, 'condition'), child(node, 'body')];
    return test === undefined || body === undefined ? undefined : { kind: 'while', head: [test], body };
  },
  list_comprehension: comprehensionOf,
  set_comprehension: comprehensionOf,
  dictionary_comprehension: comprehensionOf,
  generator_expression: comprehensionOf,
};

function comprehensionOf(node: SyntaxNode): LoopShape | undefined {
  const clause = ofType(node, 'for_in_clause');
  const [left, right, body] = [child(clause, 'left'), child(clause, 'right'), child(node, 'body')];
  if (clause === undefined || left === undefined || right === undefined || body === undefined) return undefined;
  return { kind: 'each', head: [left, 'in', right], body, headEnd: clause };
}

export const handlers: Readers<HandlerShape> = {
  except_clause: exceptOf,
  except_group_clause: exceptOf,
  /** `with suppress(KeyError):` is a handler that does nothing. */
  with_item: (node, view) => {
    const value = child(node, 'value');
    const statement = enclosing(view, node, 'with_statement');
    const body = child(statement, 'body');
    if (value?.type !== 'call' || body === undefined || !/(^|\.)suppress$/.test(view.text(child(value, 'function') ?? value)))
      return undefined;
    return { guarded: [body], body: 'swallows', error: '', catches: named(child(value, 'arguments')), to: node };
  },
};

function exceptOf(node: SyntaxNode, view: View): HandlerShape | undefined {
  const statement = view.parent(node);
  const guarded = child(statement, 'body');
  const body = ofType(node, 'block');
  if (guarded === undefined || body === undefined) return undefined;
  const [value] = named(node).filter((part) => part !== body);
  const alias = value?.type === 'as_pattern' ? child(value, 'alias') : undefined;
  const caught = value?.type === 'as_pattern' ? named(value)[0] : value;
  return {
    guarded: [guarded],
    body: [body],
    error: alias === undefined ? '' : view.text(alias),
    catches: caught === undefined ? [] : caught.type === 'tuple' ? named(caught) : [caught],
  };
}

export const pieces: Readers<readonly SyntaxNode[]> = {
  concatenated_string: (node) => named(node),
  binary_operator: (node) => {
    const [left, right] = [child(node, 'left'), child(node, 'right')];
    const operator = child(node, 'operator')?.type;
    if (left === undefined || right === undefined) return undefined;
    if (operator === '+') return [left, right];
    return operator === '%' && isText(left) ? [left] : undefined;
  },
  /** `'…'.format(…)`, and `' '.join(['…', '…'])`. */
  call: (node, view) => {
    const method = child(node, 'function');
    const receiver = child(method, 'object');
    if (method?.type !== 'attribute' || receiver === undefined || !isText(receiver)) return undefined;
    const name = view.text(child(method, 'attribute') ?? method);
    if (name === 'format') return [receiver];
    const [list] = named(child(node, 'arguments'));
    return name === 'join' && (list?.type === 'list' || list?.type === 'tuple') ? named(list) : undefined;
  },
};

export const fillers: Readers<Fillers> = {
  binary_operator: (node) => {
    const right = child(node, 'right');
    if (child(node, 'operator')?.type !== '%' || right === undefined) return undefined;
    if (right.type === 'tuple') return { values: named(right), named: {} };
    if (right.type !== 'dictionary') return { values: [right], named: {} };
    return undefined;
  },
  call: (node, view) => {
    const parts = named(child(node, 'arguments'));
    const keyed = parts.filter((part) => part.type === 'keyword_argument');
    return {
      values: parts.filter((part) => part.type !== 'keyword_argument'),
      named: Object.fromEntries(
        keyed.flatMap((part) => {
          const [name, value] = [child(part, 'name'), child(part, 'value')];
          return name === undefined || value === undefined ? [] : [[view.text(name), value]];
        }),
      ),
    };
  },
};

function isText(node: SyntaxNode): boolean {
  if (node.type === 'parenthesized_expression') return named(node).length === 1 && /string/.test(named(node)[0]?.type ?? '');
  return node.type === 'string' || node.type === 'concatenated_string';
}

/** The nearest ancestor of a type, a few steps up. */
export function enclosing(view: View, node: SyntaxNode, type: string): SyntaxNode | undefined {
  let at = view.parent(node);
  for (let depth = 0; depth < 4 && at !== undefined && at.type !== type; depth += 1) at = view.parent(at);
  return at?.type === type ? at : undefined;
}
