import { type SyntaxNode, walkSyntax } from '../languages/tree-sitter.ts';
import type { MatcherConfig, TeamLanguage } from '../model/team-rule.ts';
import { matchOffsets, syntaxOf } from './ast-grep.ts';

/** A matcher that was made of one piece of code, and the code as it stands in the matcher. */
export interface Learned {
  readonly matcher: MatcherConfig;
  readonly shown: string;
  /** Offsets of the piece, UTF-16. */
  readonly start: number;
  readonly end: number;
}

/** How much of the piece stands for anything: names and texts, names alone, or nothing. */
const LEVELS = ['names-and-texts', 'names', 'nothing'] as const;
type Level = (typeof LEVELS)[number];

/**
 * Matchers for the piece of code between two offsets, the most general first; each matches the piece itself. Names of callees,
 * keys, types and flags are kept, and so are `true`, `false`, `null`, 0 and 1, which are what a setting is about; other names and
 * texts become metavariables, equal ones the same. Empty where the piece holds no code.
 */
export function generalise(language: TeamLanguage, text: string, start: number, end: number): readonly Learned[] {
  const root = syntaxOf(language, text);
  const node = root === undefined ? undefined : pieceAt(root, text, start, end);
  if (root === undefined || node === undefined) return [];
  const locals = localNames(root, text);
  const found: Learned[] = [];
  for (const level of LEVELS) {
    const shown = written(node, text, level, locals);
    const matcher = found.some((one) => one.shown === shown) ? undefined : matcherFor(language, text, node, shown);
    if (matcher !== undefined) found.push({ matcher, shown, start: node.start, end: node.end });
  }
  const exact = text.slice(node.start, node.end);
  const literally = { rule: { kind: node.type, regex: `^${exact.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')}$` } };
  if (found.length === 0 && matches(language, text, node, literally))
    found.push({ matcher: literally, shown: exact, start: node.start, end: node.end });
  return found;
}

/** Code around a fragment with which a grammar reads it as what it is: an argument, a key, a member, a decorator. */
const CONTEXTS: Readonly<Record<TeamLanguage, readonly ((code: string) => string)[]>> = {
  bash: [(code) => `f() {\n${code}\n}`],
  go: [(code) => `package p\nfunc f() {\n${code}\n}`, (code) => `package p\nvar x = T{${code}}`],
  hcl: [(code) => `resource "a" "b" {\n${code}\n}`],
  java: [
    (code) => `class C { void f() { ${code} } }`,
    (code) => `class C { void f() { ${code}; } }`,
    (code) => `class C { ${code} }`,
    (code) => `class C { ${code} void f() {} }`,
  ],
  javascript: scripts(),
  python: [(code) => `f(${code})`, (code) => `${code}\ndef f(): pass`],
  rust: [
    (code) => `fn f() { ${code} }`,
    (code) => `fn f() { ${code}; }`,
    (code) => `fn f() { T { ${code} } }`,
    (code) => `${code}\nfn f() {}`,
  ],
  tsx: scripts(),
  typescript: scripts(),
};

function scripts(): readonly ((code: string) => string)[] {
  return [
    (code) => `function f() { ${code} }`,
    (code) => `({ ${code} })`,
    (code) => `f(${code})`,
    (code) => `class C { ${code} }`,
    (code) => `class C { ${code} f() {} }`,
  ];
}

function matcherFor(language: TeamLanguage, text: string, node: SyntaxNode, code: string): MatcherConfig | undefined {
  const plain = { rule: { pattern: code } };
  if (matches(language, text, node, plain)) return plain;
  return CONTEXTS[language]
    .map((around) => ({ rule: { pattern: { context: around(code), selector: node.type } } }))
    .find((matcher) => matches(language, text, node, matcher));
}

function matches(language: TeamLanguage, text: string, node: SyntaxNode, matcher: MatcherConfig): boolean {
  return matchOffsets(language, text, matcher).some((match) => match.start === node.start && match.end >= node.end - 1);
}

const COMMENT = /comment/;
const CALL = /^(call|call_expression|method_invocation|new_expression|object_creation_expression|macro_invocation|command)$/;
const STATEMENT = /^(expression_statement|declaration_command|statement)$/;
const DECLARATION =
  /^(lexical_declaration|variable_declaration|variable_declarator|assignment|assignment_expression|short_var_declaration|expression_list|let_declaration|local_variable_declaration|await_expression)$/;
const DEFINITION = /(function|method|class|interface|impl|module|mod|package|program|source_file|block|body)/;

