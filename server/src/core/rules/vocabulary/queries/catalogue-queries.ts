import type { RuleInput } from '../../define.ts';
import type { LostCondition } from '../schema/compared-statements.ts';
import { namesIn } from '../schema/sql-comparisons.ts';

/**
 * A query of a database's own catalogue that no longer says of which schema or database: every table of the name answers, of each
 * schema that the user may see. Source: Cloudflare, 18 November 2025.
 */
export function catalogueWidened(input: RuleInput, lost: readonly LostCondition[]): readonly LostCondition[] {
  return lost.filter(({ after, kind, condition }) => {
    if (kind !== 'gone' || after.verb !== 'select' || !after.targets.some((target) => CATALOGUE.test(target))) return false;
    const column = namesIn(condition).find((name) => OF_SCHEMA.test(name));
    if (column === undefined) return false;
    // Rows that say their schema, another condition of a schema, and one name for all are told apart.
    return (
      !after.names.some((name) => OF_SCHEMA.test(name) || /^(distinct|regclass|to_regclass|any_value)$/.test(name)) && !setsSchema(input)
    );
  });
}

const CATALOGUE =
  /^(information_schema|system|pg_catalog|sys|all_tab_columns|all_tables|user_tables|dba_tab(les|_columns)|svv_\w+|pg_(tables|views|class|indexes|attribute|matviews|stat_user_tables|table_def))(\.\w+)?$|\.information_schema\.\w+$/;
const OF_SCHEMA =
  /^(database|database_name|db|table_schema|schema_name|schemaname|constraint_schema|routine_schema|trigger_schema|sequence_schema|index_schema|table_catalog|catalog_name|nspname|owner|schema_id|relnamespace)$/;

/** The session chose the schema: `SET search_path`, `USE shop`. */
function setsSchema({ after }: RuleInput): boolean {
  return after?.statements.some(({ verb, key }) => verb === 'use' || /^set (local |session )?search_path\b/i.test(key)) === true;
}
