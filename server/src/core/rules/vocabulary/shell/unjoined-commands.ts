import type { Command, SourceFacts } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage, quote } from '../../quote.ts';
import { MIGRATES } from '../gates/excused-gates.ts';
import { isEnd } from './asked-still.ts';
import { isMutating } from './command-parts.ts';
import { deletes } from './delete-commands.ts';

/**
 * Commands that ran only where the one before succeeded (`pg_dump shop && dropdb shop`) and now run whatever became of it: behind a
 * semicolon or on a line of their own in a script that goes on after a failure, or because it failed (`||`).
 */
export function* unjoinedCommands(input: RuleInput): Generator<FindingDraft> {
  const { before, after, hunk } = input;
  if (before === undefined || after === undefined || !before.commands.some(({ requires }) => requires !== undefined)) return;
  for (const command of after.commands) {
    const { line } = command.range.start;
    if (line < hunk.after.start || line >= hunk.after.start + hunk.after.lines || command.requires !== undefined) continue;
    const old = before.commands.find(
      (other) => other.requires !== undefined && other.written === command.written && other.scope === command.scope,
    );
    const asked = old?.requires === undefined ? undefined : deciding(old.requires);
    if (asked === undefined || !MATTERS.test(asked) || !(MIGRATES.test(asked) || isMutating(command) || isDelete(command))) continue;
    const lead = after.commands
      .filter((other) => isLead(other, asked) && other.scope === command.scope && other.range.start.line <= line)
      .at(-1);
    if (lead === undefined) continue;
    const isInstead = command.rescues !== undefined && deciding(command.rescues) === asked;
    if (!isInstead && (isAnswered(after, lead) || command.unless !== undefined || stopsByItself(input.path, after, lead, command)))
      continue;
    yield {
      side: 'after',
      range: command.range,
      severity: isDelete(command) || isInstead || MIGRATES.test(asked) ? 'high' : 'medium',
      message: fitMessage(`runs even where ${quote(asked, 34)} failed: ${quote(command.written, 30)}`),
    };
  }
}

function isDelete(command: Command): boolean {
  return deletes(command) !== undefined || /\b(?:drop|dropdb|delete|destroy|truncate|purge|wipe)\b/i.test(command.written);
}

/** The text of a list holds what a command writes to as well: `pg_dump shop > /backups/shop.sql`. */
function isLead({ written }: Command, asked: string): boolean {
  return written !== '' && (asked === written || asked.startsWith(`${written} `));
}

/** Where it failed, something else ends the script: `pg_dump shop || exit 1`. */
function isAnswered(facts: SourceFacts, lead: Command): boolean {
  return facts.commands.some((other) => isEnd(other) && isLead(lead, other.rescues ?? other.unless ?? ''));
}

/** The last of a list of commands decides. */
function deciding(text: string): string {
  return (text.split(/&&|\|\||;/).at(-1) ?? '').trim();
}

/** Anything but words to a reader and what cannot fail. */
const MATTERS = /^(?!(?:echo|printf|true|:|date|export|sleep|set|log|info|mkdir|touch|clear|pwd|wait)\b)\S/;

/** A shell that ends at the first failure; of a makefile each line is one. */
function stopsByItself(path: string, facts: SourceFacts, lead: Command, command: Command): boolean {
  if (/(^|\/)\.github\/|\.gitlab|\.circleci\/|Jenkinsfile|(^|\/)\.husky\/|azure-pipelines|bitbucket-pipelines/.test(path)) return true;
  const sameLine = lead.range.end.line === command.range.start.line;
  if (facts.language === 'make') return !sameLine;
  if (facts.language === 'dockerfile' && !sameLine) return true;
  return facts.commands.some(
    (other) =>
      other.name === 'set' &&
      other.subshell !== true &&
      other.range.start.line <= lead.range.start.line &&
      other.words.some(({ text }) => /^-[a-z]*e/.test(text) || text === 'errexit'),
  );
}