/** The largest node inside the range that does something: a call before a value, an inner piece before a whole definition. */
function pieceAt(root: SyntaxNode, text: string, start: number, end: number): SyntaxNode | undefined {
  const from = start + (/^\s*/.exec(text.slice(start, end))?.[0].length ?? 0);
  const to = end - (/[\s;,]*$/.exec(text.slice(from, end))?.[0].length ?? 0);
  if (to <= from) return undefined;
  const inside = largestInside(root, from, end);
  const candidates = inside.length > 0 ? inside : [smallestAround(root, from, to)].filter((node) => node !== undefined);
  const doing =
    candidates.find((node) => !COMMENT.test(node.type) && (CALL.test(node.type) || hasCall(node))) ??
    candidates.find((node) => !COMMENT.test(node.type));
  return doing === undefined ? undefined : unwrapped(doing);
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

/** What a statement, a declaration or a definition comes down to: the call in it. */
function unwrapped(node: SyntaxNode): SyntaxNode {
  const named = node.children.filter((child) => child.named && !COMMENT.test(child.type));
  const [only] = named;
  if (STATEMENT.test(node.type) && only !== undefined && named.length === 1) return unwrapped(only);
  if (DECLARATION.test(node.type)) {
    const value = named.at(-1);
    if (value !== undefined && (CALL.test(value.type) || (DECLARATION.test(value.type) && hasCall(value)))) return unwrapped(value);
  }
  if (DEFINITION.test(node.type) && !CALL.test(node.type)) {
    const call = firstCall(node);
    if (call !== undefined) return call;
  }
  return node;
}

function hasCall(node: SyntaxNode): boolean {
  return firstCall(node) !== undefined;
}

function firstCall(node: SyntaxNode): SyntaxNode | undefined {
  for (const inner of walkSyntax(node)) if (CALL.test(inner.type)) return inner;
  return undefined;
}

const NAME = /^(identifier|shorthand_property_identifier)$/;
const TEXT =
  /^(string|raw_string|template_string|string_literal|raw_string_literal|interpreted_string_literal|char_literal|character_literal|rune_literal|concatenated_string|concatenation|text_block|quoted_template|template_expr|heredoc_template)$/;
const NUMBER =
  /^(number|integer|float|int_literal|float_literal|integer_literal|decimal_integer_literal|decimal_floating_point_literal|numeric_lit)$/;
const MEMBER =
  /^(member_expression|attribute|selector_expression|field_expression|field_access|scoped_identifier|subscript_expression|subscript)$/;
/** Nodes whose own name says what they are: a decorator, an attribute or a block of Terraform. */
const NAMING = /^(decorator|annotation|marker_annotation|attribute_item|attribute|block)$/;
const EXPANSION = /^(simple_expansion|expansion|command_substitution)$/;
/** Fields under which a name says what something is, and not which one. */
const KEPT_FIELDS: readonly string[] = ['property', 'attribute', 'key', 'field', 'label', 'type', 'macro'];
const KEPT_NAMES: readonly string[] = ['self', 'cls', 'this', 'super', 'None', 'nil', 'null', 'undefined', 'true', 'false', 'err'];
const METAVARIABLES = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';

/** The piece with its metavariables. */
function written(node: SyntaxNode, text: string, level: Level, locals: ReadonlySet<string>): string {
  const names = new Map<string, string>();
  const sourceOf = (one: SyntaxNode): string => text.slice(one.start, one.end);
  const meta = (one: SyntaxNode): string => {
    const source = sourceOf(one);
    const letter = names.get(source) ?? METAVARIABLES[names.size];
    if (letter === undefined) return source;
    names.set(source, letter);
    return `$${letter}`;
  };
  const write = (one: SyntaxNode, isCallee: boolean): string => {
    if (replaces(one, isCallee)) return meta(one);
    if (one.children.length === 0) return sourceOf(one);
    const isCall = CALL.test(one.type);
    let out = '';
    let at = one.start;
    for (const [index, child] of one.children.entries()) {
      const isName = NAMING.test(one.type) && (index === 0 || child.field === '');
      const callee = isCall ? isCalleeField(child, index) : isName || (isCallee && (MEMBER.test(one.type) || one.type === 'command_name'));
      out += text.slice(at, child.start) + (COMMENT.test(child.type) ? '' : write(child, callee));
      at = child.end;
    }
    return out + text.slice(at, one.end);
  };
  const replaces = (one: SyntaxNode, isCallee: boolean): boolean => {
    if (level === 'nothing' || one === node || KEPT_FIELDS.includes(one.field)) return false;
    const source = sourceOf(one);
    if (isCallee) return NAME.test(one.type) && locals.has(source) && one.field !== 'name';
    if (TEXT.test(one.type) || NUMBER.test(one.type)) return level === 'names-and-texts' && !/^-?[01]$/.test(source);
    if (one.type === 'word') return level === 'names-and-texts' && !source.startsWith('-');
    if (EXPANSION.test(one.type)) return true;
    if (MEMBER.test(one.type)) return locals.has(/^[\w$]+/.exec(source)?.[0] ?? '');
    return NAME.test(one.type) && !KEPT_NAMES.includes(source) && !isKeyword(one);
  };
  return write(node, false)
    .replace(/[;,\s]+$/, '')
    .trimStart();
}

/** The part of a call that says what is called; in Java and in a shell the name stands beside its receiver. */
function isCalleeField(child: SyntaxNode, index: number): boolean {
  return ['function', 'object', 'name', 'constructor', 'macro', 'type'].includes(child.field) || (index === 0 && child.field === '');
}

/** `timeout` of `timeout=5` is a name like a key. */
function isKeyword({ field }: SyntaxNode): boolean {
  return field === 'name' || field === 'alias';
}

const BINDING =
  /(declarator|assignment|parameter|for_|let_|short_var|var_spec|range_clause|with_item|as_pattern|closure|lambda|arrow_function)/;

/** Names that the file binds itself: variables, parameters, loop variables. An import is none. */
function localNames(root: SyntaxNode, text: string): ReadonlySet<string> {
  const names = new Set<string>();
  const stack: { readonly node: SyntaxNode; readonly binds: boolean }[] = [{ node: root, binds: false }];
  for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
    const { node, binds } = top;
    if (binds && NAME.test(node.type)) names.add(text.slice(node.start, node.end));
    const isBinding = BINDING.test(node.type);
    for (const child of node.children) {
      const target = ['name', 'left', 'pattern', 'parameter', 'parameters', 'alias'].includes(child.field) || /parameter/.test(node.type);
      stack.push({ node: child, binds: (isBinding && target) || (binds && !/(value|right|body|type|default)/.test(child.field)) });
    }
  }
  return names;
}
