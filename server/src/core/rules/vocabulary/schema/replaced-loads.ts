import type { SourceFacts, SqlStatement } from '../../../model/facts.ts';
import type { Range } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { lastName } from '../code/call-names.ts';
import { mayMention } from '../code/mentions.ts';
import { changedSettings } from '../settings/settings.ts';

/** A load that added to its table before and replaces now what the table holds. */
export interface ReplacedLoad {
  readonly range: Range;
  /** How it says so, as written. */
  readonly by: string;
}

/**
 * Loads of a warehouse or a lake: `write_disposition` of BigQuery, `mode` of Spark, `if_exists` of pandas, INSERT OVERWRITE. Only where the
 * same file added to what was there; a table that is made anew at every run says so from its first day.
 */
export function* replacedLoads(input: RuleInput): Generator<ReplacedLoad> {
  const { before, after, added } = input;
  if (before === undefined || after === undefined) return;
  for (const change of changedSettings(input)) {
    const turns =
      MODES.test(change.path.at(-1) ?? '') &&
      change.path.at(-1) !== 'mode' &&
      APPENDS.test(String(change.before?.value)) &&
      REPLACES.test(String(change.after?.value));
    if (turns && change.after !== undefined) yield { range: change.after.range, by: String(change.after.value) };
  }
  const option = added.options.find(({ name, value }) => isMode(name, after) && REPLACES.test(value));
  const call = added.calls.find((one) => isMode(lastName(one.callee), after) && REPLACES.test(one.args[0] ?? ''));
  // A partition that is written anew as a whole is what a job that may run twice does.
  const found = option ?? call;
  if (
    found !== undefined &&
    lostAppends(before, after) &&
    !mayMention(after, 'partitionOverwriteMode') &&
    !mayMention(after, 'replaceWhere')
  )
    yield {
      range: found.range,
      by: 'args' in found ? `${lastName(found.callee)}(${found.args[0] ?? ''})` : `${found.name}: ${found.value}`,
    };
  for (const statement of added.statements) {
    const table = replaces(statement);
    const isNew =
      table === undefined ||
      after.statements.some((other) => addsTo(other, table)) ||
      !before.statements.some((other) => addsTo(other, table));
    if (!isNew) yield { range: statement.range, by: statement.names.slice(0, 3).join(' ').toUpperCase() };
  }
}

/** A page has modes too. */
function isMode(name: string, { language }: SourceFacts): boolean {
  return MODES.test(name) && (name !== 'mode' || language !== 'typescript');
}

const MODES = /^(write_?disposition|setWriteDisposition|if_exists|if_table_exists|mode|save_?mode|write_?mode|output_?mode)$/i;
const APPENDS = /^(["']?|[\w.:]*[.:]_?)(write_?)?(append)["']?$/i;
const REPLACES = /^(["']?|[\w.:]*[.:]_?)(write_?)?(truncate|overwrite|replace)["']?$/i;

/** A place that added to a table, which the file no longer has. */
function lostAppends(before: SourceFacts, after: SourceFacts): boolean {
  const count = ({ options, calls }: SourceFacts): number =>
    options.filter(({ name, value }) => MODES.test(name) && APPENDS.test(value)).length +
    calls.filter(({ callee, args }) => MODES.test(lastName(callee)) && APPENDS.test(args[0] ?? '')).length;
  return count(before) > count(after);
}

/** The table of INSERT OVERWRITE without a partition, and of CREATE OR REPLACE TABLE … AS. */
function replaces({ verb, names }: SqlStatement): string | undefined {
  if (verb === 'insert' && names[1] === 'overwrite' && !names.includes('partition')) return names[names[2] === 'table' ? 3 : 2];
  return verb === 'create-table' && names[1] === 'or' && names[2] === 'replace' && names.includes('select') ? names[4] : undefined;
}

function addsTo({ verb, names, targets }: SqlStatement, table: string): boolean {
  return verb === 'insert' && names[1] === 'into' && (targets[0] === table || names.includes(table));
}
