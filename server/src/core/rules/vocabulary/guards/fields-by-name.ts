import type { Call, Guard, SourceFacts } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { boundAbove } from '../code/bindings.ts';
import { lastName } from '../code/call-names.ts';
import { tokensOn } from '../code/code-text.ts';
import { within } from '../code/counterpart.ts';
import { escaped } from '../code/literal-patterns.ts';
import { type NewBody, newBodiesOf } from '../code/new-bodies.ts';
import { newCallsIn } from '../code/scope-changes.ts';
import { callsInside } from './guard-kinds.ts';

/**
 * True where a guard asked for fields of what came in (`if (!email || !code) ctx.throw(400)`), and the function hands their names to one that the
 * change brought, which looks each of them up in the same and throws where one is missing: `fields(ctx, 'email', 'code')` with
 * `names.filter((name) => !body[name])`, a loop over the names, or the same of the one name that it is handed.
 */
export function isAskedByFieldNames(input: RuleInput, guard: Guard): boolean {
  const { before } = input;
  const asked = guard.test.split(/\|\|| or /).map((part) => /^\s*\(?(?:!|not )((?:[\w$]+\??\.)*)([A-Za-z_$][\w$]*)\)?\s*$/.exec(part));
  if (before === undefined || (guard.exit !== 'throw' && guard.exit !== 'answer') || asked.some((part) => part === null)) return false;
  const names = asked.map((part) => part?.[2] ?? '');
  const holders = asked.map((part) => holdersOf(before, part?.[1] ?? '', part?.[2] ?? '', guard.range.start.line));
  const calls = newCallsIn(input, guard.scope).filter(
    ({ kind, args }) => kind === 'call' && args.some((argument) => LITERAL.test(argument)),
  );
  return names.every((name, at) =>
    calls.some((call) => {
      const place = call.args.findIndex((argument) => (argument.match(LITERALS) ?? []).some((text) => text.slice(1, -1) === name));
      return place >= 0 && newBodiesOf(input, call.callee).some((body) => refusesWithout(body, call, place, holders[at] ?? []));
    }),
  );
}

const LITERAL = /^(?:\[ ?)?['"][A-Za-z_]/;
const LITERALS = /'[A-Za-z_]\w*'|"[A-Za-z_]\w*"/g;

/** Names of what the field was taken from: `body` of `req.body.email` and of `const { email } = ctx.request.body`; `data` and `get_json` of Python's `data`. */
function holdersOf(before: SourceFacts, chain: string, name: string, line: number): readonly string[] {
  const given = chain === '' ? (boundAbove(before, name, line) ?? '') : chain;
  const own = namesOf(given).at(-1);
  const behind = own === undefined ? [] : namesOf(boundAbove(before, own, line) ?? '').slice(-1);
  return own === undefined ? [] : [own, ...behind];
}

/** The names of the chain that an expression begins with, without what looks a key up in it. */
function namesOf(expression: string): readonly string[] {
  const [head = ''] = /^[( ]*[\w$]+(?: ?\??\. ?[\w$]+)*/.exec(expression) ?? [];
  const found = head.match(/[A-Za-z_$][\w$]*/g) ?? [];
  return found.at(-1) === 'get' ? found.slice(0, -1) : found;
}

/** The body throws where what it looks up under a name that it is handed at this place is missing, in one of the holders. */
function refusesWithout({ facts, place }: NewBody, call: Call, at: number, holders: readonly string[]): boolean {
  const symbol = facts.symbols.find(({ name }) => name === place.name);
  const parameters = symbol?.parameters.map(({ name }) => name).filter((name) => !/^(?:self|cls|this)$/.test(name)) ?? [];
  const own = (parameters[at] ?? parameters.at(-1))?.replace(/^[.*]+/, '');
  if (own === undefined || (symbol?.async === true && call.use !== 'awaited')) return false;
  const code = tokensOn(facts, place.startLine, place.endLine).map(({ text }) => text);
  if (!holders.some((holder) => code.includes(holder) || call.args.some((argument) => argument.split(/[^\w$]+/).includes(holder))))
    return false;
  const text = code.join(' ').replace(/ \?\./g, ' .');
  return facts.guards.some((guard) => within(guard.scope, place.name) && throws(facts, guard) && asksForEach(text, guard, own));
}

function throws({ calls }: SourceFacts, guard: Guard): boolean {
  // An answer alone lets whoever asked go on.
  return (
    guard.exit === 'throw' ||
    (guard.exit === 'answer' && callsInside(guard, calls).some(({ callee }) => /^(?:throw|assert)$/.test(lastName(callee))))
  );
}

/** `missing.length > 0` of `missing = names.filter((name) => !body[name])`, `names.some(…)`, and `!body[name]` of each of a loop or of the one name. */
function asksForEach(text: string, guard: Guard, names: string): boolean {
  // `ctx.assert(missing.length === 0, 400)` stops where it is no longer so.
  const test = guard.test.replace(/^!\(([\w$.]+) === 0\)$/, '$1 > 0').replace(/^!\(([\w$.[\]]+)\)$/, '!$1');
  const written = escaped(names);
  const [, each = ''] = new RegExp(`\\bfor (?:\\( (?:const|let) )?(\\w+) (?:of|in) ${written} [):]`).exec(text) ?? [];
  const key = /^(?:!|not )[\w$.]+(?:\[(\w+)\]|\.get\((\w+)\))$/.exec(test);
  const looked = key?.[1] ?? key?.[2];
  if (looked !== undefined) return looked === names || (each !== '' && looked === each);
  const some = /^([\w$]+)\.some\(\(?(\w+)\)? => !\w+\[(\w+)\]\)$/.exec(test);
  const every = /^!([\w$]+)\.every\(\(?(\w+)\)? => \w+\[(\w+)\]\)$/.exec(test);
  for (const found of [some, every]) if (found !== null && found[1] === names && found[2] === found[3]) return true;
  const [, list = ''] = /^([A-Za-z_$][\w$]*)(?:\.length(?: (?:>|!==?) 0)?)?$/.exec(test) ?? /^len\((\w+)\)(?: > 0)?$/.exec(test) ?? [];
  if (list === '') return false;
  return [
    new RegExp(`\\b${escaped(list)} = ${written} \\. filter \\( (?:\\( )?(\\w+) (?:\\) )?=> ! \\w+ \\[ \\1 \\] \\)`),
    new RegExp(`\\b${escaped(list)} = \\[ (\\w+) for \\1 in ${written} if not \\w+ (?:\\[ \\1 \\]|\\. get \\( \\1 \\)) \\]`),
  ].some((pattern) => pattern.test(text));
}
