import type { Call, Option, SourceFacts } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { shorten } from '../code/call-names.ts';
import { providersIn } from '../code/providers.ts';
import { newCallsIn } from '../code/scope-changes.ts';
import { isAccessName } from '../guards/guard-kinds.ts';
import { isGuardByBody } from './refusing-functions.ts';

/** The same guard in front of all routes now, in this file or in the module: `{ provide: APP_GUARD, useClass: JwtAuthGuard }`. */
export function hasGlobalGuard(input: RuleInput, { args }: Call): boolean {
  const { calls: otherCalls, options: otherOptions } = input.addedElsewhere();
  const isInstalled = (call: Call): boolean => /useGlobalGuards$/.test(call.callee);
  const provides = (option: Option): boolean => option.name === 'provide' && option.value === 'APP_GUARD';
  if (newCallsIn(input, '').some(isInstalled) || input.added.options.some(provides)) return true;
  // Of another file it is the guard itself that tells.
  const inFront = [
    ...otherCalls.filter(isInstalled).flatMap((call) => call.args),
    ...(otherOptions.some(provides) ? otherOptions.filter(({ name }) => /^use(Class|Existing)$/.test(name)).map(({ value }) => value) : []),
  ];
  return args.length > 0 && args.every((guard) => inFront.some((text) => text === guard || text.startsWith(`new ${guard}(`)));
}

/** `{ provide: APP_GUARD, useClass: JwtAuthGuard }`: what Nest puts in front of every route, gone with its provider. */
export function* lostGlobalGuards(input: RuleInput): Iterable<FindingDraft> {
  const { removed, before, after, addedElsewhere } = input;
  const isOfProvider = ({ name }: Option): boolean => name === 'provide' || /^use(?:Class|Existing|Factory|Value)$/.test(name);
  if (before === undefined || after === undefined || !removed.options.some(isOfProvider)) return;
  const was = providersIn(before).filter(isGlobal);
  const now = providersIn(after).filter(isGlobal);
  for (const { use, given } of was) {
    const isGone = [use, given].some((option) => removed.options.includes(option)) && !now.some((other) => other.use.value === use.value);
    // Another one in its place is judged by what it does (stand-ins).
    if (!isGone || now.length >= was.length || !(isAccessName(use.value) || isGuardByBody(input, use.value))) continue;
    const moved = addedElsewhere();
    if (
      moved.options.some(({ value }) => /\bAPP_GUARD\b/.test(value)) ||
      moved.calls.some(({ callee }) => callee.endsWith('useGlobalGuards'))
    )
      continue;
    yield {
      side: 'before',
      range: removed.options.includes(given) ? given.range : use.range,
      message: fitMessage(`\`${shorten(use.value, 34)}\` no longer stands in front of every route`),
    };
  }
}

const isGlobal = ({ token }: { readonly token: string }): boolean => token === 'APP_GUARD';

/** What Nest's modules put in front of routes by hand. */
export const CONSUMER = /\bconsumer\.apply$/i;

/** Another module, or this one, puts a guard in front of all now. */
export function isProvidedForAll({ before, after, addedElsewhere }: RuleInput): boolean {
  const provides = ({ name, value }: Option): boolean => name === 'provide' && value === 'APP_GUARD';
  const count = (facts: SourceFacts | undefined): number => facts?.options.filter(provides).length ?? 0;
  return count(after) > count(before) || addedElsewhere().options.some(provides);
}
