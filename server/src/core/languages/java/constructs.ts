import { child, childrenOf, named, ofType } from '../code/nodes.ts';
import type { CallShape, CodeGrammar, Fillers, GuardShape, HandlerShape, LoopShape, Readers } from '../code/shapes.ts';
import type { View } from '../code/view.ts';
import type { SyntaxNode } from '../tree-sitter.ts';

export const calls: CodeGrammar['calls'] = {
  method_invocation: (node, view) => ({ kind: 'call', callee: calleeText(view, node), args: named(child(node, 'arguments')) }),
  explicit_constructor_invocation: (node, view) => {
    const target = child(node, 'constructor');
    return target === undefined ? undefined : { kind: 'call', callee: view.text(target), args: named(child(node, 'arguments')) };
  },
  object_creation_expression: (node, view) => {
    const type = child(node, 'type');
    return type === undefined ? undefined : { kind: 'new', callee: bareType(view, type), args: named(child(node, 'arguments')) };
  },
  /** `Ledger::post` names what will be called. */
  method_reference: (node, view) => ({ kind: 'call', callee: view.text(node).replace(/::/, '.'), args: [] }),
  annotation: annotationOf,
  marker_annotation: annotationOf,
  synchronized_statement: (node) => {
    const at = ofType(node, 'parenthesized_expression');
    return at === undefined ? undefined : { kind: 'call', callee: 'synchronized', args: named(at), at };
  },
  modifiers: (node) => {
    const at = ofType(node, 'synchronized');
    return at === undefined ? undefined : { kind: 'decorator', callee: 'synchronized', args: [], at };
  },
};

/** `a.b().save` of `a.b().<T>save(x)`. */
export function calleeText(view: View, node: SyntaxNode): string {
  const object = child(node, 'object');
  const name = child(node, 'name');
  const method = name === undefined ? '' : view.text(name);
  return object === undefined ? method : `${view.text(object)}.${method}`;
}

/** `Foo` of `Foo<Bar>`. */
function bareType(view: View, type: SyntaxNode): string {
  return view.text(type.type === 'generic_type' ? (named(type)[0] ?? type) : type);
}

function annotationOf(node: SyntaxNode): CallShape | undefined {
  const name = child(node, 'name');
  return name === undefined ? undefined : { kind: 'decorator', callee: name, args: named(child(node, 'arguments')) };
}

/** Calls that stop the work unless their first argument holds, or is there. */
const CHECKS =
  /(^|\.)(requireNonNull|requireNonNullElseThrow|checkIndex|checkFromToIndex|checkArgument|checkState|checkNotNull|checkElementIndex|checkPositionIndex)$|^(Assert|Validate|Preconditions|Verify|Guard|Require|Ensure|Check)\.\w+$/;

export const guards: CodeGrammar['guards'] = {
  if_statement: (node) => {
    const test = bare(child(node, 'condition'));
    const body = child(node, 'consequence');
    const otherwise = child(node, 'alternative');
    if (test === undefined || body === undefined) return undefined;
    const found: GuardShape[] = [{ test, body, to: body }];
    if (otherwise !== undefined && otherwise.type !== 'if_statement')
      found.push({ test, negated: true, body: otherwise, from: otherwise, to: otherwise });
    return found;
  },
  assert_statement: (node): GuardShape | undefined => {
    const [test] = named(node);
    return test === undefined ? undefined : { test, negated: true, body: 'throw' };
  },
  method_invocation: (node, view): GuardShape | undefined => {
    const [test] = named(child(node, 'arguments'));
    const object = child(node, 'object');
    // A mock that is verified checks the test, not the work.
    if (test === undefined || (object === undefined && view.text(child(node, 'name') ?? node) === 'verify')) return undefined;
    return CHECKS.test(calleeText(view, node)) ? { test, negated: true, body: 'throw' } : undefined;
  },
};

function bare(node: SyntaxNode | undefined): SyntaxNode | undefined {
  return node?.type === 'parenthesized_expression' ? named(node)[0] : node;
}

