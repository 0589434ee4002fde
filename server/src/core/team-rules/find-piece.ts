import { type SyntaxNode, walkSyntax } from '../languages/tree-sitter.ts';
import type { TeamLanguage } from '../model/team-rule.ts';
import { CALL, COMMENT, NAME, NUMBER, TEXT } from './node-kinds.ts';

/** Two offsets into one text, UTF-16, the second exclusive. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** The largest node inside the span that does something: a call before a value, an inner piece before a whole definition. */
export function findPiece(root: SyntaxNode, text: string, { start, end }: Span): SyntaxNode | undefined {
  const from = start + (/^\s*/.exec(text.slice(start, end))?.[0].length ?? 0);
  const to = end - (/(?<![\s;,])[\s;,]*$/.exec(text.slice(from, end))?.[0].length ?? 0);
  if (to <= from) return undefined;
  const inside = largestInside(root, from, end);
  const candidates = inside.length > 0 ? inside : [smallestAround(root, from, to)].filter((node) => node !== undefined);
  const doing =
    candidates.find((node) => !COMMENT.test(node.type) && (CALL.test(node.type) || hasCall(node))) ??
    candidates.find((node) => !COMMENT.test(node.type));
  return doing === undefined ? undefined : unwrapped(doing);
}

/** What says one thing by itself, by language; a keyword of a call says it only with the call. */
const SAYS_ONE_THING: Readonly<Record<TeamLanguage, RegExp>> = {
  bash: /^command$/,
  go: /^(call_expression|keyed_element|const_spec|var_spec)$/,
  hcl: /^(attribute|function_call)$/,
  java: /^(method_invocation|object_creation_expression|annotation|variable_declarator)$/,
  javascript: /^(call_expression|new_expression|pair|variable_declarator|jsx_attribute)$/,
  python: /^(call|pair|assignment)$/,
  rust: /^(call_expression|macro_invocation|field_initializer|const_item|let_declaration)$/,
  tsx: /^(call_expression|new_expression|pair|variable_declarator|jsx_attribute)$/,
  typescript: /^(call_expression|new_expression|pair|variable_declarator)$/,
};

/** The smallest part of a piece that holds all that changed and says one thing by itself; the piece where there is none. */
export function narrowPiece(piece: SyntaxNode, changed: Span, language: TeamLanguage): SyntaxNode {
  let narrow = piece;
  for (let node: SyntaxNode | undefined = piece; node !== undefined; ) {
    if (SAYS_ONE_THING[language].test(node.type)) narrow = node;
    node = node.children.find((child) => child.named && child.start <= changed.start && changed.end <= child.end);
  }
  return narrow;
}

/** A value that is made of settings of which one says something by itself comes down to that one: `InsecureSkipVerify: true`. */
export function onlySetting(piece: SyntaxNode, text: string): SyntaxNode {
  if (!MADE.test(piece.type)) return piece;
  const telling = [...walkSyntax(piece)].filter(
    ({ type, start, end }) => type === 'keyed_element' && /:\s*(true|false|nil|-?[01])$/.test(text.slice(start, end)),
  );
  return telling.length === 1 ? (telling[0] ?? piece) : piece;
}

/** A number or a text on a line of its own says nothing without the call that it is given to; anything else is the piece itself. */
export function callOfValue(root: SyntaxNode, piece: SyntaxNode): SyntaxNode {
  if (!NUMBER.test(piece.type) && !TEXT.test(piece.type)) return piece;
  for (const call of walkSyntax(root)) {
    const list = CALL.test(call.type) ? call.children.find(({ type }) => /^(arguments|argument_list)$/.test(type)) : undefined;
    if (list?.children.some((one) => one.start === piece.start && one.end === piece.end) === true) return call;
  }
  return piece;
}

/** Whether a piece only gives one name another: nothing in it tells one such line from the next. */
export function saysNothing(piece: SyntaxNode): boolean {
  if (!/^(variable_declarator|assignment|assignment_expression|let_declaration|expression_list|identifier)$/.test(piece.type)) return false;
  return [...walkSyntax(piece)].every(({ type, named, children }) => !named || children.length > 0 || NAME.test(type));
}

function largestInside(node: SyntaxNode, start: number, end: number): readonly SyntaxNode[] {
  if (node.end <= start || end <= node.start) return [];
  if (start <= node.start && node.end <= end && node.named && node.end > node.start) return [node];
  return node.children.flatMap((child) => largestInside(child, start, end));
}

function smallestAround(node: SyntaxNode, start: number, end: number): SyntaxNode | undefined {
  const inner = node.children.find((child) => child.named && child.start <= start && end <= child.end);
  return inner === undefined ? node : smallestAround(inner, start, end);
}

const STATEMENT = /^(expression_statement|declaration_command|statement)$/;
const DECLARATION =
  /^(lexical_declaration|variable_declaration|variable_declarator|assignment|assignment_expression|short_var_declaration|expression_list|let_declaration|local_variable_declaration|await_expression|return_statement|return_expression)$/;
const DEFINITION = /(function|method|class|interface|impl|module|mod|package|program|source_file|block|body)/;

/** What a statement, a declaration or a definition comes down to: the call in it, or the value that Go makes of a type. */
function unwrapped(node: SyntaxNode): SyntaxNode {
  const named = node.children.filter((child) => child.named && !COMMENT.test(child.type));
  const [only] = named;
  if (STATEMENT.test(node.type) && only !== undefined && named.length === 1) return unwrapped(only);
  if (DECLARATION.test(node.type)) {
    const value = named.at(-1);
    if (value !== undefined && (CALL.test(value.type) || MADE.test(value.type) || (DECLARATION.test(value.type) && hasCall(value))))
      return unwrapped(value);
    if (value !== undefined && value.type === 'expression_list' && value.children.some(({ type }) => MADE.test(type)))
      return unwrapped(value);
  }
  if (DEFINITION.test(node.type) && !CALL.test(node.type)) {
    const call = firstCall(node);
    if (call !== undefined) return call;
  }
  return node;
}

/** `&http.Transport{…}` of Go. */
const MADE = /^(unary_expression|composite_literal)$/;

function hasCall(node: SyntaxNode): boolean {
  return firstCall(node) !== undefined;
}

function firstCall(node: SyntaxNode): SyntaxNode | undefined {
  for (const inner of walkSyntax(node)) if (CALL.test(inner.type)) return inner;
  return undefined;
}
