import type { Command } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage, quote } from '../../quote.ts';
import { changedCommands, flagsOf } from '../shell/command-parts.ts';

/** A dump that was whole and leaves out rows, tables or folders now: `--schema-only`, `--exclude-table-data`, `--ignore-table`. */
export function* emptiedDumps(input: RuleInput): Generator<FindingDraft> {
  for (const { before, after } of changedCommands(input)) {
    const leaves = LEAVES[after.name];
    if (leaves === undefined) continue;
    const old = wordsOf(before);
    const fresh = wordsOf(after).find((word) => leaves.test(word) && !PASSING.test(word) && !old.includes(word));
    // What was already left out may be said otherwise, and one table for another is as many.
    if (fresh === undefined || old.filter((word) => leaves.test(word)).length >= wordsOf(after).filter((word) => leaves.test(word)).length)
      continue;
    yield {
      side: 'after',
      range: after.range,
      message: fitMessage(`${quote(after.name)} leaves out by ${quote(fresh, 36)} what was in the dump`),
    };
  }
}

/** Options that take something out, by the program that makes the copy. */
const LEAVES: Readonly<Record<string, RegExp>> = {
  pg_dump: /^(--schema-only|-s|--exclude-(table|table-data|schema)\b.*|-[TN]\b.*|--no-blobs|--no-large-objects)$/,
  pg_dumpall: /^(--schema-only|-s|--globals-only|-g|--roles-only|-r|--exclude-database\b.*)$/,
  mysqldump: /^(--no-data|-d|--ignore-table\b.*)$/,
  'mariadb-dump': /^(--no-data|-d|--ignore-table\b.*)$/,
  mongodump: /^--exclude(Collection|CollectionsWithPrefix)\b.*$/,
  restic: /^(--exclude|-e|--iexclude|--exclude-file|--exclude-larger-than|--one-file-system|-x)\b.*$/,
  borg: /^(--exclude|-e|--exclude-from|--one-file-system)\b.*$/,
  velero: /^--exclude-(namespaces|resources)\b.*$/,
};

const PASSING = /cache|tmp|temp\b|logs?\b|session|node_modules|\.git\b|audit_log|queue|job|event|socket|lock/i;

/** Options with their values, `--exclude-table=events`. */
function wordsOf(command: Command): readonly string[] {
  return flagsOf(command)
    .map(({ name, value }) => (value === undefined ? name : `${name}=${value}`))
    .map((word) =>
      word.replace(
        /^(-\w)=.*$|^(--(?:schema-only|no-data|globals-only|roles-only|one-file-system))=.*$/,
        (all, short?: string, long?: string) => long ?? (short !== undefined && /^-[sdgrx]$/.test(short) ? short : all),
      ),
    );
}
