import type { Call, SourceFacts, SqlAction, SqlStatement } from '../../model/facts.ts';
import type { FindingDraft, Severity } from '../../model/finding.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage, quote } from '../quote.ts';
import { compareTypes, integerSize, isPrefix, isUnlimited } from '../vocabulary/schema/column-types.ts';
import { sqlTypeOf } from '../vocabulary/schema/orm-types.ts';
import { isFreshColumn, isStanding } from '../vocabulary/schema/schema-changes.ts';
import { columnBefore, enumValuesBefore, keyType, MIGRATIONS } from '../vocabulary/schema/schema-lookup.ts';
import { statementsIn, statementsOfHunk } from '../vocabulary/schema/schema-statements.ts';
import { isDownMigration, lastPart } from '../vocabulary/schema/sql-context.ts';
import { isOtherDialect } from '../vocabulary/schema/sql-dialect.ts';

/**
 * ## What it sees
 * A standing column that gets another type, worst where values no longer fit: a narrower integer, shorter text, fewer digits, a
 * time without its zone, an enum that is built anew in another order. Also a foreign key whose type is narrower than the key it
 * points at, in a new table too. A field of an ent schema that is built with another type. The old type is looked up in the migrations of the tree.
 *
 * ## Why it matters
 * Postgres writes the whole table anew under a lock that stops even reading; MySQL may cut what does not fit. A key of 32 bits
 * that pointed at one of 64 stopped Heroku's database in June 2023, the day the numbers grew past it.
 *
 * ## When it is fine
 * Longer text in Postgres, a value added at the end of an enum, the column is new in the same file. These are not flagged.
 *
 * ## What it misses
 * The old type where no file of the tree says it: then the new type alone decides.
 */
export default defineRule({
  id: 'data/type-change',
  version: '1.0.0',
  severity: 'high',
  confidence: 'medium',
  title: 'Changes the type of a column',
  reads: ['statements', 'calls', 'settings', 'symbols'],
  evidence: [
    { title: 'Heroku 2023-06-08: a foreign key narrower than its primary key', url: 'https://status.heroku.com/incidents/2558' },
    { title: 'Strava 2014: the upload outage of July 29', url: 'https://engineering.strava.com/the-upload-outage-of-july-29-2014/' },
    { title: 'Squawk: changing-column-type', url: 'https://squawkhq.com/docs/changing-column-type' },
  ],
  *check(input): Iterable<FindingDraft> {
    yield* rebuiltFields(input);
    for (const statement of statementsOfHunk(input, 'after')) {
      if (isDownMigration(statement, input.path, input.after)) continue;
      const enumStep = readEnum(statement, input);
      if (enumStep !== undefined) yield { side: statement.side, range: statement.range, ...enumStep };
      for (const action of statement.actions) {
        const said = judge(statement, action, input);
        if (said !== undefined)
          yield {
            side: statement.side,
            range: statement.range,
            severity: said.severity,
            message: fitMessage(said.message),
            ...(action.name === '' ? {} : { things: [{ kind: 'column', name: action.name, within: statement.targets[0] ?? '' }] }),
          };
      }
    }
  },
});

/** A field of a schema in code that is built with another type under its old name: ent's `field.Int64("pulses")` -> `field.Int16`. */
function* rebuiltFields(input: RuleInput): Iterable<FindingDraft> {
  for (const fresh of input.added.calls) {
    const built = fieldOf(fresh);
    if (built === undefined) continue;
    const old = input.removed.calls.find((other) => {
      const was = fieldOf(other);
      return was !== undefined && was.name === built.name && was.type !== built.type && other.scope === fresh.scope;
    });
    const was = old === undefined ? undefined : fieldOf(old);
    if (was === undefined) continue;
    const step = compareTypes(was.type, built.type);
    if (step === 'same' || step === 'wider') continue;
    yield {
      side: 'after',
      range: fresh.range,
      severity: step === 'rewrite' ? 'medium' : 'high',
      things: [{ kind: 'column', name: built.name }],
      message: fitMessage(`${quote(built.name, 24)} changes from ${quote(was.type, 18)} to ${quote(built.type, 18)}`),
    };
  }
}

