import {
  type BlockAttribute,
  type EnumDeclaration,
  type FieldAttribute,
  type FieldDeclaration,
  formatAst,
  type ModelDeclaration,
  type PrismaSchema,
  type SchemaArgument,
  type SchemaAttribute,
  type SchemaExpression,
  type SourceRange,
} from '@loancrate/prisma-schema-parser';
import type { SqlAction, SqlStatement } from '../../model/facts.ts';
import type { Range } from '../../model/range.ts';
import type { FactsDraft } from '../facts-draft.ts';
import type { LineIndex } from '../positions.ts';
import { columnType } from './types.ts';

interface Reading {
  readonly lines: LineIndex;
  readonly draft: FactsDraft;
  /** Names of models: a field of such a type is a relation and no column. */
  readonly models: ReadonlyMap<string, string>;
}

/** Reads every block of a schema into the draft. */
export function readDeclarations(schema: PrismaSchema, lines: LineIndex, draft: FactsDraft): void {
  const models = new Map<string, string>();
  for (const declaration of schema.declarations)
    if (declaration.kind === 'model') models.set(declaration.name.value, tableName(declaration));
  const reading = { lines, draft, models };
  for (const declaration of schema.declarations) {
    if (declaration.kind === 'model') readModel(declaration, reading);
    else if (declaration.kind === 'enum') readEnum(declaration, reading);
    else if (declaration.kind === 'datasource' || declaration.kind === 'generator') {
      for (const member of declaration.members) {
        if (member.kind !== 'config') continue;
        const path = [declaration.kind, declaration.name.value, member.name.value];
        const value = member.value.kind === 'literal' ? member.value.value : formatAst(member.value);
        draft.settings.push({
          path,
          value,
          resource: '',
          scope: '',
          range: rangeOf(member.location, reading),
          key: `${path.join('.')} = ${value}`,
        });
      }
    }
  }
}

function readModel(model: ModelDeclaration, reading: Reading): void {
  const table = tableName(model);
  push('declare-table', table, [], model.name.location, reading);
  for (const member of model.members) {
    if (member.kind === 'field') readField(member, table, reading);
    else if (member.kind === 'blockAttribute') readBlock(member, table, reading);
  }
}

function readField(field: FieldDeclaration, table: string, reading: Reading): void {
  const inner =
    field.type.kind === 'list' || field.type.kind === 'optional' || field.type.kind === 'required' ? field.type.type : field.type;
  const attributes = field.attributes ?? [];
  const base = inner.kind === 'typeId' ? inner.name.value : String(inner.type.value);
  const target = reading.models.get(base);
  if (target !== undefined) {
    const relation = find(attributes, 'relation');
    if (relation === undefined || field.type.kind === 'list') return;
    const columns = namesIn(argument(relation, 'fields'));
    if (columns.length === 0) return;
    const cascade = nameIn(argument(relation, 'onDelete')) === 'Cascade';
    const references = { table: target, columns: namesIn(argument(relation, 'references')).map(snake) };
    const marks = cascade ? (['cascade'] as const) : [];
    const constraint: SqlAction = {
      kind: 'add-constraint',
      name: '',
      constraint: 'foreign-key',
      columns: columns.map(snake),
      references,
      marks,
    };
    push('declare-constraint', table, [constraint], field.location, reading);
    return;
  }
  const name = snake(mapped(attributes) ?? field.name.value);
  const marks: SqlAction['marks'][number][] = [];
  if (field.type.kind !== 'optional' && field.type.kind !== 'list') marks.push('not-null');
  if (find(attributes, 'default') !== undefined || find(attributes, 'updatedAt') !== undefined) marks.push('default');
  if (find(attributes, 'unique') !== undefined) marks.push('unique');
  const type = `${columnType(base, attributes)}${field.type.kind === 'list' ? '[]' : ''}`;
  const key = find(attributes, 'id') === undefined ? {} : { constraint: 'primary-key' as const };
  push('declare-column', table, [{ kind: 'add-column', name, type, marks, ...key }], field.location, reading);
}

function readBlock(attribute: BlockAttribute, table: string, reading: Reading): void {
  const name = attribute.path.value.join('.');
  const columns = namesIn(argument(attribute, 'fields') ?? (attribute.args ?? []).find((other) => other.kind === 'array')).map(snake);
  const given = nameIn(argument(attribute, 'map')) || nameIn(argument(attribute, 'name')) || columns.join('_');
  if (name === 'index')
    push('declare-constraint', table, [{ kind: 'add-index', name: given.toLowerCase(), columns, marks: [] }], attribute.location, reading);
  else if (name === 'unique' || name === 'id') {
    const constraint = name === 'unique' ? 'unique' : 'primary-key';
    push(
      'declare-constraint',
      table,
      [{ kind: 'add-constraint', name: given.toLowerCase(), constraint, columns, marks: [] }],
      attribute.location,
      reading,
    );
  }
}

function readEnum(declaration: EnumDeclaration, reading: Reading): void {
  const name = declaration.name.value.toLowerCase();
  push('declare-enum', name, [], declaration.name.location, reading);
  for (const member of declaration.members)
    if (member.kind === 'enumValue')
      push('declare-value', name, [{ kind: 'enum-value', name: member.name.value, marks: [] }], member.location, reading);
}

function push(verb: string, table: string, actions: readonly SqlAction[], location: SourceRange | undefined, reading: Reading): void {
  const said = actions.map((action) => JSON.stringify(action)).join(' ');
  const statement: SqlStatement = {
    verb,
    targets: [table],
    where: 'unknown',
    flags: [],
    actions,
    conditions: [],
    names: [],
    sets: [],
    limited: false,
    method: 'tree',
    range: rangeOf(location, reading),
    key: `${verb} ${table} ${said}`.trim(),
    scope: '',
  };
  reading.draft.statements.push(statement);
}

function rangeOf(location: SourceRange | undefined, { lines }: Reading): Range {
  return lines.rangeOf(location?.start.offset ?? 0, location?.end.offset ?? 0);
}

function tableName(model: ModelDeclaration): string {
  const attributes = model.members.filter((member): member is BlockAttribute => member.kind === 'blockAttribute');
  return (mapped(attributes) ?? model.name.value).toLowerCase();
}

function mapped(attributes: readonly SchemaAttribute[]): string | undefined {
  const map = find(attributes, 'map');
  return map === undefined ? undefined : nameIn(argument(map, 'name') ?? map.args?.[0]) || undefined;
}

function find<T extends FieldAttribute | BlockAttribute>(attributes: readonly T[], name: string): T | undefined {
  return attributes.find((attribute) => attribute.path.value.join('.') === name);
}

function argument(attribute: SchemaAttribute, name: string): SchemaExpression | undefined {
  for (const given of attribute.args ?? []) if (given.kind === 'namedArgument' && given.name.value === name) return given.expression;
  return undefined;
}

function namesIn(expression: SchemaArgument | undefined): readonly string[] {
  if (expression?.kind !== 'array') return [];
  return expression.items.map(nameIn).filter((name) => name !== '');
}

function nameIn(expression: SchemaArgument | undefined): string {
  if (expression?.kind === 'path') return expression.value.join('.');
  if (expression?.kind === 'functionCall') return expression.path.value.join('.');
  return expression?.kind === 'literal' ? String(expression.value) : '';
}

/** `legacyRef` becomes `legacy_ref`, the form in which all other facts of a database name it. */
function snake(name: string): string {
  return name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase();
}
