import type { Command } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage, quote } from '../../quote.ts';
import { changedSettings, changeName, placeOf } from '../settings/settings.ts';
import { BACKUP_NAME, daysKept } from './backup-settings.ts';

/** Scripts of backups that prune more, check less, or no longer make, encrypt or carry away a copy. */
export function* weakenedScripts(input: RuleInput): Generator<FindingDraft> {
  const { removed, added, after, path } = input;
  const about = BACKUP_NAME.test(path);
  const isOfBackup = (command: Command): boolean => about || BACKUP_NAME.test(`${command.pipedFrom ?? ''} ${command.written}`);
  const before = removed.commands.filter(isOfBackup);
  for (const command of added.commands) {
    const fresh = pruneAge(command);
    const old = lostIn(input)
      .filter((other) => isOfBackup(other) && other.name === command.name)
      .map(pruneAge)
      .find((age) => age !== undefined);
    // An age in a variable is an age.
    const isVariable = command.words.some(({ text }, at) => /\$/.test(text) && /^-[mc]time$/.test(command.words[at - 1]?.text ?? ''));
    if (fresh === undefined && old !== undefined && prunes(command) && !isVariable)
      yield { side: 'after', range: command.range, message: fitMessage(`prunes backups of any age; it was those older than ${old} days`) };
    const excused =
      command.rescues === undefined || !/^(true|:|echo|exit 0|return 0)/.test(command.written) ? undefined : guardOfText(command.rescues);
    const wasExcused = before.some((other) => other.rescues !== undefined && guardOfText(other.rescues) === excused);
    if (excused !== undefined && !wasExcused && after?.language !== undefined)
      yield {
        side: 'after',
        range: command.range,
        message: fitMessage(`${quote(command.rescues ?? '', 36)} may fail unseen, and it ${excused}`),
      };
    if (fresh !== undefined && old !== undefined && fresh < old)
      yield { side: 'after', range: command.range, message: fitMessage(`prunes backups older than ${old} days -> ${fresh}`) };
  }
  const isBackupScript = after?.language === 'shell' && (about || after.commands.some((command) => BACKUP_NAME.test(command.written)));
  for (const change of isBackupScript ? changedSettings(input) : []) {
    if (!/retention|keep|max_?age|days|copies/i.test(changeName(change)) || change.before === undefined || change.after === undefined)
      continue;
    const [old, now] = [daysKept(orDefault(change.before.value)), daysKept(orDefault(change.after.value))];
    if (old !== undefined && now !== undefined && now < old)
      yield { ...placeOf(change), message: fitMessage(`${quote(changeName(change), 36)}: ${old} -> ${now}`) };
  }
  for (const command of before) {
    const what = guardOf(command);
    if (what === undefined || after === undefined) continue;
    const [was, is] = [input.before, after].map((facts) => facts?.commands.filter((other) => guardOf(other) === what).length ?? 0);
    // One of two copies that goes is one place less, unless the other was written anew and may take both, as in a loop.
    const known = new Set(input.before?.commands.map(({ key }) => key));
    const isAnew = after.commands.some(
      (other) => !known.has(other.key) && guardOf(other) === what && other.words.some(({ expansions }) => expansions.length > 0),
    );
    // A dump that is made in another way is still made.
    if (isDoneByLibrary(input, what, before.filter((other) => guardOf(other) === what).length)) continue;
    if ((is ?? 0) > 0 && (isAnew || !(what === 'copies the backup away' && (is ?? 0) < (was ?? 0)))) continue;
    yield {
      side: 'before',
      range: command.range,
      message: fitMessage(`${quote(command.words.map((word) => word.source).join(' '), 40)} no longer ${what}`),
    };
  }
}

/** Functions of another script, which this one calls now, do as many such things: `source lib/backup.sh; copy_offsite "$dump"`. */
function isDoneByLibrary(input: RuleInput, what: string, times: number): boolean {
  // A rewrite is cut into hunks: the call may stand in another one than what it replaces.
  const called = new Set(input.after?.commands.map(({ name }) => name));
  return input.addedElsewhere().commands.filter((other) => called.has(other.scope) && guardOf(other) === what).length >= times;
}

