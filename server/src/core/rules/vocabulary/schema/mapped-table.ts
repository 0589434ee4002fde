import type { SqlAction } from '../../../model/facts.ts';
import type { Range } from '../../../model/range.ts';

/** A table as a model of the program says it is. */
export interface MappedTable {
  readonly name: string;
  /** The class that says so, and where it says the table's name. */
  readonly model?: string;
  readonly range?: Range;
  /** True where the database is made after the model (Drizzle), false where the model only maps what migrations made. */
  readonly makes: boolean;
  /** True where columns of another place are spread into it. */
  readonly isOpen?: boolean;
  readonly columns: readonly MappedColumn[];
  readonly rules: readonly MappedRule[];
}

/** A column of it; the action's name is the column's, in the form that all facts of a database have. */
export interface MappedColumn {
  readonly field: string;
  readonly action: SqlAction;
  readonly range: Range;
}

/** An index, a uniqueness or a check that the model says beside or on its columns. */
export interface MappedRule {
  readonly action: SqlAction;
  readonly range: Range;
}

/** `legacyRef` becomes `legacy_ref`, the form in which all facts of a database name it. */
export function columnName(name: string): string {
  return name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase();
}

/** What a model says of one column; `type` is SQL, or empty where it does not say. */
export function mappedColumn(
  field: string,
  said: {
    readonly name?: string | undefined;
    readonly type: string;
    readonly marks: readonly (SqlAction['marks'][number] | false)[];
    readonly references?: string | undefined;
  },
  range: Range,
): MappedColumn {
  const marks = said.marks.filter((mark) => mark !== false);
  const references = said.references === undefined ? {} : { references: { table: said.references, columns: [] } };
  return {
    field,
    range,
    action: { kind: 'add-column', name: columnName(said.name ?? field), type: said.type, marks, ...references },
  };
}

/** A rule over columns: their names as the model writes them. */
export function mappedRule(kind: 'unique' | 'check' | 'index', fields: readonly string[], range: Range): MappedRule {
  const columns = fields.map((field) => columnName(field.trim().split(' ')[0] ?? ''));
  const plain = { name: columns.join('_'), columns, marks: [] };
  return {
    range,
    action: kind === 'index' ? { ...plain, kind: 'add-index' } : { ...plain, kind: 'add-constraint', constraint: kind },
  };
}
