import type { Call, SourceFacts } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { Range } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { boundAbove } from '../code/bindings.ts';
import { shorten } from '../code/call-names.ts';
import { tokensOn } from '../code/code-text.ts';
import { placeOfList } from './effect-lists.ts';
import { clip, effectsIn, isEffect } from './effects.ts';
import { keepsState } from './kept-state.ts';

/** A hook of this file whose effect depends on a parameter, and whose caller builds what it hands over anew each time. */
export function* handedFunctions(input: RuleInput): Iterable<FindingDraft> {
  const { after } = input;
  if (after === undefined) return;
  for (const effect of effectsIn(after)) {
    const names = (/^\[(.*)\]$/s.exec(effect.args[1]?.trim() ?? '')?.[1] ?? '').split(',').map((part) => part.trim());
    const hook = after.symbols.find(
      (symbol) => symbol.name === effect.scope && symbol.kind === 'function' && /^use[A-Z]/.test(symbol.name),
    );
    const handed = hook?.parameters.flatMap(({ name }, at) => (names.includes(name) ? [{ name, at }] : [])) ?? [];
    const place = placeOfList(input, effect, effect.args[1] ?? '');
    const isNew = place === 'below' || (place === 'here' && input.added.calls.includes(effect));
    const isBuilt = (call: Call, at: number): boolean => isMadeAnew(call.args[at] ?? '', call, after);
    const built = after.calls.find(
      (call) =>
        call.callee === hook?.name &&
        handed.some(({ at }) => isBuilt(call, at) && (isNew || input.added.calls.includes(call) || wasKept(input, call, at))),
    );
    const name = built === undefined ? undefined : handed.find(({ at }) => isBuilt(built, at))?.name;
    if (built === undefined || name === undefined) continue;
    yield {
      side: 'after',
      range: clip(isNew ? effect.range : built.range, input.hunk.after, input.hunk.added),
      message: fitMessage(`\`${shorten(name, 24)}\` of \`${shorten(built.callee, 22)}\` is new in every render`),
      severity: keepsState(input, effect) ? 'high' : 'medium',
    };
    if (isNew || hook === undefined || !standsInOther(input, hook.name) || !gotList(input, effect)) continue;
    yield {
      side: 'after',
      range: rangeOfList(effect),
      message: fitMessage(`\`${shorten(name, 24)}\` is new in every render of \`${shorten(built.scope, 26)}\``),
      severity: keepsState(input, effect) ? 'high' : 'medium',
    };
  }
}

/** Two files are read as one, and the hook is in the other one, which is not asked about its list by itself. */
function standsInOther(input: RuleInput, hook: string): boolean {
  return input.after?.text === undefined && input.factsAt('after', input.path)?.symbols.some(({ name }) => name === hook) === false;
}

/** The list came with this change. */
function gotList({ before }: RuleInput, { scope, args }: Call): boolean {
  return before?.calls.some((old) => isEffect(old) && old.scope === scope && old.args[1] === args[1]) === false;
}

/** The list as it stands at the end of the call; the call's last line where the list is longer. */
function rangeOfList({ range: { end }, args }: Call): Range {
  return { start: { line: end.line, character: Math.max(0, end.character - 1 - (args[1] ?? '').length) }, end };
}

/** Written where it is handed over, or bound to such in the component above: what `useMemo` keeps begins with its name. */
function isMadeAnew(argument: string, call: Call, after: SourceFacts): boolean {
  const isLiteral = (text: string): boolean => /^(fn$|[{[]|new [A-Z])/.test(text) && !/^\[ ?\]$/.test(text);
  const value = call.scope !== '' && /^[a-z]\w*$/.test(argument) ? boundAbove(after, argument, call.range.start.line) : undefined;
  return isLiteral(argument) || (value !== undefined && isLiteral(value));
}

/** The same call was handed something that stays from one render to the next, and this hunk binds that name anew. */
function wasKept({ before, hunk, after }: RuleInput, call: Call, at: number): boolean {
  const old = before?.calls.find(({ key }) => key === call.key);
  const name = call.args[at] ?? '';
  const { start, lines } = hunk.after;
  return (
    before !== undefined &&
    old !== undefined &&
    !isMadeAnew(name, old, before) &&
    tokensOn(after, start, start + lines - 1).some(
      ({ text }, index, all) => text === name && /^(const|let)$/.test(all[index - 1]?.text ?? ''),
    )
  );
}
