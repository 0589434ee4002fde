import { child } from '../code/nodes.ts';
import type { CodeGrammar } from '../code/shapes.ts';
import { calls, fillers, guards, handlers, loops, pieces } from './constructs.ts';
import { names, symbols } from './declarations.ts';
import { options } from './options.ts';
import { modules, writing } from './reach.ts';

/** How Java's syntax tree says what the room for code languages asks. */
export const java: CodeGrammar = {
  id: 'java',
  asset: 'tree-sitter-java.wasm',
  owns: (path) => /\.java$/i.test(path),
  syntax: {
    comments: new Set(['line_comment', 'block_comment']),
    strings: new Set(['string_literal', 'character_literal']),
    closures: new Set(['lambda_expression', 'class_body']),
    functions: new Set([
      'method_declaration',
      'constructor_declaration',
      'compact_constructor_declaration',
      'lambda_expression',
      'static_initializer',
    ]),
    identifiers: new Set(['identifier']),
    numbers: new Set([
      'decimal_integer_literal',
      'hex_integer_literal',
      'octal_integer_literal',
      'binary_integer_literal',
      'decimal_floating_point_literal',
      'hex_floating_point_literal',
    ]),
    comparisons: new Set(['binary_expression']),
    logic: new Set(['binary_expression', 'unary_expression', 'parenthesized_expression']),
    parentheses: new Set(['parenthesized_expression']),
    awaits: new Set(),
    blocks: new Set(['program', 'block', 'constructor_body', 'switch_block_statement_group']),
    expressionStatements: new Set(['expression_statement']),
    throws: new Set(['throw_statement']),
    returns: new Set(['return_statement', 'yield_statement']),
    breaks: new Set(['break_statement', 'continue_statement']),
    assignments: new Set(['assignment_expression']),
    plain: new Set([
      'true',
      'false',
      'null_literal',
      'field_access',
      'scoped_identifier',
      'binary_expression',
      'unary_expression',
      'cast_expression',
      'ternary_expression',
      'class_literal',
      'array_access',
      'this',
      'super',
      'type_identifier',
      'scoped_type_identifier',
      'integral_type',
      'floating_point_type',
      'boolean_type',
      'generic_type',
      'type_arguments',
    ]),
    built: new Set(['array_initializer', 'array_creation_expression', 'element_value_array_initializer']),
    plainCalls:
      /^((java\.(time|math|util)\.)?(Duration|Period|Instant|LocalTime)\.(of\w*|parse|ZERO)|TimeUnit\.\w+\.\w+|(List|Set|Map|EnumSet|ImmutableList|ImmutableSet|ImmutableMap)\.(of|copyOf|entry|ofEntries)|Arrays\.asList|Collections\.\w+|(new )?(java\.math\.)?(BigDecimal|BigInteger|AtomicInteger|AtomicLong|AtomicBoolean|URI)(\.valueOf|\.create)?|(Integer|Long|Short|Double|Float|Boolean|String)\.(valueOf|parse\w+|getInteger|getLong|getBoolean)|System\.(getenv|getProperty)|Pattern\.compile|Optional\.(of|empty)|DataSize\.of\w+)$/,
    silent: new Set(['switch_label', 'array_access', 'import_declaration']),
  },
  reach: { modules, writing },
  // What a lambda without a block gives.
  tails: { lambda_expression: (node) => (child(node, 'body')?.type === 'block' ? undefined : child(node, 'body')) },
  names,
  calls,
  guards,
  loops,
  handlers,
  options,
  symbols,
  pieces,
  fillers,
  isErrorReturn: (node, view) =>
    node.type === 'return_statement' &&
    /^return\s+([\w.]+\.)?(Mono\.error|Flux\.error|Single\.error|Completable\.error|Uni\.createFrom\(\)\.failure|Multi\.createFrom\(\)\.failure|CompletableFuture\.failedFuture|CompletableFuture\.failedStage|Future\.failedFuture|Result\.(failure|error|err)|Either\.left|Try\.failure)\b/.test(
      view.text(node),
    ),
};
