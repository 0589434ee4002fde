import type { Call } from '../../model/facts.ts';
import type { FindingDraft } from '../../model/finding.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage, quote } from '../quote.ts';
import { addedExpiries } from '../vocabulary/backups/added-expiries.ts';
import { leftOut } from '../vocabulary/backups/backed-up-places.ts';
import { weakenedScripts } from '../vocabulary/backups/backup-scripts.ts';
import { BACKUP_NAME, isBackupResource, lostPart, rarer, settingName, weakened } from '../vocabulary/backups/backup-settings.ts';
import { emptiedDumps } from '../vocabulary/backups/emptied-dumps.ts';
import { shorterArguments } from '../vocabulary/backups/kept-arguments.ts';
import { fewerKept } from '../vocabulary/backups/kept-in-code.ts';
import { lateBackups } from '../vocabulary/backups/late-backups.ts';
import { shorterCutoffs } from '../vocabulary/backups/shorter-cutoffs.ts';
import { lastName, words } from '../vocabulary/code/call-names.ts';
import { counterpartScope } from '../vocabulary/code/counterpart.ts';
import { isExtracted, newCallsIn } from '../vocabulary/code/scope-changes.ts';
import { changesInCode } from '../vocabulary/settings/declared-in-code.ts';
import { isLetGo } from '../vocabulary/settings/moved-addresses.ts';
import { changedSettings, ofResource, placeOf } from '../vocabulary/settings/settings.ts';

/**
 * ## What it sees
 * Retention that gets shorter, a final snapshot that is skipped, point-in-time recovery or versioning that is turned off or
 * taken out, a backup that is removed or runs less often; in scripts, a prune of backups that keeps fewer days, a backup that is
 * no longer checked, a dump that leaves out what it held, and a copy that is no longer made. On any command line, an age or a count
 * that says what stays
 * (`--older-than 90d`, `--keep-days=30`) and says less; in code, an age from which on a purge deletes
 * (`now - timedelta(days=30)`, `RETENTION_DAYS`) and that is at most half of what it was. Also a copy that is made behind what deletes
 * the data, and was made before it;
 * and a rule of a standing bucket that deletes objects for their age, new or stricter.
 *
 * ## Why it matters
 * Nobody misses a backup until the day it is needed. At GitLab five kinds of backup had failed before anybody noticed.
 *
 * ## When it is fine
 * Longer retention, and a resource that is removed altogether, which is reported as such.
 *
 * ## What it misses
 * Values that come from variables.
 */
export default defineRule({
  id: 'safeguard/backup-weakened',
  version: '1.0.0',
  severity: 'high',
  confidence: 'high',
  title: 'Keeps fewer backups, or none',
  reads: ['settings', 'commands', 'resources', 'options', 'calls', 'tokens'],
  evidence: [
    {
      title: 'GitLab database outage of 31 January 2017',
      url: 'https://about.gitlab.com/2017/02/10/postmortem-of-database-outage-of-january-31/',
    },
    { title: 'checkov CKV_AWS_133 and CKV_AWS_28', url: 'https://www.checkov.io/5.Policy%20Index/terraform.html' },
  ],
  *check(input) {
    for (const change of [...changedSettings(input), ...changesInCode(input)]) {
      if (change.resourceIsGone) continue;
      const what = weakened(change, input.path) ?? rarer(change, input) ?? lostPart(change, input);
      if (what === undefined) continue;
      yield { ...placeOf(change), message: fitMessage(`${quote(settingName(change), 36)}${ofResource(change, 18)}: ${what}`) };
    }
    for (const resource of input.removed.resources) {
      if (!isBackupResource(resource) || input.after?.resources.some((other) => other.key === resource.key) === true) continue;
      if (isLetGo(`${resource.type}.${resource.name}`, input)) continue;
      yield {
        side: 'before',
        range: resource.range,
        message: fitMessage(`removes the backup ${quote(`${resource.type} ${resource.name}`, 40)}`),
      };
    }
    yield* addedExpiries(input);
    yield* leftOut(input);
    yield* lateBackups(input);
    yield* emptiedDumps(input);
    const told = new Set<number>();
    for (const draft of weakenedScripts(input)) {
      told.add(draft.range.start.line);
      yield draft;
    }
    for (const draft of shorterArguments(input)) if (!told.has(draft.range.start.line)) yield draft;
    yield* shorterCutoffs(input);
    yield* fewerKept(input);
    yield* unverified(input);
  },
});

/** `verify_backup(path)` that no longer follows the backup. */
function* unverified(input: RuleInput): Generator<FindingDraft> {
  const asks = (call: Call): boolean =>
    call.kind === 'call' &&
    /^(verify|check|validate|test|assert|restore test)\b/.test(words(lastName(call.callee))) &&
    /\b(backups?|dumps?|snapshots?|restores?|restorable|archives?)\b/.test(words(call.callee));
  for (const call of input.removed.calls) {
    if (!asks(call) || counterpartScope(input, call.scope) === undefined || isExtracted(input, call)) continue;
    if (newCallsIn(input, call.scope).some(asks) || !BACKUP_NAME.test(`${input.path} ${call.scope} ${call.callee}`)) continue;
    if (input.after?.calls.some((other) => lastName(other.callee) === lastName(call.callee)) === true) continue;
    yield { side: 'before', range: call.range, message: fitMessage(`${quote(call.callee, 40)} no longer asks whether the backup is one`) };
  }
}
