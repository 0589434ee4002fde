import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage, quote } from '../../quote.ts';
import { words } from '../code/call-names.ts';
import { numberIn } from '../code/computed-numbers.ts';
import { changedOptions } from '../code/option-changes.ts';
import { homeOf } from '../code/option-paths.ts';

/** How many copies a program keeps of each kind, in a table of its own: `RETENTION = { daily: 14, weekly: 8 }` that keeps half of it. */
export function* fewerKept(input: RuleInput): Generator<FindingDraft> {
  for (const { before, after } of changedOptions(input)) {
    const home = homeOf(after);
    if (!KINDS.test(words(after.name)) || !KEEPS.test(words(home)) || !BACKUPS.test(words(`${input.path} ${home} ${after.scope}`)))
      continue;
    const [old, now] = [numberIn(before.value, input.before), numberIn(after.value, input.after)];
    if (old === undefined || now === undefined || now > old / 2) continue;
    yield {
      side: 'after',
      range: after.range,
      message: fitMessage(`${quote(`${home}.${after.name}`, 36)}: ${before.value} -> ${after.value}`),
    };
    return;
  }
}

const KINDS =
  /^(hourly|daily|weekly|monthly|quarterly|yearly|annual|last|days|weeks|months|years|hours|copies|count|generations|max age( days)?|min copies)$/;
const KEEPS = /\b(retention|retain|keep|kept|rotation|prune|gfs|lifecycle)\b/;
const BACKUPS = /\b(backups?|snapshots?|dumps?|restic|borg|pitr|wal)\b/;
