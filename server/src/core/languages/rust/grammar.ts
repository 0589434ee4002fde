import { child, named } from '../code/nodes.ts';
import type { CodeGrammar } from '../code/shapes.ts';
import { isTestCode } from './attributes.ts';
import { calls, fillers, guards, loops, pieces } from './constructs.ts';
import { names, symbols } from './declarations.ts';
import { handlers } from './handlers.ts';
import { MACRO_ARGUMENT } from './macros.ts';
import { options } from './options.ts';
import { modules, writing } from './reach.ts';

/** How Rust's syntax tree says what the room for code languages asks. */
export const rust: CodeGrammar = {
  id: 'rust',
  asset: 'tree-sitter-rust.wasm',
  owns: (path) => /\.rs$/i.test(path),
  syntax: {
    comments: new Set(['line_comment', 'block_comment']),
    strings: new Set(['string_literal', 'raw_string_literal', 'char_literal']),
    closures: new Set(['closure_expression', 'async_block']),
    functions: new Set(['function_item', 'closure_expression']),
    identifiers: new Set(['identifier', 'field_identifier', 'shorthand_field_identifier', 'type_identifier']),
    numbers: new Set(['integer_literal', 'float_literal']),
    comparisons: new Set(['binary_expression', MACRO_ARGUMENT]),
    logic: new Set(['binary_expression', 'unary_expression', 'parenthesized_expression']),
    parentheses: new Set(['parenthesized_expression']),
    awaits: new Set(['await_expression']),
    blocks: new Set(['source_file', 'declaration_list', 'block']),
    expressionStatements: new Set(['expression_statement']),
    throws: new Set(),
    returns: new Set(['return_expression']),
    breaks: new Set(['break_expression', 'continue_expression']),
    assignments: new Set(['assignment_expression', 'compound_assignment_expr']),
    plain: new Set([
      'boolean_literal',
      'scoped_identifier',
      'field_expression',
      'reference_expression',
      'unary_expression',
      'binary_expression',
      'type_cast_expression',
      'tuple_expression',
      'unit_expression',
      'primitive_type',
      'generic_type',
      'type_arguments',
      'scoped_type_identifier',
      'self',
      'crate',
      'super',
      'mutable_specifier',
    ]),
    built: new Set(['array_expression']),
    plainCalls:
      /^((std::time::|core::time::|chrono::|time::|tokio::time::)?Duration::\w+|TimeDelta::\w+|Some|Ok|String::from|(std::)?env::var(_os)?|Decimal::\w+|dec!|vec!|(std::sync::(atomic::)?)?(Mutex|RwLock|Atomic\w+|OnceLock|OnceCell|Arc|Cell|RefCell|NonZero\w+|Some)::new|Uri::from_static|Url::parse|\w+::(from_secs|from_millis|from_mins|seconds|minutes|hours|days|mins|from_str|default))$/,
    silent: new Set(['match_pattern', 'attribute', 'use_declaration', 'index_expression']),
    tuples: new Set(['tuple_expression', 'tuple_type', 'tuple_pattern']),
  },
  reach: { modules, writing },
  // The last expression of a body stands in it without a statement around it.
  tails: {
    function_item: (node) => {
      const body = child(node, 'body');
      const last = body === undefined ? undefined : named(body).at(-1);
      return last?.type === 'expression_statement' ? undefined : last;
    },
  },
  names,
  calls,
  guards,
  loops,
  handlers,
  options,
  symbols,
  pieces,
  fillers,
  isErrorReturn: (node, view) => {
    if (node.type === 'call_expression')
      return (
        /^(Err|Poll::Ready|Some)$/.test(view.text(child(node, 'function') ?? node)) &&
        /^(Err|(Poll::Ready|Some)\(Err)\b/.test(view.text(node))
      );
    return (
      node.type === 'return_expression' &&
      /^return (Err|Some\(Err|Poll::Ready\(Err|Poll::Ready\(Some\(Err|Box::pin\(.*Err)\b/.test(view.text(node))
    );
  },
  discards: (parent, _node, view) => {
    const pattern = parent.type === 'let_declaration' ? child(parent, 'pattern') : undefined;
    return pattern !== undefined && view.source.slice(pattern.start, pattern.end) === '_';
  },
  isTest: isTestCode,
};
