import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage, quote } from '../../quote.ts';

/** A limit that a database gave to whoever logs in, without a value now: `ALTER ROLE app SET statement_timeout = 0`, `… RESET …`. */
export function* endlessRoles({ added, path }: RuleInput): Generator<FindingDraft> {
  for (const { verb, names, key, targets, range } of added.statements) {
    if (!/^alter-(role|user|database|system)$/.test(verb)) continue;
    const limit = names.find((name) =>
      /^(statement_timeout|lock_timeout|idle_in_transaction_session_timeout|transaction_timeout)$/.test(name),
    );
    const isEndless = limit !== undefined && (names.includes('reset') || /(=|\bto)\s*'?0(ms|s|min)?'?\s*;?$/i.test(key));
    if (!isEndless || /\bdown\b|rollback/i.test(path)) continue;
    yield { side: 'after', range, message: fitMessage(`${quote(limit, 36)} of ${quote(targets[0] ?? 'the database', 24)} has no end now`) };
  }
}
