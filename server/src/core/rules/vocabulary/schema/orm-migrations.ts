import type { Call, SourceFacts, SqlStatement } from '../../../model/facts.ts';
import { lastName } from '../code/call-names.ts';
import { loopedArguments } from '../code/loop-values.ts';
import { constantText } from '../code/named-lists.ts';
import { byBun, byGorm } from './orm-go.ts';
import { byQueryRunner, bySchemaBuilder, byTableBuilder } from './orm-javascript.ts';
import { byMongo } from './orm-mongo.ts';
import { byAlembic, byDjango } from './orm-python.ts';
import { byActiveRecord } from './orm-ruby.ts';
import { bySeaOrm } from './orm-rust.ts';
import type { Said } from './orm-statement.ts';

/**
 * The statement that a call of a migration tool stands for, so that a rule of SQL is a rule of migrations too: TypeORM, knex,
 * Sequelize, Kysely, Alembic, Django, Gorm, Bun, SeaORM, Rails and MongoDB's drivers. Undefined for every other call. `facts` are the call's own file.
 */
export function statementOfCall(written: Call, facts: SourceFacts | undefined): SqlStatement | undefined {
  if (written.kind !== 'call' && written.kind !== 'new') return undefined;
  const name = lastName(written.callee);
  const call = TELLS.test(name) ? withConstants(written, facts) : written;
  const first = saidBy(call, name, facts);
  if (first === undefined) return undefined;
  const said = /^(drop|remove)/i.test(name) ? ofEachRound(call, name, facts, first) : first;
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

function saidBy(call: Call, name: string, facts: SourceFacts | undefined): Said | undefined {
  return (
    byQueryRunner(call, name) ??
    bySchemaBuilder(call, name, facts) ??
    byTableBuilder(call, name, facts) ??
    byAlembic(call, name, facts) ??
    byDjango(call, name, facts) ??
    byGorm(call, name) ??
    byBun(call, name) ??
    bySeaOrm(call, name) ??
    byMongo(call, name, facts) ??
    byActiveRecord(call, name, facts)
  );
}

/** What a drop inside a loop over a written list does in all its rounds: `for (const name of OLD) qr.dropIndex('orders', name)`. */
function ofEachRound(call: Call, name: string, facts: SourceFacts | undefined, first: Said): Said {
  const rounds = loopedArguments(call, facts).flatMap((values) => {
    const args = call.args.map((argument, at) => (values[at] === undefined ? argument : argument.replace(/\b\w+$/, `'${values[at]}'`)));
    return saidBy({ ...call, args }, name, facts) ?? [];
  });
  if (rounds.length === 0) return first;
  return {
    ...first,
    targets: [...new Set(rounds.flatMap(({ targets }) => targets))],
    actions: rounds.flatMap(({ actions }) => actions ?? []),
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
