import type { ts } from 'ts-morph';
import type { View } from './view.ts';

/** Adds a name to a dotted symbol path. */
export function join(scope: string, name: string): string {
  return scope === '' ? name : `${scope}.${name}`;
}

/** The symbol path inside `node`, given the path it stands in. Unnamed functions keep the path of their surroundings. */
export function scopeInside(view: View, node: ts.Node, scope: string): string {
  const name = nameOf(view, node);
  return name === undefined ? scope : join(scope, name);
}

/**
 * The name that a node gives to what stands in it. A handler that is passed with a literal, such as a route's, is named by
 * both (`router.post('/refund')`), because two handlers of one file must not share a guard.
 */
export function nameOf(view: View, node: ts.Node): string | undefined {
  const { ts } = view;
  if (ts.isConstructorDeclaration(node)) return 'constructor';
  if (ts.isFunctionDeclaration(node) || ts.isClassLike(node)) return node.name?.text;
  if (ts.isInterfaceDeclaration(node) || ts.isEnumDeclaration(node) || ts.isTypeAliasDeclaration(node)) return node.name.text;
  if (ts.isMethodDeclaration(node) || ts.isAccessor(node)) return memberName(view, node.name);
  if (
    (ts.isVariableDeclaration(node) || ts.isPropertyDeclaration(node) || ts.isPropertyAssignment(node)) &&
    node.initializer !== undefined &&
    isFunctionLike(view, node.initializer)
  )
    return memberName(view, node.name);
  if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.EqualsToken && isFunctionLike(view, node.right))
    return exportedName(view, node.left);
  if (ts.isCallExpression(node) && node.arguments.some((argument) => isHanded(view, argument))) {
    const [first] = node.arguments;
    if (first !== undefined && ts.isStringLiteralLike(first)) return `${view.text(node.expression)}('${first.text}')`;
  }
  return ts.isArrowFunction(node) || ts.isFunctionExpression(node) ? chainedRoute(view, node) : undefined;
}

/** A function, or one in a call that dresses it whatever that is called: `wrap(async (req, res) => …)`. */
function isHanded({ ts }: View, argument: ts.Expression): boolean {
  const isPlain = (node: ts.Expression | undefined): boolean =>
    node !== undefined && (ts.isArrowFunction(node) || ts.isFunctionExpression(node));
  return isPlain(argument) || (ts.isCallExpression(argument) && isPlain(argument.arguments.at(-1)));
}

/** `router.put('/:id')` for the handler of `router.route('/:id').get(…).put(async (req, res) => …)`: the name it has in a call of its own. */
function chainedRoute(view: View, handler: ts.Node): string | undefined {
  const { ts } = view;
  const call = handler.parent;
  if (!ts.isCallExpression(call) || call.expression === handler || !ts.isPropertyAccessExpression(call.expression)) return undefined;
  const method = call.expression.name.text;
  if (!/^(get|post|put|patch|delete|head|options|all)$/.test(method)) return undefined;
  for (let link: ts.Node = call.expression.expression; ts.isCallExpression(link) && ts.isPropertyAccessExpression(link.expression); ) {
    const [path] = link.arguments;
    if (link.expression.name.text === 'route' && path !== undefined && ts.isStringLiteralLike(path))
      return `${view.text(link.expression.expression).trim()}.${method}('${path.text}')`;
    link = link.expression.expression;
  }
  return undefined;
}

/** `x` of `exports.x`, `module.exports.x` and `Thing.prototype.x`; the whole text otherwise. */
export function exportedName(view: View, node: ts.Node): string {
  const text = view.text(node);
  return text.replace(/^(module\.)?exports\./, '');
}

export function memberName(view: View, name: ts.Node): string {
  const { ts } = view;
  if (ts.isIdentifier(name) || ts.isStringLiteralLike(name) || ts.isNumericLiteral(name) || ts.isPrivateIdentifier(name)) return name.text;
  return view.text(name);
}

/** A function, a class, or one of them in parentheses, in a type assertion or passed through a wrapper such as `memo(...)`. */
export function isFunctionLike(view: View, node: ts.Node): boolean {
  return functionIn(view, node) !== undefined || view.ts.isClassExpression(node);
}

/** Callees that give back the function they were handed, dressed. */
const WRAPS =
  /(^|\.)(memo|forwardRef|useCallback|lazy|observer|once|debounce|throttle|memoize|cache|action|procedure|loader)$|(handler|wrap|async|catch|with)\w*$/i;

/** The function that an initialiser holds: itself, or the one it hands to a wrapper (`memo(() => …)`, `asyncHandler(async …)`). */
export function functionIn(view: View, node: ts.Node): ts.ArrowFunction | ts.FunctionExpression | undefined {
  const { ts } = view;
  if (ts.isArrowFunction(node) || ts.isFunctionExpression(node)) return node;
  if (ts.isParenthesizedExpression(node) || ts.isAsExpression(node) || ts.isSatisfiesExpression(node))
    return functionIn(view, node.expression);
  if (ts.isCallExpression(node) && WRAPS.test(view.text(node.expression))) {
    const [first] = node.arguments;
    return first !== undefined && (ts.isArrowFunction(first) || ts.isFunctionExpression(first)) ? first : undefined;
  }
  return undefined;
}