/** `${DAYS:-30}` is 30 where nobody says otherwise. */
function orDefault(value: string | number | boolean | null): string | number | boolean | null {
  return typeof value === 'string' ? (/^\$\{\w+:?[-=](.*)\}$/.exec(value)?.[1] ?? value) : value;
}

/** `find … -delete` and `restic forget --prune` in a script of backups. */
function prunes(command: Command): boolean {
  const words = command.words.map((word) => word.text);
  return command.name === 'find' && (words.includes('-delete') || words.includes('rm'));
}

/** Days that `find -mtime +N -delete`, `restic forget --keep-daily N` and their like keep. */
function pruneAge(command: Command): number | undefined {
  const words = command.words.map((word) => word.text);
  if (command.name === 'find' && words.some((word) => word === '-delete' || word === '-exec')) {
    const at = words.findIndex((word) => /^-[mc]time$/.test(word));
    return at < 0 ? undefined : daysKept((words[at + 1] ?? '').replace(/^\+/, ''));
  }
  // `ls -t | tail -n +31 | xargs rm` keeps thirty.
  if (command.name === 'tail' || command.name === 'head') {
    const count = words.map((word) => /^-?(?:n)?\+(\d+)$|^-(\d+)$/.exec(word)).find((match) => match !== null);
    return command.pipedFrom === undefined || count === undefined || count === null ? undefined : Number(count[1] ?? count[2]);
  }
  if (command.name === 'restic' || command.name === 'borg') {
    const keep = words.flatMap((word, at) =>
      /^--keep-(daily|last|within)/.test(word) ? [word.includes('=') ? word.split('=')[1] : words[at + 1]] : [],
    );
    return daysKept(keep[0]);
  }
  return undefined;
}

/** What a command of a backup script gives that nothing else does. */
function guardOf(command: Command): string | undefined {
  return guardOfText(command.words.map((word) => word.text).join(' '));
}

/** Commands that the whole file lost: a script that was cut into functions lost them in another hunk. */
function lostIn({ before, after }: RuleInput): readonly Command[] {
  const left = new Set(after?.commands.map(({ key }) => key));
  return before?.commands.filter(({ key }) => !left.has(key)) ?? [];
}

function guardOfText(written: string): string | undefined {
  // What restic and its kin are told of their repository stands before the verb.
  const text = written.replace(
    /^(restic|borg|rclone)((?: (?:-r|--repo|--repository|--password-file|--config|-o|--cache-dir)[ =]\S{1,200}| -v| --verbose| --quiet| -q| --json| --no-cache){1,6})(?= )/,
    '$1',
  );
  if (/^(gpg2? .*(-c|-e|--encrypt|--symmetric)|age (-r|-R|-p|--encrypt)|openssl enc)/.test(text)) return 'encrypts the backup';
  if (/^\[\[? -s /.test(text) || /^test -s /.test(text)) return 'checks the backup';
  if (
    /^(pg_restore (--list|-l)|pg_verifybackup|restic check|borg check|gunzip -t|gzip -t|tar -?t|sha256sum (-c|--check)|md5sum -c|mysqlcheck|zstd -t|xtrabackup --prepare)/.test(
      text,
    )
  )
    return 'checks the backup';
  if (
    /^(aws s3 (cp|sync)|gsutil (cp|rsync)|gcloud storage (cp|rsync)|rclone (copy|sync)|rsync|scp|azcopy|restic copy|b2 upload)/.test(text)
  )
    return 'copies the backup away';
  if (/^(pg_dump|pg_dumpall|pg_basebackup|mysqldump|mongodump|restic backup|borg create|xtrabackup|mariabackup|velero backup)/.test(text))
    return 'makes the backup';
  return undefined;
}
