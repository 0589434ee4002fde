import type { Call, SourceFacts } from '../../../model/facts.ts';
import type { Range } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { lastName, receiver } from '../code/call-names.ts';
import { changedCode, rangeOfLine } from '../code/code-text.ts';
import { keepOf } from '../code/kept.ts';

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
  if (before?.language !== 'typescript' || after === undefined || checkedIn(after) >= checkedIn(before)) return;
  const code = changedCode(input, 'after');
  for (const match of code.text.matchAll(BELIEVED)) {
    const type = match[1] ?? match[2] ?? match[3] ?? '';
    // A type that is checked by a line of its own further down is no belief.
    if (/^(?:any|unknown|const|Record|Buffer|string)$/.test(type)) continue;
    yield { range: rangeOfLine(input, 'after', code.lineAt(match.index)), type };
  }
}

/** Places at which a body is checked: by a schema, or by a function of the file that checks what it is handed. */
const checkedIn = keepOf((facts: SourceFacts): number => {
  const checks = facts.calls.filter(isCheck);
  const own = new Set(checks.flatMap(({ scope }) => (isPlain(facts, scope) ? [lastName(scope)] : [])));
  const through = facts.calls.filter(({ kind, callee }) => kind === 'call' && own.has(lastName(callee)));
  return checks.filter(({ scope }) => !own.has(lastName(scope))).length + through.length;
});

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
