import type { FindingDraft } from '../../model/finding.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage } from '../quote.ts';
import { lostChains } from '../vocabulary/access/access-chains.ts';
import { emptiedGuards } from '../vocabulary/access/emptied-guards.ts';
import { lostExtractors } from '../vocabulary/access/extractor-guards.ts';
import { lostFrameworkGuards } from '../vocabulary/access/framework-guards.ts';
import { isGuardItem } from '../vocabulary/access/guard-items.ts';
import { uncoveredAddresses } from '../vocabulary/access/guarded-addresses.ts';
import { guardsAboveRoutes } from '../vocabulary/access/guards-above-routes.ts';
import { hollowGuards } from '../vocabulary/access/hollow-guards.ts';
import { lateMounts } from '../vocabulary/access/late-mounts.ts';
import { lostAuthOptions } from '../vocabulary/access/lost-auth-options.ts';
import {
  isCheckCall,
  lostAccessConditions,
  lostAccessWraps,
  lostCheckCalls,
  overtakenChecks,
} from '../vocabulary/access/lost-check-calls.ts';
import { isGuardDecorator, lostDecorators } from '../vocabulary/access/lost-decorators.ts';
import { lostInterceptors } from '../vocabulary/access/lost-interceptors.ts';
import { lostOwnerCalls } from '../vocabulary/access/lost-owner-calls.ts';
import { lostWrappers } from '../vocabulary/access/lost-wrappers.ts';
import { movedUnguarded } from '../vocabulary/access/moved-unguarded.ts';
import { redecoratedRoutes } from '../vocabulary/access/redecorated-routes.ts';
import { regroupedRoutes } from '../vocabulary/access/regrouped-routes.ts';
import { remountedRoutes } from '../vocabulary/access/remounted-routes.ts';
import { lostRouteGuards } from '../vocabulary/access/route-guards.ts';
import { guardsLostWithOwner } from '../vocabulary/access/successor-guards.ts';
import { swappedBases } from '../vocabulary/access/swapped-bases.ts';
import { switchedOffAccess } from '../vocabulary/access/switched-off-access.ts';
import { unguardedServers } from '../vocabulary/access/unguarded-servers.ts';
import { weakenedWirings } from '../vocabulary/access/weakened-wirings.ts';
import { shorten } from '../vocabulary/code/call-names.ts';

/**
 * ## What it sees
 * A check of who may do something that goes away while what it guarded stays: middleware of a route, a router-level `use`, a
 * decorator or annotation, a wrapper or a base class, an `if` that refuses, a call such as `requireAdmin(user)`, an option such
 * as `auth: true`, a parameter that only a known caller can give. Also a route that left its guard behind, or one with the same
 * address that is asked first; a guard that still stands there and stops nobody, because its function lets everybody through,
 * because nobody calls it, waits for it or looks at its answer, because it stands behind what it guarded, or above what registers the route; an address more in
 * a list of those that are open to all; a server that is started without its demand for a password or a certificate, and a
 * setting of a service that turns the question off (`auth.enabled: false`); a dependency, a bean or a provider that nobody mounts any more or that
 * another one which does nothing stands in for, a wrapper that its decorator does not give back, and a setting or a header by which a request goes
 * round the check. A guard is known by its name, or by its body where the tree holds it.
 *
 * ## Why it matters
 * The route answers as before, so no test of the happy path fails; whoever knows the address may now do it.
 *
 * ## When it is fine
 * The guard was renamed with its uses, moved to a parent router or to a helper in the same change, or replaced by another
 * check; or the route went away with it. These are not flagged.
 *
 * ## What it misses
 * A guard whose name says nothing of access and whose body is not in the tree. One that is kept and does less is
 * permission-loosened.
 */
export default defineRule({
  id: 'access/auth-guard-removed',
  version: '1.0.0',
  severity: 'critical',
  confidence: 'high',
  title: 'An access check was removed',
  reads: ['calls', 'guards', 'conditions', 'options', 'symbols', 'tokens', 'commands', 'settings'],
  evidence: [
    { title: 'OWASP A01:2021 Broken Access Control', url: 'https://owasp.org/Top10/A01_2021-Broken_Access_Control/' },
    {
      title: 'Reported retail order loss after AI-assisted changes, 2026',
      url: 'https://vibegraveyard.ai/story/amazon-ai-code-retail-outages',
    },
  ],
  *check(input): Iterable<FindingDraft> {
    const flagged = new Set<number>();
    for (const draft of [
      ...routes(input),
      ...late(input),
      ...servers(input),
      ...switchedOffAccess(input),
      ...lostDecorators(input),
      ...lostExtractors(input),
      ...lostAccessConditions(input),
      ...lostAccessWraps(input),
      ...overtakenChecks(input),
      ...lostCheckCalls(input),
      ...ofOwners(input),
      ...lostAuthOptions(input),
      ...declared(input),
      ...emptied(input),
      ...lostChains(input),
      ...uncoveredAddresses(input),
      ...regroupedRoutes(input),
      ...remountedRoutes(input, isGuardItem(input)),
      ...redecoratedRoutes(input, isGuardItem(input)),
      ...guardsAboveRoutes(input, isGuardDecorator),
      ...ofRewritten(input),
      ...swapped(input),
      ...unwrapped(input),
      ...intercepted(input),
      ...leftBehind(input),
      ...weakenedWirings(input, isGuardItem(input)),
      ...hollowGuards(input, { isItem: isGuardItem(input), isGuard: isGuardDecorator, isCheck: isCheckCall }),
    ]) {
      // One line, one finding: `requireRole('x')` in a route is both an argument and a call.
      if (flagged.has(draft.range.start.line)) continue;
      for (let line = draft.range.start.line; line <= draft.range.end.line; line += 1) flagged.add(line);
      yield draft;
    }
  },
});

