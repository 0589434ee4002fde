import type { CodeToken, Guard, SourceFacts } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { lastName, receiver } from '../code/call-names.ts';
import { codeOfScope, tokensOn } from '../code/code-text.ts';
import { counterpartScope, within } from '../code/counterpart.ts';

/**
 * True where a value that had to be there, `if (!SMTP_HOST) throw …`, is a field that a schema of zod in this file demands under the same
 * name, and the function that refused parses by that schema now: `Env.parse(process.env)`, or `safeParse` and a throw of its own.
 */
export function isAskedBySchema(input: RuleInput, { test, scope, exit }: Guard): boolean {
  const { after } = input;
  const name = /^!([A-Za-z_$][\w$.]*)$/.exec(test)?.[1];
  const now = counterpartScope(input, scope);
  if (after === undefined || name === undefined || now === undefined || exit !== 'throw') return false;
  return after.calls.some((call) => {
    if (!within(call.scope, now) || !/^(?:safeParse|parse)(?:Async)?$/.test(lastName(call.callee))) return false;
    const isThrown = lastName(call.callee).startsWith('parse') || /\bthrow\b/.test(codeOfScope(after, now).text);
    return isThrown && demands(after, receiver(call.callee), lastName(name));
  });
}

/** The schema of that name has the field, and takes neither nothing nor an empty text for it. */
function demands(facts: SourceFacts, schema: string, field: string): boolean {
  const line = facts.symbols.find(({ name, kind }) => name === schema && kind === 'variable')?.range.start.line;
  const object = facts.calls.find(({ callee, range }) => range.start.line === line && /^z\s*\.\s*(?:strictO|looseO|o)bject$/.test(callee));
  if (object === undefined) return false;
  const tokens = tokensOn(facts, object.range.start.line, object.range.end.line);
  const at = tokens.findIndex(({ text }, index) => text === field && tokens[index + 1]?.text === ':');
  const said = at < 0 ? [] : fieldTokens(tokens, at + 2).map(({ text }) => text);
  return (
    said[0] === 'z' && !said.some((text) => FORGIVES.test(text)) && (!said.includes('string') || said.some((text) => FILLED.test(text)))
  );
}

/** Takes what is not there, or has something in its place. */
const FORGIVES = /^(?:optional|nullish|nullable|default|prefault|catch|any|unknown)$/;
/** An empty text is none of these. */
const FILLED = /^(?:min|nonempty|length|url|email|uuid|regex|startsWith|endsWith|includes|ip|cuid2?|ulid|datetime)$/;

/** What stands behind a key, up to the comma or the bracket that ends it. */
function fieldTokens(tokens: readonly CodeToken[], start: number): readonly CodeToken[] {
  let depth = 0;
  for (let at = start; at < tokens.length; at += 1) {
    const text = tokens[at]?.text ?? '';
    if (depth === 0 && /^[,})\]]$/.test(text)) return tokens.slice(start, at);
    if (/^[({[]$/.test(text)) depth += 1;
    if (/^[)}\]]$/.test(text)) depth -= 1;
  }
  return [];
}
