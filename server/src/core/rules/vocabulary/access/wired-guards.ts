import type { Call, SourceFacts } from '../../../model/facts.ts';
import type { Range } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { lastName, receiver } from '../code/call-names.ts';
import { changedLines } from '../code/changed-lines.ts';
import { rangeOfLine, tokensOn } from '../code/code-text.ts';
import { counterpartScope, hasScope } from '../code/counterpart.ts';
import { tokenTexts } from '../code/token-lines.ts';
import { CONSUMER, isProvidedForAll } from './global-guards.ts';

/** A guard in a list of what a program is put together from, gone from it. */
export interface UnwiredGuard {
  readonly item: string;
  readonly range: Range;
}

/** `fx.Invoke(middleware.UseAuth, handlers.Register)` that became `fx.Invoke(handlers.Register)`; chains of `alice` and `negroni` alike. */
export function* unwiredGuards(input: RuleInput, isItem: (name: string) => boolean): Iterable<UnwiredGuard> {
  const { before, after } = input;
  if (before === undefined || after === undefined) return;
  for (const old of input.removed.calls) {
    if (!WIRES.test(old.callee)) continue;
    const same = after.calls.filter((call) => call.callee === old.callee && call.scope === old.scope);
    const now = same.flatMap(namesOf);
    const item = namesOf(old).find((name) => !now.includes(name) && isItem(name) && !isNamed(after, name));
    // What Nest's modules apply is gone with the last of them as well.
    const isStanding =
      same.length > 0 ||
      (CONSUMER.test(old.callee)
        ? hasScope(after, old.scope.split('.')[0] ?? '')
        : HOOKS.test(old.callee) && tokenTexts(after).has(receiver(old.callee)));
    if (item === undefined || !isStanding || isProvidedForAll(input)) continue;
    const was = new Set(before.calls.filter(({ callee }) => callee === old.callee).flatMap(namesOf));
    if (now.some((name) => !was.has(name) && isItem(name)) || isHookNow(after, old, item)) continue;
    // Its function has another name now, by which it is put into the list.
    const renamed = item === lastName(item) && hasScope(before, item) ? counterpartScope(input, item) : undefined;
    if (renamed !== undefined && renamed !== item && isNamed(after, renamed)) continue;
    // The list may reach over several hunks: it is told in the one that the guard stood in.
    const line = changedLines(input, 'before').find(({ text }) => text.includes(item));
    if (line !== undefined) yield { item, range: rangeOfLine(input, 'before', line.line) };
  }
}

/** Flask's, by a call and not as a decorator. */
const HOOKS = /\.before_(?:app_)?request$/;
const WIRES =
  /\bconsumer\.apply$|\.before_(?:app_)?request$|^(?:connect\.WithInterceptors|grpc\.(?:Chain)?(?:Unary|Stream)Interceptor|sequence|fx\.(?:Invoke|Options|Module|Provide)|alice\.New|negroni\.New|[\w.]*\.(?:Append|UseHandler)|middleware\.Chain|chain\.New)$/;

/** Named or called anywhere but where it is declared or brought in. */
function isNamed(facts: SourceFacts, item: string): boolean {
  const last = lastName(item);
  if (item !== last) return facts.calls.some(({ callee, args }) => callee === item || args.some((argument) => argument.includes(item)));
  return (
    tokenTexts(facts).has(last) &&
    facts.tokens.some(({ text, line }, at) => {
      if (text !== last || DECLARES.test(facts.tokens[at - 1]?.text ?? '')) return false;
      return !tokensOn(facts, line, line).some((token) => /^(?:import|from|use)$/.test(token.text));
    })
  );
}

/** The hook is a decorator of the function now. */
function isHookNow(after: SourceFacts, old: Call, item: string): boolean {
  return after.calls.some(({ kind, callee, scope }) => kind === 'decorator' && callee === old.callee && scope === item);
}

const DECLARES = /^(?:const|let|var|function|def|func|fn|class)$/;

function namesOf({ args }: Call): readonly string[] {
  return args.flatMap((argument) => /^(?:\w+\.)*\w+/.exec(argument)?.[0] ?? []);
}