/** Name and SQL type of ent's `field.Int64("pulses")`. */
function fieldOf({ callee, args, scope }: Call): { readonly name: string; readonly type: string } | undefined {
  const type = /^field\.(\w+)$/.exec(callee)?.[1] ?? '';
  const name = /^["'`](\w+)["'`]$/.exec(args[0] ?? '')?.[1];
  const sql = ENT_TYPES[type];
  return name === undefined || sql === undefined || !/(^|\.)Fields$/.test(scope) ? undefined : { name, type: sql };
}

const ENT_TYPES: Readonly<Record<string, string>> = {
  Int: 'bigint',
  Int8: 'tinyint',
  Int16: 'smallint',
  Int32: 'integer',
  Int64: 'bigint',
  Uint: 'bigint',
  Uint8: 'smallint',
  Uint16: 'integer',
  Uint32: 'bigint',
  Uint64: 'bigint',
  Float: 'double precision',
  Float32: 'real',
  String: 'varchar(255)',
  Text: 'text',
  Bool: 'boolean',
  Time: 'timestamptz',
  UUID: 'uuid',
  Bytes: 'bytea',
  JSON: 'json',
  Enum: 'enum',
};

interface Said {
  readonly severity: Severity;
  readonly message: string;
}

function judge(statement: SqlStatement, action: SqlAction, input: RuleInput): Said | undefined {
  const table = statement.targets[0] ?? '';
  const narrow = narrowKey(statement, action, input);
  if (narrow !== undefined) return narrow;
  if (action.kind === 'drop-value') return { severity: 'high', message: `the enum ${quote(table)} loses its value ${quote(action.name)}` };
  if (action.kind !== 'alter-type' || action.type === undefined || action.type === '' || statement.verb !== 'alter-table') return undefined;
  if (!isStanding(table, statement, input) || isFreshColumn(input, table, action.name, statement)) return undefined;
  const old = action.to || columnBefore(input, table, action.name, statement)?.type || modelTypeBefore(statement, action, input);
  const column = quote(`${table}.${action.name}`, 32);
  const renamed = statement.actions.some((other) => other.kind === 'rename-column' && other.name === action.name);
  const severity = old === '' ? (renamed ? 'low' : unknownStep(action.type, statement, input)) : knownStep(old, action.type, input);
  if (severity === undefined) return undefined;
  const from = old === '' ? '' : `from ${quote(old, 16)} `;
  return { severity, message: `${column} changes ${from}to ${quote(action.type, 18)}` };
}

/** What the model said of the field that a Django migration of the same change says again. */
function modelTypeBefore(statement: SqlStatement, action: SqlAction, input: RuleInput): string {
  if (!/\bAlterField\b/.test(statement.key)) return '';
  const table = (statement.targets[0] ?? '').replaceAll('_', '');
  for (const path of input.trees.before.mentioning(action.name, ['.py'])) {
    if (MIGRATIONS.test(path) || !/models?\b/.test(path)) continue;
    const facts = input.factsAt('before', path);
    const field = facts === undefined ? undefined : fieldIn(facts, table, action.name);
    if (field !== undefined) return sqlTypeOf(field);
  }
  return '';
}

/** `models.BigIntegerField(default=0)` of the line `litres = models.BigIntegerField(default=0)` in the model's class. */
function fieldIn({ tokens, scopes }: SourceFacts, table: string, name: string): string | undefined {
  const model = scopes.find((scope) => scope.name.toLowerCase() === table);
  if (model === undefined) return undefined;
  const at = tokens.findIndex(
    ({ text, line }, index) => text === name && tokens[index + 1]?.text === '=' && model.startLine <= line && line <= model.endLine,
  );
  if (at < 0) return undefined;
  let depth = 0;
  let text = '';
  for (const token of tokens.slice(at + 2, at + 82)) {
    text += token.text;
    if (token.text === '(') depth += 1;
    if (token.text === ')' && --depth === 0) return text;
  }
  return undefined;
}

/** Wider text is free in Postgres, and a copy of the table elsewhere; wider numbers are a copy everywhere. */
function knownStep(old: string, fresh: string, input: RuleInput): Severity | undefined {
  switch (compareTypes(old, fresh)) {
    case 'same':
      return undefined;
    case 'wider':
      return isOtherDialect(input) ? 'low' : undefined;
    case 'rewrite':
      return 'medium';
    case 'narrower':
    case 'other':
      return 'high';
  }
}

/** Nothing says what it was: the widest types can only have become wider, and Django says a field again for its label alone. */
function unknownStep(type: string, statement: SqlStatement, input: RuleInput): Severity | undefined {
  if (isUnlimited(type)) return undefined;
  if (/\bAlterField\b/.test(statement.key)) return 'low';
  if (integerSize(type) === 8) return 'medium';
  // MODIFY and CHANGE say the whole column again, its type among the rest.
  if (isOtherDialect(input) && integerSize(type) > 2) return 'low';
  return 'high';
}

/** A column that refers to a wider key, in a new table or in a standing one. */
function narrowKey(statement: SqlStatement, action: SqlAction, input: RuleInput): Said | undefined {
  const table = statement.targets[0] ?? '';
  const own = ownType(statement, action, table, input);
  const to = action.references;
  if (to === undefined || own === undefined || integerSize(own) === 0) return undefined;
  const key = keyType(input, to.table, to.columns[0] ?? '', statement);
  if (key === undefined || integerSize(key) <= integerSize(own)) return undefined;
  const name = action.kind === 'add-column' ? action.name : (action.columns?.[0] ?? '');
  return {
    severity: 'high',
    message: `${quote(`${table}.${name}`, 28)} is narrower than the ${quote(key, 10)} key of ${quote(to.table, 18)}`,
  };
}

function ownType(statement: SqlStatement, action: SqlAction, table: string, input: RuleInput): string | undefined {
  if (action.kind === 'add-column') return action.type;
  if (action.kind !== 'add-constraint' || action.constraint !== 'foreign-key') return undefined;
  const column = action.columns?.[0] ?? '';
  const here = statement.actions.find((other) => other.kind === 'add-column' && other.name === column);
  return (here ?? columnBefore(input, table, column, statement))?.type;
}

/** An enum that is dropped or put aside and made anew: fine where it only grew at its end. */
function readEnum(statement: SqlStatement, input: RuleInput): { readonly message: string; readonly severity?: Severity } | undefined {
  const name = statement.targets[0] ?? '';
  const values = statement.actions.filter((action) => action.kind === 'enum-value').map((action) => action.name);
  if (statement.verb !== 'create-type' || values.length === 0) return undefined;
  const isAside = statementsIn(input.after).some(
    (other) => /^(alter|drop)-type$/.test(other.verb) && other.targets.some((target) => lastPart(target) === lastPart(name)),
  );
  const edited = statementsIn(input.before).find((other) => other.verb === 'create-type' && other.targets[0] === name);
  const swapped = statementsIn(input.after).some((other) =>
    other.actions.some((action) => action.kind === 'rename-to' && other.targets[0] === name),
  );
  const base = lastPart(name).replace(/_(new|v\d+|tmp)$/, '');
  const old =
    edited === undefined ? enumValuesBefore(input, swapped && !isAside ? base : name) : edited.actions.map((action) => action.name);
  if (!isAside && edited === undefined && !(swapped && old.length > 0)) return undefined;
  if (old.length > 0 && isPrefix(old, values)) return undefined;
  const gone = old.filter((value) => !values.includes(value));
  const what = gone.length > 0 ? `without ${quote(gone.join(', '), 24)}` : 'in another order';
  return { message: fitMessage(`builds the enum ${quote(name)} anew ${what}`) };
}
