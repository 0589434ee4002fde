import type { Option, Setting } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { shorten } from '../code/call-names.ts';
import { changedOptions, numberOf } from '../code/option-changes.ts';
import { nameOf } from './setting-index.ts';
import { countOf, isFalse } from './setting-values.ts';
import { changedSettings, placeOf } from './settings.ts';

/** A threshold of coverage that sinks, or goes: in code, in a configuration, in the flag of a command. */
export function* loweredCoverage(input: RuleInput): Iterable<FindingDraft> {
  for (const { before, after } of changedOptions(input)) {
    if (!isMeasure(after)) continue;
    const old = numberOf(before.value);
    const now = numberOf(after.value);
    if (old !== undefined && now !== undefined && now < old) yield lowered(after.name, old, now, { side: 'after', range: after.range });
  }
  for (const change of changedSettings(input)) {
    const name = nameOf(change);
    const where = `${input.path} ${change.path.join('.')}`;
    // A threshold by that word alone may be an alarm's.
    const isOfTests = OF_TESTS.test(where) || (COVERAGE.test(where) && /^(lines|branches|functions|statements)$/i.test(name));
    if (
      !isOfTests ||
      change.resource !== undefined ||
      !MEASURE.test(name) ||
      change.before === undefined ||
      change.resourceIsGone ||
      input.after === undefined
    )
      continue;
    const old = percent(change.before.value);
    const now = change.after === undefined || isFalse(change.after.value) ? 0 : percent(change.after.value);
    if (old !== undefined && now !== undefined && now < old) yield lowered(name, old, now, placeOf(change));
  }
  for (const command of input.added.commands) {
    const now = flagOf(command.written);
    const old = input.removed.commands.map((other) => flagOf(other.written)).find((value) => value !== undefined);
    if (now !== undefined && old !== undefined && now < old) yield lowered('coverage', old, now, { side: 'after', range: command.range });
  }
}

const OF_TESTS = /coverage|nyc|c8|codecov|lcov|jacoco|fail_under|cov-fail/i;
const COVERAGE = new RegExp(`${OF_TESTS.source}|threshold`, 'i');

const MEASURE =
  /^(lines|branches|functions|statements|global|fail_under|fail-under|minimum|target|threshold|min_?coverage|coverage_?threshold|minimumCoverage|line|branch)$/i;

function isMeasure(option: Option): boolean {
  // Its own name may be that of any threshold: what it stands in must speak of coverage, or the name itself.
  const where = option.key.replaceAll(option.name, '');
  return MEASURE.test(option.name) && (COVERAGE.test(where) || /coverage/i.test(option.name));
}

function lowered(name: string, old: number, now: number, place: Pick<FindingDraft, 'side' | 'range'>): FindingDraft {
  return { ...place, message: fitMessage(`coverage \`${shorten(name, 24)}\` may sink from ${old} to ${now}`) };
}

function percent(value: Setting['value']): number | undefined {
  return countOf(typeof value === 'string' ? value.replace('%', '') : value);
}

function flagOf(written: string): number | undefined {
  const found = /--(?:cov-fail-under|fail-under|fail-under-lines|coverage\.thresholds\.\w+|lines|branches|check-coverage=?)[= ](\d+)/.exec(
    written,
  )?.[1];
  return found === undefined ? undefined : Number(found);
}
