import type { Parameter } from '../../model/facts.ts';
import { child, has, named } from '../code/nodes.ts';
import type { CodeGrammar, Readers, SymbolShape } from '../code/shapes.ts';
import type { View } from '../code/view.ts';
import type { SyntaxNode } from '../tree-sitter.ts';

/** A decorator stands in what it decorates, so the decorated whole has the name and the definition inside it has none. */
export const names: CodeGrammar['names'] = {
  decorated_definition: (node, view) => nameOf(child(node, 'definition'), view),
  function_definition: (node, view) => (view.parent(node)?.type === 'decorated_definition' ? undefined : nameOf(node, view)),
  class_definition: (node, view) => (view.parent(node)?.type === 'decorated_definition' ? undefined : nameOf(node, view)),
};

export const symbols: Readers<SymbolShape> = {
  decorated_definition: (node, view) => declared(child(node, 'definition'), view),
  function_definition: (node, view) => (view.parent(node)?.type === 'decorated_definition' ? undefined : declared(node, view)),
  class_definition: (node, view) => (view.parent(node)?.type === 'decorated_definition' ? undefined : declared(node, view)),
  assignment: attribute,
  import_from_statement: reExports,
};

function nameOf(node: SyntaxNode | undefined, view: View): string | undefined {
  const name = child(node, 'name');
  return name === undefined ? undefined : view.text(name);
}

function declared(node: SyntaxNode | undefined, view: View): SymbolShape | undefined {
  const name = nameOf(node, view);
  if (node === undefined || name === undefined) return undefined;
  const last = child(node, 'return_type') ?? child(node, 'parameters') ?? child(node, 'superclasses') ?? child(node, 'name') ?? node;
  const [from, to] = [node.children[0] ?? node, last];
  const exported = isOpen(name) && isOpenPlace(view, node);
  if (node.type === 'class_definition') {
    const bases = child(node, 'superclasses');
    return { name, kind: isEnum(view, node) ? 'enum' : 'class', exported, type: bases === undefined ? '' : view.text(bases), from, to };
  }
  const inClass = classAround(view, node) !== undefined;
  const returned = child(node, 'return_type');
  return {
    name,
    kind: inClass ? 'method' : 'function',
    exported,
    parameters: parametersOf(view, child(node, 'parameters'), inClass),
    type: returned === undefined ? '' : view.text(returned),
    async: has(node, 'async'),
    ...(inClass && isAbstract(node, view) ? { abstract: true as const } : {}),
    from,
    to,
  };
}

/** A method that heirs must give: it is marked so, or does nothing but say so. */
function isAbstract(node: SyntaxNode, view: View): boolean {
  const around = view.parent(node);
  const marks = around?.type === 'decorated_definition' ? around.children.filter((part) => part.type === 'decorator') : [];
  if (marks.some((mark) => /\babstract\w*$/.test(view.text(mark)))) return true;
  const statements = named(child(node, 'body')).filter((part) => named(part)[0]?.type !== 'string');
  return statements.length === 1 && statements[0] !== undefined && /^raise\s+NotImplementedError\b/.test(view.text(statements[0]));
}

/** `self` and `cls` are no parameters that a caller gives; the bare `*` and `/` are none at all. */
function parametersOf(view: View, list: SyntaxNode | undefined, inClass: boolean): readonly Parameter[] {
  let isByName = false;
  return named(list).flatMap((node, index): readonly Parameter[] => {
    // What stands behind a bare `*`, or behind `*args`, is given by its name.
    const byName = isByName ? { named: true as const } : {};
    if (node.type === 'keyword_separator' || /^(list_splat_pattern)$/.test(node.type) || named(node)[0]?.type === 'list_splat_pattern')
      isByName = true;
    if (node.type === 'keyword_separator' || node.type === 'positional_separator') return [];
    const isRest = /splat_pattern$/.test(node.type) || /splat_pattern$/.test(named(node)[0]?.type ?? '');
    const nameNode = child(node, 'name') ?? (node.type === 'typed_parameter' ? named(node)[0] : undefined) ?? node;
    const name = view.text(nameNode);
    if (inClass && index === 0 && (name === 'self' || name === 'cls')) return [];
    const type = child(node, 'type');
    return [{ name, type: type === undefined ? '' : view.text(type), optional: isRest || child(node, 'value') !== undefined, ...byName }];
  });
}

/** Module constants and class attributes. Members of an enum carry their value in `type`, as everywhere. */
function attribute(node: SyntaxNode, view: View): SymbolShape | undefined {
  const left = child(node, 'left');
  const holder = view.parent(view.parent(node) ?? node);
  if (left?.type !== 'identifier' || (holder?.type !== 'module' && holder?.type !== 'block')) return undefined;
  const name = view.text(left);
  const around = classAround(view, view.parent(node) ?? node);
  if (holder.type === 'block' && around === undefined) return undefined;
  const type = child(node, 'type');
  const value = child(node, 'right');
  const written = around !== undefined && isEnum(view, around) ? value : type;
  return {
    name,
    kind: around === undefined ? 'variable' : 'property',
    exported: isOpen(name) && isOpenPlace(view, node),
    type: written === undefined ? '' : view.text(written),
    from: left,
    to: around !== undefined && isEnum(view, around) ? node : (type ?? left),
  };
}

/** What a package's `__init__` imports from its own modules, others import from it. */
function reExports(node: SyntaxNode, view: View): readonly SymbolShape[] {
  const from = child(node, 'module_name');
  if (!/(^|\/)__init__\.pyi?$/.test(view.path) || from?.type !== 'relative_import') return [];
  return node.children
    .filter((part) => part.field === 'name')
    .map((part) => {
      const name = view.text(child(part, 'alias') ?? part);
      return { name, kind: 'export', exported: isOpen(name), type: `from ${view.text(from)}`, from: part, to: part };
    });
}

function isOpen(name: string): boolean {
  return !name.startsWith('_') || /^__\w+__$/.test(name);
}

/** True where the classes around a declaration are open as well. */
function isOpenPlace(view: View, node: SyntaxNode): boolean {
  const around = classAround(view, node);
  return around === undefined || isOpen(nameOf(around, view) ?? '');
}

/** The class whose body a declaration stands in. */
function classAround(view: View, node: SyntaxNode): SyntaxNode | undefined {
  const parent = view.parent(node);
  const outer = parent?.type === 'decorated_definition' || parent?.type === 'expression_statement' ? view.parent(parent) : parent;
  const owner = outer?.type === 'block' ? view.parent(outer) : undefined;
  return owner?.type === 'class_definition' ? owner : undefined;
}

function isEnum(view: View, node: SyntaxNode): boolean {
  const bases = child(node, 'superclasses');
  return bases !== undefined && /\b(\w*Enum|IntFlag|Flag|\w*Choices)\b/.test(view.text(bases));
}
