import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage, quote } from '../../quote.ts';
import { lastName, receiver, shorten, words } from '../code/call-names.ts';
import { lineChanges } from '../code/changed-lines.ts';
import { rangeOfLine } from '../code/code-text.ts';
import { numberIn } from '../code/computed-numbers.ts';
import { within } from '../code/counterpart.ts';
import { changedOptions } from '../code/option-changes.ts';

/** Ages in code from which on a purge takes what it finds, and that are at most half of what they were: `now - timedelta(days=30)` of 3. */
export function* shorterCutoffs(input: RuleInput): Iterable<FindingDraft> {
  if (input.after === undefined || PASSING.test(words(input.path))) return;
  for (const { before, after } of lineChanges(input)) {
    const [old, now] = [ageIn(before.text), ageIn(after.text)];
    if (old === undefined || now === undefined || now * 2 > old || !deletesIn(input, after.scope)) continue;
    yield {
      side: 'after',
      range: rangeOfLine(input, 'after', after.line),
      message: fitMessage(`${quote(lastName(after.scope), 30)} takes what is ${shown(now)} old; it was ${shown(old)}`),
    };
  }
  for (const { before, after } of changedOptions(input)) {
    const name = words(after.name);
    if (!KEPT.test(name) || PASSING.test(`${name} ${words(after.scope)}`)) continue;
    const [old, now] = [numberIn(before.value, input.before), numberIn(after.value, input.after)];
    if (old === undefined || now === undefined || now < 0 || now * 2 > old || !deletesIn(input, after.scope)) continue;
    yield {
      side: 'after',
      range: after.range,
      message: fitMessage(`${quote(after.name, 30)}: ${shorten(before.value, 18)} -> ${shorten(after.value, 18)}`),
    };
  }
}

const KEPT =
  /\b(?:retention|retain|keep|kept|purge after|delete after|prune after|older than|max age|cutoff|archive after)\b.*\b(?:days|weeks|months|years|day|hours)\b|\b(?:days|weeks|months|years|day)\b.*\b(?:retention|retained|kept|to keep|to retain)\b|^(?:data |log |event )?retention$/;
/** What is made again, or ends by itself. */
const PASSING =
  /\b(?:tmp|temp|temporary|cach\w*|thumbnails?|previews?|scratch|otp|csrf|nonces?|locks?|tokens?|sessions?|carts?|drafts?|invites?|invitations?|mock|demo|sandbox)\b/;

/** Something is deleted in the function; of a constant of the file, anywhere in it. */
function deletesIn({ after }: RuleInput, scope: string): boolean {
  if (PASSING.test(words(scope))) return false;
  return (
    after?.statements.some(
      (statement) => statement.verb === 'delete' && within(statement.scope, scope) && !PASSING.test(words(statement.targets[0] ?? '')),
    ) === true ||
    after?.calls.some(
      ({ callee, kind, scope: place }) =>
        kind === 'call' &&
        within(place, scope) &&
        /^(?:delete|remove|purge|prune|destroy|erase|unlink|rmtree|rm|expunge|wipe)\b/.test(words(lastName(callee))) &&
        !PASSING.test(words(callee)) &&
        !/(?:^|[.>])(?:map|set|seen|list|params|headers|\w*(?:Map|Set|Index|ById|ByKey|Queue))$/i.test(receiver(callee)),
    ) === true
  );
}

const DAY = 24;
const HOURS: Readonly<Record<string, number>> = { hour: 1, day: DAY, week: 7 * DAY, month: 30 * DAY, year: 365 * DAY };
const UNIT = '(hour|day|week|month|year)s?';

/** Ways to say how long ago, each with its number and its unit, or its number of days. */
const AGES: readonly RegExp[] = [
  new RegExp(`-(?:datetime\\.)?(?:timedelta|relativedelta)\\(${UNIT}=(\\d+)\\)`),
  /\bsub(hour|day|week|month|year)s\([^,]{1,60},(\d+)\)/i,
  /\.minus(hour|day|week|month|year)s\((\d+)\)/i,
  /\.minus\((?:java\.time\.)?(?:Duration|Period)\.of(hour|day|week|month|year)s\((\d+)\)\)/i,
  new RegExp(`-(?:chrono::|time::)?Duration::${UNIT}\\((\\d+)\\)`),
];
const AGES_NUMBER_FIRST: readonly RegExp[] = [
  new RegExp(`\\.minus\\((\\d+),(?:ChronoUnit\\.)?${UNIT}\\)`, 'i'),
  new RegExp(`\\.subtract\\((\\d+),['"]${UNIT}['"]\\)`),
  new RegExp(`\\b(\\d+)\\.${UNIT}\\.ago\\b`),
];
const AGES_IN_DAYS: readonly RegExp[] = [
  /\.AddDate\(0,0,-(\d+)\)/,
  /-(\d+)\*24\*time\.Hour\b/,
  /-(\d+)\*24\*60\*60(?:\*1000|\*1_000)?\b/,
  /-(\d+)\*(?:DAY|DAYS|DAY_MS|MS_PER_DAY|ONE_DAY|day|MILLIS_PER_DAY|SECONDS_PER_DAY|86400|86_400|86400000|86_400_000)\b/,
];

/** Hours that a line of code without its spaces goes back; undefined where it says none, or a day is not what it counts. */
function ageIn(line: string): number | undefined {
  const text = line.replace(/\s+/g, '');
  for (const pattern of AGES) {
    const [, unit, count] = pattern.exec(text) ?? [];
    if (unit !== undefined) return Number(count) * (HOURS[unit.toLowerCase()] ?? DAY);
  }
  for (const pattern of AGES_NUMBER_FIRST) {
    const [, count, unit] = pattern.exec(text) ?? [];
    if (unit !== undefined) return Number(count) * (HOURS[unit.toLowerCase()] ?? DAY);
  }
  for (const pattern of AGES_IN_DAYS) {
    const [, count] = pattern.exec(text) ?? [];
    if (count !== undefined) return Number(count) * DAY;
  }
  return undefined;
}

function shown(hours: number): string {
  return hours % DAY === 0 ? `${hours / DAY} d` : `${hours} h`;
}
