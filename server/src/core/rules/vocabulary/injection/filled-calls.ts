import type { Call, CodeToken } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { lastName } from '../code/call-names.ts';
import { tokensOn } from '../code/code-text.ts';
import { within } from '../code/counterpart.ts';
import { isStatementText } from '../schema/sql-holes.ts';
import { isTextless, openHoles } from './open-holes.ts';
import { RUNS } from './running-calls.ts';

/** The first value that is filled into a statement that the call runs, or undefined where all of it is constant. */
export function filledIn(call: Call, input: RuleInput | undefined): string | undefined {
  const name = lastName(call.callee);
  // SQLAlchemy's `text` makes what is run of its argument.
  const isRun = RUNS.test(name) || (name === 'text' && input?.after?.language !== 'typescript');
  if (!isRun && !FRAGMENT.test(name)) return undefined;
  // A context may stand first, and what the rows go into.
  for (const written of call.args.slice(0, /^(Get|Select)(Context)?$/.test(name) ? 3 : 2)) {
    const argument = inTemplate(written, call, input);
    const isText = isRun
      ? isStatementText(argument) || (/Raw$/.test(name) && FRAGMENT_TEXT.test(argument))
      : FRAGMENT_TEXT.test(argument) ||
        (SORTS.test(name) && /^(?:fmt\.Sprintf\(|f['"]|`[^`]{0,200}\$\{|['"][^'"]{0,80}['"]\s*\+)/.test(argument));
    const source = isText ? argument : isRun && input !== undefined ? assignedText(argument, call, input) : undefined;
    const holes = source === undefined ? [] : openHoles(source, input, call.scope);
    const hole = holes.find((each) => input === undefined || !isTextless(input, call, each)) ?? holes[0];
    if (hole !== undefined) return hole;
  }
  return undefined;
}

/** Ruby's `"name = '#{name}'"`, and the `${name}` of an annotation of MyBatis, where `#{name}` is bound: as the template that each comes to. */
function inTemplate(argument: string, { kind, callee }: Call, input: RuleInput | undefined): string {
  const isRuby = input?.after?.language === 'ruby' && argument.startsWith('"') && argument.includes('#{');
  const isMapper = kind === 'decorator' && /^(?:Select|Insert|Update|Delete)$/.test(callee) && argument.includes('${');
  if (!isRuby && !isMapper) return argument;
  return `\`${argument.replace(/^["']|["']$/g, '').replace(isRuby ? /#\{/g : /#\{(?!\$)/g, isRuby ? '${' : ':{')}\``;
}

/** A condition that is handed to a query builder as text. */
const FRAGMENT =
  /^(Where|Having|Or|Not|And|Order|OrderBy|Group|Joins|Select|Table|whereRaw|andWhereRaw|orWhereRaw|havingRaw|orderByRaw|groupByRaw|joinRaw|extra|filter|having|order_by|where|andWhere|orWhere|addWhere|and_|or_|literal|literal_column|raw|Expr)$/;

const FRAGMENT_TEXT =
  /^[\w.]*(?:text\(|Sprintf\(|String\.format\(|format!\(|\()?\s*f?['"`][^`]{0,400}?\b\w+"?\)?\s*(?:=|<>|!=|i?like|in|<|>)\s*\(?['"%]{0,3}(?:['"`]\s*\+|\$?\{|%[sqv])/i;
const SORTS = /^(Order|OrderBy|Group|order_by|orderByRaw|groupByRaw)$/;

/** The statement that a variable holds, where this change wrote it: `query = f'…'` and then `execute(query)`. */
function assignedText(argument: string, call: Call, input: RuleInput): string | undefined {
  const name = /^&?(?:[\w.]*text\()?([A-Za-z_]\w*)(?:\.(?:toString|as_str|as_ref|String)\(\))?\)?$/.exec(argument)?.[1];
  if (name === undefined) return undefined;
  const option = input.added.options.find(
    (other) => other.name === name && other.callee === '' && within(call.scope, other.scope) && isStatementText(other.value),
  );
  if (option !== undefined) return option.value;
  // What a call made is no option: `let sql = format!(…)`, `sql = '…'.format(name)`.
  const format = input.added.calls.find((other) => {
    if (!/(^|\.)(format!?|formatted|Sprintf|sprintf)$/.test(other.callee) || !within(call.scope, other.scope)) return false;
    const line = tokensOn(input.after, other.range.start.line, other.range.start.line).map(({ text }) => text);
    const at = line.indexOf(name);
    return at >= 0 && /^:?=$/.test(line[at + 1] ?? '') && isStatementText(writtenOut(other));
  });
  return format === undefined ? undefined : writtenOut(format);
}

function writtenOut({ callee, args }: Call): string {
  return `${callee}(${args.join(', ')})`;
}

/** The text stood in a variable of its own, with the same value in it, and is handed to the call at once now. */
export function wasWrittenIn(value: string, { before, hunk, removed }: RuleInput): boolean {
  return removed.statements.some(({ range }) => {
    const first = Math.max(hunk.before.start, range.start.line);
    const last = Math.min(hunk.before.start + hunk.before.lines - 1, range.end.line);
    return tokensOn(before, first, last).some(
      // A value that was bound may be a text with holes of its own: `%${term}%`.
      ({ text }, index, all) =>
        text === value &&
        !isBoundByTag(all, index) &&
        /\b(?:select|from|where|and|or|in|set|values|join|like|by|limit)\b[\s\S]*\$\{$/i.test(all[index - 1]?.text ?? ''),
    );
  });
}

/** The value stands in a template that its tag binds: `sql`… ${email}``. */
function isBoundByTag(tokens: readonly CodeToken[], at: number): boolean {
  const start = tokens.findLastIndex(({ text }, index) => index < at && text.startsWith('`'));
  return /^(?:sql|SQL|Prisma\.sql|raw_sql|\$queryRaw|\$executeRaw)$/.test(tokens[start - 1]?.text ?? '');
}
