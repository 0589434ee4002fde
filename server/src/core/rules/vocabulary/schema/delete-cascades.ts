import type { Option, SqlAction, SqlStatement } from '../../../model/facts.ts';
import type { Severity } from '../../../model/finding.ts';
import type { Range } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { quote } from '../../quote.ts';
import { lastName, shorten } from '../code/call-names.ts';
import { changedOptions } from '../code/option-changes.ts';
import { isDownMigration, lastPart } from './sql-context.ts';

/** A key that kept a row from being deleted, and by which its rows are deleted along now. */
export interface DeleteCascade {
  readonly range: Range;
  readonly message: string;
  readonly severity: Severity;
}

/** In SQL, and in what a model of an ORM says of its relations. */
export function* deleteCascades(input: RuleInput): Iterable<DeleteCascade> {
  yield* keysInSql(input);
  for (const { before, after } of changedOptions(input)) {
    if (!RELATION.test(lastName(after.callee)) || cascades(before) || !cascades(after)) continue;
    yield {
      range: after.range,
      severity: 'high',
      message: `\`${shorten(after.name, 20)}\` was \`${shorten(before.value, 20)}\`: a delete takes along what points at the row`,
    };
  }
}

const RELATION =
  /^(?:ForeignKey|OneToOneField|ManyToOne|OneToOne|OneToMany|ManyToMany|references|ForeignKeyConstraint|mapped_column|relationship|has_many|has_one|belongs_to|hasMany|hasOne|belongsTo|belongsToMany|foreignKey|ReferentialConstraint|Reference|reference|add_foreign_key|create_foreign_key)$/;
const ON_DELETE = /^(?:on_?delete|dependent)$/i;

function cascades({ name, value }: Option): boolean {
  if (!ON_DELETE.test(name)) return false;
  return /(?:^|[.:'"])(?:cascade|destroy|destroy_async|delete_all|delete)['"]?$/i.test(value.trim());
}

/** `ON DELETE RESTRICT` that is `ON DELETE CASCADE` now: in the statement itself, or in a constraint that is dropped and made again. */
function* keysInSql(input: RuleInput): Iterable<DeleteCascade> {
  for (const statement of input.added.statements) {
    const table = lastPart(statement.targets[0] ?? '');
    if (!/^(?:alter-table|create-table)$/.test(statement.verb) || isDownMigration(statement, input.path, input.after)) continue;
    for (const key of statement.actions) {
      if (!key.marks.includes('cascade') || key.references === undefined) continue;
      const old = input.removed.statements
        .filter((other) => other.verb === statement.verb && lastPart(other.targets[0] ?? '') === table)
        .flatMap(({ actions }) => actions.filter((action) => isSameKey(action, key)));
      const isChanged = old.length > 0 && old.every((action) => !action.marks.includes('cascade'));
      const remade = old.length === 0 && statement.verb === 'alter-table' ? droppedName(input, statement, key) : undefined;
      if (!isChanged && (remade === undefined || hasCascaded(input, remade))) continue;
      yield {
        range: statement.range,
        severity: isChanged ? 'high' : 'medium',
        message: `${quote(table, 24)} goes with the row of ${quote(key.references.table, 24)} it points at`,
      };
    }
  }
}

function isSameKey(one: SqlAction, other: SqlAction): boolean {
  if (one.references === undefined || one.kind !== other.kind) return false;
  return other.kind === 'add-column' ? one.name === other.name : one.columns?.join() === other.columns?.join();
}

/** The constraint that the file drops of the table, and that this one takes the place of by its name or in the same breath. */
function droppedName({ after }: RuleInput, statement: SqlStatement, key: SqlAction): string | undefined {
  const table = lastPart(statement.targets[0] ?? '');
  for (const other of after?.statements ?? []) {
    if (other.verb !== 'alter-table' || lastPart(other.targets[0] ?? '') !== table || other.range.start.line > statement.range.start.line)
      continue;
    const dropped = other.actions.find(
      ({ kind, name }) =>
        kind === 'drop-constraint' &&
        name !== '' &&
        (other === statement || name === key.name || (key.name !== '' && (key.name.startsWith(name) || name.startsWith(key.name)))),
    );
    if (dropped !== undefined) return dropped.name;
  }
  return undefined;
}

/** More files than this that name a constraint are not read. */
const MOST_FILES = 6;

/** An earlier migration made the constraint, and it deleted along already. */
function hasCascaded({ trees, path }: RuleInput, name: string): boolean {
  const files = trees.before.mentioning(name, ['.sql']).filter((other) => other !== path);
  return files.slice(0, MOST_FILES).some((other) => {
    const content = trees.before.read(other);
    const text = content?.kind === 'text' ? content.text.toLowerCase() : '';
    const at = text.indexOf(name);
    const end = text.indexOf(';', at);
    return at >= 0 && /on\s+delete\s+cascade/.test(text.slice(at, end < 0 ? undefined : end));
  });
}
