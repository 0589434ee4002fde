import type { FindingDraft } from '../../model/finding.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage } from '../quote.ts';
import { gainedRoles } from '../vocabulary/access/asked-roles.ts';
import { sunkChecks } from '../vocabulary/access/bare-sign-in.ts';
import { exchangedSubjects } from '../vocabulary/access/exchanged-subjects.ts';
import { loosenedModes } from '../vocabulary/access/file-modes.ts';
import { grantedWords } from '../vocabulary/access/granted-words.ts';
import { lesserDependencies } from '../vocabulary/access/lesser-dependencies.ts';
import { looseEquality } from '../vocabulary/access/loose-equality.ts';
import { loosenedChecks, loosenedRoutes } from '../vocabulary/access/loosened-checks.ts';
import { askedSome, everybody, loosenedConditions } from '../vocabulary/access/loosened-conditions.ts';
import { loosenedWords } from '../vocabulary/access/loosened-words.ts';
import { lostGrantConditions } from '../vocabulary/access/lost-grant-conditions.ts';
import { unaskedMetadataTokens } from '../vocabulary/access/metadata-tokens.ts';
import { openedRules } from '../vocabulary/access/opened-rules.ts';
import { grantedInFiles } from '../vocabulary/access/permission-files.ts';
import { joinedPermissions } from '../vocabulary/access/permission-operators.ts';
import { loweredRanks } from '../vocabulary/access/rank-changes.ts';
import { loosenedActions, widenedActions, widenedRoleLists, widerScopes } from '../vocabulary/access/role-lists.ts';
import { widerLinks } from '../vocabulary/access/shared-links.ts';
import { loweredBases } from '../vocabulary/access/swapped-bases.ts';
import { wideGrants } from '../vocabulary/access/wide-permission-updates.ts';
import { widenedLines } from '../vocabulary/access/widened-lines.ts';
import { lastName, shorten } from '../vocabulary/code/call-names.ts';
import { databaseRules } from '../vocabulary/settings/database-rules.ts';

/**
 * ## What it sees
 * A check of access that stays and lets more people through: a lower role (`requireRole('admin')` to `requireRole('user')`,
 * `IsOwner` to `AllowAny`), a lower rank of the program's own, a procedure on the base of a
 * lesser role, a list of roles or scopes that grew, a role that may change
 * more, a condition that was turned round, lost a part, is asked of somebody else than whoever asks, takes no answer for a yes, only asks whether there is a value or compares what can never differ,
 * and a permission file or a database's rules that grant more; also where the check went to another file on the way. A mode by
 * which everybody may write a file (`chmod -R 777`), and the metadata service of a machine that no longer asks for a token (IMDSv2). A
 * signed link to a store that reaches or allows more (a shared access signature), and SQL
 * that gives every row of a table a right over all (`modify_all_data = true`).
 *
 * ## Why it matters
 * A check that is still there looks like a check. Whoever reads the route sees a guard; only the one word in it is another.
 *
 * ## When it is fine
 * A stricter role, a shorter list, a part that another guard of the function asks now. These are not flagged.
 *
 * ## What it misses
 * Roles of the program's own whose order no line of the change says, and a check of a library whose new version asks for less.
 */
export default defineRule({
  id: 'access/permission-loosened',
  version: '1.0.0',
  severity: 'critical',
  confidence: 'medium',
  title: 'A permission check lets more people through',
  reads: ['calls', 'guards', 'conditions', 'options', 'settings', 'symbols', 'commands', 'tokens', 'statements'],
  evidence: [{ title: 'OWASP A01:2021 Broken Access Control', url: 'https://owasp.org/Top10/A01_2021-Broken_Access_Control/' }],
  *check(input): Iterable<FindingDraft> {
    const flagged = new Set<string>();
    for (const draft of [
      ...loosenedConditions(input),
      ...everybody(input),
      ...askedSome(input),
      ...opened(input),
      ...loosenedChecks(input),
      ...loosenedRoutes(input),
      ...widenedRoleLists(input),
      ...joined(input),
      ...widenedActions(input),
      ...loosenedActions(input),
      ...widerScopes(input),
      ...widenedLines(input),
      ...ranks(input),
      ...gained(input),
      ...exchanged(input),
      ...forAll(input),
      ...ofWords(input),
      ...loosely(input),
      ...decided(input),
      ...bases(input),
      ...dependencies(input),
      ...grantedInFiles(input),
      ...databaseRules(input),
      ...loosenedModes(input),
      ...unaskedMetadataTokens(input),
      ...links(input),
      ...toAll(input),
    ]) {
      const line = `${draft.side} ${draft.range.start.line}`;
      if (flagged.has(line)) continue;
      flagged.add(line);
      yield draft;
    }
    if (flagged.size === 0) yield* sunk(input);
  },
});

