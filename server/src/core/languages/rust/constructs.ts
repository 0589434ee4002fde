import { child, named, ofType } from '../code/nodes.ts';
import type { CallShape, CodeGrammar, Fillers, GuardShape, LoopShape, Readers } from '../code/shapes.ts';
import type { View } from '../code/view.ts';
import type { SyntaxNode } from '../tree-sitter.ts';
import { argumentsOf } from './macros.ts';

export const calls: CodeGrammar['calls'] = {
  call_expression: (node, view): CallShape | undefined => {
    const callee = calleeOf(node);
    if (callee === undefined) return undefined;
    const args = named(child(node, 'arguments'));
    return SPAWNS.test(view.text(callee)) ? { kind: 'call', callee, args, runs: 'beside' } : { kind: 'call', callee, args };
  },
  macro_invocation: (node, view) => {
    const macro = child(node, 'macro');
    const args = argumentsOf(ofType(node, 'token_tree'));
    return macro === undefined ? undefined : { kind: 'call', callee: `${view.text(macro)}!`, args };
  },
  attribute: attributeOf,
  unsafe_block: (node) => {
    const at = node.children[0];
    return at === undefined ? undefined : { kind: 'call', callee: 'unsafe', args: [], at };
  },
};

const SPAWNS = /(^|::|\.)(spawn|spawn_blocking|spawn_local)$/;

/** The function of a call, without `::<T>`. */
function calleeOf(node: SyntaxNode): SyntaxNode | undefined {
  const callee = child(node, 'function');
  return callee?.type === 'generic_function' ? child(callee, 'function') : callee;
}

/** `unwrap` of `x.unwrap()`, with the receiver; undefined for a plain function. */
export function methodOf(node: SyntaxNode, view: View): { readonly name: string; readonly receiver: SyntaxNode } | undefined {
  const callee = node.type === 'call_expression' ? calleeOf(node) : undefined;
  const [receiver, field] = [child(callee, 'value'), child(callee, 'field')];
  if (callee?.type !== 'field_expression' || receiver === undefined || field === undefined) return undefined;
  return { name: view.text(field), receiver };
}

function attributeOf(node: SyntaxNode): CallShape | undefined {
  const [path, given] = named(node);
  return path === undefined ? undefined : { kind: 'decorator', callee: path, args: argumentsOf(given) };
}

const CHECKS = /^((anyhow|eyre)::)?ensure!?$|^assert$|^(require|validate|precondition|verify)$|^assert_(ne|eq)$/;

export const guards: CodeGrammar['guards'] = {
  if_expression: (node, view) => {
    const test = child(node, 'condition');
    const body = child(node, 'consequence');
    const clause = child(node, 'alternative');
    const [otherwise] = named(clause);
    // `if let Err(e)` handles an error; handlers have it.
    if (test === undefined || body === undefined || isError(test, view)) return undefined;
    const found: GuardShape[] = [{ test, body, to: body }];
    if (clause !== undefined && otherwise !== undefined && otherwise.type !== 'if_expression')
      found.push({ test, negated: true, body: otherwise, from: clause, to: clause });
    return found;
  },
  /** `n if n > LIMIT => return Err(…)`, `Key { revoked: true, .. } => Err(…)`. */
  match_arm: (node, view): GuardShape | undefined => {
    const pattern = child(node, 'pattern');
    const body = child(node, 'value');
    // What failed is a handler's matter.
    if (pattern === undefined || body === undefined || /^Err\b/.test(view.text(pattern))) return undefined;
    const test = child(pattern, 'condition') ?? named(pattern).find(({ type }) => type === 'struct_pattern');
    return test === undefined ? undefined : { test, body };
  },
  /** `let Some(x) = find() else { return … };` */
  let_declaration: (node): GuardShape | undefined => {
    const [test, body] = [child(node, 'value'), child(node, 'alternative')];
    return test === undefined || body === undefined ? undefined : { test, negated: true, body };
  },
  macro_invocation: (node, view): GuardShape | undefined => {
    const macro = child(node, 'macro');
    const tree = ofType(node, 'token_tree');
    if (macro === undefined || tree === undefined || !CHECKS.test(view.text(macro))) return undefined;
    const [first, second] = argumentsOf(tree);
    if (first === undefined) return undefined;
    // Of a comparison both sides are the test.
    return { test: second !== undefined && /_(eq|ne)$/.test(view.text(macro)) ? tree : first, negated: true, body: 'throw' };
  },
};

/** `let Err(e) = …`. */
export function isError(test: SyntaxNode, view: View): boolean {
  const pattern = test.type === 'let_condition' ? child(test, 'pattern') : undefined;
  return pattern?.type === 'tuple_struct_pattern' && /^(Result::)?Err$/.test(view.text(child(pattern, 'type') ?? pattern));
}

export const loops: Readers<LoopShape> = {
  for_expression: (node) => {
    const [pattern, value, body] = ['pattern', 'value', 'body'].map((field) => child(node, field));
    return pattern === undefined || value === undefined || body === undefined
      ? undefined
      : { kind: 'each', head: [pattern, 'in', value], body };
  },
  while_expression: (node) => {
    const [test, body] = [child(node, 'condition'), child(node, 'body')];
    return test === undefined || body === undefined ? undefined : { kind: 'while', head: [test], body };
  },
  loop_expression: (node) => {
    const body = child(node, 'body');
    return body === undefined ? undefined : { kind: 'while', head: [], body, endless: true };
  },
  call_expression: (node, view) => {
    const method = methodOf(node, view);
    const [body] = named(child(node, 'arguments'));
    if (method === undefined || body?.type !== 'closure_expression') return undefined;
    return /^(for_each|try_for_each|for_each_concurrent|map|flat_map)$/.test(method.name)
      ? { kind: 'each', head: [method.receiver], body }
      : undefined;
  },
};

export const pieces: Readers<readonly SyntaxNode[]> = {
  binary_expression: (node) => {
    const [left, right] = [child(node, 'left'), child(node, 'right')];
    return child(node, 'operator')?.type === '+' && left !== undefined && right !== undefined ? [left, right] : undefined;
  },
  reference_expression: (node) => {
    const value = child(node, 'value');
    return value?.type === 'macro_invocation' || value?.type === 'string_literal' ? [value] : undefined;
  },
  macro_invocation: (node, view) => {
    const name = view.text(child(node, 'macro') ?? node);
    const parts = argumentsOf(ofType(node, 'token_tree'));
    if (name === 'concat') return parts;
    return /^(std::)?format$/.test(name) ? parts.slice(0, 1) : undefined;
  },
};

export const fillers: Readers<Fillers> = {
  macro_invocation: (node) => ({ values: argumentsOf(ofType(node, 'token_tree')).slice(1), named: {} }),
};
