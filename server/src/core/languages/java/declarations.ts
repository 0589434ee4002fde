import type { Parameter, SymbolFact } from '../../model/facts.ts';
import { child, childrenOf, has, named, ofType } from '../code/nodes.ts';
import type { CodeGrammar, Readers, SymbolShape } from '../code/shapes.ts';
import type { View } from '../code/view.ts';
import type { SyntaxNode } from '../tree-sitter.ts';
import { calleeText } from './constructs.ts';

export const names: CodeGrammar['names'] = {
  class_declaration: nameOf,
  interface_declaration: nameOf,
  enum_declaration: nameOf,
  record_declaration: nameOf,
  annotation_type_declaration: nameOf,
  method_declaration: nameOf,
  enum_constant: (node, view) => (child(node, 'body') === undefined ? undefined : nameOf(node, view)),
  constructor_declaration: () => 'constructor',
  compact_constructor_declaration: () => 'constructor',
  /** A handler that is passed with a literal, such as a route's, is named by both. */
  method_invocation: (node, view) => {
    const parts = named(child(node, 'arguments'));
    const [first] = parts;
    if (first?.type !== 'string_literal' || !parts.some((part) => part.type === 'lambda_expression')) return undefined;
    return `${calleeText(view, node)}('${view.text(first).slice(1, -1)}')`;
  },
};

export const symbols: Readers<SymbolShape> = {
  class_declaration: typeOf,
  interface_declaration: typeOf,
  enum_declaration: typeOf,
  annotation_type_declaration: typeOf,
  record_declaration: (node, view) => [typeOf(node, view), ...componentsOf(node, view)].filter((shape) => shape !== undefined),
  method_declaration: (node, view) => {
    const name = nameOf(node, view);
    const to = child(node, 'parameters');
    if (name === undefined || to === undefined) return undefined;
    const owner = ownerOf(view, node);
    const type = child(node, 'type');
    return {
      name,
      kind: 'method',
      exported: isOpenMember(view, node),
      parameters: parametersOf(view, to),
      type: type === undefined ? '' : view.text(type),
      async: type !== undefined && ASYNC.test(view.text(type)),
      ...(child(node, 'body') === undefined && owner !== undefined ? { abstract: true as const } : {}),
      from: firstAfterModifiers(node),
      to,
    };
  },
  constructor_declaration: (node, view) => {
    const to = child(node, 'parameters');
    if (to === undefined) return undefined;
    return {
      name: 'constructor',
      kind: 'method',
      exported: isOpenMember(view, node),
      parameters: parametersOf(view, to),
      from: firstAfterModifiers(node),
      to,
    };
  },
  field_declaration: fieldsOf,
  constant_declaration: fieldsOf,
  annotation_type_element_declaration: (node, view) => {
    const name = nameOf(node, view);
    const type = child(node, 'type');
    return name === undefined
      ? undefined
      : {
          name,
          kind: 'property',
          exported: isOpenMember(view, node),
          type: type === undefined ? '' : view.text(type),
          from: node,
          to: node,
        };
  },
  enum_constant: (node, view) => {
    const name = nameOf(node, view);
    const holder = view.parent(node);
    if (name === undefined || holder === undefined) return undefined;
    const [first] = named(child(node, 'arguments'));
    // The first argument is what is stored where there is one, and the place in the list where there is none.
    const place = holder.children.filter((other) => other.type === 'enum_constant').indexOf(node);
    return {
      name,
      kind: 'property',
      exported: isOpenType(view, view.parent(holder)),
      type: first === undefined ? String(place) : view.text(first),
      from: node,
      to: child(node, 'arguments') ?? child(node, 'name') ?? node,
    };
  },
};

const ASYNC =
  /^(java\.util\.concurrent\.)?(CompletableFuture|CompletionStage|Future|ListenableFuture|Mono|Flux|Uni|Multi|Single|Maybe|Observable|Flowable)\b/;

function nameOf(node: SyntaxNode | undefined, view: View): string | undefined {
  const name = child(node, 'name');
  return name === undefined ? undefined : view.text(name);
}

const KINDS: Readonly<Record<string, SymbolFact['kind']>> = {
  class_declaration: 'class',
  record_declaration: 'class',
  interface_declaration: 'interface',
  annotation_type_declaration: 'interface',
  enum_declaration: 'enum',
};

