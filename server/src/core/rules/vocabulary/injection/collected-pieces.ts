import type { Call } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { lastName } from '../code/call-names.ts';
import { within } from '../code/counterpart.ts';
import { escaped } from '../code/literal-patterns.ts';
import { holesOf, isHarmlessHole, isStatementText } from '../schema/sql-holes.ts';
import type { FilledText } from './filled-text.ts';
import { appended, grown, handedFunction, madeForEach, type Piece, textsInside } from './grown-pieces.ts';
import { openHoles } from './open-holes.ts';
import { FETCHES, RUNS_FOR_SURE } from './running-calls.ts';

/** Pieces of a statement that are collected one by one, in a function that goes on to run one. */
export function* collectedPieces(input: RuleInput): Iterable<FilledText> {
  const found = [
    ...input.added.calls
      .filter(({ callee }) => COLLECTS.test(lastName(callee)) || callee === 'append')
      .flatMap((call) => call.args.slice(0, 3).map((text) => ({ fact: call, text: text === 'fn' ? handedFunction(call, input) : text }))),
    ...input.added.calls.flatMap((call) => ({ fact: call, text: appended(call) })),
    ...input.added.options.filter(({ callee }) => callee === '').map((option) => ({ fact: option, text: option.value })),
    ...grown(input),
  ].map((piece) => ({ ...piece, taker: '' }));
  const told = new Set<number>();
  for (const { fact, text, taker } of [...found, ...handedOn(input)]) {
    if (text === '' || told.has(fact.range.start.line)) continue;
    const value = [text, ...textsInside(text), ...madeForEach(text)]
      .map((each) => valueOfPiece(each, input, fact.scope))
      .find((each) => each !== undefined);
    if (value === undefined) continue;
    const run = input.after?.calls.find(
      (call) =>
        (RUNS_FOR_SURE.test(lastName(call.callee)) || FETCHES.test(call.callee)) &&
        (within(call.scope, fact.scope) || (taker !== '' && within(call.scope, taker)) || asksFor(input, call.scope, fact.scope)) &&
        !isConstant(call),
    );
    const old = [
      ...input.removed.calls.filter(({ callee }) => !BINDS.test(lastName(callee))).flatMap(({ args }) => args),
      ...input.removed.options.map((option) => option.value),
    ];
    if (run === undefined || old.includes(text) || old.some((other) => wasFilled(other))) continue;
    told.add(fact.range.start.line);
    yield { range: fact.range, value, into: lastName(run.callee) };
  }
}

/** What a function of this file is handed, by the scope of that function: `search(tenant, "name ILIKE '%" + name + "%'")`. */
function* handedOn(input: RuleInput): Iterable<Piece & { readonly taker: string }> {
  for (const call of input.added.calls) {
    const own = /^(?:(?:this|self)\.)?([A-Za-z_]\w*)$/.exec(call.callee)?.[1];
    const texts = call.args.slice(0, 4).filter((argument) => CONDITION.test(argument) || FILLED_COLUMN.test(argument));
    const taker = own === undefined || texts.length === 0 ? undefined : input.after?.scopes.find(({ name }) => lastName(name) === own);
    if (taker !== undefined) yield* texts.map((text) => ({ fact: call, text, taker: taker.name }));
  }
}

/** Adds to a list, a builder or a text that becomes a statement. */
const COLLECTS = /^(add|push|append|Add|Append|WriteString|concat|extend|push_str|insert|unshift|where|and|map|flatMap|mapToObj)$/;

/** Tags of templates, which bind what is filled in. */
const BINDS = /^(?:\$queryRaw|\$executeRaw|sql|SQL|raw_sql)$/;

/** The value that a piece of a statement holds, where it is a condition. */
function valueOfPiece(text: string, input: RuleInput, scope: string): string | undefined {
  const [written, opening] = FILLED_COLUMN.exec(text) ?? [];
  if (written !== undefined) return openHoles(`${opening}${text.slice(written.length)}`, input, scope)[0];
  return CONDITION.test(text) ? openHoles(text, input, scope)[0] : undefined;
}

/** A condition with a value written into it: `"status = '" + status`, `f"name = '{name}'"`, `Sprintf("ref = '%s'", ref)`. */
const CONDITION =
  /^(?:&?[\w.:]*(?:format!?|Sprintf|text|sprintf)\(\s*)?[rbf]{0,2}['"`]\s*(?:(?:and|or|where|having|set)\s+)?\(?(?:\w{1,30}\(\s?)?[\w."]{1,60}\)?\s*(?:=|<>|!=|<=?|>=?|@>|<@|!?~~?\*?|(?:not )?(?:i?like|in|between|similar to))\s*\(?['"%\\{]{0,4}(?:['"`]\s*\+|\{|\$\{|%[sqv])/i;

/** The same of a column that is filled in as well, with a value in quotes: `f"{column} ILIKE '%{word}%'"`. */
const FILLED_COLUMN = /^(f['"]|`)\$?\{\w{1,40}\}\s*(?:=|<>|!=|<=?|>=?|i?like|in|between)\s*\(?['"%\\]{1,4}(?=\$?\{)/i;

function wasFilled(text: string): boolean {
  return (CONDITION.test(text) || isStatementText(text)) && holesOf(text).some((hole) => !isHarmlessHole(hole));
}

/** The statement stands there whole, so that nothing that was collected goes into it. */
function isConstant({ args }: Call): boolean {
  return args
    .slice(0, 3)
    .some((argument) => isStatementText(argument) && holesOf(argument).length === 0 && !/[+,]\s*\w/.test(argument.slice(-30)));
}

/** A function of this file that is asked for the pieces by the one that runs them: `f"SELECT … WHERE {where(filters)}"`. */
function asksFor({ after }: RuleInput, runs: string, collects: string): boolean {
  const scope = after?.scopes.find(({ name }) => name === runs);
  if (scope === undefined || collects === '' || runs === '' || within(collects, runs)) return false;
  const name = lastName(collects);
  const isName = new RegExp(`(^|[^\\w$'"])${escaped(name)}\\(`);
  return (
    after?.calls.some(
      (call) => within(call.scope, runs) && (lastName(call.callee) === name || call.args.some((text) => isName.test(text))),
    ) === true || after?.options.some((option) => within(option.scope, runs) && isName.test(option.value)) === true
  );
}
