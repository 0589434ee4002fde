import type { Call } from '../../model/facts.ts';
import type { SyntaxNode } from '../tree-sitter.ts';
import { named } from './nodes.ts';
import type { Place } from './place.ts';
import { type CallShape, shapesOf } from './shapes.ts';
import type { View } from './view.ts';

const PREFIX: Readonly<Record<string, string>> = { beside: 'go ', deferred: 'defer ' };

/**
 * A call that left one function and came to another is not the same call, so its key holds its scope; one of the module
 * itself, such as a route, says where it belongs by its arguments.
 */
export function readCall({ view, draft, scope }: Place, node: SyntaxNode, shape: CallShape): void {
  const isMark = shape.kind === 'decorator';
  const use = useOf(view, node);
  // Whether anybody waits for a write is part of what is said: `await` that is dropped leaves every other word as it was.
  const words = shape.at === undefined ? view.key(node) : `${calleeOf(view, shape)} ${view.key(shape.at)}`;
  const text = `${words}${use === 'discarded' && !isMark ? ' ;' : ''}`;
  draft.calls.push({
    kind: shape.kind,
    callee: calleeOf(view, shape),
    args: shape.args.map((part) => view.text(part)),
    ...(isMark ? {} : { use }),
    ...(shape.runs === undefined ? {} : { runs: shape.runs }),
    range: shape.at === undefined ? view.lines.rangeOf(node.start, headEnd(view, node, shape)) : view.range(shape.at),
    key: isMark ? `${text} on ${scope}` : `${PREFIX[shape.runs ?? ''] ?? ''}${text}${scope === '' ? '' : ` in ${scope}`}`,
    scope,
  });
}

export function calleeOf(view: View, shape: CallShape): string {
  if (typeof shape.callee === 'string') return shape.callee;
  // A chain that goes on in another line is the same chain.
  return view
    .text(shape.callee)
    .replace(/\) ?\. ?(?=[A-Za-z_])/g, ').')
    .replace(/^([\w.]{1,80})\. (?=[A-Za-z_])/, '$1.');
}

/** `verify` of `jwt.verify` and of `jwt::verify`, `print` of `print!`. */
export function lastName(callee: string): string {
  return callee.slice(Math.max(callee.lastIndexOf('.'), callee.lastIndexOf(')'), callee.lastIndexOf(':')) + 1).replace(/!$/, '');
}

/** The call that a statement or an expression is, behind parentheses, `await` and its statement; undefined where it is none. */
export function callIn(view: View, node: SyntaxNode): CallShape | undefined {
  const { syntax, calls } = view.grammar;
  let at: SyntaxNode | undefined = node;
  while (at !== undefined) {
    const [shape] = shapesOf(calls, at, view);
    if (shape !== undefined) return shape;
    const opens: boolean = syntax.expressionStatements.has(at.type) || syntax.parentheses.has(at.type) || syntax.awaits.has(at.type);
    at = opens ? named(at)[0] : undefined;
  }
  return undefined;
}

/** Callees inside nodes in order, each once; what only writes a log is nothing at stake. */
export function calleesIn(view: View, roots: readonly SyntaxNode[]): readonly string[] {
  const [first, ...others] = roots.map((root) => calleesOf(view, root));
  return others.reduce((all, more) => union(all, more), first ?? []);
}

/** Worked out from the leaves, once for each node: conditions inside conditions ask again for what lies inside. */
function calleesOf(view: View, root: SyntaxNode): readonly string[] {
  const known = knownCallees.get(view) ?? new Map<SyntaxNode, readonly string[]>();
  knownCallees.set(view, known);
  const stack = [{ node: root, isOpened: false }];
  for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
    const { node, isOpened } = top;
    if (known.has(node)) continue;
    if (!isOpened) {
      stack.push({ node, isOpened: true });
      for (const child of node.children) stack.push({ node: child, isOpened: false });
      continue;
    }
    const own = shapesOf(view.grammar.calls, node, view)
      .map((shape) => calleeOf(view, shape))
      .filter((callee) => !LOGS.test(callee));
    known.set(
      node,
      node.children.reduce<readonly string[]>((all, child) => union(all, known.get(child) ?? []), own.length > 1 ? [...new Set(own)] : own),
    );
  }
  return known.get(root) ?? [];
}

/** The first list and what only the second holds; the same list where one has it all, so that most nodes share theirs. */
function union(all: readonly string[], more: readonly string[]): readonly string[] {
  if (more.length === 0) return all;
  if (all.length === 0) return more;
  const has = new Set(all);
  const fresh = more.filter((callee) => !has.has(callee));
  return fresh.length === 0 ? all : [...all, ...fresh];
}

const LOGS = /^(console|log|logger|logging|slog|logrus|tracing|self\.(log|logger)|this\.(log|logger))(\.|::)/i;
const knownCallees = new WeakMap<View, Map<SyntaxNode, readonly string[]>>();

/** What becomes of a result, seen from the place the call stands in. */
function useOf(view: View, node: SyntaxNode): NonNullable<Call['use']> {
  const { syntax, discards } = view.grammar;
  let inner = node;
  for (let parent = view.parent(node); parent !== undefined; parent = view.parent(parent)) {
    if (syntax.awaits.has(parent.type)) return 'awaited';
    if (syntax.expressionStatements.has(parent.type) || discards?.(parent, inner, view) === true) return 'discarded';
    if (!syntax.parentheses.has(parent.type)) return 'used';
    inner = parent;
  }
  return 'used';
}

/** A call's own words end where the body of its last argument begins; the facts of the body stand for themselves. */
function headEnd(view: View, node: SyntaxNode, shape: CallShape): number {
  const { closures, blocks } = view.grammar.syntax;
  const last = shape.args.at(-1);
  if (last === undefined || !closures.has(last.type)) return node.end;
  return last.children.find((child) => blocks.has(child.type))?.start ?? node.end;
}
