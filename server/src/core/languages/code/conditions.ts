import type { Condition } from '../../model/facts.ts';
import type { SyntaxNode } from '../tree-sitter.ts';
import { calleesIn } from './calls.ts';
import { compares, exitOf, readsOf } from './guards.ts';
import { named } from './nodes.ts';
import type { Place } from './place.ts';
import { shapesOf } from './shapes.ts';
import type { View } from './view.ts';

/** Conditions that decide about the work without stopping it, and those that are a function's answer. */
export function readCondition(place: Place, node: SyntaxNode): void {
  const { view } = place;
  const { guards, choices, tails, syntax } = view.grammar;
  for (const { test, body, negated } of shapesOf(guards, node, view)) {
    if (negated !== true && typeof body !== 'string' && exitOf(view, body) === undefined) push(place, test, 'wraps', body);
  }
  for (const { test, body } of shapesOf(choices, node, view)) push(place, test, 'wraps', body);
  const [value] = syntax.returns.has(node.type) ? named(node) : [];
  for (const answer of value === undefined ? shapesOf(tails, node, view) : [value])
    if (isTruth(view, answer)) push(place, answer, 'answers', undefined);
}

function push({ view, draft, scope }: Place, test: SyntaxNode, kind: Condition['kind'], body: SyntaxNode | undefined): void {
  const guarded = body === undefined ? [] : calleesIn(view, [body]);
  // What holds no work steers only how something looks.
  if (kind === 'wraps' && guarded.length === 0) return;
  draft.conditions.push({
    kind,
    test: view.text(test),
    reads: readsOf(view, test),
    compares: compares(view, test),
    guarded,
    range: view.range(test),
    key: `${kind} ${view.key(test)} [${guarded.join(', ')}] in ${scope}`,
    scope,
  });
}

const DECIDES = /^([<>]=?|[!=]==?|&&|\|\||!|and|or|not|in|not in|is|is not|instanceof)$/;

/** A comparison, a negation, or several joined; `true` and `false` themselves among them. */
function isTruth(view: View, value: SyntaxNode): boolean {
  const { comparisons, logic, parentheses } = view.grammar.syntax;
  let node: SyntaxNode | undefined = value;
  while (node !== undefined && (parentheses.has(node.type) || node.type === 'expression_list')) node = named(node)[0];
  if (node === undefined) return false;
  if (/^(true|false)$/i.test(view.source.slice(node.start, node.end))) return true;
  return (comparisons.has(node.type) || logic.has(node.type)) && node.children.some((part) => !part.named && DECIDES.test(part.type));
}