function* routes(input: RuleInput): Iterable<FindingDraft> {
  for (const { call, item, route, related } of lostRouteGuards(input, isGuardItem(input))) {
    yield {
      side: 'before',
      range: call.range,
      message: fitMessage(`\`${shorten(item, 30)}\` no longer guards \`${shorten(route, 24)}\``),
      related,
    };
  }
}

/** A guard that comes when routes of its router were answered already. */
function* late(input: RuleInput): Iterable<FindingDraft> {
  for (const { side, range, item, route } of lateMounts(input, isGuardItem(input)))
    yield { side, range, message: fitMessage(`\`${shorten(item, 26)}\` comes too late for \`${shorten(route, 24)}\``) };
}

/** A server of a container or a script that asks nobody any more. */
function* servers(input: RuleInput): Iterable<FindingDraft> {
  for (const { flag, server, range } of unguardedServers(input))
    yield { side: 'after', range, message: fitMessage(`\`${shorten(server, 26)}\` is started without \`${shorten(flag, 28)}\``) };
}

function* leftBehind(input: RuleInput): Iterable<FindingDraft> {
  for (const { item, moved, range } of movedUnguarded(input, isGuardItem(input)))
    yield { side: 'before', range, message: fitMessage(`\`${shorten(item, 30)}\` did not come along with \`${shorten(moved, 26)}\``) };
}

function* ofRewritten(input: RuleInput): Iterable<FindingDraft> {
  for (const { item, range, successor } of guardsLostWithOwner(input))
    yield {
      side: 'before',
      range,
      message: fitMessage(`\`${shorten(item, 30)}\` guards nothing now: \`${shorten(successor, 30)}\` is open`),
    };
}

/** Puts guards and what they guard in a row. */
const JOINS =
  /^(?:combineResolvers|composeResolvers|compose|pipe|pipeResolvers|chain|handlers?|createHandler|middleware|applyMiddleware|middy)$/;

function* intercepted(input: RuleInput): Iterable<FindingDraft> {
  for (const { item, service, range } of lostInterceptors(input, isGuardItem(input)))
    yield {
      side: 'before',
      range,
      message: fitMessage(`\`${shorten(item, 30)}\` no longer guards \`${shorten(service, 26)}\``),
    };
}

function* unwrapped(input: RuleInput): Iterable<FindingDraft> {
  const isItem = isGuardItem(input);
  for (const { wrapper, range } of lostWrappers(
    input,
    (name, handed) =>
      /^with(?:Session|User|Login|Role|Member|Staff|Admin)/.test(name) ||
      isItem(name) ||
      (JOINS.test(name) && /^[A-Za-z_$]/.test(handed[0] ?? '') && isItem(handed[0] ?? '')),
  ))
    yield { side: 'before', range, message: fitMessage(`\`${shorten(wrapper, 30)}\` no longer stands around what it guarded`) };
}

function* swapped(input: RuleInput): Iterable<FindingDraft> {
  for (const { was, now, range } of swappedBases(input))
    yield { side: 'after', range, message: fitMessage(`\`${shorten(now, 26)}\` stands where \`${shorten(was, 26)}\` guarded`) };
}

function* declared(input: RuleInput): Iterable<FindingDraft> {
  for (const { item, owner, range, side = 'before' } of lostFrameworkGuards(input)) {
    yield { side, range, message: fitMessage(`\`${shorten(item, 32)}\` no longer guards \`${shorten(owner, 26)}\``) };
  }
}

/** What was found for its owner alone, or asked for so that it throws. */
function* ofOwners(input: RuleInput): Iterable<FindingDraft> {
  for (const { call, test } of lostOwnerCalls(input, isCheckCall))
    yield {
      side: 'before',
      range: call.range,
      confidence: 'medium',
      message: fitMessage(`without \`${shorten(call.callee, 24)}\` nothing asks \`${shorten(test, 34)}\``),
    };
}

function* emptied(input: RuleInput): Iterable<FindingDraft> {
  for (const { item, owner, range, side } of emptiedGuards(input)) {
    yield { side, range, message: fitMessage(`\`${shorten(item, 28)}\` asks \`${shorten(owner, 30)}\` for nothing any more`) };
  }
}
