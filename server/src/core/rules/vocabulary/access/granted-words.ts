import type { Range } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { words } from '../code/call-names.ts';
import { lineChanges } from '../code/changed-lines.ts';
import { rangeOfLine } from '../code/code-text.ts';
import { nameOf } from '../settings/setting-index.ts';
import { changedSettings } from '../settings/settings.ts';

/** A decision that was no and is yes: the word, and what it stands in. */
export interface GrantedWord {
  readonly range: Range;
  readonly was: string;
  readonly now: string;
}

/** `policy('Deny', arn)` that became `policy('Allow', arn)`, `Effect.DENY`, and the same word of a policy in a file. */
export function* grantedWords(input: RuleInput): Generator<GrantedWord> {
  for (const { before, after } of lineChanges(input)) {
    const [was, now] = [DENIES.exec(before.text), ALLOWS.exec(after.text)];
    if (was === null || now === null || DENIES.test(after.text) || ALLOWS.test(before.text)) continue;
    // Nothing else of what stands in front of the word is another.
    const isSame = before.text.slice(0, was.index) === after.text.slice(0, now.index);
    if (isSame && DECIDES.test(words(`${after.text} ${after.scope} ${input.path}`)))
      yield { range: rangeOfLine(input, 'after', after.line), was: was[0], now: now[0] };
  }
  for (const change of changedSettings(input)) {
    const { before, after } = change;
    if (before === undefined || after === undefined) continue;
    const [was, now] = [String(before.value), String(after.value)];
    const isGranted =
      /^(?:effect|access|permission|decision)$/i.test(nameOf(change)) && /^deny$/i.test(was) && /^(?:allow|permit)$/i.test(now);
    // nginx: an address that is allowed and a password, or one of the two.
    const isEither = nameOf(change) === 'satisfy' && was === 'all' && now === 'any';
    if (isGranted || isEither) yield { range: after.range, was, now };
  }
}

// A path is looked at from its start alone: one of many parts would be gone through from each of them (test/long-names.test.ts).
const DENIES = /(?:(?<![\w-])['"](?:deny|denied)['"]|(?<![\w.:-])(?:[A-Z]\w*(?:\.|::))+(?:Deny|DENY|Denied|DENIED))(?![\w-])/i;
const ALLOWS =
  /(?:(?<![\w-])['"](?:allow|allowed|permit|grant)['"]|(?<![\w.:-])(?:[A-Z]\w*(?:\.|::))+(?:Allow|ALLOW|Allowed|ALLOWED|Permit|PERMIT))(?![\w-])/i;
const DECIDES =
  /\b(?:auth\w*|policy|policies|access|permission|permissions|effect|decision|decide|guard|acl|rbac|iam|rule|rules|firewall|verdict|allowed)\b/;
