import { SPOKEN, SPOKEN_NAME, SQL_START } from '../embedded-text.ts';
import type { SyntaxNode } from '../tree-sitter.ts';
import { calleeOf, lastName } from './calls.ts';
import { unquoted } from './options.ts';
import type { Place } from './place.ts';
import { shapesOf } from './shapes.ts';
import { isPieced, linesOf, piecesOf } from './strings.ts';
import type { View } from './view.ts';

/** SQL in a string, in a formatted one, or in pieces that are put together. */
export function readEmbedded({ view, draft, embed, scope, taken }: Place, node: SyntaxNode): void {
  if (!node.named || taken.has(node) || !isPieced(view, node)) return;
  const pieces = piecesOf(view, node, taken);
  if (!pieces.some((piece) => piece.isString)) return;
  if (view.grammar.isProse?.(node, view) === true || isSpoken(view, node)) return;
  const lines = linesOf(view, pieces);
  if (!SQL_START.test(lines.map((line) => line.text).join('\n'))) return;
  const { statements, blindSpots } = embed('sql', lines, scope);
  draft.statements.push(...statements);
  draft.blindSpots.push(...blindSpots.filter((spot) => spot.reason === 'grammar-missing'));
}

/** True where people read the string: a log, an error's message, a description, a name to compare with. */
function isSpoken(view: View, node: SyntaxNode): boolean {
  const { syntax, calls, options } = view.grammar;
  let inner = node;
  // Arguments, names of arguments and parentheses lie between a string and its call.
  for (let depth = 0; depth < 4; depth += 1) {
    const parent = view.parent(inner);
    if (parent === undefined) return false;
    if (syntax.throws.has(parent.type) || syntax.silent.has(parent.type)) return true;
    for (const { name } of shapesOf(options, parent, view)) {
      if (name === inner) return true;
      if (SPOKEN_NAME.test(typeof name === 'string' ? name : unquoted(view.text(name)))) return true;
    }
    const [call] = shapesOf(calls, parent, view);
    if (call !== undefined) {
      const callee = calleeOf(view, call);
      return (call.callee !== inner && SPOKEN.test(lastName(callee))) || /^(errors\.New|re\.\w+|regexp\.\w+|logging\.\w+)$/.test(callee);
    }
    if (syntax.comparisons.has(parent.type) || syntax.blocks.has(parent.type)) return syntax.comparisons.has(parent.type);
    inner = parent;
  }
  return false;
}
