import type { Call, SourceFacts, SqlStatement } from '../../../model/facts.ts';
import { lastName } from '../code/call-names.ts';
import { constantText } from '../code/named-lists.ts';
import { byBun, byGorm } from './orm-go.ts';
import { byQueryRunner, bySchemaBuilder, byTableBuilder } from './orm-javascript.ts';
import { byAlembic, byDjango } from './orm-python.ts';
import { byActiveRecord } from './orm-ruby.ts';
import { bySeaOrm } from './orm-rust.ts';

/**
 * The statement that a call of a migration tool stands for, so that a rule of SQL is a rule of migrations too: TypeORM, knex,
 * Sequelize, Kysely, Alembic, Django, Gorm, Bun, SeaORM and Rails. Undefined for every other call. `facts` are the call's own file.
 */
export function statementOfCall(written: Call, facts: SourceFacts | undefined): SqlStatement | undefined {
  if (written.kind !== 'call' && written.kind !== 'new') return undefined;
  const name = lastName(written.callee);
  const call = TELLS.test(name) ? withConstants(written, facts) : written;
  const said =
    byQueryRunner(call, name) ??
    bySchemaBuilder(call, name, facts) ??
    byTableBuilder(call, name, facts) ??
    byAlembic(call, name, facts) ??
    byDjango(call, name, facts) ??
    byGorm(call, name) ??
    byBun(call, name) ??
    bySeaOrm(call, name) ??
    byActiveRecord(call, name, facts);
  if (said === undefined) return undefined;
  return {
    where: 'unknown',
    flags: [],
    actions: [],
    ...said,
    targets: said.targets.map((target) => target.toLowerCase()),
    conditions: [],
    names: [],
    sets: [],
    limited: false,
    method: 'tokens',
    range: call.range,
    key: call.key,
    scope: call.scope,
  };
}

const TELLS = /drop|create|alter|rename|add|remove|delete|change|column|table|index|truncate|clear|constraint/i;

/** A table or a column that a constant of the file names: `dropTable(ORDERS)`. */
function withConstants(call: Call, facts: SourceFacts | undefined): Call {
  const args = call.args.map((argument) => {
    const text = constantText(facts, argument);
    return text === undefined ? argument : `'${text}'`;
  });
  return { ...call, args };
}
