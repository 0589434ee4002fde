import type { Call, SourceFacts } from '../../../model/facts.ts';
import type { Range, Side } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { boundAbove } from '../code/bindings.ts';
import { receiver } from '../code/call-names.ts';

const ALLOWS = /\bAllowGlobalUpdate ?: ?true\b/;
const EVERY_ROW = /\.Where\(['"`]\s*(?:1\s*=\s*1|true)\s*['"`]\)/i;

/**
 * True where gorm writes to every row, which it refuses unless it is told not to: in the chain itself, through the session that a
 * name holds (`tx := db.Session(&gorm.Session{AllowGlobalUpdate: true})`), or because this file opens the database so. A `Where` that
 * went into another name bounds nothing here.
 */
export function isGlobalWrite({ callee, args, range }: Call, facts: SourceFacts | undefined): boolean {
  if (/\.(?:Where|Scopes|Clauses|Joins|Not|Or)\(/.test(callee.replace(EVERY_ROW, ''))) return false;
  if (EVERY_ROW.test(callee) || ALLOWS.test(callee)) return true;
  if (facts?.language !== 'go') return false;
  const [name = ''] = receiver(callee).split(/[.(]/);
  const bound = boundAbove(facts, name, range.start.line) ?? '';
  if (/\. (?:Where|Scopes|Clauses|Joins) \(/.test(bound)) return false;
  if (ALLOWS.test(bound)) return isOfWholeModel(callee, args);
  const isOpenedSo = facts.options.some(
    (option) => option.name === 'AllowGlobalUpdate' && option.value === 'true' && option.callee === 'gorm.Config',
  );
  return isOpenedSo && isOfWholeModel(callee, args);
}

/** `Delete(&Token{})`: a model without a key, which is a row's own condition. */
function isOfWholeModel(callee: string, [first = '']: readonly string[]): boolean {
  return /^&?[\w.]+\{\}$/.test(first) || /\.Model\(&?[\w.]+\{\}\)/.test(callee);
}

/** A switch that let nothing write to a whole table without a condition, and is off now. */
export interface OpenedTables {
  readonly side: Side;
  readonly range: Range;
  readonly what: string;
}

const REFUSES = /^(?:sql_safe_updates|safeupdate\.enabled|require_partition_filter)$/;

/** gorm's `AllowGlobalUpdate`, MySQL's and CockroachDB's `sql_safe_updates`, `mysql --safe-updates`, MyBatis-Plus's interceptor. */
export function* openedTables(input: RuleInput): Iterable<OpenedTables> {
  const { added, removed, before, after } = input;
  // A session whose own write is told need not be told as well.
  const isTold = (scope: string): boolean =>
    after?.calls.some((call) => call.scope === scope && /\.(?:Delete|Updates?)$/.test(call.callee) && isGlobalWrite(call, after)) === true;
  for (const option of added.options)
    if (
      option.name === 'AllowGlobalUpdate' &&
      option.value === 'true' &&
      before?.options.some(({ key }) => key === option.key) !== true &&
      (option.callee === 'gorm.Config' || !isTold(option.scope))
    )
      yield { side: 'after', range: option.range, what: '`AllowGlobalUpdate`' };
  for (const { actions, range } of added.statements) {
    const off = actions.find(({ kind, name, to }) => kind === 'setting' && REFUSES.test(name) && /^(?:0|off|false)$/i.test(to ?? ''));
    if (off !== undefined) yield { side: 'after', range, what: `\`${off.name}\` off` };
  }
  for (const command of removed.commands) {
    const flag = /^(?:mysql|mariadb)$/.test(command.name)
      ? command.words.find(({ text }) => /^(?:--safe-updates|-U|--i-am-a-dummy)$/.test(text))
      : undefined;
    const stays =
      after?.commands.some(({ name, words }) => name === command.name && words.some(({ text }) => text === flag?.text)) === true;
    const runs = added.commands.some(({ name }) => name === command.name);
    if (flag !== undefined && !stays && runs) yield { side: 'before', range: command.range, what: `\`${flag.text}\` gone` };
  }
  for (const call of removed.calls)
    if (
      /(?:^|\.)(?:BlockAttackInnerInterceptor|IllegalSQLInnerInterceptor)$/.test(call.callee) &&
      after?.calls.some(({ callee }) => callee === call.callee) === false
    )
      yield { side: 'before', range: call.range, what: `\`${call.callee}\` gone` };
}
