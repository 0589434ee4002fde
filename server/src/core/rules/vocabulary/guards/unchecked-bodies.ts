import type { Call, SourceFacts } from '../../../model/facts.ts';
import type { Range } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { lastName, receiver } from '../code/call-names.ts';
import { changedCode, rangeOfLine } from '../code/code-text.ts';
import { keepOf } from '../code/kept.ts';
import { movedText } from '../code/moved-text.ts';

/** The body of a request that is believed to be of a type, in a file where such bodies were checked. */
export interface UncheckedBody {
  readonly range: Range;
  readonly type: string;
}

/** `req.body as Terms`, `(await request.json()) as Terms`, `c.req.json<Terms>()`. */
const BELIEVED = /\b(?:(?:req|request|event|evt|ctx|c) \. )+(?:body(?: \))? as (\w+)|json (?:\( \) \) as (\w+)|< (\w+) > \( \)))/g;

/** Bodies that a hunk believes while the file checks fewer of them than before. */
export function* uncheckedBodies(input: RuleInput): Iterable<UncheckedBody> {
  const { before, after } = input;
  if (before?.language !== 'typescript' || after === undefined) return;
  const code = changedCode(input, 'after');
  const believed = [...code.text.matchAll(BELIEVED)];
  if (believed.length === 0 || checkedIn(after) >= checkedIn(before)) return;
  if (isCheckedElsewhere(input)) return;
  for (const match of believed) {
    const type = match[1] ?? match[2] ?? match[3] ?? '';
    // A type that is checked by a line of its own further down is no belief.
    if (/^(?:any|unknown|const|Record|Buffer|string)$/.test(type)) continue;
    yield { range: rangeOfLine(input, 'after', code.lineAt(match.index)), type };
  }
}

/** Each schema that read a body here is handed to something in another file now: to middleware in front of the route. */
function isCheckedElsewhere(input: RuleInput): boolean {
  const lost = input.removed.calls.filter(isCheck);
  return lost.length > 0 && lost.every(({ callee }) => movedText(input, `(${receiver(callee)})`, [receiver(callee)]));
}

/** Places at which a body is checked: by a schema, by a function of the file that checks it, or by whoever is handed the schema for the route. */
const checkedIn = keepOf((facts: SourceFacts): number => {
  const checks = facts.calls.filter(isCheck);
  const own = new Set(checks.flatMap(({ scope }) => (isPlain(facts, scope) ? [lastName(scope)] : [])));
  const schemas = schemasOf(facts);
  const through = facts.calls.filter(
    ({ kind, callee, args }) =>
      kind === 'call' && (own.has(lastName(callee)) || (!callee.startsWith('z.') && args.some((argument) => schemas.has(argument)))),
  );
  return checks.filter(({ scope }) => !own.has(lastName(scope))).length + through.length;
});

/** Names that the file gives to schemas, and to what it makes of them: `Create.partial()`. */
function schemasOf({ tokens }: SourceFacts): ReadonlySet<string> {
  const names = new Set<string>();
  for (const [at, { text }] of tokens.entries()) {
    const [name, from, dot] = [tokens[at - 1]?.text ?? '', tokens[at + 1]?.text ?? '', tokens[at + 2]?.text];
    if (text === '=' && dot === '.' && (LIBRARY.test(from) || (names.has(from) && DERIVES.test(tokens[at + 3]?.text ?? ''))))
      names.add(name);
  }
  return names;
}

const DERIVES = /^(?:partial|extend|pick|omit|merge|strict|required|and|or|keys|concat|shape|refine|superRefine)$/;
/** What zod, Joi, yup, TypeBox and valibot are imported as. */
const LIBRARY = /^(?:z|Joi|joi|yup|Yup|Type|v)$/;

/** A function that others call by its name, and no handler. */
function isPlain({ symbols, calls }: SourceFacts, scope: string): boolean {
  return (
    scope !== '' &&
    symbols.some(({ name }) => name === scope) &&
    calls.some(({ callee, scope: from }) => callee === scope && from !== scope)
  );
}

function isCheck({ kind, callee, args }: Call): boolean {
  return (
    kind === 'call' &&
    /^(?:parse|safeParse|parseAsync|safeParseAsync|validate|validateSync|validateAsync|assert|decode|cast|check|Check|Parse|Decode)$/.test(
      lastName(callee),
    ) &&
    !/^(?:JSON|Date|url|qs|path)$/.test(receiver(callee)) &&
    args.some((argument) => /\bbody\b|\.json\(\)/.test(argument))
  );
}
