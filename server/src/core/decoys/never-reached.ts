import type { Condition, SourceFacts } from '../model/facts.ts';
import { lastName } from '../rules/vocabulary/code/call-names.ts';
import { tokensOn } from '../rules/vocabulary/code/code-text.ts';
import { factsWithin } from '../rules/vocabulary/code/facts-by-place.ts';
import type { AskedCall } from './vain-calls.ts';

/** True for a call behind `if (false)`, behind what whoever starts the process sets, or of a local function that does nothing. */
export function isNeverReached(asked: AskedCall): boolean {
  const { call } = asked;
  return (
    around(asked).some(({ test, guarded }) => guarded.includes(call.callee) && (NEVER.test(test) || isOff(asked, test))) ||
    isShadowed(asked)
  );
}

const NEVER =
  /^(?:false|False|0|!true|not True|!1|(?:typing\.)?TYPE_CHECKING)$|^!?(?:process\.env(?:\.\w+|\[['"]\w+['"]\])|os\.environ\.get\(['"]\w+['"]\)|os\.getenv\(['"]\w+['"]\)|os\.Getenv\("\w+"\) [!=]= "\w*")(?: [!=]==? ['"]\w*['"])?$/;

/** Conditions that the call stands in, or behind. */
function around({ facts: { conditions }, call }: AskedCall): readonly Condition[] {
  const { line } = call.range.start;
  return factsWithin(conditions, call.scope).filter(
    ({ kind, range }) => kind === 'wraps' && range.start.line <= line && line - range.end.line <= 1,
  );
}

/** `const STRICT = false;`, and nobody sets it; a switch that the base had as well was off for what was lost too. */
function isOff({ facts, losses }: AskedCall, test: string): boolean {
  if (!/^[A-Za-z_]\w*$/.test(test)) return false;
  if (losses.some(({ file }) => file.before?.tokens.some(({ text }) => text === test) === true)) return false;
  const { tokens } = facts;
  const sets = [...tokens.entries()].filter(
    ([at, { text }]) => text === test && /^(?::|=|:=|boolean|bool)$/.test(tokens[at + 1]?.text ?? ''),
  );
  const [at] = sets[0] ?? [];
  if (at === undefined || sets.length !== 1) return false;
  const line = tokens[at]?.line ?? 0;
  const words = tokensOn(facts, line, line).map(({ text }) => text);
  const isKept =
    facts.language === 'python'
      ? words[0] === test
      : /^(?:const|final)$/.test(words.find((word) => /^(?:const|final|let|var)$/.test(word)) ?? '');
  const value = words[words.indexOf('=') + 1] ?? '';
  const next = words[words.indexOf('=') + 2] ?? '';
  return isKept && /^(?:false|False)$/.test(value) && /^;?$/.test(next);
}

/** `const demand = () => {};` in the function that calls `demand` then. */
function isShadowed({ facts, call }: AskedCall): boolean {
  const scope = facts.scopes.find(({ name }) => name === call.scope);
  if (scope === undefined || call.callee !== lastName(call.callee)) return false;
  const tokens = tokensOn(facts, scope.startLine, call.range.start.line);
  return tokens.some(({ text }, at) => text === call.callee && isBoundToNothing(tokens, at));
}

/** Where a token is a name that is bound to a function which does nothing: `demand = () => {}`, `demand = lambda *_: None`. */
export function isBoundToNothing(tokens: SourceFacts['tokens'], at: number): boolean {
  if (tokens[at + 1]?.text !== '=') return false;
  const line = tokens[at]?.line;
  let said = '';
  for (let next = at + 2; tokens[next]?.line === line && next < tokens.length && said.length <= LONGEST; next += 1)
    said += `${tokens[next]?.text ?? ''} `;
  return /^(?:async )?(?:\([^()]*\) => (?:\{ \}|undefined|null|true)|function \([^()]*\) \{ \}|lambda [^:()]*: (?:None|True)) ;? ?$/.test(
    said,
  );
}

const LONGEST = 120;
