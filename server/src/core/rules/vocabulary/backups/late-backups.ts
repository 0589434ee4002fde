import type { Call, Command, Fact, SourceFacts, SqlStatement } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage, quote } from '../../quote.ts';
import { lastName, words } from '../code/call-names.ts';
import { counterpartScope } from '../code/counterpart.ts';
import { holdsLine } from '../code/hunk-lines.ts';
import { keepOf } from '../code/kept.ts';
import { deletes, deletesFound } from '../shell/delete-commands.ts';
import { BACKUP_NAME } from './backup-settings.ts';

/** What saves data, and what takes it away: in a script, in code, in SQL. */
interface Step {
  readonly kind: 'saves' | 'deletes';
  readonly fact: Fact;
  readonly shown: string;
  /** What it is about: paths, tables, arguments. */
  readonly about: string;
}

/**
 * A copy that was made before the data went, and is made behind it now. Both are still there, so nothing of it was added or removed:
 * their order is what changed. One that is made on both sides of what deletes still saves it.
 */
export function* lateBackups(input: RuleInput): Generator<FindingDraft> {
  const { before, after, hunk } = input;
  if (before === undefined || after === undefined) return;
  // Asked for each hunk: a file may delete much and save nothing. The old side is known from the keystroke before.
  const old = stepsOf(before);
  if (!old.some(({ kind }) => kind === 'saves')) return;
  const now = stepsOf(after);
  if (!now.some(({ kind }) => kind === 'saves')) return;
  const told = new Set<string>();
  for (const gone of now) {
    if (gone.kind !== 'deletes') continue;
    const was = deletesByKey(old).get(gone.fact.key);
    if (was === undefined) continue;
    const scope = counterpartScope(input, was.fact.scope);
    for (const saved of old) {
      if (saved.kind !== 'saves' || saved.fact.scope !== was.fact.scope || !isBefore(saved.fact, was.fact) || !isAlike(saved, was))
        continue;
      const again = now.filter((step) => step.kind === 'saves' && step.fact.key === saved.fact.key && step.fact.scope === scope);
      const isLate = again.length > 0 && gone.fact.scope === scope && again.every((step) => isBefore(gone.fact, step.fact));
      const place = again[0]?.fact.range.start.line ?? 0;
      const isHere = [place, gone.fact.range.start.line].some((line) => holdsLine(hunk.after, line));
      if (
        !isLate ||
        !isHere ||
        told.has(saved.shown) ||
        now.some(
          (step) =>
            step.kind === 'saves' &&
            step.fact.scope === scope &&
            isBefore(step.fact, gone.fact) &&
            !old.some(({ fact }) => fact.key === step.fact.key),
        )
      )
        continue;
      told.add(saved.shown);
      yield {
        side: 'after',
        range: gone.fact.range,
        message: fitMessage(`${quote(saved.shown, 34)} comes after ${quote(gone.shown, 34)} now`),
      };
    }
  }
}

const deletesByKey = keepOf((steps: readonly Step[]): ReadonlyMap<string, Step> => {
  const byKey = new Map<string, Step>();
  for (const step of steps) if (step.kind === 'deletes' && !byKey.has(step.fact.key)) byKey.set(step.fact.key, step);
  return byKey;
});

/** Both name one thing, or what is deleted are older copies. */
function isAlike(saved: Step, gone: Step): boolean {
  const names = (text: string): readonly string[] => text.toLowerCase().match(/[a-z_]\w{2,}/g) ?? [];
  const own = new Set(names(saved.about).filter((name) => !COMMON.test(name)));
  return BACKUP_NAME.test(gone.about) || names(gone.about).some((name) => own.has(name));
}

const COMMON =
  /^(?:sql|var|srv|opt|usr|tmp|lib|home|data|app|src|dist|out|name|recursive|from|where|select|now|interval|insert|into|delete|and|not|null|true|false|this|self|await|const)$/;