/** One of several permissions is enough where all of them were asked for. */
function* joined(input: RuleInput): Iterable<FindingDraft> {
  for (const { range, item, now } of joinedPermissions(input))
    yield {
      side: 'after',
      range,
      message: fitMessage(`\`${shorten(item, 26)}\` had to hold; one of \`${shorten(now, 36)}\` is enough now`),
    };
}

/** A rule of a collection that lets everybody through. */
function* opened(input: RuleInput): Iterable<FindingDraft> {
  for (const { range, rule, was } of openedRules(input))
    yield {
      side: 'after',
      range,
      message: fitMessage(`everybody may now \`${shorten(rule, 26)}\`, \`${shorten(was, 30)}\` was asked for`),
    };
}

/** It is enough to be signed in where a right was asked for. */
function* sunk(input: RuleInput): Iterable<FindingDraft> {
  for (const { was, now, side, range } of sunkChecks(input))
    yield { side, range, message: fitMessage(`\`${shorten(now, 34)}\` is enough now, \`${shorten(was, 34)}\` was asked for`) };
}

/** A rank of the program's own that is asked for, and is a lower one now. */
function* ranks(input: RuleInput): Iterable<FindingDraft> {
  for (const { range, before, after } of loweredRanks(input))
    yield {
      side: 'after',
      range,
      message: fitMessage(`\`${shorten(after, 24)}\` is enough now, \`${shorten(before, 24)}\` was asked for`),
    };
}

/** A procedure or an action that is built on the base of a lesser role. */
function* bases(input: RuleInput): Iterable<FindingDraft> {
  for (const { range, was, now } of loweredBases(input))
    yield { side: 'after', range, message: fitMessage(`\`${shorten(now, 24)}\` is enough now, \`${shorten(was, 24)}\` was asked for`) };
}

/** What a framework asks in front of a function is another function, and it asks less. */
function* dependencies(input: RuleInput): Iterable<FindingDraft> {
  for (const { range, was, now } of lesserDependencies(input))
    yield { side: 'after', range, message: fitMessage(`\`${shorten(now, 30)}\` is enough now, \`${shorten(was, 34)}\` was asked for`) };
}

/** No answer is a yes now, or a part of a name is the name. */
function* ofWords(input: RuleInput): Iterable<FindingDraft> {
  for (const { range, was, now } of loosenedWords(input))
    yield {
      side: 'after',
      range,
      message: fitMessage(`\`${shorten(now, 34)}\` is enough now, it was \`${shorten(was, 34)}\``),
      severity: 'high',
    };
}

/** What was refused by a word is granted by another one. */
function* decided(input: RuleInput): Iterable<FindingDraft> {
  for (const { range, was, now } of grantedWords(input))
    yield { side: 'after', range, message: fitMessage(`\`${shorten(now, 30)}\` is the answer now, it was \`${shorten(was, 30)}\``) };
}

/** The same question, of which `0` and an empty text are the same answer now. */
function* loosely(input: RuleInput): Iterable<FindingDraft> {
  for (const { range, now } of looseEquality(input))
    yield {
      side: 'after',
      range,
      message: fitMessage(`\`${shorten(now, 40)}\` converts what it compares, as it did not`),
      severity: 'medium',
    };
}

/** Whoever has the link may do more, or reaches more. */
function* links(input: RuleInput): Iterable<FindingDraft> {
  for (const { range, gained: more } of widerLinks(input))
    yield { side: 'after', range, message: fitMessage(`whoever has the link gets ${more} as well`), severity: 'high' };
}

/** Rows of a table that are rights, given to all at once. */
function* toAll(input: RuleInput): Iterable<FindingDraft> {
  for (const { range, right, table } of wideGrants(input))
    yield {
      side: 'after',
      range,
      message: fitMessage(`every row of \`${shorten(table, 28)}\` is given \`${shorten(right, 26)}\``),
      severity: 'high',
    };
}

/** The right question of the wrong person. */
function* exchanged(input: RuleInput): Iterable<FindingDraft> {
  for (const { range, was, now, isUnsure } of exchangedSubjects(input))
    yield {
      side: 'after',
      range,
      message: fitMessage(`\`${shorten(now, 30)}\` is asked about now, it was \`${shorten(was, 30)}\``),
      ...(isUnsure === true ? { severity: 'medium' as const } : {}),
    };
}

/** A right to some things of a kind that is one to all of them. */
function* forAll(input: RuleInput): Iterable<FindingDraft> {
  for (const { range, right, was } of lostGrantConditions(input))
    yield {
      side: 'after',
      range,
      message: fitMessage(`\`${shorten(right, 34)}\` holds for all of them now, it asked \`${shorten(was, 30)}\``),
    };
}

/** Roles that went in front of a function, and others with them. */
function* gained(input: RuleInput): Iterable<FindingDraft> {
  for (const { scope, was, gained: role, range } of gainedRoles(input))
    yield {
      side: 'after',
      range,
      message: fitMessage(`\`${shorten(role, 22)}\` may also \`${shorten(lastName(scope), 24)}\`, it was \`${shorten(was, 24)}\``),
    };
}
