import type { Setting, SourceFacts } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage, quote } from '../../quote.ts';
import { words } from '../code/call-names.ts';
import { findResource, settingsUnder } from '../settings/setting-index.ts';
import { changedSettings, placeOf } from '../settings/settings.ts';
import { changedCommands } from '../shell/command-parts.ts';
import { daysKept } from './backup-settings.ts';

/**
 * Ages and counts on a command line by which a program keeps less than it kept: `--older-than 90d` -> `0d`, `--keep-days=30` ->
 * `1`, in a script, a unit, or the list of arguments of a container; and an age that a purging command is no longer given.
 */
export function* shorterArguments(input: RuleInput): Generator<FindingDraft> {
  const told = new Set<string>();
  for (const { before, after, around, place } of commandLines(input)) {
    const own = words(`${before.join(' ')} ${around}`);
    if (PASSING.test(own)) continue;
    const context = `${own} ${words(input.path)}`;
    const fresh = argumentsOf(after);
    for (const { flag, value } of argumentsOf(before)) {
      const old = daysKept(value);
      if (old === undefined || !keeps(flag, context)) continue;
      const now = fresh.find((other) => other.flag === flag);
      const kept = daysKept(now?.value);
      // What `find` loses is told with what it deletes.
      const isLost =
        now === undefined && before[0] !== 'find' && !after.some((word) => /\$/.test(word) || isAge(words(word))) && DELETES.test(context);
      const about = `${flag} ${value} ${now?.value ?? ''}`;
      if (!(isLost || (kept !== undefined && kept < old)) || told.has(about)) continue;
      told.add(about);
      const small = (kept !== undefined && kept * 2 > old) || (OBSERVED.test(context) && !/\baudit\b/.test(context));
      yield {
        ...place(now?.value ?? value),
        message: fitMessage(`${quote(flag, 30)}: ${value} -> ${now?.value ?? 'any age'}`),
        ...(small ? { severity: 'medium' as const } : {}),
      };
    }
  }
}

/** One command line on both sides, as words. */
interface CommandLine {
  readonly before: readonly string[];
  readonly after: readonly string[];
  /** What stands around it and says what it is for: a resource, a stage, the keys above it. */
  readonly around: string;
  /** Where a value of it stands. */
  readonly place: (value: string) => Pick<FindingDraft, 'side' | 'range'>;
}

function* commandLines(input: RuleInput): Generator<CommandLine> {
  yield* argumentLists(input);
  for (const change of changedSettings(input)) {
    const [old, now] = [change.before?.value, change.after?.value];
    if (typeof old !== 'string' || typeof now !== 'string' || !/\s["']?--?\w/.test(old)) continue;
    const around = `${change.resource?.name ?? ''} ${change.path.join(' ')}`;
    yield { before: wordsOf(old), after: wordsOf(now), around, place: () => placeOf(change) };
  }
  for (const { before, after } of changedCommands(input))
    yield {
      before: before.words.map(({ text }) => text),
      after: after.words.map(({ text }) => text),
      around: after.scope,
      place: () => ({ side: 'after', range: after.range }),
    };
}

const LIST = /^(args|command|commands|cmd|entrypoint|arguments|exec|containerArgs|extraArgs|extra_args)$/i;

/** `args: ["--older-than", "90d"]` of a container, whose words are settings of their own. */
function* argumentLists({ added, removed, before, after }: RuleInput): Generator<CommandLine> {
  const seen = new Set<string>();
  for (const setting of [...added.settings, ...removed.settings]) {
    const list = setting.path.slice(0, -1);
    const about = `${setting.resource} ${list.join('/')}`;
    if (!/^\d+$/.test(setting.path.at(-1) ?? '') || !LIST.test(list.at(-1) ?? '') || seen.has(about)) continue;
    seen.add(about);
    const items = (facts: SourceFacts | undefined): readonly Setting[] =>
      settingsUnder(facts, setting, list).filter(({ path, value }) => path.length === list.length + 1 && value !== null);
    const [old, now] = [items(before), items(after)];
    // A list that is gone belongs to a thing that is gone, or is given elsewhere.
    if (old.length === 0 || now.length === 0) continue;
    const own = (side: readonly Setting[], value: string): Setting | undefined =>
      side.find((item) => String(item.value) === value || String(item.value).endsWith(`=${value}`));
    yield {
      before: old.map(({ value }) => String(value)),
      after: now.map(({ value }) => String(value)),
      around: `${findResource(before, setting.resource)?.name ?? ''} ${list.join(' ')}`,
      place: (value) => {
        const fresh = own(added.settings, value);
        return fresh === undefined
          ? { side: 'before', range: (own(removed.settings, value) ?? setting).range }
          : { side: 'after', range: fresh.range };
      },
    };
  }
}

/** `["purge", "--older-than", "90d"]` and `purge --older-than 90d`. */
function wordsOf(text: string): readonly string[] {
  return text.split(/[\s"',[\]]+/).filter((word) => word !== '');
}

/** `--flag value` and `--flag=value`. */
function argumentsOf(line: readonly string[]): readonly { readonly flag: string; readonly value: string }[] {
  return line.flatMap((word, at) => {
    const [, flag, given] = /^(--?[A-Za-z][\w.-]*)(?:=(.+))?$/.exec(word) ?? [];
    const value = given ?? line[at + 1];
    return flag === undefined || value === undefined || /^--?[A-Za-z]/.test(value) ? [] : [{ flag, value: value.replace(/^\+/, '') }];
  });
}

/** A flag that says by its name, or by what the command does, that what is younger stays. */
function keeps(flag: string, context: string): boolean {
  const name = words(flag);
  return isAge(name) || (AGE_OF_PURGE.test(name) && DELETES.test(context));
}

function isAge(name: string): boolean {
  return SAYS_AGE.test(name);
}

const SAYS_AGE =
  /\b(retention|retain|retained|older than|(purge|delete|expire|prune|remove) (after|older)|keep (daily|weekly|monthly|yearly|hourly|last|days|hours|weeks|months|for|within|latest|newest|versions|backups|snapshots|copies|history|count)|days to keep)\b|^keep$/;
const AGE_OF_PURGE =
  /^((max|min|minimum|maximum) )?(age|days|hours|weeks|months|cutoff|threshold|before|ttl|expiry|until|mtime|ctime|mmin)( (days|hours|in days|in hours))?$/;
const DELETES =
  /\b(purg\w*|prun\w*|clean\w*|sweep\w*|expir\w*|delet\w*|gc|evict\w*|trim\w*|remov\w*|reap\w*|forget|housekeep\w*|vacuum|archiver?|rm|unlink|erase\w*|wipe\w*|shred)\b/;
/** What is made again, or goes by itself. */
const PASSING =
  /\b(tmp|temp|temporary|cache\w*|docker|podman|buildx|buildkit|thumbnails?|previews?|node modules|artifacts?|sandbox|staging|replica ?sets?|scratch|branch(es)?|worktrees?|otp|csrf|nonces?|locks?)\b/;
/** What watches the product, and is no part of it. */
const OBSERVED = /\b(logs?|logging|journal\w*|metrics?|prometheus|thanos|mimir|loki|tsdb|traces?|tempo|jaeger)\b/;
