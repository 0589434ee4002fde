import type { CodeGrammar } from '../code/shapes.ts';
import { calls, choices, fillers, guards, handlers, loops, pieces } from './constructs.ts';
import { names, symbols } from './declarations.ts';
import { options } from './options.ts';
import { modules, writing } from './reach.ts';

/** How Python's syntax tree says what the room for code languages asks. */
export const python: CodeGrammar = {
  id: 'python',
  asset: 'tree-sitter-python.wasm',
  owns: (path) => /\.(pyi?|pyw)$/i.test(path),
  syntax: {
    comments: new Set(['comment', 'line_continuation']),
    strings: new Set(['string']),
    closures: new Set(['lambda']),
    functions: new Set(['function_definition', 'lambda']),
    identifiers: new Set(['identifier']),
    numbers: new Set(['integer', 'float']),
    comparisons: new Set(['comparison_operator']),
    logic: new Set(['boolean_operator', 'not_operator']),
    parentheses: new Set(['parenthesized_expression']),
    awaits: new Set(['await']),
    blocks: new Set(['module', 'block']),
    expressionStatements: new Set(['expression_statement']),
    throws: new Set(['raise_statement']),
    returns: new Set(['return_statement']),
    breaks: new Set(['break_statement', 'continue_statement']),
    assignments: new Set(['assignment', 'augmented_assignment']),
    plain: new Set([
      'true',
      'false',
      'none',
      'attribute',
      'binary_operator',
      'unary_operator',
      'boolean_operator',
      'not_operator',
      'concatenated_string',
      'tuple',
      'subscript',
      'ellipsis',
      'conditional_expression',
      'comparison_operator',
    ]),
    built: new Set(['dictionary', 'list', 'set']),
    plainCalls:
      /^(int|float|bool|str|Decimal|decimal\.Decimal|(datetime\.)?timedelta|frozenset|set|tuple|list|dict|os\.(getenv|environ\.get)|env(\.\w+)?|config|\w*env\w*(\.\w+)?|crontab|os\.path\.\w+|(pathlib\.)?Path(\.\w+)?|(?:r|f|rf|fr)?['"][\s\S]*\.(format|join)|(aiohttp\.|httpx\.)?\w*Timeout)$/i,
    silent: new Set(['subscript', 'case_pattern', 'import_statement', 'import_from_statement', 'type']),
    tuples: new Set(['tuple', 'subscript', 'expression_list', 'pattern_list']),
    linesEndStatements: true,
    indentation: true,
  },
  reach: { modules, writing },
  names,
  calls,
  guards,
  loops,
  handlers,
  options,
  choices,
  symbols,
  pieces,
  fillers,
  holes: new Set(['interpolation']),
  isProse: (node, view) =>
    (node.type === 'string' || node.type === 'concatenated_string') && view.parent(node)?.type === 'expression_statement',
  discards: (parent, node, view) => {
    if (parent.type !== 'assignment') return false;
    const [left] = parent.children;
    return left !== undefined && left !== node && view.text(left) === '_';
  },
};
