import type { Handler, SourceFacts } from '../../../model/facts.ts';
import type { Range } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { lastName } from '../code/call-names.ts';
import { tokensOn } from '../code/code-text.ts';
import { counterpartScope, hasScope, within } from '../code/counterpart.ts';
import { newCallsIn } from '../code/scope-changes.ts';

/** A handler that passed a failure on, and went into a wrapper that does not. */
export interface HandedError {
  readonly range: Range;
  readonly wrapper: string;
  /** What the old handler stood around. */
  readonly guarded: string;
}

/**
 * Handlers of a function that is new in the change and stands around others (`@translated`, `with translated():`, `guarded(() -> …)`), which
 * let go what the handlers of those passed on.
 */
export function handedErrors(input: RuleInput): readonly HandedError[] {
  const { before, after } = input;
  if (before === undefined || after === undefined) return [];
  return input.added.handlers.flatMap((handler) => {
    const [wrapper = ''] = handler.scope.split('.');
    if (handler.outcome === 'rethrows' || wrapper === '' || hasScope(before, wrapper) || !standsAround(after, wrapper, handler)) return [];
    const old = before.handlers.find((other) => {
      if (other.outcome !== 'rethrows' || other.guarded.length === 0 || !catchesSame(other, handler)) return false;
      const now = counterpartScope(input, other.scope);
      const stays = after.handlers.some(({ scope, outcome }) => now !== undefined && within(scope, now) && outcome === 'rethrows');
      return !stays && newCallsIn(input, other.scope).some(({ callee }) => lastName(callee) === wrapper);
    });
    return old === undefined ? [] : [{ range: handler.range, wrapper, guarded: old.guarded.at(-1) ?? '' }];
  });
}

/** It runs what it is given inside of the handler, or gives way to a block: `yield`. */
export function standsAround(after: SourceFacts, wrapper: string, { guarded, scope, range }: Handler): boolean {
  const place = after.scopes.find(({ name }) => name === scope);
  if (place === undefined) return false;
  // What tries again answers for its last try alone.
  if (after.loops.some(({ body }) => body.startLine <= range.start.line && range.start.line <= body.endLine)) return false;
  const behind = tokensOn(after, range.start.line + 1, place.endLine).some(({ text }) => /^(?:raise|throw)$/.test(text));
  if (behind) return false;
  const given = new Set(
    after.symbols.filter(({ name }) => within(name, wrapper)).flatMap(({ parameters }) => parameters.map(({ name }) => name)),
  );
  return (
    guarded.some((callee) => given.has(/^\w+/.exec(callee)?.[0] ?? '')) ||
    (guarded.length === 0 && tokensOn(after, place.startLine, range.start.line).some(({ text }) => text === 'yield'))
  );
}

function catchesSame({ catches: old }: Handler, { catches: now }: Handler): boolean {
  if (now === undefined) return true;
  return (
    old?.some((type) =>
      now.some((other) => lastName(other) === lastName(type) || /^(?:Base)?Exception$|^Throwable$|^Error$/.test(other)),
    ) === true
  );
}
