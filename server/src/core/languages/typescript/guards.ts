import type { ts } from 'ts-morph';
import type { Guard } from '../../model/facts.ts';
import { neverHolds } from '../never-holds.ts';
import { lastName } from './calls.ts';
import type { Sink } from './sink.ts';
import type { View } from './view.ts';

type Exit = Guard['exit'];

/** An `if` (or `else`) that stops the work, and statements of `assert`, `invariant` and Koa's `ctx.assert`. */
export function readGuard(view: View, node: ts.Node, scope: string, sink: Sink): void {
  const { ts } = view;
  if (ts.isIfStatement(node)) {
    const exit = exitOf(view, node.thenStatement);
    const refusal = exit === 'return' || exit === 'throw' ? refusalAfterWork(view, node) : undefined;
    if (refusal !== undefined) {
      push(view, node.expression, '!', refusal, node.expression, node.expression, scope, sink);
      return;
    }
    if (exit !== undefined) push(view, node.expression, '', exit, node, node.thenStatement, scope, sink);
    const otherwise = node.elseStatement;
    if (otherwise === undefined || ts.isIfStatement(otherwise)) return;
    const elseExit = exitOf(view, otherwise);
    if (elseExit !== undefined && exit === undefined) push(view, node.expression, '!', elseExit, otherwise, otherwise, scope, sink);
    return;
  }
  // `find(id) ?? fail('no such order')` goes on only with a value.
  if (ts.isBinaryExpression(node) && isFallback(view, node) && (rejects(view, node.right) || neverReturns(view, node.right))) {
    push(view, node.left, '!', 'throw', node, node, scope, sink);
    return;
  }
  if (!ts.isExpressionStatement(node)) return;
  const call = ts.isAwaitExpression(node.expression) ? node.expression.expression : node.expression;
  if (!ts.isCallExpression(call)) return;
  const [test] = call.arguments;
  if (test === undefined) return;
  const callee = view.text(call.expression);
  if (/^(assert|invariant|tiny?Invariant)(\.|$)/.test(callee)) push(view, test, '!', 'throw', node, node, scope, sink);
  // Koa's `ctx.assert(row, 404)` answers as `if (!row) ctx.throw(404)` does.
  if (/^(ctx|context)\.assert$/.test(callee)) push(view, test, '!', 'answer', node, node, scope, sink);
}

/**
 * `if (fits) { book(); return id; } throw new Full()` refuses where `if (!fits) throw new Full()` does: how it leaves where the
 * condition does not hold. Undefined where what stands under the condition is no work, or what follows is more than a refusal.
 */
function refusalAfterWork(view: View, node: ts.IfStatement): Exit | undefined {
  const { ts } = view;
  const { thenStatement, elseStatement, parent } = node;
  if (!ts.isBlock(thenStatement) || thenStatement.statements.length < 2) return undefined;
  const next = elseStatement ?? (ts.isBlock(parent) ? parent.statements[parent.statements.indexOf(node) + 1] : undefined);
  // A block that ends with a refusal itself is work where it gives something back on the way.
  const last = thenStatement.statements.at(-1);
  const givesBack = (part: ts.Node): boolean =>
    ts.isReturnStatement(part) || (!ts.isFunctionLike(part) && (ts.forEachChild(part, (child) => givesBack(child) || undefined) ?? false));
  if (last === undefined || (!ts.isReturnStatement(last) && !thenStatement.statements.some(givesBack))) return undefined;
  // One of several branches that each give something back chooses the work, and refuses nothing by itself.
  const previous = ts.isBlock(parent) ? parent.statements[parent.statements.indexOf(node) - 1] : undefined;
  if (
    ts.isIfStatement(parent) ||
    (previous !== undefined && ts.isIfStatement(previous) && exitOf(view, previous.thenStatement) === 'return')
  )
    return undefined;
  if (next === undefined || ts.isIfStatement(next) || (ts.isBlock(next) && next.statements.length > 1)) return undefined;
  return exitOf(view, next) === 'throw' ? 'throw' : undefined;
}

/** A call in place of a value, whose name says that it gives none. */
function neverReturns(view: View, node: ts.Expression): boolean {
  return (
    view.ts.isCallExpression(node) &&
    /^(fail|die|bail|raise|panic|abort|unreachable|throw|redirect|notFound|forbidden|unauthorized)([A-Z]\w*)?$/.test(
      lastName(view.text(node.expression)),
    )
  );
}

function isFallback(view: View, node: ts.BinaryExpression): boolean {
  const kinds = view.ts.SyntaxKind;
  return node.operatorToken.kind === kinds.QuestionQuestionToken || node.operatorToken.kind === kinds.BarBarToken;
}

