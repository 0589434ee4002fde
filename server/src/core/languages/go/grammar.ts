import { child, named } from '../code/nodes.ts';
import type { CodeGrammar } from '../code/shapes.ts';
import type { View } from '../code/view.ts';
import type { SyntaxNode } from '../tree-sitter.ts';
import { calls, fillers, guards, handlers, loops, pieces } from './constructs.ts';
import { names, symbols } from './declarations.ts';
import { options } from './options.ts';
import { modules, writing } from './reach.ts';

/** How Go's syntax tree says what the room for code languages asks. */
export const go: CodeGrammar = {
  id: 'go',
  asset: 'tree-sitter-go.wasm',
  owns: (path) => /\.go$/i.test(path),
  syntax: {
    comments: new Set(['comment']),
    strings: new Set(['interpreted_string_literal', 'raw_string_literal']),
    closures: new Set(['func_literal']),
    functions: new Set(['function_declaration', 'method_declaration', 'func_literal']),
    identifiers: new Set(['identifier', 'field_identifier', 'type_identifier', 'package_identifier']),
    numbers: new Set(['int_literal', 'float_literal']),
    comparisons: new Set(['binary_expression']),
    logic: new Set(['unary_expression']),
    parentheses: new Set(['parenthesized_expression']),
    awaits: new Set(),
    blocks: new Set(['source_file', 'block', 'statement_list']),
    expressionStatements: new Set(['expression_statement', 'go_statement', 'defer_statement']),
    throws: new Set(),
    returns: new Set(['return_statement']),
    breaks: new Set(['break_statement', 'continue_statement', 'goto_statement']),
    assignments: new Set(['assignment_statement', 'short_var_declaration', 'var_spec', 'const_spec']),
    plain: new Set([
      'true',
      'false',
      'nil',
      'iota',
      'selector_expression',
      'binary_expression',
      'unary_expression',
      'rune_literal',
      'expression_list',
      'index_expression',
    ]),
    built: new Set(['composite_literal']),
    plainCalls:
      /^(time\.(Duration|ParseDuration)|u?int\d*|float\d+|string|bool|os\.(Getenv|LookupEnv)|\w*[eE]nv\w*(\.\w+)?|fmt\.Sprintf|filepath\.Join|viper\.\w+|envconfig\.\w+|decimal\.(New\w*|RequireFromString)|big\.New\w+)$/,
    silent: new Set(['import_spec', 'index_expression', 'expression_case', 'field_declaration']),
    linesEndStatements: true,
  },
  reach: { modules, writing },
  names,
  calls,
  guards,
  loops,
  handlers,
  options,
  symbols,
  pieces,
  fillers,
  isErrorReturn: (node, view) => node.type === 'return_statement' && lastValue(node).some((value) => isError(value, view)),
  discards: (parent, _node, view) => {
    const outer = parent.type === 'expression_list' ? view.parent(parent) : parent;
    if (outer?.type !== 'assignment_statement') return false;
    const left = child(outer, 'left');
    return left !== undefined && named(left).every((part) => view.text(part) === '_');
  },
};

function lastValue(node: SyntaxNode): readonly SyntaxNode[] {
  const [list] = named(node);
  const last = (list?.type === 'expression_list' ? named(list) : list === undefined ? [] : [list]).at(-1);
  return last === undefined ? [] : [last];
}

/** A value that is an error by its name, or a call that makes one. */
function isError(node: SyntaxNode, view: View): boolean {
  const text = view.text(child(node, 'function') ?? node);
  return /(^|\.)(err|error|[eE]rr[A-Z0-9]\w*|\w+Err(or)?)$|^(errors\.(New|Wrapf?|Join|Errorf|WithStack|WithMessagef?)|fmt\.Errorf|(grpc_?)?status\.Errorf?|echo\.NewHTTPError|fiber\.NewError|connect\.NewError|huma\.Error\w+)$/.test(
    text,
  );
}
