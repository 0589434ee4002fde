import type { SyntaxNode } from '../languages/tree-sitter.ts';
import type { MatcherConfig } from '../model/team-rule.ts';
import { type Around, writePattern } from './write-pattern.ts';

const GUARD = /^(if_statement|if_expression)$/;
/** What ends the work: the grammars' own names, and the macros of Rust that do. */
const EXITS = ['throw_statement', 'raise_statement', 'return_statement', 'return_expression'] as const;

/**
 * A guard by what it asks: the same condition with whatever exit, in a block or not. Undefined where the piece is no guard: where it
 * has an else, or goes on.
 */
export function writeGuard(
  node: SyntaxNode,
  text: string,
  around: Around,
): { readonly shown: string; readonly matcher: MatcherConfig } | undefined {
  if (!GUARD.test(node.type)) return undefined;
  const condition = node.children.find(({ field }) => field === 'condition');
  const consequence = node.children.find(({ field }) => field === 'consequence');
  const exits = consequence === undefined ? [] : EXITS.filter((kind) => holds(consequence, kind));
  if (condition === undefined || exits.length === 0 || node.children.some(({ field }) => field === 'alternative')) return undefined;
  const isWrapped = condition.type === 'parenthesized_expression';
  const asked = isWrapped ? condition.children.find(({ named }) => named) : condition;
  if (asked === undefined) return undefined;
  const { shown, constraints } = writePattern(asked, text, 'same-mistake', around, true);
  // Some exit, whichever this language has.
  const leaves = { any: exitsLike(exits).flatMap((kind) => [{ kind }, { has: { kind, stopBy: 'end' } }]) };
  return {
    shown: isWrapped ? `if (${shown}) …` : `if ${shown} …`,
    matcher: {
      rule: {
        kind: node.type,
        all: [
          { has: { field: 'condition', ...(isWrapped ? { has: { pattern: shown } } : { pattern: shown }) } },
          { has: { field: 'consequence', ...leaves } },
        ],
      },
      ...(Object.keys(constraints).length === 0 ? {} : { constraints }),
    },
  };
}

/** Whoever throws here may return there. */
function exitsLike(exits: readonly string[]): readonly string[] {
  if (exits.some((kind) => kind === 'return_expression')) return ['return_expression'];
  if (exits.includes('raise_statement')) return ['raise_statement', 'return_statement'];
  return exits.includes('throw_statement') ? ['throw_statement', 'return_statement'] : ['return_statement'];
}

function holds(node: SyntaxNode, kind: string): boolean {
  return node.type === kind || node.children.some((child) => holds(child, kind));
}
