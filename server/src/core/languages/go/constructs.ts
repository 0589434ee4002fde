import { child, named, ofType } from '../code/nodes.ts';
import type { CallShape, CodeGrammar, Fillers, GuardShape, HandlerShape, LoopShape, Readers } from '../code/shapes.ts';
import type { View } from '../code/view.ts';
import type { SyntaxNode } from '../tree-sitter.ts';

/** `go f()` runs beside what follows and `defer f()` at the end: the call says so in `runs`, and its key begins with the word. */
export const calls: CodeGrammar['calls'] = {
  type_conversion_expression: generic,
  call_expression: (node, view): CallShape | undefined => {
    const callee = child(node, 'function');
    if (callee === undefined) return undefined;
    // `f[int](x)`: type arguments are no part of the callee.
    const operand = callee.type === 'index_expression' || callee.type === 'type_instantiation_expression' ? named(callee)[0] : callee;
    const parent = view.parent(node)?.type;
    const runs = parent === 'go_statement' ? 'beside' : parent === 'defer_statement' ? 'deferred' : undefined;
    return { kind: 'call', callee: operand ?? callee, args: named(child(node, 'arguments')), ...(runs === undefined ? {} : { runs }) };
  },
};

/** The grammar takes `f[int](x)` with one argument for a conversion. */
function generic(node: SyntaxNode): CallShape | undefined {
  const type = child(node, 'type');
  const callee = type?.type === 'generic_type' ? child(type, 'type') : undefined;
  return callee === undefined ? undefined : { kind: 'call', callee, args: named(node).filter((part) => part !== type) };
}

export const guards: CodeGrammar['guards'] = {
  if_statement: (node, view): readonly GuardShape[] => {
    const [test, body, other] = [child(node, 'condition'), child(node, 'consequence'), child(node, 'alternative')];
    if (test === undefined || body === undefined) return [];
    // `err` means what was called last.
    const about = /^!?\w*([eE]rr\w*|ok)( [!=]= nil)?\b/.test(view.text(test))
      ? (child(node, 'initializer') ?? statementBefore(view, node))
      : undefined;
    const found: GuardShape[] = [{ test, body, to: body, ...(about === undefined ? {} : { about }) }];
    // The `else` of an `else if` is told apart by what stands before it.
    if (other?.type === 'block' && view.parent(node)?.type !== 'if_statement')
      found.push({ test, negated: true, body: other, from: other, to: other });
    return found;
  },
  /** `switch { case limit < n: return err }`. */
  expression_case: (node, view): GuardShape | undefined => {
    const list = child(node, 'value');
    const body = ofType(node, 'statement_list');
    if (
      list === undefined ||
      body === undefined ||
      view
        .parent(node)
        ?.children.slice(0, 4)
        .some((part) => part.field === 'value') === true
    )
      return undefined;
    return { test: list, body, to: body };
  },
};

export const loops: Readers<LoopShape> = {
  for_statement: (node): LoopShape | undefined => {
    const body = child(node, 'body');
    if (body === undefined) return undefined;
    const range = ofType(node, 'range_clause');
    if (range !== undefined) return { kind: 'each', head: [range], body };
    const clause = ofType(node, 'for_clause');
    if (clause !== undefined)
      return { kind: 'for', head: [clause], body, ...(child(clause, 'condition') === undefined ? { endless: true as const } : {}) };
    const test = named(node).find((part) => part !== body);
    return test === undefined ? { kind: 'for', head: [], body, endless: true } : { kind: 'while', head: [test], body };
  },
};

/**
 * Go has no handlers: what is done with `err` is one. So is `_ = f()` and `x, _ := f()`, which do nothing with it.
 */
export const handlers: Readers<HandlerShape> = {
  if_statement: (node, view): HandlerShape | undefined => {
    const [test, body] = [child(node, 'condition'), child(node, 'consequence')];
    if (test === undefined || body === undefined) return undefined;
    const match = /^(\w*[eE]rr\w*)\s*!=\s*nil\b/.exec(view.text(test));
    if (match === null) return undefined;
    const guarded = child(node, 'initializer') ?? statementBefore(view, node);
    return { guarded: guarded === undefined ? [] : [guarded], body: [body], error: match[1] ?? '', to: body };
  },
  assignment_statement: dropped,
  short_var_declaration: dropped,
};

/** An error that goes nowhere: the last of the names a call gives its results to is `_`. */
function dropped(node: SyntaxNode, view: View): HandlerShape | undefined {
  const [left, right] = [child(node, 'left'), child(node, 'right')];
  const last = named(left).at(-1);
  const values = named(right);
  const [call] = values;
  if (last === undefined || call?.type !== 'call_expression' || values.length !== 1 || view.text(last) !== '_') return undefined;
  // `value, err, _ := group.Do(…)`: the error is there under its name.
  if (named(left).some((name) => /^\w*[eE]rr$/.test(view.text(name)))) return undefined;
  return { guarded: [call], body: 'swallows', error: '' };
}

function statementBefore(view: View, node: SyntaxNode): SyntaxNode | undefined {
  const siblings = view.parent(node)?.children ?? [];
  let low = 0;
  let high = siblings.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((siblings[middle]?.start ?? 0) < node.start) low = middle + 1;
    else high = middle;
  }
  for (let at = low - 1; at >= 0 && at > low - 8; at -= 1) {
    const sibling = siblings[at];
    if (sibling?.named === true && sibling.type !== 'comment')
      return /^(assignment_statement|short_var_declaration|var_declaration)$/.test(sibling.type) ? sibling : undefined;
  }
  return undefined;
}

export const pieces: Readers<readonly SyntaxNode[]> = {
  binary_expression: (node) => {
    const [left, right] = [child(node, 'left'), child(node, 'right')];
    return child(node, 'operator')?.type === '+' && left !== undefined && right !== undefined ? [left, right] : undefined;
  },
  call_expression: (node, view) => {
    const callee = child(node, 'function');
    const [first] = named(child(node, 'arguments'));
    if (callee === undefined || first === undefined) return undefined;
    const name = view.text(callee);
    if (name === 'fmt.Sprintf') return [first];
    // strings.Join([]string{"…", "…"}, " ")
    const body = first.type === 'composite_literal' ? child(first, 'body') : undefined;
    return name === 'strings.Join' && body !== undefined ? named(body).flatMap((element) => named(element)) : undefined;
  },
};

export const fillers: Readers<Fillers> = {
  call_expression: (node, view) => {
    const callee = child(node, 'function');
    return callee !== undefined && view.text(callee) === 'fmt.Sprintf'
      ? { values: named(child(node, 'arguments')).slice(1), named: {} }
      : undefined;
  },
};
