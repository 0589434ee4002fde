import { type ConstDirectiveNode, type DefinitionNode, type InputValueDefinitionNode, Kind, print, type TypeNode } from 'graphql';
import { collapse, type FactsDraft } from '../facts-draft.ts';
import type { LineIndex } from '../positions.ts';

export interface GraphqlSource {
  readonly text: string;
  readonly lines: LineIndex;
  readonly draft: FactsDraft;
}

interface Placed {
  readonly loc?: { readonly start: number; readonly end: number } | undefined;
}

/** A thing that a schema declares, before it is written down. */
interface Declared {
  readonly kind: string;
  readonly name: string;
  readonly scope: string;
  readonly says: Readonly<Record<string, string>>;
  readonly from: Placed;
  readonly to: Placed;
}

/** Adds what a definition of a schema declares; `extend type Query` declares fields of `Query` like the type itself. */
export function describeDefinition(node: DefinitionNode, source: GraphqlSource): void {
  switch (node.kind) {
    case Kind.SCHEMA_DEFINITION:
    case Kind.SCHEMA_EXTENSION:
      for (const { operation, type } of node.operationTypes ?? [])
        declare({ kind: 'root', name: operation, scope: 'schema', says: { type: type.name.value }, from: type, to: type }, [], source);
      return;
    case Kind.OBJECT_TYPE_DEFINITION:
    case Kind.OBJECT_TYPE_EXTENSION:
    case Kind.INTERFACE_TYPE_DEFINITION:
    case Kind.INTERFACE_TYPE_EXTENSION: {
      const owner = node.name.value;
      const isInterface = node.kind === Kind.INTERFACE_TYPE_DEFINITION || node.kind === Kind.INTERFACE_TYPE_EXTENSION;
      openType(isInterface ? 'interface' : 'type', node, source);
      for (const field of node.fields ?? []) {
        const name = `${owner}.${field.name.value}`;
        const type = typeText(field.type);
        declare({ kind: 'field', name, scope: owner, says: { type }, from: field.name, to: field.type }, field.directives ?? [], source);
        for (const argument of field.arguments ?? []) declareInput('argument', name, owner, argument, source);
      }
      return;
    }
    case Kind.INPUT_OBJECT_TYPE_DEFINITION:
    case Kind.INPUT_OBJECT_TYPE_EXTENSION:
      openType('input', node, source);
      for (const field of node.fields ?? []) declareInput('input-field', node.name.value, node.name.value, field, source);
      return;
    case Kind.ENUM_TYPE_DEFINITION:
    case Kind.ENUM_TYPE_EXTENSION:
      openType('enum', node, source);
      for (const value of node.values ?? []) {
        const name = `${node.name.value}.${value.name.value}`;
        declare(
          { kind: 'value', name, scope: node.name.value, says: {}, from: value.name, to: value.name },
          value.directives ?? [],
          source,
        );
      }
      return;
    case Kind.UNION_TYPE_DEFINITION:
    case Kind.UNION_TYPE_EXTENSION:
      openType('union', node, source);
      for (const member of node.types ?? []) {
        const name = `${node.name.value}.${member.name.value}`;
        declare({ kind: 'member', name, scope: node.name.value, says: {}, from: member, to: member }, [], source);
      }
      return;
    case Kind.SCALAR_TYPE_DEFINITION:
    case Kind.SCALAR_TYPE_EXTENSION:
      openType('scalar', node, source);
      return;
    default:
  }
}

function openType(
  kind: string,
  node: Placed & { readonly name: Placed & { readonly value: string }; readonly directives?: readonly ConstDirectiveNode[] | undefined },
  source: GraphqlSource,
): void {
  const name = node.name.value;
  if (node.loc !== undefined)
    source.draft.scopes.push({ name, startLine: source.lines.lineAt(node.loc.start), endLine: source.lines.lineAt(node.loc.end - 1) });
  declare({ kind, name, scope: name, says: {}, from: node.name, to: node.name }, node.directives ?? [], source);
}

function declareInput(
  kind: 'argument' | 'input-field',
  owner: string,
  scope: string,
  node: InputValueDefinitionNode,
  source: GraphqlSource,
): void {
  const name = kind === 'argument' ? `${owner}(${node.name.value})` : `${owner}.${node.name.value}`;
  const type = typeText(node.type);
  const says: Record<string, string> = node.defaultValue === undefined ? { type } : { type, default: collapse(print(node.defaultValue)) };
  declare({ kind, name, scope, says, from: node.name, to: node.defaultValue ?? node.type }, node.directives ?? [], source);
}

function declare(declared: Declared, directives: readonly ConstDirectiveNode[], { lines, draft }: GraphqlSource): void {
  const { kind, name, scope } = declared;
  const isDeprecated = directives.some((directive) => directive.name.value === 'deprecated');
  const says = isDeprecated ? { ...declared.says, deprecated: true } : declared.says;
  const key = `graphql ${kind} ${name}${Object.entries(says)
    .map(([word, value]) => ` ${word}=${value}`)
    .join('')}`;
  const range = lines.rangeOf(declared.from.loc?.start ?? 0, declared.to.loc?.end ?? 0);
  draft.resources.push({ type: kind, name, key, range, scope });
  for (const [word, value] of Object.entries(says))
    draft.settings.push({ path: [word], value, resource: key, range, key: `${key} ${word} = ${value}`, scope });
  for (const directive of directives) {
    const text = collapse(print(directive));
    const place = lines.rangeOf(directive.loc?.start ?? 0, directive.loc?.end ?? 0);
    draft.resources.push({
      type: 'directive',
      name: directive.name.value,
      key: `graphql directive ${name} ${text}`,
      range: place,
      scope: name,
    });
  }
}

function typeText(type: TypeNode): string {
  return print(type).replace(/\s+/g, '');
}
