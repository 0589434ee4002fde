import { FREEZES } from '../frozen.ts';
import type { SyntaxNode } from '../tree-sitter.ts';
import { calleeOf } from './calls.ts';
import { named } from './nodes.ts';
import type { Place } from './place.ts';
import { type Home, type OptionShape, shapesOf } from './shapes.ts';
import type { View } from './view.ts';

/** A name bound to a value: an argument, a property, a default, a constant. */
export function readOption({ view, draft, scope }: Place, node: SyntaxNode, shape: OptionShape): void {
  const name = typeof shape.name === 'string' ? shape.name : unquoted(view.text(shape.name));
  const home = shape.home ?? { callee: '', path: '' };
  const isFunction = view.grammar.syntax.closures.has(shape.value.type);
  draft.options.push({
    name,
    value: view.text(shape.value),
    callee: home.callee,
    range: view.lines.rangeOf(node.start, isFunction ? shape.value.start : Math.max(node.start, (shape.to ?? shape.value).end)),
    key: `${home.callee}(${home.path}.${name}: ${view.key(shape.value)}) in ${scope}`,
    scope,
  });
}

/** The word of a quoted name; anything else stays. */
export function unquoted(text: string): string {
  return /^(['"])(.*)\1$/s.exec(text)?.[2] ?? text;
}

/**
 * The call that a property's literal is handed to, through literals in literals, and the names on the way. `pairs` gives the
 * name of a node that binds one (a dictionary's pair, a keyword argument); `through` are node types that are passed through.
 */
export function homeOf(
  view: View,
  node: SyntaxNode,
  through: ReadonlySet<string>,
  nameOf: (parent: SyntaxNode) => SyntaxNode | undefined,
): Home {
  const path: string[] = [];
  // The nesting that says something ends long before the nesting that a file may have.
  let at: SyntaxNode | undefined = view.parent(node);
  for (let depth = 0; at !== undefined && depth < 40; depth += 1, at = view.parent(at)) {
    const [call] = shapesOf(view.grammar.calls, at, view);
    if (call !== undefined) {
      const callee = calleeOf(view, call);
      if (FREEZES.test(callee)) continue;
      return { callee, path: path.join('.') };
    }
    const name = nameOf(at);
    if (name !== undefined) {
      path.unshift(unquoted(view.text(name)));
      if (view.grammar.syntax.assignments.has(at.type)) break;
    } else if (!through.has(at.type)) break;
  }
  return { callee: '', path: path.join('.') };
}

/** A value without calls or functions: a literal, a name, arithmetic; and what is built anew, or only converted. */
export function isPlain(view: View, value: SyntaxNode): boolean {
  const { syntax, calls } = view.grammar;
  if (syntax.built.has(value.type) || syntax.closures.has(value.type)) return true;
  const stack = [value];
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    const [call] = shapesOf(calls, node, view);
    if (call !== undefined) {
      if (!syntax.plainCalls.test(calleeOf(view, call))) return false;
      continue;
    }
    if (syntax.strings.has(node.type) || syntax.identifiers.has(node.type) || syntax.numbers.has(node.type)) continue;
    if (!syntax.plain.has(node.type) && !syntax.parentheses.has(node.type)) return false;
    stack.push(...named(node));
  }
  return true;
}
