import type { Call, Option } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { lastName } from '../code/call-names.ts';
import { counterpartScope } from '../code/counterpart.ts';
import { surplusOf } from '../code/fact-keys.ts';
import { ENDS_WAITING, isLimit, isUnlimited } from './time-limits.ts';

/** A limit that a client was made with, and a call that goes out without any now. */
export interface DissolvedClient {
  readonly option: Option;
  readonly call: Call;
}

/**
 * Limits of clients whose maker is gone, such as the constructor of a class that became functions, where these functions ask by
 * calls that wait for ever unless told otherwise. A change that limits anything anew is left alone.
 */
export function dissolvedClients(input: RuleInput): readonly DissolvedClient[] {
  const { before, after, removed } = input;
  const lost = removed.options.filter(
    (option) =>
      isLimit(option) &&
      !isUnlimited(option.value) &&
      MADE.test(option.callee) &&
      option.scope !== '' &&
      counterpartScope(input, option.scope) === undefined,
  );
  if (lost.length === 0 || before === undefined || after === undefined) return [];
  const fresh = surplusOf(after.calls, before.calls);
  const call = fresh.find(
    ({ callee, args }) => ENDLESS.test(callee) && !args.some((argument) => /timeout|signal|deadline/i.test(argument)),
  );
  const { options, calls } = input.addedElsewhere();
  const isLimited =
    after.options.some((option) => isLimit(option) && !isUnlimited(option.value)) ||
    after.calls.some(ends) ||
    options.some((option) => isLimit(option) && !isUnlimited(option.value)) ||
    calls.some(ends);
  return call === undefined || isLimited ? [] : lost.slice(0, 1).map((option) => ({ option, call }));
}

function ends({ callee }: Call): boolean {
  return ENDS_WAITING.test(lastName(callee)) || callee === 'AbortSignal.timeout' || /timeout/i.test(lastName(callee));
}

const MADE =
  /^(?:httpx\.(?:Async)?Client|aiohttp\.ClientSession|axios\.create|(?:got|ky)\.extend|&?(?:http\.)?Client|requests\.Session|new (?:Agent|Pool|Client)|Agent|Pool)$/;
/** httpx is not among them: it gives up after five seconds by itself. */
export const ENDLESS =
  /^(?:requests\.(?:get|post|put|patch|delete|head|request)|axios(?:\.(?:get|post|put|patch|delete|head|request))?|(?:globalThis\.)?fetch|http\.(?:Get|Post|PostForm|Head)|http\.DefaultClient\.(?:Do|Get|Post)|(?:urllib\.request\.)?urlopen|reqwest::get)$/;
