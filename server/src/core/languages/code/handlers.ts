import type { Handler } from '../../model/facts.ts';
import { isAnswer, MUTED, PASSES_ON, REPORTS, STOPS } from '../outcomes.ts';
import type { SyntaxNode } from '../tree-sitter.ts';
import { calleeOf, calleesIn, lastName } from './calls.ts';
import { within } from './guards.ts';
import { named } from './nodes.ts';
import type { Place } from './place.ts';
import { type CallShape, type HandlerShape, shapesOf } from './shapes.ts';
import type { View } from './view.ts';

/** The range is the handler whole, because any line of it decides what becomes of the error. */
export function readHandler({ view, draft, scope }: Place, node: SyntaxNode, shape: HandlerShape): void {
  const outcome = typeof shape.body === 'string' ? shape.body : outcomeOf(view, shape.body, shape.error);
  const guarded = calleesIn(view, shape.guarded);
  const catches = shape.catches?.map((type) => view.text(type)) ?? [];
  draft.handlers.push({
    outcome,
    guarded,
    ...(catches.length === 0 ? {} : { catches }),
    range: view.range(shape.from ?? node, shape.to ?? node),
    key: `${[outcome, ...catches].join(' ')} [${guarded.join(', ')}] in ${scope}`,
    scope,
  });
}

const RANK = { swallows: 0, substitutes: 1, reports: 2, rethrows: 3 } as const;

/** The strongest thing that a handler does: passing the error on, then telling of it, then a value in its place. */
function outcomeOf(view: View, body: readonly SyntaxNode[], error: string): Handler['outcome'] {
  const { syntax, isErrorReturn } = view.grammar;
  let outcome: Handler['outcome'] = 'swallows';
  const raise = (to: Handler['outcome'] | undefined): void => {
    if (to !== undefined && RANK[to] > RANK[outcome]) outcome = to;
  };
  for (const part of body) {
    for (const node of within(part, syntax.functions)) {
      if (syntax.throws.has(node.type)) raise('rethrows');
      if (syntax.returns.has(node.type) && isErrorReturn?.(node, view) === true) raise('rethrows');
      if (syntax.returns.has(node.type) && !isNothing(view, node)) raise('substitutes');
      if (syntax.assignments.has(node.type)) raise('substitutes');
      for (const call of shapesOf(view.grammar.calls, node, view)) raise(outcomeOfCall(view, call, error));
    }
  }
  return outcome;
}

function outcomeOfCall(view: View, call: CallShape, error: string): Handler['outcome'] | undefined {
  const callee = calleeOf(view, call);
  const name = lastName(callee);
  if ((PASSES_ON.test(name) && call.args.length > 0) || STOPS.test(callee)) return 'rethrows';
  if (REPORTS.test(name) || isAnswer(callee)) return 'reports';
  // Whoever is handed the error is told of it, unless it is a log that nobody reads.
  const { identifiers } = view.grammar.syntax;
  const isError = (node: SyntaxNode): boolean => identifiers.has(node.type) && view.source.slice(node.start, node.end) === error;
  const told = error !== '' && !MUTED.test(callee) && call.args.some((part) => [...within(part)].some(isError));
  return told ? 'reports' : undefined;
}

/** A `return` of nothing, or of what every language has for nothing. */
function isNothing(view: View, node: SyntaxNode): boolean {
  const [value] = named(node);
  return value === undefined || /^(None|nil|null|undefined|\(\)|\{\}|(nil, )*nil)$/.test(view.text(value));
}