function isBefore(one: Fact, other: Fact): boolean {
  const [a, b] = [one.range.start, other.range.start];
  return a.line < b.line || (a.line === b.line && a.character < b.character);
}

const stepsOf = keepOf((facts: SourceFacts): readonly Step[] => [
  ...facts.commands.flatMap((fact) =>
    step(
      fact,
      kindOfCommand(fact),
      fact.written,
      fact.words
        .slice(1)
        .map(({ text }) => text)
        .join(' '),
    ),
  ),
  ...facts.calls.flatMap((fact) => step(fact, kindOfCall(fact), fact.callee, fact.args.join(' '))),
  ...facts.statements.flatMap((fact) => step(fact, kindOfStatement(fact), `${fact.verb} ${fact.targets[0] ?? ''}`, fact.names.join(' '))),
]);

function step(fact: Fact, kind: Step['kind'] | undefined, shown: string, about: string): readonly Step[] {
  return kind === undefined ? [] : [{ kind, fact, shown, about }];
}

const SAVES =
  /^(?:pg_dump|pg_dumpall|pg_basebackup|mysqldump|mongodump|xtrabackup|mariabackup|restic backup|borg create|velero backup create|etcdctl snapshot save|aws \S+ create-(?:db-)?(?:cluster-)?snapshot|aws s3 (?:sync|cp|mv)|gsutil (?:-m )?(?:cp|rsync)|gcloud sql (?:backups create|export)|rclone (?:copy|sync)|rsync|cp -\w*[ra]|tar -?\w*c|\S*(?:backup|snapshot|dump)\S*\.(?:sh|py)|(?:npm run|make|yarn|pnpm) \S*(?:backup|snapshot|dump)\S*)\b/;
const DELETES =
  /^(?:dropdb|aws s3 (?:rm|rb)|gsutil (?:-m )?r[mb]|kubectl delete|helm (?:uninstall|delete)|terraform destroy|docker volume (?:rm|prune)|mkfs|rails db:(?:drop|reset)|shred)\b/i;
/** Programs that delete by a word further on. */
const PROGRAMS = /^(?:aws|gcloud|az|psql|mysql|redis-cli) /;

function kindOfCommand(command: Command): Step['kind'] | undefined {
  const text = command.words.map((word) => word.text).join(' ');
  if (SAVES.test(text)) return 'saves';
  return DELETES.test(text) ||
    (PROGRAMS.test(text) && /\b(?:drop|truncate|delete|flushall|flushdb)\b/i.test(text)) ||
    deletes(command) !== undefined ||
    (command.name === 'find' && deletesFound(command))
    ? 'deletes'
    : undefined;
}

/** By its name alone; what is asked of a list or a map of the program's own says nothing. */
function kindOfCall({ callee, kind, args }: Call): Step['kind'] | undefined {
  const name = words(lastName(callee));
  if (kind !== 'call' || args.length === 0) return undefined;
  if (/^(?:backup|back up|snapshot|dump|archive|export|make backup|create backup|create snapshot|take snapshot|upload|copy)\b/.test(name))
    return /\b(?:backup|back up|snapshot|dump|archive|export|upload)\b/.test(name) ? 'saves' : undefined;
  return /^(?:delete|drop|purge|truncate|destroy|wipe|erase)\b/.test(name) &&
    /\b(?:db|repo|repository|store|storage|client|table|bucket|s3|session|database|conn|connection|cursor|day|rows|all|partition|range|events|records|older|history)\b/.test(
      words(callee),
    )
    ? 'deletes'
    : undefined;
}

/** `INSERT INTO archive SELECT … FROM events` and `CREATE TABLE old AS SELECT …`, against what takes rows away. */
function kindOfStatement({ verb, names }: SqlStatement): Step['kind'] | undefined {
  if (/^(?:insert|create-table)/.test(verb)) return names.includes('select') ? 'saves' : undefined;
  return /^(?:delete|truncate|drop-table)/.test(verb) ? 'deletes' : undefined;
}
