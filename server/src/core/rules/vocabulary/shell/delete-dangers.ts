import type { Command, ShellWord, SourceFacts } from '../../../model/facts.ts';
import type { FindingDraft, Severity } from '../../../model/finding.ts';
import type { RepoPath } from '../../../model/tree.ts';
import { fitMessage, quote, restoreExpressions } from '../../quote.ts';
import { deletes, FILTER, targetsOf } from './delete-commands.ts';
import { classifyPath, resolveTarget, UNKNOWN } from './delete-target.ts';

/** How far a delete may reach, and how that is said. */
export type DeleteDanger = Pick<FindingDraft, 'message'> & { readonly severity: Severity };

/** The worst target of a delete; undefined for what deletes nothing, or only what it may. Layers of an image hold less. */
export function dangerOf(command: Command, facts: SourceFacts | undefined, inImage: boolean): DeleteDanger | undefined {
  const verb = deletes(command);
  if (verb === undefined) return undefined;
  const source = piper(command, facts);
  const dangers = targetsOf(source ?? command).flatMap((word) => judgeTarget(verb, word, command, facts, inImage) ?? []);
  return dangers.find((danger) => danger.severity === 'critical') ?? dangers.find((danger) => danger.severity === 'high') ?? dangers[0];
}

function judgeTarget(
  verb: string,
  word: ShellWord,
  command: Command,
  facts: SourceFacts | undefined,
  inImage: boolean,
): DeleteDanger | undefined {
  const target = resolveTarget(word.text, command, facts);
  const on = `${verb} on ${quote(word.source)}`;
  if (target.temporary) return undefined;
  if (target.path === '') {
    return target.mayBeEmpty === ''
      ? undefined
      : { severity: 'low', message: fitMessage(`${on}, whatever ${variableName(target.mayBeEmpty)} holds`) };
  }
  const kind = classifyPath(target.path);
  if (target.mayBeEmpty !== '') {
    const variable = variableName(target.mayBeEmpty);
    // What a substitution gives may be empty and is never unset: `set -u` stops nothing there.
    const isUnset = target.isEmptyBySelf !== true && !/^\$\(|^`/.test(target.mayBeEmpty);
    const severity: Severity = isNounset(facts) && isUnset ? 'high' : 'critical';
    if (kind === 'root') return { severity, message: fitMessage(`${on}: everything under / if ${variable} is empty`) };
    if (kind === 'system') return { severity, message: fitMessage(`${on}: ${quote(target.path, 16)} if ${variable} is empty`) };
    return kind === 'working-directory'
      ? { severity: 'high', message: fitMessage(`${on}: the working directory if ${variable} is empty`) }
      : undefined;
  }
  if (target.path.startsWith(UNKNOWN)) return undefined;
  switch (kind) {
    case 'root':
      return { severity: 'critical', message: fitMessage(`${on}: the whole file system`) };
    case 'home':
      return { severity: 'critical', message: fitMessage(`${on}: below a home directory`) };
    case 'system':
      return inImage ? undefined : { severity: 'critical', message: fitMessage(`${on}: below a directory of the system`) };
    case 'working-directory':
      if (!inImage && entersUnchecked(command, facts))
        return { severity: 'critical', message: fitMessage(`${on}: wherever the script is when its \`cd\` fails`) };
      return inImage ? undefined : { severity: 'high', message: fitMessage(`${on}: everything in the working directory`) };
    default:
      return undefined;
  }
}

function variableName(name: string): string {
  if (name.startsWith('$')) return 'the command';
  return /^\d/.test(name) ? `$${name}` : restoreExpressions(name) === name ? name : 'it';
}

/** `cd "$DIR"` above it whose failure stops nothing. */
function entersUnchecked(command: Command, facts: SourceFacts | undefined): boolean {
  const enters = facts?.commands.findLast(
    (other) => /^(cd|pushd)$/.test(other.name) && other.scope === command.scope && isBefore(other, command),
  );
  if (facts === undefined || enters === undefined || !enters.words.some((word) => word.expansions.length > 0)) return false;
  const stops = facts.commands.some((other) => other.rescues === enters.written && /^(exit|return|die|fail)/.test(other.written));
  const strict = facts.commands.some(
    (other) =>
      other.name === 'set' && other.subshell !== true && other.words.some((word) => /^-[a-z]*e/.test(word.text) || word.text === 'errexit'),
  );
  return !stops && !strict && enters.range.start.line !== command.range.start.line;
}

/** What writes over a disk or makes a new file system on it. */
export function wipedDevice(command: Command): DeleteDanger | undefined {
  const device = command.words.slice(1).find((word) => /^(of=)?\/dev\/(sd|nvme|vd|xvd|hd|disk|mapper\/|md|mmcblk)/.test(word.text));
  if (device === undefined) return undefined;
  const wipes =
    /^(mkfs(\.\w+)?|wipefs|shred|blkdiscard|sgdisk|sfdisk|badblocks|mke2fs|cryptsetup|pvremove|hdparm)$/.test(command.name) ||
    (command.name === 'dd' && device.text.startsWith('of='));
  return wipes && !/^(-n|--dry-run|--no-act|-l)$/.test(command.words[1]?.text ?? '')
    ? { severity: 'critical', message: fitMessage(`${quote(command.name)} writes over ${quote(device.source, 30)}`) }
    : undefined;
}

/** `find … | xargs rm -rf`: what is deleted is what the other one finds or lists. */
function piper(command: Command, facts: SourceFacts | undefined): Command | undefined {
  const { pipedFrom = '' } = command;
  if (!/^(find|ls|echo)$/.test(pipedFrom) || targetsOf(command).length > 0) return undefined;
  const found = facts?.commands.findLast((other) => other.name === pipedFrom && other.scope === command.scope && isBefore(other, command));
  const filtered = found?.words.some((word) => FILTER.test(word.text) && word.text !== '-maxdepth' && word.text !== '-type') ?? true;
  return filtered ? undefined : found;
}

function isBefore(one: Command, other: Command): boolean {
  return (
    one.range.start.line < other.range.start.line ||
    (one.range.start.line === other.range.start.line && one.range.start.character < other.range.start.character)
  );
}

/** Whether an unset variable stops the script. */
export function isNounset(facts: SourceFacts | undefined): boolean {
  return facts?.commands.some(setsNounset) ?? false;
}

/** `set -u` and `set -o nounset`. */
export function setsNounset(command: Command): boolean {
  return command.name === 'set' && command.words.slice(1).some((word) => /^-[a-z]*u/.test(word.text) || word.text === 'nounset');
}

/** Layers of an image hold what its own recipe put there. */
export function isImage(path: RepoPath): boolean {
  return /(^|\/)(Dockerfile|Containerfile)[^/]*$|\.(dockerfile|containerfile)$/i.test(path);
}