function typeOf(node: SyntaxNode, view: View): SymbolShape | undefined {
  const name = child(node, 'name');
  if (name === undefined) return undefined;
  const heritage = [child(node, 'superclass'), child(node, 'interfaces'), ofType(node, 'extends_interfaces')].filter(
    (part) => part !== undefined,
  );
  return {
    name: view.text(name),
    kind: KINDS[node.type] ?? 'class',
    exported: isOpenType(view, node),
    type: heritage.map((part) => view.text(part)).join(' '),
    from: firstAfterModifiers(node),
    to: heritage.at(-1) ?? name,
  };
}

/** A record is made with its components and asked for each. */
function componentsOf(node: SyntaxNode, view: View): readonly SymbolShape[] {
  const list = child(node, 'parameters');
  const owner = nameOf(node, view);
  if (list === undefined || owner === undefined) return [];
  const exported = isOpenType(view, node);
  return [
    { name: `${owner}.constructor`, kind: 'method', exported, parameters: parametersOf(view, list), from: list, to: list },
    ...named(list).flatMap((part): readonly SymbolShape[] => {
      const [name, type] = [nameOf(part, view), child(part, 'type')];
      return name === undefined || type === undefined
        ? []
        : [{ name: `${owner}.${name}`, kind: 'property', exported, type: view.text(type), from: part, to: part }];
    }),
  ];
}

function fieldsOf(node: SyntaxNode, view: View): readonly SymbolShape[] {
  const type = child(node, 'type');
  return childrenOf(node, 'declarator').flatMap((declarator): readonly SymbolShape[] => {
    const name = child(declarator, 'name');
    if (name === undefined || type === undefined) return [];
    return [{ name: view.text(name), kind: 'property', exported: isOpenMember(view, node), type: view.text(type), from: type, to: name }];
  });
}

function parametersOf(view: View, list: SyntaxNode): readonly Parameter[] {
  return named(list).flatMap((node): readonly Parameter[] => {
    if (node.type === 'receiver_parameter') return [];
    const isRest = node.type === 'spread_parameter';
    const name = child(node, 'name') ?? child(ofType(node, 'variable_declarator'), 'name');
    const type = child(node, 'type') ?? named(node).find((part) => part.type !== 'modifiers' && part.type !== 'variable_declarator');
    if (name === undefined) return [];
    return [{ name: view.text(name), type: `${type === undefined ? '' : view.text(type)}${isRest ? '...' : ''}`, optional: isRest }];
  });
}

/** Annotations and modifiers are facts of their own. */
function firstAfterModifiers(node: SyntaxNode): SyntaxNode {
  return node.children.find((part) => part.type !== 'modifiers' && !part.type.includes('comment')) ?? node;
}

const TYPES = /^(class|interface|enum|record|annotation_type)_declaration$/;

/** The type whose body a member stands in. */
function ownerOf(view: View, node: SyntaxNode): SyntaxNode | undefined {
  const body = view.parent(node);
  const holder =
    body?.type === 'enum_body_declarations' ? view.parent(view.parent(body) ?? body) : body === undefined ? undefined : view.parent(body);
  return holder !== undefined && TYPES.test(holder.type) ? holder : undefined;
}

/** Members of an interface are public without a word; protected ones are for those who extend the class. */
function isOpenMember(view: View, node: SyntaxNode): boolean {
  const owner = ownerOf(view, node);
  if (owner === undefined || !isOpenType(view, owner)) return false;
  const modifiers = ofType(node, 'modifiers');
  if (has(modifiers, 'private')) return false;
  if (owner.type === 'interface_declaration' || owner.type === 'annotation_type_declaration') return true;
  return has(modifiers, 'public') || has(modifiers, 'protected');
}

function isOpenType(view: View, node: SyntaxNode | undefined): boolean {
  if (node === undefined) return false;
  const owner = ownerOf(view, node);
  const modifiers = ofType(node, 'modifiers');
  if (owner === undefined) return has(modifiers, 'public');
  const inInterface = owner.type === 'interface_declaration' && !has(modifiers, 'private');
  return (inInterface || has(modifiers, 'public') || has(modifiers, 'protected')) && isOpenType(view, owner);
}
