import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { lastName, shorten } from '../code/call-names.ts';
import { isAccessName } from '../guards/guard-kinds.ts';
import { bypassedGuards } from './bypassed-guards.ts';
import { departedBeans } from './departed-beans.ts';
import { isAskingName } from './framework-guards.ts';
import { departedDependencies } from './lesser-dependencies.ts';
import { lostMounts, overriddenDependencies } from './mounted-dependencies.ts';
import { isGuardByBody } from './refusing-functions.ts';
import { silencedRefusals } from './silenced-refusals.ts';
import { standIns } from './stand-ins.ts';
import { unreturnedWrappers } from './unreturned-wrappers.ts';
import { unwiredGuards } from './wired-guards.ts';

/**
 * Guards that a container, a router or a decorator put in front of the work by what they were told, and that are not told so any more;
 * and the bodies of such guards that let everybody through.
 */
export function* weakenedWirings(input: RuleInput, isItem: (name: string) => boolean): Iterable<FindingDraft> {
  for (const { side, range, was, mount, came } of lostMounts(input))
    if (came.length === 0 && (isAskingName(was) || isGuardByBody(input, was)))
      yield { side, range, message: fitMessage(`\`${shorten(was, 30)}\` no longer guards \`${shorten(mount, 26)}\``) };
  for (const { range, was, owner } of departedDependencies(input))
    yield { side: 'after', range, message: fitMessage(`\`${shorten(was, 30)}\` no longer guards \`${shorten(owner, 26)}\``) };
  for (const { name, range } of overriddenDependencies(input))
    if (isAccessName(name) || isGuardByBody(input, name))
      yield { side: 'after', range, message: fitMessage(`\`${shorten(name, 34)}\` is overridden: nobody is asked for it`) };
  for (const { range, was, now } of standIns(input, GUARDS))
    yield { side: 'after', range, message: fitMessage(`\`${shorten(now, 30)}\` stands where \`${shorten(was, 26)}\` guarded`) };
  for (const { item, range } of departedBeans(input))
    yield { side: 'before', range, message: fitMessage(`\`${shorten(item, 40)}\` stands in front of nothing now`) };
  for (const { item, range } of unwiredGuards(input, isItem))
    yield { side: 'before', range, message: fitMessage(`\`${shorten(item, 40)}\` stands in front of nothing now`) };
  for (const { name, guard, range } of unreturnedWrappers(input))
    yield {
      side: 'before',
      range,
      message: fitMessage(`nobody is given \`${shorten(name, 22)}\`, which asks \`${shorten(guard.test, 24)}\``),
    };
  for (const { name, range } of silencedRefusals(input))
    yield { side: 'before', range, message: fitMessage(`\`${shorten(lastName(name), 34)}\` refuses nobody any more`) };
  for (const { test, asked, range } of bypassedGuards(input))
    yield { side: 'after', range, message: fitMessage(`\`${shorten(test, 26)}\` goes round \`${shorten(asked, 28)}\``) };
}

/** Things of a program that refuse, by the words of their names. */
const GUARDS =
  /\b(?:auth|authn|authz|authenticat\w*|authori[sz]\w*|guard|guards|polic(?:y|ies)|permissions?|access|acl|rbac|csrf|xsrf|security|verifier|signature|entitlements?|enforcer|introspector)\b/;
