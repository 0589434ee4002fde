import { child, named } from '../code/nodes.ts';
import type { HandlerShape, Readers } from '../code/shapes.ts';
import type { View } from '../code/view.ts';
import type { SyntaxNode } from '../tree-sitter.ts';
import { isError, methodOf } from './constructs.ts';

/** Places where an `Err` ends: a pattern that matches it, and methods that put something in its place or drop it. */
export const handlers: Readers<HandlerShape> = {
  if_expression: (node, view) => {
    const test = child(node, 'condition');
    const [pattern, value] = [child(test, 'pattern'), child(test, 'value')];
    const body = child(node, 'consequence');
    if (test === undefined || pattern === undefined || value === undefined || body === undefined || !isError(test, view)) return undefined;
    return { guarded: [value], body: [body], ...caughtBy(pattern, view), to: body };
  },
  /** `let _ = save(row);` drops the error with the result. Nobody listening any more is no failure of the sender. */
  let_declaration: (node, view) => {
    const value = child(node, 'value');
    const call = value?.type === 'await_expression' ? named(value)[0] : value;
    const callee = child(call, 'function');
    if (value === undefined || callee === undefined || !isDropped(value, view)) return undefined;
    return GONE.test(view.text(callee)) ? undefined : { guarded: [value], body: 'swallows', error: '' };
  },
  match_arm: (node, view) => {
    const pattern = child(node, 'pattern');
    const [inner] = named(pattern);
    const body = child(node, 'value');
    const match = view.parent(view.parent(node) ?? node);
    const value = child(match, 'value');
    if (inner?.type !== 'tuple_struct_pattern' || body === undefined || value === undefined) return undefined;
    if (!/^(Result::)?Err$/.test(view.text(child(inner, 'type') ?? inner))) return undefined;
    const { error, catches } = caughtBy(inner, view);
    const condition = child(pattern, 'condition');
    const found = { guarded: [value], error, catches: condition === undefined ? catches : [...catches, condition] };
    // An arm that is an expression gives that in place of the error, or the error itself.
    if (body.type === 'block') return { ...found, body: [body] };
    if (/^(return )?(Err\b|Some\(Err\b|panic!|unreachable!|bail!|(std::)?process::)/.test(view.text(body)))
      return { ...found, body: 'rethrows' };
    if (body.type === 'unit_expression' || body.type === 'continue_expression') return { ...found, body: 'swallows' };
    return { ...found, body: body.type === 'call_expression' || body.type === 'macro_invocation' ? [body] : 'substitutes' };
  },
  call_expression: (node, view) => {
    const method = methodOf(node, view);
    if (method === undefined) return undefined;
    const { name, receiver } = method;
    const guarded = [receiver];
    const from = child(child(node, 'function'), 'field') ?? node;
    const [first] = named(child(node, 'arguments'));
    if (name === 'ok')
      return view.parent(node)?.type === 'expression_statement' || isDropped(node, view)
        ? { guarded, body: 'swallows', error: '', from }
        : undefined;
    if (isAbsent(receiver, view)) return undefined;
    if (/^(unwrap_or|unwrap_or_default)$/.test(name) && isWorkDone(receiver)) return { guarded, body: 'substitutes', error: '', from };
    if (!/^(unwrap_or_else|or_else|map_or_else)$/.test(name) || first?.type !== 'closure_expression' || !isWorkDone(receiver))
      return undefined;
    const body = child(first, 'body');
    const [error = ''] = view.text(child(first, 'parameters') ?? first).match(/[A-Za-z_]\w*/) ?? [];
    // A poisoned lock is taken all the same: nothing failed that is lost here.
    if (body === undefined || /^\w+\s*\.into_inner\(\)$/.test(view.text(body))) return undefined;
    return {
      guarded,
      body:
        body.type === 'block' || body.type === 'macro_invocation' ? [body] : /^Err\b/.test(view.text(body)) ? 'rethrows' : 'substitutes',
      error,
      from,
    };
  },
};

const GONE =
  /(^|\.)\w*(tx|sender|channel|chan|notify|shutdown|done|events?|handle|bus)\.(send|try_send|blocking_send)$|\.(join|abort|set|take|replace|insert|unwrap|expect|lock|await)$|^drop$/i;

function caughtBy(pattern: SyntaxNode, view: View): { readonly error: string; readonly catches: readonly SyntaxNode[] } {
  const [, inner] = named(pattern);
  if (inner === undefined || inner.type === '_') return { error: '', catches: [] };
  const text = view.text(inner);
  return /^(ref |mut )*[a-z_]\w*$/.test(text) ? { error: text.replace(/^(ref |mut )+/, ''), catches: [] } : { error: '', catches: [inner] };
}

/** A receiver that is itself a call did something; a field or a variable only holds. */
function isWorkDone(receiver: SyntaxNode): boolean {
  return receiver.type === 'call_expression' || receiver.type === 'await_expression';
}

/** Methods whose result may be missing and is no failure, and readings that change nothing. */
const ABSENT =
  /^(get|get_mut|get_or\w*|find\w*|r?find|map|and_then|then|then_some|filter\w*|first\w*|last\w*|next\w*|nth|pop\w*|peek\w*|iter|as_\w+|to_\w+|into_\w+|cloned|copied|checked_\w+|split\w*|strip_\w+|position|parse\w*|var|var_os|min\w*|max\w*|ok|file_name|file_stem|extension|parent|try_from|try_into|downcast\w*|duration_since|elapsed|take|zip|or|xor|reduce|from_utf8\w*|partial_cmp)$/;

function isAbsent(receiver: SyntaxNode, view: View): boolean {
  const method = methodOf(receiver, view);
  const callee = receiver.type === 'call_expression' ? child(receiver, 'function') : undefined;
  const name = method?.name ?? (callee === undefined ? '' : view.text(callee).replace(/^.*::/, ''));
  return ABSENT.test(name);
}

function isDropped(node: SyntaxNode, view: View): boolean {
  const parent = view.parent(node);
  return parent !== undefined && view.grammar.discards?.(parent, node, view) === true;
}
