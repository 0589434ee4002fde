import type { Call, SourceFacts, SqlStatement } from '../../../model/facts.ts';
import { lastName } from '../code/call-names.ts';
import { byGorm } from './orm-go.ts';
import { byQueryRunner, bySchemaBuilder, byTableBuilder } from './orm-javascript.ts';
import { byAlembic, byDjango } from './orm-python.ts';

/**
 * The statement that a call of a migration tool stands for, so that a rule of SQL is a rule of migrations too: TypeORM, knex,
 * Sequelize, Kysely, Alembic, Django and Gorm. Undefined for every other call. `facts` are the call's own file.
 */
export function statementOfCall(call: Call, facts: SourceFacts | undefined): SqlStatement | undefined {
  if (call.kind !== 'call' && call.kind !== 'new') return undefined;
  const name = lastName(call.callee);
  const said =
    byQueryRunner(call, name) ??
    bySchemaBuilder(call, name, facts) ??
    byTableBuilder(call, name, facts) ??
    byAlembic(call, name, facts) ??
    byDjango(call, name, facts) ??
    byGorm(call, name);
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
