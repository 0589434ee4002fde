import type { Guard } from '../../model/facts.ts';
import { neverHolds } from '../never-holds.ts';
import { isAnswer, STOPS } from '../outcomes.ts';
import type { SyntaxNode } from '../tree-sitter.ts';
import { calleeOf, calleesIn, callIn } from './calls.ts';
import { named } from './nodes.ts';
import type { Place } from './place.ts';
import { type GuardShape, shapesOf } from './shapes.ts';
import type { View } from './view.ts';

/** A condition that stops the work. One whose statements go on is no guard. */
export function readGuard({ view, draft, scope }: Place, node: SyntaxNode, shape: GuardShape): void {
  const exit = typeof shape.body === 'string' ? shape.body : exitOf(view, shape.body);
  if (exit === undefined) return;
  const isRefusal = (exit === 'return' || exit === 'throw') && shape.negated !== true && refusesAfterWork(view, node, shape);
  if (isRefusal) {
    pushGuard({ view, draft, scope }, node, { ...shape, negated: true, from: shape.test, to: shape.test }, 'throw');
    return;
  }
  pushGuard({ view, draft, scope }, node, shape, exit);
}

/**
 * `if fits: book(); return id` before a `raise Full()` refuses where `if not fits: raise Full()` does: the block works and gives
 * back, and all that stands behind it refuses.
 */
function refusesAfterWork(view: View, node: SyntaxNode, { body }: GuardShape): boolean {
  if (typeof body === 'string' || statementsOf(view, body).length < 2) return false;
  // A block that ends with a refusal itself is work where it gives something back on the way.
  const { returns, functions } = view.grammar.syntax;
  const givesBack = [...within(body, functions)].some((part) => returns.has(part.type) && exitOf(view, part) === 'return');
  if (!givesBack) return false;
  const own = node.children.find((part) => part.field === 'alternative');
  const siblings = named(view.parent(node)).filter((part) => !view.grammar.syntax.comments.has(part.type));
  // One of several branches that each give something back chooses the work, and refuses nothing by itself.
  const previous = siblings[siblings.indexOf(node) - 1];
  const branches = previous === undefined ? [] : shapesOf(view.grammar.guards, previous, view);
  if (node.field === 'alternative' || branches.some((branch) => typeof branch.body !== 'string' && exitOf(view, branch.body) === 'return'))
    return false;
  const next = own === undefined ? siblings[siblings.indexOf(node) + 1] : (own.children.find((part) => part.field === 'body') ?? own);
  if (next === undefined || shapesOf(view.grammar.guards, next, view).length > 0) return false;
  return statementsOf(view, next).length === 1 && exitOf(view, next) === 'throw';
}

function pushGuard(
  { view, draft, scope }: Pick<Place, 'view' | 'draft' | 'scope'>,
  node: SyntaxNode,
  shape: GuardShape,
  exit: Guard['exit'],
): void {
  const wrap = (text: string): string => (shape.negated === true ? `!(${text})` : text);
  const checks = shape.about === undefined ? [] : calleesIn(view, [shape.about]);
  const about = checks.length === 0 ? '' : ` of ${checks.join(', ')}`;
  if (shape.negated !== true && neverHolds(view.text(shape.test))) return;
  draft.guards.push({
    test: wrap(view.text(shape.test)),
    exit,
    reads: readsOf(view, shape.test),
    compares: compares(view, shape.test),
    ...(checks.length === 0 ? {} : { checks }),
    range: view.range(shape.from ?? node, shape.to ?? node),
    key: `${wrap(view.key(shape.test))}${about} ${exit} in ${scope}`,
    scope,
  });
}

