import type { FindingDraft } from '../../model/finding.ts';
import { defineRule } from '../define.ts';
import { fitMessage } from '../quote.ts';
import { lastName, shorten } from '../vocabulary/code/call-names.ts';
import { lostLists, placeOfList } from '../vocabulary/effects/effect-lists.ts';
import { clip, countEffects, effectsIn, isVariable } from '../vocabulary/effects/effects.ts';
import { handedFunctions } from '../vocabulary/effects/handed-functions.ts';
import { keepsState, setsIn } from '../vocabulary/effects/kept-state.ts';
import { selfFed } from '../vocabulary/effects/reactive-effects.ts';
import { feedsItself, lostCondition } from '../vocabulary/effects/self-feeding.ts';
import { isDeclaredAnew, unstableIn } from '../vocabulary/effects/unstable-values.ts';

/**
 * ## What it sees
 * An effect of a component that runs after every render: its dependency list is gone, or holds an object, an array or a
 * function that is built anew in every render, or a state that the effect itself sets. A hook of the same file whose caller
 * hands it such a function, and an effect of Vue, Angular or Solid that sets what it reads.
 *
 * ## Why it matters
 * Where the effect asks a server and keeps the answer, each answer renders, and each render asks again: every open page becomes
 * a load generator.
 *
 * ## When it is fine
 * Values of useMemo, useCallback and useRef, and plain values. These are not flagged.
 *
 * ## What it misses
 * A property whose parent builds it anew, and a hook of another file that returns a new object each time.
 */
export default defineRule({
  id: 'runtime/effect-loop',
  version: '1.1.0',
  severity: 'high',
  confidence: 'high',
  title: 'An effect runs after every render',
  reads: ['calls', 'options', 'symbols', 'conditions', 'guards', 'tokens'],
  evidence: [
    {
      title: 'Cloudflare 2025-09-12: an object in a dependency array',
      url: 'https://blog.cloudflare.com/deep-dive-into-cloudflares-sept-12-dashboard-and-api-outage/',
    },
  ],
  *check(input): Iterable<FindingDraft> {
    yield* selfFed(input);
    yield* handedFunctions(input);
    for (const call of lostLists(input)) {
      yield {
        side: 'before',
        range: clip(call.range, input.hunk.before, input.hunk.removed),
        message: fitMessage(`\`${lastName(call.callee)}\` lost its dependencies and runs after every render`),
      };
    }
    for (const call of input.after === undefined ? [] : effectsIn(input.after)) {
      const [, list] = call.args;
      const at = list === undefined ? 'here' : placeOfList(input, call, list);
      if (at === 'elsewhere') continue;
      const isNew = at === 'below' || input.added.calls.includes(call);
      if (list === undefined) {
        const isFresh =
          input.before?.scopes.some((scope) => scope.name === call.scope) !== true ||
          countEffects(input, 'before', call.scope) < countEffects(input, 'after', call.scope);
        if (isNew && isFresh && keepsState(input, call))
          yield {
            side: 'after',
            range: call.range,
            message: fitMessage(`\`${lastName(call.callee)}\` has no dependencies and runs after every render`),
          };
        continue;
      }
      const fed = isNew || lostCondition(input, call) ? feedsItself(input, call, list) : undefined;
      if (fed !== undefined) {
        yield {
          side: 'after',
          range: clip(call.range, input.hunk.after, input.hunk.added),
          message: fitMessage(`the effect sets \`${shorten(fed, 26)}\`, which it depends on, without a condition`),
        };
        continue;
      }
      const unstable = unstableIn(input, call, list);
      // A new effect is flagged in its own hunk; an old one where its dependency became an object.
      const stood = input.before?.calls.some((other) => other.key === call.key) === true;
      const built = !stood
        ? undefined
        : (input.added.options.find(
            (option) => option.name === unstable && option.scope === call.scope && isVariable(option.key, option.name),
          ) ??
          input.added.symbols.find((symbol) => symbol.name === `${call.scope}.${unstable}`) ??
          input.removed.options
            .filter((option) => option.name === unstable)
            .flatMap(() => input.after?.calls.filter((other) => other === call) ?? [])[0]);
      const declared = stood && unstable !== undefined && built === undefined && isDeclaredAnew(input, call, unstable);
      if (unstable === undefined || (!isNew && built === undefined && !declared)) continue;
      const range = isNew ? clip(call.range, input.hunk.after, input.hunk.added) : (built?.range ?? call.range);
      yield {
        side: 'after',
        range,
        message: fitMessage(`\`${shorten(unstable, 30)}\` is new in every render and runs the effect again`),
        severity: keepsState(input, call) || setsIn(input, `${call.scope}.${unstable}`) ? 'high' : 'medium',
      };
    }
  },
});
