import type { SqlStatement } from '../../../model/facts.ts';
import type { Range } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { changedLines, lineChanges } from '../code/changed-lines.ts';
import { rangeOfLine } from '../code/code-text.ts';
import { counterpartScope, within } from '../code/counterpart.ts';
import { readIn } from '../code/text-holes.ts';
import { tokensOf } from '../code/token-lines.ts';

/** A number of rows that was written here and comes from whoever asks now, without a highest one. */
export interface LimitOfCaller {
  readonly range: Range;
  readonly scope: string;
}

/** `limit = 100` that became `int(request.args["limit"])`, `LIMIT 100` that became `LIMIT $1` beside the caller's own number. */
export function* limitsOfCallers(input: RuleInput): Generator<LimitOfCaller> {
  const { after } = input;
  if (after === undefined) return;
  const told = new Set<string>();
  for (const { after: line, was, now, head } of lineChanges(input)) {
    if (
      !/^\d{1,5}$/.test(was.replaceAll('_', '')) ||
      !ASKED.test(now) ||
      !NAMES.test(head) ||
      isCapped(input, line.scope) ||
      told.has(line.scope)
    )
      continue;
    told.add(line.scope);
    yield { range: rangeOfLine(input, 'after', line.line), scope: line.scope };
  }
  for (const old of input.removed.statements) {
    if (!/\blimit \d{2,5}\b/.test(old.key)) continue;
    const scope = counterpartScope(input, old.scope);
    const now = input.added.statements.find((other) => isSame(old, other) && other.scope === scope && !/\blimit \d/.test(other.key));
    if (now === undefined || told.has(now.scope) || isCapped(input, now.scope)) continue;
    const isAsked = changedLines(input, 'after').some(({ text, scope: home }) => within(home, now.scope) && ASKED.test(text));
    if (isAsked) yield { range: now.range, scope: now.scope };
  }
}

const isSame = (old: SqlStatement, now: SqlStatement): boolean =>
  now.verb === 'select' && now.targets.join() === old.targets.join() && now.names.includes('limit');

/** Where a number of whoever asks comes from. */
const ASKED =
  /\b(?:req|request|ctx|c|r|event|context)\.(?:query|args|GET|params|Query|QueryParam|DefaultQuery|URL|query_params|form|values|body|queryStringParameters)\b|\bparams\[|\bsearchParams\.get\(|\brequest\.getParameter\(/;
const NAMES = /\b(?:limit|take|first|page_?[sS]ize|per_?[pP]age|max_?[rR]esults|[lL]imit|size|count|top)(?:=|:|:=|\()$/;

/** A bound is set beside it: the lesser of two, or a question. */
function isCapped({ after }: RuleInput, scope: string): boolean {
  const text = readIn(tokensOf(after, scope));
  return (
    /\b(?:Math\.min|min|clamp|Clamp|Min|coerceAtMost|le=|lte=|\.max\(|validate\w*|parse\w*Limit|schema)\s?\(|\ble=\d|\blte=\d/.test(text) ||
    after?.guards.some((guard) => within(guard.scope, scope) && guard.compares && /limit|size|take|count|page/i.test(guard.test)) === true
  );
}