function push(view: View, test: ts.Expression, negation: string, exit: Exit, from: ts.Node, to: ts.Node, scope: string, sink: Sink): void {
  const wrap = (text: string): string => (negation === '' ? text : `!(${text})`);
  if (negation === '' && neverHolds(view.text(test))) return;
  sink.guards.push({
    test: wrap(view.text(test)),
    exit,
    reads: readsOf(view, test),
    compares: compares(view, test),
    range: view.range(view.start(from), to.end),
    key: `${wrap(view.key(test))} ${exit} in ${scope}`,
    scope,
  });
}

/** How a statement leaves, or undefined where it goes on. */
export function exitOf(view: View, statement: ts.Statement): Exit | undefined {
  const { ts } = view;
  const statements = ts.isBlock(statement) ? statement.statements : [statement];
  const last = statements.at(-1);
  if (last === undefined) return undefined;
  const answered = statements.some((part) => answers(view, part));
  if (ts.isThrowStatement(last)) return 'throw';
  if (ts.isBreakOrContinueStatement(last)) return 'break';
  if (ts.isReturnStatement(last)) {
    if (last.expression !== undefined && rejects(view, last.expression)) return 'throw';
    return answered || statements.some((part) => showsError(view, part)) ? 'answer' : 'return';
  }
  if (ts.isExpressionStatement(last) && rejects(view, last.expression)) return 'throw';
  return answered ? 'answer' : undefined;
}

function rejects(view: View, expression: ts.Expression): boolean {
  return (
    view.ts.isCallExpression(expression) &&
    /^(Promise\.reject|reject|process\.exit|panic|fail|abort|raise)$/.test(view.text(expression.expression))
  );
}

/** `setError('no address')`, `return toast.error(text)`: whoever looks at the screen is refused. An error that is taken away is none. */
function showsError(view: View, statement: ts.Statement): boolean {
  const { ts } = view;
  const call = ts.isReturnStatement(statement) || ts.isExpressionStatement(statement) ? statement.expression : undefined;
  if (call === undefined || !ts.isCallExpression(call)) return false;
  const [first] = call.arguments;
  return (
    /(?:^|\.)set[A-Za-z]{0,40}Error$|^(?:toast|message|notification|snackbar)\.error$|^Alert\.alert$/.test(view.text(call.expression)) &&
    first !== undefined &&
    !/^(?:null|undefined|false|''|"")$/.test(view.text(first))
  );
}

/** True where a statement answers a request with something of its own: `res.status(403).end()`, `next(error)`, `redirect('/')`. */
function answers(view: View, statement: ts.Statement): boolean {
  const { ts } = view;
  const expression = ts.isReturnStatement(statement) || ts.isExpressionStatement(statement) ? statement.expression : undefined;
  const call = expression !== undefined && ts.isAwaitExpression(expression) ? expression.expression : expression;
  if (call === undefined || (!ts.isCallExpression(call) && !ts.isNewExpression(call))) return false;
  const callee = view.text(call.expression);
  if (/^(next|done|callback|cb)$/.test(callee)) return (call.arguments?.length ?? 0) > 0;
  if (/^(redirect|notFound|forbidden|unauthorized|Response|NextResponse(\.\w+)?|Response\.\w+)$/.test(callee)) return true;
  if (/(^|\.)(res|resp|response|reply|ctx|c|h)\b/.test(callee))
    return /^(send|sendStatus|status|json|end|redirect|throw|code|text|body|render|writeHead|unauthorized|forbidden|notFound|badRequest)$/.test(
      lastName(callee),
    );
  return false;
}

/** Identifiers of a condition in order of first use, roots and properties alike. */
export function readsOf(view: View, test: ts.Expression): readonly string[] {
  const { ts } = view;
  const reads = new Set<string>();
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node)) reads.add(node.text);
    ts.forEachChild(node, visit);
  };
  visit(test);
  return [...reads];
}

export function compares(view: View, test: ts.Expression): boolean {
  const { ts } = view;
  const kinds = ts.SyntaxKind;
  const orders = new Set<ts.SyntaxKind>([
    kinds.LessThanToken,
    kinds.LessThanEqualsToken,
    kinds.GreaterThanToken,
    kinds.GreaterThanEqualsToken,
  ]);
  const equals = new Set<ts.SyntaxKind>([
    kinds.EqualsEqualsToken,
    kinds.EqualsEqualsEqualsToken,
    kinds.ExclamationEqualsToken,
    kinds.ExclamationEqualsEqualsToken,
  ]);
  const isBound = (node: ts.Expression): boolean =>
    ts.isNumericLiteral(node) ||
    (ts.isPrefixUnaryExpression(node) && ts.isNumericLiteral(node.operand)) ||
    /(^|\.)([A-Z][A-Z0-9_]{2,}|length|size|count|byteLength)$/.test(view.text(node));
  const visit = (node: ts.Node): boolean => {
    if (ts.isBinaryExpression(node)) {
      if (orders.has(node.operatorToken.kind)) return true;
      if (equals.has(node.operatorToken.kind) && (isBound(node.left) || isBound(node.right))) return true;
    }
    return ts.forEachChild(node, (child) => (visit(child) ? true : undefined)) ?? false;
  };
  return visit(test);
}
