import type { SqlStatement } from '../../../model/facts.ts';
import type { Range } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { escaped } from '../code/literal-patterns.ts';
import { optionPath } from '../code/option-paths.ts';

/** A rule of the database that a session, or a document's schema, asks no more. */
export interface UncheckedRows {
  readonly side: 'before' | 'after';
  readonly range: Range;
  readonly message: string;
}

/** `SET session_replication_role = replica`, `SET FOREIGN_KEY_CHECKS = 0`: keys and triggers ask nothing, until the file says otherwise. */
export function* uncheckedSessions({ added, after }: RuleInput): Generator<UncheckedRows> {
  for (const statement of added.statements) {
    const off = switchOf(statement);
    if (off?.isOff !== true || after === undefined) continue;
    const isBack = after.statements.some(
      (other) => other.range.start.line > statement.range.start.line && switchOf(other)?.isOff === false,
    );
    if (!isBack) yield { side: 'after', range: statement.range, message: `\`${off.name}\`: what is written behind it is not checked` };
  }
}

function switchOf({ verb, key }: SqlStatement): { readonly name: string; readonly isOff: boolean } | undefined {
  if (verb !== 'set' && verb !== 'pragma' && verb !== 'reset') return undefined;
  const name = /\b(session_replication_role|foreign_key_checks|unique_checks|foreign_keys)\b/i.exec(key)?.[1];
  if (name === undefined) return undefined;
  return { name, isOff: /=\s*'?(?:replica|0|off|false)\b|\bto '?(?:replica|off)\b/i.test(key) };
}

/** `unique: true` of a field in Mongoose's schema, gone while the field stays and no index says it. */
export function* lostDocumentKeys({ removed, after }: RuleInput): Generator<UncheckedRows> {
  const lost = removed.options.filter(({ name, value, callee }) => name === 'unique' && value === 'true' && /(?:^|\.)Schema$/.test(callee));
  if (lost.length === 0 || after === undefined) return;
  const paths = new Set(after.options.map(optionPath));
  const indexes = after.calls.filter(({ callee, args }) => /\.(?:index|createIndex)$/.test(callee) && /\bunique: true\b/.test(args.join()));
  for (const option of lost) {
    const field = optionPath(option).replace(/\.?unique$/, '');
    const isIndexed = indexes.some(({ args }) => new RegExp(`\\b${escaped(field)}\\b`).test(args[0] ?? ''));
    if (field === '' || isIndexed || paths.has(`${field}.unique`) || !paths.has(field)) continue;
    yield { side: 'before', range: option.range, message: `drops the uniqueness of \`${field.slice(0, 40)}\`` };
  }
}
