import type { Call } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { within } from '../code/counterpart.ts';
import { keepOf } from '../code/kept.ts';

/** Calls that write a value as it is given. */
export const WRITE =
  /\.(update|updateOne|updateMany|update_one|UpdateOne|UpdateByID|findByIdAndUpdate|findOneAndUpdate|findOneAndReplace|find_one_and_replace|FindOneAndReplace|replaceOne|replace_one|ReplaceOne|replace|Replace|overwrite|Overwrite|upsert|Upsert|save|asave|saveAll|saveAndFlush|bulk_save|Save|set|Set|setex|setEx|SetEx|set_item|setItem|SetItem|put|Put|putItem|put_item|PutItem|mset|hset|HSet|hSet|hmset|store|Store\w*|write|Write|persist|Persist|merge|Merge|Updates?|UpdateColumns?|index)$|^(PutCommand|PutItemCommand)$/;
/** Calls that read rows or the value of a key. */
export const READ =
  /\.(load|Load\w*|find\w*|get|select|first|findUnique|findOne|read|aget|one|scalar|First|Take|Find|QueryRow\w*|Get\w*|get_item|getItem|fetch\w*|read\w*|h?m?get|[hH]Get|hgetall)$|^(GetCommand|GetItemCommand|QueryCommand)$/;

/** Every atomic call of a file is asked about again for each of its hunks. */
export const isAtomic = keepOf((call: Call): boolean => {
  const text = call.args.join(' ');
  return (
    /\bset\b[^']*?\b(\w+)\s*=\s*\1\s*[-+*]/i.test(text) ||
    // DynamoDB's: `ADD #n :by`, `SET n = if_not_exists(n, :zero) + :by`, `DELETE`.
    /update_?expression['"]?[:=]? ?[:=]? ?[^'"`]{0,20}['"`] ?(?:add\b|set [^'"`]{0,200}(?: = #?\w{1,60} [-+]|if_not_exists\(|list_append\())/i.test(
      text,
    ) ||
    /\b(increment|decrement|multiply|divide|push|connect): |\$(inc|mul|min|max|push|pull|addToSet|bit)\b/.test(text) ||
    /\bF\(['"]\w+['"]\)\s*[-+*]|\b(\w+)=\w+\.\1\s*[-+*]|\b([A-Z]\w*\.\w+)\s*:\s*\2\s*[-+*]/.test(text) ||
    // TypeORM's `{ onHand: () => 'on_hand - :qty' }`.
    (/\.update\(\w*\)\s*\.set$/.test(call.callee) && /: (async )?fn\b/.test(text)) ||
    // Drizzle's `sql`${t.credits} + ${n}``, Kysely's `eb('taken', '+', n)`.
    /\bsql(?:<\w+>)?`\$\{[\w.]+\} [-+*] /.test(text) ||
    (call.callee === 'eb' && /^['"][-+*]['"]$/.test(call.args[1] ?? '')) ||
    /\bgorm\.Expr\(['"`]\s*\w+\s*[-+*]/.test(text) ||
    /\.(increment|decrement|incrby|incr|decr|hincrby)$/i.test(call.callee) ||
    /[.:](fetch_(add|sub|update|max|min|or|and)|compare_exchange\w*|incrementAndGet|getAndIncrement|decrementAndGet|getAndDecrement|addAndGet|getAndAdd|updateAndGet|getAndUpdate|accumulateAndGet|compareAndSet|(Add|CompareAndSwap)(Int|Uint)(32|64))$/.test(
      call.callee,
    )
  );
});

/** What the function asks keeps other writers out: a row that is locked, a transaction that is serialisable. */
export function isLocked(input: RuleInput, scope: string): boolean {
  return (
    input.after?.calls.some(
      (other) =>
        within(other.scope, scope) &&
        /for update|serializable|pessimistic|\block\b|select_for_update|with_for_update|clause\.Locking/i.test(
          `${other.callee} ${other.args.join(' ')}`,
        ),
    ) === true
  );
}