export const loops: Readers<LoopShape> = {
  for_statement: (node) => {
    const body = child(node, 'body');
    const parts = ['init', 'condition', 'update'].flatMap((field) => childrenOf(node, field));
    if (body === undefined) return undefined;
    return child(node, 'condition') === undefined ? { kind: 'for', head: [], body, endless: true } : { kind: 'for', head: parts, body };
  },
  enhanced_for_statement: (node) => {
    const [type, name, value, body] = ['type', 'name', 'value', 'body'].map((field) => child(node, field));
    return type === undefined || name === undefined || value === undefined || body === undefined
      ? undefined
      : { kind: 'each', head: [type, name, ':', value], body };
  },
  while_statement: (node) => {
    const [test, body] = [bare(child(node, 'condition')), child(node, 'body')];
    return test === undefined || body === undefined ? undefined : { kind: 'while', head: [test], body };
  },
  do_statement: (node) => {
    const [test, body] = [bare(child(node, 'condition')), child(node, 'body')];
    return test === undefined || body === undefined ? undefined : { kind: 'while', head: [test], body };
  },
  method_invocation: (node, view) => {
    const [body] = named(child(node, 'arguments'));
    const object = child(node, 'object');
    if (object === undefined || body?.type !== 'lambda_expression') return undefined;
    return /^(forEach|forEachOrdered|map|flatMap|mapToObj)$/.test(view.text(child(node, 'name') ?? node))
      ? { kind: 'each', head: [object], body }
      : undefined;
  },
};

/** Calls of futures and streams that take the place of a failure. */
const RECOVERS =
  /^(exceptionally|exceptionallyCompose|handle|onErrorResume|onErrorReturn|onErrorComplete|onErrorContinue|recover|recoverWith|onFailure)$/;

export const handlers: Readers<HandlerShape> = {
  catch_clause: (node, view) => {
    const statement = view.parent(node);
    const guarded = [child(statement, 'resources'), child(statement, 'body')].filter((part) => part !== undefined);
    const body = child(node, 'body');
    const parameter = ofType(node, 'catch_formal_parameter');
    if (guarded.length === 0 || body === undefined || parameter === undefined) return undefined;
    const name = child(parameter, 'name');
    return { guarded, body: [body], error: name === undefined ? '' : view.text(name), catches: named(ofType(parameter, 'catch_type')) };
  },
  method_invocation: (node, view) => {
    const object = child(node, 'object');
    const name = view.text(child(node, 'name') ?? node);
    const parts = named(child(node, 'arguments'));
    if (object === undefined || !RECOVERS.test(name)) return undefined;
    if (name === 'onErrorComplete') return { guarded: [object], body: 'swallows', error: '', from: child(node, 'name') ?? node };
    const last = parts.at(-1);
    const from = child(node, 'name') ?? node;
    if (last?.type !== 'lambda_expression')
      return name === 'onErrorReturn' ? { guarded: [object], body: 'substitutes', error: '', from } : undefined;
    const body = child(last, 'body');
    if (body === undefined) return undefined;
    const [, error = ''] = /(?<!\w)\d*([A-Za-z_]\w*)(?=\s*(,|\)|$))/.exec(view.text(child(last, 'parameters') ?? last)) ?? [];
    if (body.type === 'block') return { guarded: [object], body: [body], error, from };
    if (/^(throw|[\w.]*[eE]rror\()/.test(view.text(body)) || /\.(error|failedFuture|failure)\(/.test(view.text(body)))
      return { guarded: [object], body: 'rethrows', error, from };
    return {
      guarded: [object],
      body: /^(null|Mono\.empty\(\)|Flux\.empty\(\))$/.test(view.text(body)) ? 'swallows' : 'substitutes',
      error,
      from,
    };
  },
};

export const pieces: Readers<readonly SyntaxNode[]> = {
  binary_expression: (node) => {
    const [left, right] = [child(node, 'left'), child(node, 'right')];
    return child(node, 'operator')?.type === '+' && left !== undefined && right !== undefined ? [left, right] : undefined;
  },
  /** `String.format("…", x)`, `"…".formatted(x)`, `String.join(" ", "…", "…")`. */
  method_invocation: (node, view) => {
    const object = child(node, 'object');
    const name = view.text(child(node, 'name') ?? node);
    const parts = named(child(node, 'arguments'));
    if (object === undefined) return undefined;
    if (name === 'formatted' && isText(object)) return [bare(object) ?? object];
    if (view.text(object) !== 'String' && view.text(object) !== 'MessageFormat') return undefined;
    if (name === 'format') return parts.slice(0, 1).filter((part) => isText(part) || part.type === 'binary_expression');
    return name === 'join' ? parts.slice(1) : undefined;
  },
};

export const fillers: Readers<Fillers> = {
  method_invocation: (node, view) => {
    const name = view.text(child(node, 'name') ?? node);
    const parts = named(child(node, 'arguments'));
    if (name === 'formatted') return { values: parts, named: {} };
    return name === 'format' ? { values: parts.slice(1), named: {} } : undefined;
  },
};

function isText(node: SyntaxNode): boolean {
  return (bare(node) ?? node).type === 'string_literal';
}