/** How a block or a statement leaves, or undefined where it goes on. */
export function exitOf(view: View, body: SyntaxNode): Guard['exit'] | undefined {
  const { syntax, isErrorReturn } = view.grammar;
  const statements = statementsOf(view, body);
  const last = statements.at(-1);
  if (last === undefined) return undefined;
  const kind = bareStatement(view, last);
  if (syntax.throws.has(kind.type)) return 'throw';
  if (syntax.breaks.has(kind.type)) return 'break';
  const answered = statements.some((statement) => answers(view, statement));
  if (syntax.returns.has(kind.type)) {
    if (isErrorReturn?.(kind, view) === true || named(kind).some((part) => stops(view, part))) return 'throw';
    return answered ? 'answer' : 'return';
  }
  if (isErrorReturn?.(kind, view) === true || stops(view, kind)) return 'throw';
  return answered ? 'answer' : undefined;
}

/** Statements of a block, whatever wraps them; a statement stands for itself. */
export function statementsOf(view: View, body: SyntaxNode): readonly SyntaxNode[] {
  const { blocks } = view.grammar.syntax;
  let list: readonly SyntaxNode[] = [body];
  while (list.length === 1 && list[0] !== undefined && blocks.has(list[0].type)) list = named(list[0]);
  return list;
}

/** Every node in a tree, nested functions left out. */
export function* within(root: SyntaxNode, skips?: ReadonlySet<string>): Generator<SyntaxNode> {
  const stack = [root];
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    if (skips?.has(node.type) === true && node !== root) continue;
    yield node;
    for (let at = node.children.length - 1; at >= 0; at -= 1) {
      const child = node.children[at];
      if (child !== undefined) stack.push(child);
    }
  }
}

function bareStatement(view: View, node: SyntaxNode): SyntaxNode {
  return view.grammar.syntax.expressionStatements.has(node.type) ? (named(node)[0] ?? node) : node;
}

function stops(view: View, node: SyntaxNode): boolean {
  const call = callIn(view, node);
  return call !== undefined && STOPS.test(calleeOf(view, call));
}

/** True where a statement answers a request with something of its own: `http.Error(w, …)`, `return JsonResponse(…)`. */
function answers(view: View, statement: SyntaxNode): boolean {
  const { syntax } = view.grammar;
  const kind = bareStatement(view, statement);
  // `return {"error": text}, 400`, as Flask has it.
  if (syntax.returns.has(kind.type) && named(kind).some((part) => part.type === 'expression_list' && STATUS.test(view.text(part))))
    return true;
  const parts = syntax.returns.has(kind.type)
    ? named(kind).flatMap((part) => (shapesOf(view.grammar.calls, part, view).length > 0 ? [part] : [part, ...named(part)]))
    : [kind];
  return parts.some((part) => {
    const call = callIn(view, part);
    return call !== undefined && isAnswer(calleeOf(view, call));
  });
}

const STATUS = /, ?(?:[45]\d\d|HTTPStatus\.\w+|status\.HTTP_[45]\w+)$/;

const BOUND = /(^|[.:])([A-Z][A-Z0-9_]{2,}|length|size|count|byteLength|len|capacity)(\(\))?$|^(len|cap|sum)\(/;

/** Identifiers of a condition in order of first use, roots and properties alike. */
export function readsOf(view: View, test: SyntaxNode): readonly string[] {
  const { identifiers } = view.grammar.syntax;
  const reads = new Set<string>();
  for (const part of within(test)) if (identifiers.has(part.type)) reads.add(view.source.slice(part.start, part.end));
  return [...reads];
}

/** True where a part compares a size: by order with anything, by equality with a number, a constant or a length. */
export function compares(view: View, test: SyntaxNode): boolean {
  const { comparisons, numbers } = view.grammar.syntax;
  for (const node of within(test)) {
    if (!comparisons.has(node.type)) continue;
    for (const part of node.children) {
      if (part.named) continue;
      if (/^[<>]=?$/.test(part.type)) return true;
      if (!/^[!=]==?$/.test(part.type)) continue;
      if (named(node).some((side) => numbers.has(side.type) || BOUND.test(view.text(side)))) return true;
    }
  }
  return false;
}
