import type { Call, SourceFacts } from '../../../model/facts.ts';
import type { Range } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { endOfCall } from '../code/call-ends.ts';
import { lastName } from '../code/call-names.ts';
import { rangeOfLine, tokensOn } from '../code/code-text.ts';
import { counterpartScope } from '../code/counterpart.ts';
import { keepOf } from '../code/kept.ts';
import { effectsIn } from './effects.ts';

/** What a component took and gave back when it went, and gives back no more. */
export interface LostCleanup {
  /** Of the before side. */
  readonly range: Range;
  /** `setInterval`, `new WebSocket`. */
  readonly taken: string;
}

/**
 * The function that an effect handed back to end what it began (`return () => socket.close()`), `onUnmounted`, `ngOnDestroy` and their
 * kin: gone, while the timer, the listener or the connection is still begun.
 */
export function* lostCleanups(input: RuleInput): Generator<LostCleanup> {
  const { before, after, hunk } = input;
  if (before === undefined || after === undefined || !/\.(?:[cm]?[jt]sx?|vue|svelte)$/.test(input.path)) return;
  for (const effect of cleanedIn(before)) {
    if (effect.line < hunk.before.start || effect.line >= hunk.before.start + hunk.before.lines) continue;
    const scope = counterpartScope(input, effect.call.scope);
    if (scope === undefined) continue;
    const now = effectsIn(after).filter((other) => other.scope === scope);
    const left = now.find((other) => {
      const text = textOf(after, other);
      return takenIn(text) === effect.taken && !CLEANS.test(text) && !ENDS_BY_ITSELF.test(text);
    });
    if (left !== undefined) yield { range: rangeOfLine(input, 'before', effect.line), taken: effect.taken };
  }
  yield* lostHooks(input, before, after);
}

interface Cleaned {
  readonly call: Call;
  /** 1-based line of the `return`. */
  readonly line: number;
  readonly taken: string;
}

/** Effects that hand back a function, with what they began. */
const cleanedIn = keepOf((facts: SourceFacts): readonly Cleaned[] =>
  effectsIn(facts).flatMap((call) => {
    const text = textOf(facts, call);
    const taken = takenIn(text);
    if (taken === undefined || !CLEANS.test(text)) return [];
    const tokens = tokensOn(facts, call.range.start.line, endOfCall(facts, call));
    const at = tokens.findLast(
      ({ text: word }, index) =>
        word === 'return' &&
        CLEANS.test(
          tokens
            .slice(index, index + 4)
            .map((token) => token.text)
            .join(' '),
        ),
    );
    return at === undefined ? [] : [{ call, line: at.line, taken }];
  }),
);

function textOf(facts: SourceFacts, call: Call): string {
  return tokensOn(facts, call.range.start.line, endOfCall(facts, call))
    .map(({ text }) => text)
    .join(' ');
}

/** What goes on until somebody ends it. */
const TAKES =
  /\b(setInterval|addEventListener|addListener|subscribe|onSnapshot|observe) \(|\bnew (WebSocket|EventSource|BroadcastChannel|SharedWorker|Worker)\b/;

function takenIn(text: string): string | undefined {
  const [, called, made] = TAKES.exec(text) ?? [];
  return called ?? (made === undefined ? undefined : `new ${made}`);
}

const CLEANS =
  /\breturn (?:async )?\( ?\) =>|\breturn (?:async )?function\b|\breturn (?:un|off|stop|dispose|clean|end|remove|detach|sub)\w*/;
/** A signal ends it, or its own first run. */
const ENDS_BY_ITSELF = /\bsignal\b|\bonce : true|\btakeUntil\w*\b|\bfirst \( \)|\btake \(/;

const HOOKS = /^(?:onUnmounted|onBeforeUnmount|onBeforeDestroy|onDestroy|onCleanup|onScopeDispose)$/;
const METHODS = /^(?:ngOnDestroy|componentWillUnmount|disconnectedCallback|beforeUnmount|unmounted|beforeDestroy|destroyed)$/;

/** The hook or the method of a component in which it ended what it began. */
function* lostHooks(input: RuleInput, before: SourceFacts, after: SourceFacts): Generator<LostCleanup> {
  const ends = (facts: SourceFacts): boolean =>
    facts.calls.some(
      ({ callee }) =>
        HOOKS.test(lastName(callee)) || /^(?:takeUntil\w*|useEventListener|useInterval|addSubscription)$/.test(lastName(callee)),
    ) || facts.symbols.some(({ name }) => METHODS.test(lastName(name)));
  const lost = [
    ...input.removed.calls.filter(({ callee }) => HOOKS.test(callee)),
    ...input.removed.symbols.filter(({ name, kind }) => kind === 'method' && METHODS.test(lastName(name))),
  ][0];
  if (lost === undefined || ends(after)) return;
  const begun = (facts: SourceFacts): readonly Call[] =>
    facts.calls.filter(({ callee, kind }) => takenIn(`${kind === 'new' ? 'new ' : ''}${lastName(callee)} (`) !== undefined);
  const [was] = begun(before);
  const stays = begun(after).find((call) => was !== undefined && lastName(call.callee) === lastName(was.callee));
  const isElsewhere = effectsIn(after).some((effect) => CLEANS.test(textOf(after, effect)));
  if (
    was !== undefined &&
    stays !== undefined &&
    !isElsewhere &&
    !ENDS_BY_ITSELF.test(
      after.tokens
        .slice(0, MOST_TOKENS)
        .map(({ text }) => text)
        .join(' '),
    )
  )
    yield { range: lost.range, taken: lastName(stays.callee) };
}

/** A component is shorter. */
const MOST_TOKENS = 8_000;
