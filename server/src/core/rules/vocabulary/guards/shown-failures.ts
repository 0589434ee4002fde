import type { Call, Handler, SourceFacts } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { lastName, receiver, words } from '../code/call-names.ts';
import { callsInside } from './guard-kinds.ts';
import { isStake } from './stakes.ts';

const SHOWS = /^(?:set|update|dispatch|show|toast|patch|present|enqueue)\b/;
/** A bare `set` keeps something wherever its receiver is: a signal or a store shows it, a cache does not. */
const SHOWING = /\b(?:errors?|failed|failure|failures|status|state|store|message|form)$/;
/** Nothing failed: `null`, `false`, `error: undefined`. */
const CLEARS = /^(?:null|undefined|false|0|''|""|``|\[\s?\]|\{\s?\})$/;
const CLEARED = /(?<![\w$])[\w$]+['"]?\s?:\s?(?:null|undefined|false|0|''|""|``|\[\s?\])(?=\s?[,}])/g;
/** `toast.error(text)`, which is no log. */
const TOASTS = /^(?:toast|toaster|message|notification|snackbar|sonner)\.(?:error|warning|warn|danger)$/i;
const FAILURE = /\b(?:errors?|failed|failure|failures)\b/;

/**
 * Whether a handler puts the failure where a person sees it: `setFailed(true)`, `updateState({ status: 'error' })`,
 * `dispatch({ type: 'save/failed' })`, `toast.error(text)`; or whether it was told before it came here.
 */
export function showsFailure({ after }: RuleInput, handler: Handler): boolean {
  if (handler.outcome === 'reports') return false;
  return (
    callsInside(handler, after?.calls ?? []).some((call) => TOASTS.test(call.callee) || tellsState(call)) || isOfMutation(after, handler)
  );
}

/** A state that a person is shown is told of the failure: by the name of its setter, with something in it, or by what it is set to. */
function tellsState({ callee, args }: Call): boolean {
  const own = words(lastName(callee));
  const holder = words(receiver(callee));
  if (!SHOWS.test(own) || (own === 'set' && holder !== '' && !SHOWING.test(holder))) return false;
  const said = args.map((argument) => argument.replace(CLEARED, '')).filter((argument) => !CLEARS.test(argument));
  if (FAILURE.test(own === 'set' ? holder : own)) return said.length > 0;
  return FAILURE.test(words(`${callee} ${said.join(' ')}`));
}

/**
 * React Query: `mutateAsync` rejects after it has told its own `onError`, which every mutation of the file gives; what is
 * let go is the rejection. The call is one of it, or a function of the file that makes one and no other write.
 */
function isOfMutation(after: SourceFacts | undefined, { guarded }: Handler): boolean {
  const mutations = after?.calls.filter(({ callee }) => /(?:^|\.)useMutation$/.test(callee)) ?? [];
  if (after === undefined || mutations.length === 0 || guarded.length === 0) return false;
  const told = after.options.filter(({ name, callee }) => name === 'onError' && /(?:^|\.)useMutation$/.test(callee));
  if (told.length < mutations.length) return false;
  const isMutate = (callee: string): boolean => callee.endsWith('.mutateAsync');
  return guarded.every((callee) => {
    if (isMutate(callee)) return true;
    const own = after.calls.filter(({ scope }) => scope.endsWith(`.${callee}`) || scope === callee);
    return own.some((call) => isMutate(call.callee)) && own.every((call) => isMutate(call.callee) || !isStake(call.callee));
  });
}
