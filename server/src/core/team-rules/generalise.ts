import type { SyntaxNode } from '../languages/tree-sitter.ts';
import type { MatcherConfig, TeamLanguage } from '../model/team-rule.ts';
import { matchOffsets, syntaxOf } from './ast-grep.ts';
import { callOfValue, findPiece, narrowPiece, onlySetting, type Span, saysNothing } from './find-piece.ts';
import { localNames } from './local-names.ts';
import { writeLost } from './lost-setting.ts';
import { writeGuard } from './write-guard.ts';
import { LEVELS, writePattern } from './write-pattern.ts';

/** A matcher that was made of one piece of code, and the code as it stands in the matcher. */
export interface Learned extends Span {
  readonly matcher: MatcherConfig;
  readonly shown: string;
  /** The kind of the piece in its grammar. */
  readonly kind: string;
}

/**
 * Matchers for the piece of code of a span, the most general first; each matches the piece itself. `changed` is what of the span
 * the other side has otherwise, where that is known: the piece is the smallest around it that says one thing, and it is kept as
 * it is. `other` is the other side of the hunk. Empty where the span holds no code, or names alone.
 */
export function generalise(language: TeamLanguage, text: string, span: Span, changed?: Span, other = ''): readonly Learned[] {
  const root = syntaxOf(language, text);
  const whole = root === undefined ? undefined : findPiece(root, text, span);
  if (root === undefined || whole === undefined) return [];
  const inside = changed !== undefined && whole.start <= changed.start && changed.end <= whole.end ? changed : undefined;
  const narrow = onlySetting(inside === undefined ? whole : narrowPiece(whole, inside, language), text);
  if (saysNothing(narrow)) return [];
  const node = callOfValue(root, narrow);
  const around = { locals: localNames(root, text), changed: node === narrow ? inside : narrow, other };
  const found: Learned[] = [];
  const guard = writeGuard(node, text, around);
  if (guard !== undefined && matches(language, text, node, guard.matcher))
    found.push({ ...guard, kind: 'guard', start: node.start, end: node.end });
  const lost = writeLost(language, node, text, other, around);
  if (lost !== undefined && matches(language, text, node, lost.matcher))
    found.push({ ...lost, kind: node.type, start: node.start, end: node.end });
  for (const level of LEVELS) {
    const { shown, constraints } = writePattern(node, text, level, around);
    const matcher = found.some((one) => one.shown === shown) ? undefined : matcherFor(language, text, node, shown, constraints);
    if (matcher !== undefined) found.push({ matcher, shown, kind: node.type, start: node.start, end: node.end });
  }
  const exact = text.slice(node.start, node.end);
  const literally = { rule: { kind: node.type, regex: `^${exact.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')}$` } };
  if (found.length === 0 && matches(language, text, node, literally))
    found.push({ matcher: literally, shown: exact, kind: node.type, start: node.start, end: node.end });
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

function matcherFor(
  language: TeamLanguage,
  text: string,
  node: SyntaxNode,
  code: string,
  constraints: Readonly<Record<string, unknown>>,
): MatcherConfig | undefined {
  const more = Object.keys(constraints).length === 0 ? {} : { constraints };
  // Where `$$$` may stand for nothing, the comma before it must not count.
  const strictness = code.includes('$$$') ? { strictness: 'ast' } : {};
  const plain = { rule: { pattern: code.includes('$$$') ? { context: code, ...strictness } : code }, ...more };
  if (matches(language, text, node, plain)) return plain;
  return CONTEXTS[language]
    .map((around) => ({ rule: { pattern: { context: around(code), selector: node.type, ...strictness } }, ...more }))
    .find((matcher) => matches(language, text, node, matcher));
}

function matches(language: TeamLanguage, text: string, node: SyntaxNode, matcher: MatcherConfig): boolean {
  return matchOffsets(language, text, matcher).some((match) => match.start === node.start && match.end >= node.end - 1);
}
