import type { Range, Side } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { isFalse, isTrue } from './setting-values.ts';
import { changedSettings, changeName, ofResource, placeOf, type SettingChange } from './settings.ts';

/** A parameter of a database by which it wrote down who did what, and writes less now. */
export interface LostDatabaseAudit {
  readonly side: Side;
  readonly range: Range;
  readonly name: string;
  readonly of: string;
  /** What is no longer written: `pgaudit`, `ddl`. */
  readonly what: string;
}

/**
 * Parameters of databases that recorded what was done: `shared_preload_libraries` without `pgaudit`, fewer classes in `pgaudit.log`,
 * `server_audit_logging` or `xpack.security.audit.enabled` turned off. Once for each thing that the hunk configures.
 */
export function lostDatabaseAudit(input: RuleInput): readonly LostDatabaseAudit[] {
  const told = new Set<string>();
  return changedSettings(input).flatMap((change) => {
    const owner = change.resource?.key ?? '';
    const what = change.resourceIsGone || change.resourceIsNew ? undefined : lostBy(change, input);
    if (what === undefined || told.has(owner)) return [];
    told.add(owner);
    return [{ ...placeOf(change), name: changeName(change), of: ofResource(change), what }];
  });
}

const LIBRARIES = /^(shared_preload_libraries|session_preload_libraries|azure\.extensions|plugin[-_]load(-add)?)$/;
const KINDS = /^(pgaudit\.log|server_audit_events|log_statement|audit_log_events)$/;
const SWITCHES =
  /^(server_audit_logging|cloudsql\.enable_pgaudit|enable_user_activity_logging|xpack\.security\.audit\.enabled|rds\.sqlserver_audit|audit_trail|audit_log_enabled|audit_logging_enabled|audit_sys_operations|audit_log_policy)$/;

function lostBy(change: SettingChange, input: RuleInput): string | undefined {
  const { before, after } = change;
  if (before === undefined) return undefined;
  // A list of its own has its words one below the other.
  const name = change.path.findLast((part) => !/^\d+$/.test(part)) ?? '';
  const key = LIBRARIES.test(name) || KINDS.test(name) ? name : changeName(change);
  const [was, is] = [wordsOf(before.value), wordsOf(after?.value)];
  if (LIBRARIES.test(key))
    return was.find((word) => /audit/.test(word) && !is.includes(word) && !isStillNamed(input, before.resource, word));
  if (KINDS.test(key)) {
    if (is.includes('all') || (after === undefined && isStillNamed(input, before.resource, key))) return undefined;
    const kept = is.filter((word) => word !== 'none');
    const rank = (words: readonly string[]): number => ['none', 'ddl', 'mod', 'all'].indexOf(words[0] ?? 'none');
    if (key === 'log_statement') return rank(was) > rank(is) ? was[0] : undefined;
    return was.find((word) => word !== 'none' && !word.startsWith('-') && !kept.includes(word)) ?? is.find((word) => word.startsWith('-'));
  }
  const isOn = isTrue(before.value) || /^(1|on|all|db|os|xml|db,extended|logins|queries)$/i.test(String(before.value));
  const isOff = after === undefined || isFalse(after.value) || /^(off|none|0)$/i.test(String(after.value));
  return SWITCHES.test(key) && isOn && isOff ? key : undefined;
}

function wordsOf(value: unknown): readonly string[] {
  return String(value ?? '')
    .toLowerCase()
    .split(/[\s,;'"]+/)
    .filter((word) => word !== '');
}

/** It stands in another place of the same thing: in a list, or under another key. */
function isStillNamed({ after }: RuleInput, resource: string, word: string): boolean {
  return (
    after?.settings.some(
      (other) =>
        other.resource === resource &&
        (wordsOf(other.value).includes(word) || other.path.some((part) => part === word || part.endsWith(`#${word}`))),
    ) === true
  );
}
