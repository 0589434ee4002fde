import { child, named } from '../code/nodes.ts';
import { homeOf, isPlain } from '../code/options.ts';
import type { CallShape, CodeGrammar, OptionShape, SymbolShape } from '../code/shapes.ts';
import type { View } from '../code/view.ts';
import type { SyntaxNode } from '../tree-sitter.ts';

const BLOCKS: ReadonlySet<string> = new Set(['program', 'body_statement', 'block_body', 'then', 'do', 'else', 'begin', 'ensure']);

/** How Ruby's syntax tree says what the room for code languages asks. */
export const ruby: CodeGrammar = {
  id: 'ruby',
  asset: 'tree-sitter-ruby.wasm',
  owns: (path) => /\.(rb|rake)$|(^|\/)Rakefile$/i.test(path),
  syntax: {
    comments: new Set(['comment']),
    strings: new Set(['string', 'heredoc_content', 'subshell']),
    closures: new Set(['lambda', 'block', 'do_block']),
    functions: new Set(['method', 'singleton_method', 'lambda', 'block', 'do_block']),
    identifiers: new Set(['identifier', 'constant', 'instance_variable', 'class_variable', 'global_variable']),
    numbers: new Set(['integer', 'float']),
    comparisons: new Set(['binary']),
    logic: new Set(['binary', 'unary']),
    parentheses: new Set(['parenthesized_statements']),
    awaits: new Set(),
    blocks: BLOCKS,
    expressionStatements: new Set(),
    throws: new Set(),
    returns: new Set(['return']),
    breaks: new Set(['break', 'next']),
    assignments: new Set(['assignment', 'operator_assignment']),
    plain: new Set(['true', 'false', 'nil', 'self', 'simple_symbol', 'hash_key_symbol', 'scope_resolution', 'binary', 'unary', 'range']),
    built: new Set(['array', 'hash', 'string_array', 'symbol_array']),
    plainCalls:
      /^(ENV\.fetch|Integer|Float|BigDecimal|Rational|\d[\d_.]*\.(seconds?|minutes?|hours?|days?|weeks?|months?|years?|ms|megabytes?|gigabytes?))$/,
    silent: new Set(['element_reference', 'when', 'pattern']),
    linesEndStatements: true,
  },
  names: { class: nameOf, module: nameOf, method: nameOf, singleton_method: nameOf },
  calls: { call: callOf },
  guards: {},
  loops: {},
  handlers: {},
  options: {
    pair: (node, view) => {
      const [name, value] = [child(node, 'key'), child(node, 'value')];
      if (name === undefined || value === undefined) return undefined;
      const home = homeOf(view, node, new Set(['hash', 'argument_list', 'array']), (parent) =>
        parent.type === 'pair' ? child(parent, 'key') : parent.type === 'assignment' ? child(parent, 'left') : undefined,
      );
      return { name, value, home };
    },
    assignment: (node, view): OptionShape | undefined => {
      const [left, value] = [child(node, 'left'), child(node, 'right')];
      if (left === undefined || value === undefined || !isPlain(view, value)) return undefined;
      if (/^(identifier|constant|instance_variable)$/.test(left.type)) return { name: left, value };
      const [object, method] = [child(left, 'receiver'), child(left, 'method')];
      return object === undefined || method === undefined
        ? undefined
        : { name: method, value, home: { callee: '', path: view.key(object) } };
    },
  },
  symbols: {
    class: (node, view) => declared(node, view, 'class'),
    module: (node, view) => declared(node, view, 'class'),
    method: (node, view) => declared(node, view, 'method'),
    singleton_method: (node, view) => declared(node, view, 'method'),
  },
  pieces: { heredoc_body: (node) => node.children.filter(({ type }) => type === 'heredoc_content' || type === 'interpolation') },
  holes: new Set(['interpolation']),
  // What a body ends with is what it gives.
  discards: (parent, node) => BLOCKS.has(parent.type) && named(parent).at(-1) !== node,
};

/** `Booking.where(id: ids).delete_all`: the receiver with what it was given, and the method. */
function callOf(node: SyntaxNode, view: View): CallShape | undefined {
  const [receiver, method] = [child(node, 'receiver'), child(node, 'method')];
  // `berth.free = true` is told, and calls nothing that anybody could know.
  if (method === undefined || node.field === 'left') return undefined;
  const name = view.text(method);
  const callee =
    receiver === undefined ? name : `${view.text(receiver)}.${name}`.replaceAll('&.', '.').replace(/\) ?\. ?(?=[A-Za-z_])/g, ').');
  const list = child(node, 'arguments');
  const block = child(node, 'block');
  return { kind: 'call', callee, args: [...named(list), ...(block === undefined ? [] : [block])] };
}

function nameOf(node: SyntaxNode, view: View): string | undefined {
  const name = child(node, 'name');
  return name === undefined ? undefined : view.text(name).replaceAll('::', '.');
}

/** Nothing says who asks for a name of Ruby, so that none counts as exported. */
function declared(node: SyntaxNode, view: View, kind: 'class' | 'method'): SymbolShape | undefined {
  const name = nameOf(node, view);
  const to = child(node, 'parameters') ?? child(node, 'superclass') ?? child(node, 'name');
  if (name === undefined || to === undefined) return undefined;
  const base = child(node, 'superclass');
  return { name, kind, exported: false, type: base === undefined ? '' : view.text(base), from: node.children[0] ?? node, to };
}
