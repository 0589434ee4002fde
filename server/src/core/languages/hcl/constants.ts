import type { SyntaxNode } from '../tree-sitter.ts';

export type Constant = string | number | boolean | null;

/**
 * What an expression comes to in which only literals stand: `!true`, `1 == 2`, `true && false`, `tobool("false")`,
 * `try(false)`. A switch that is written so is still that switch. Undefined where a name decides, or an operator that we do not
 * work out.
 */
export function constantOf(node: SyntaxNode, text: string): Constant | undefined {
  const source = text.slice(node.start, node.end);
  const parts = node.children.filter((child) => child.type !== 'comment');
  switch (node.type) {
    case 'bool_lit':
      return source === 'true';
    case 'null_lit':
      return null;
    case 'numeric_lit':
      return Number(source);
    case 'string_lit':
      return literalText(node, text);
    case 'expression':
    case 'literal_value':
    case 'collection_value':
    case 'operation': {
      const inner = parts.filter((child) => child.type !== '(' && child.type !== ')');
      const [only] = inner;
      return only === undefined || inner.length > 1 ? undefined : constantOf(only, text);
    }
    case 'unary_operation':
      return negated(parts, text);
    case 'binary_operation':
      return combined(parts, text);
    case 'conditional':
      return chosen(parts, text);
    case 'function_call':
      return called(parts, text);
    default:
      return undefined;
  }
}

/** The text between the quotes; interpolations stay as written. */
export function literalText(node: SyntaxNode, text: string): string {
  return text.slice(node.start, node.end).replace(/^"|"$/g, '');
}

function negated([operator, operand]: readonly SyntaxNode[], text: string): Constant | undefined {
  const value = operand === undefined ? undefined : constantOf(operand, text);
  const truth = value === undefined ? undefined : truthOf(value);
  return operator?.type === '!' && truth !== undefined ? !truth : undefined;
}

function combined([left, operator, right]: readonly SyntaxNode[], text: string): Constant | undefined {
  const one = left === undefined ? undefined : constantOf(left, text);
  const other = right === undefined ? undefined : constantOf(right, text);
  if (operator?.type === '&&' || operator?.type === '||') {
    // One side may decide alone: `var.a && false`.
    const decisive = operator.type === '||';
    const truths = [one, other].map((value) => (value === undefined ? undefined : truthOf(value)));
    if (truths.includes(decisive)) return decisive;
    return truths.includes(undefined) ? undefined : !decisive;
  }
  if (one === undefined || other === undefined) return undefined;
  if (operator?.type === '==') return one === other;
  if (operator?.type === '!=') return one !== other;
  if (typeof one !== 'number' || typeof other !== 'number') return undefined;
  if (operator?.type === '<') return one < other;
  if (operator?.type === '>') return one > other;
  if (operator?.type === '<=') return one <= other;
  return operator?.type === '>=' ? one >= other : undefined;
}

function chosen(parts: readonly SyntaxNode[], text: string): Constant | undefined {
  const [test, yes, no] = parts.filter((part) => part.type === 'expression').map((part) => constantOf(part, text));
  const truth = test === undefined ? undefined : truthOf(test);
  if (truth !== undefined) return truth ? yes : no;
  // Whatever decides, it comes to the same.
  return yes === no ? yes : undefined;
}

/** Functions that give back what they are given, in another type at most. */
function called([name, ...rest]: readonly SyntaxNode[], text: string): Constant | undefined {
  const given = rest.find((part) => part.type === 'function_arguments')?.children.filter((part) => part.type === 'expression') ?? [];
  const [first] = given;
  const value = first === undefined ? undefined : constantOf(first, text);
  if (name === undefined || value === undefined) return undefined;
  switch (text.slice(name.start, name.end)) {
    case 'tobool':
      return given.length === 1 ? truthOf(value) : undefined;
    case 'try':
      return value;
    case 'sensitive':
    case 'nonsensitive':
      return given.length === 1 ? value : undefined;
    case 'coalesce':
      return value === null || value === '' ? undefined : value;
    default:
      return undefined;
  }
}

function truthOf(value: Constant): boolean | undefined {
  if (value === true || value === 'true') return true;
  return value === false || value === 'false' ? false : undefined;
}
