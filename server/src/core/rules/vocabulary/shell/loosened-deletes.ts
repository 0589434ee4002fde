import type { Command, ShellWord, SourceFacts } from '../../../model/facts.ts';
import { fitMessage, quote } from '../../quote.ts';
import { deletes, deletesFound, FILTER, targetsOf } from './delete-commands.ts';
import type { DeleteDanger } from './delete-dangers.ts';
import { classifyPath, isTested, resolveTarget } from './delete-target.ts';

/** A delete below a variable whose empty value stopped it before, by `:?`, a test or `set -u`, and that nothing stops now. */
export function lostEmptyGuard(
  command: Command,
  removed: readonly Command[],
  before: SourceFacts | undefined,
  facts: SourceFacts | undefined,
): DeleteDanger | undefined {
  const verb = deletes(command);
  if (verb === undefined) return undefined;
  const guarded = new Set(
    removed
      .filter((other) => deletes(other) !== undefined)
      .flatMap((other) => targetsOf(other).flatMap((word) => word.expansions.filter((part) => part.guarded).map((part) => part.name))),
  );
  for (const word of targetsOf(command)) {
    const { mayBeEmpty } = resolveTarget(word.text, command, facts);
    const bare = word.expansions.find((part) => guarded.has(part.name) && !part.guarded)?.name ?? emptied(word, command, before, facts);
    if (bare !== undefined && mayBeEmpty !== '')
      return { severity: 'critical', message: fitMessage(`${verb} on ${quote(word.source)}: nothing stops it if ${bare} is empty`) };
  }
  return undefined;
}

/** The variable whose empty value makes an absolute path of the word, and that the script asked for anywhere before. */
function emptied(word: ShellWord, command: Command, before: SourceFacts | undefined, facts: SourceFacts | undefined): string | undefined {
  const { mayBeEmpty, path } = resolveTarget(word.text, command, facts);
  if (mayBeEmpty === '' || !path.startsWith('/') || before === undefined) return undefined;
  const end = { line: Number.MAX_SAFE_INTEGER, character: 0 };
  return isTested(mayBeEmpty, { ...command, range: { start: end, end } }, before) ? mayBeEmpty : undefined;
}

/** A delete that stays as it was, below a variable that only a test kept from being empty. */
export function emptiedDelete(command: Command, before: SourceFacts, after: SourceFacts): DeleteDanger | undefined {
  const verb = deletes(command);
  if (verb === undefined) return undefined;
  for (const word of targetsOf(command)) {
    const name = emptied(word, command, before, after);
    if (name !== undefined) return { severity: 'critical', message: fitMessage(`${verb} on ${quote(word.source)} if ${name} is empty`) };
  }
  return undefined;
}

/** The same delete with another literal target: what it reached before is no measure for what it reaches now. */
export function otherTarget(command: Command, removed: readonly Command[], facts: SourceFacts | undefined): DeleteDanger | undefined {
  const verb = deletes(command);
  if (verb === undefined) return undefined;
  const before = removed.filter((other) => deletes(other) !== undefined).flatMap(targetsOf);
  if (before.length === 0) return undefined;
  const fresh = targetsOf(command).find(
    (word) => word.expansions.length === 0 && classifyPath(word.text) === 'relative' && !before.some((other) => other.text === word.text),
  );
  const old = before.find((word) => !targetsOf(command).some((other) => other.text === word.text));
  if (fresh === undefined || old === undefined) {
    // A literal folder that became whatever a variable holds.
    const computed = targetsOf(command).find(
      (word) => word.expansions.length > 0 && resolveTarget(word.text, command, facts).mayBeEmpty !== '',
    );
    const literal = before.every((word) => word.expansions.length === 0);
    return computed === undefined || !literal || old === undefined
      ? undefined
      : { severity: 'medium', message: fitMessage(`${verb} on ${quote(old.source, 20)} -> ${quote(computed.source, 20)}`) };
  }
  return { severity: 'medium', message: fitMessage(`${verb} on ${quote(old.source, 20)} -> ${quote(fresh.source, 20)}`) };
}

/** `find … -mtime +30 -delete` that no longer asks how old a file is. */
export function lostFilters(command: Command, before: Command | undefined): DeleteDanger | undefined {
  if (before === undefined || command.name !== 'find' || !deletesFound(command)) return undefined;
  const words = command.words.map((word) => word.text);
  const wider = targetsOf(command).find(({ text }) => isFolderOf(text, targetsOf(before)));
  if (wider !== undefined && deletesFound(before))
    return { severity: 'high', message: fitMessage(`${quote('find -delete')} begins one folder up or more: ${quote(wider.source, 30)}`) };
  // What is built or fetched again may go at any age.
  const isRemade = targetsOf(command).every(({ text }) => /^(cache|temporary|build)$/.test(classifyPath(text)));
  if (isRemade && targetsOf(command).length > 0) return undefined;
  const [was, is] = [ageOf(before), ageOf(command)];
  const isOtherUnit =
    words.some((word) => /min$/.test(word) && FILTER.test(word)) && !before.words.some(({ text }) => /^-[acm]min$/.test(text));
  if (was !== undefined && is !== undefined && isOtherUnit && is * YOUNGER <= was && deletesFound(before))
    return { severity: 'high', message: fitMessage(`${quote('find -delete')} takes what is ${shownAge(is)} old; it was ${shownAge(was)}`) };
  const lost = before.words
    .map((word) => word.text)
    .find(
      (word, at, all) =>
        FILTER.test(word) &&
        word !== '-type' &&
        word !== '-maxdepth' &&
        !words.includes(word) &&
        !sameFilter(word, all[at + 1] ?? '', words),
    );
  if (lost !== undefined && deletesFound(before))
    return { severity: 'high', message: fitMessage(`${quote('find -delete')} no longer asks for ${quote(lost)}: it deletes more`) };
  return undefined;
}

/** A folder that holds one of those that were looked through before. */
function isFolderOf(text: string, before: readonly ShellWord[]): boolean {
  const plain = text.replace(/(?<!\/)\/+$/, '');
  return plain.length > 1 && before.some((other) => other.text.startsWith(`${plain}/`)) && !before.some((other) => other.text === text);
}

/** How many times younger it has to be; a smaller number of the same unit is told of what it prunes. */
const YOUNGER = 10;

/** The least age in minutes that `-mtime +30` or `-mmin +600` asks for. */
function ageOf({ words }: Command): number | undefined {
  const texts = words.map((word) => word.text);
  const at = texts.findIndex((word) => /^-[acm](?:time|min)$/.test(word));
  const number = at < 0 ? null : /^\+(\d+)$/.exec(texts[at + 1] ?? '');
  return number === null ? undefined : Number(number[1]) * (texts[at]?.endsWith('time') === true ? 1440 : 1);
}

function shownAge(minutes: number): string {
  return minutes >= 1440 ? `${minutes / 1440} d` : `${minutes} min`;
}

/** `-mtime +1` and `-mmin +1440` ask the same, and so do `-name` and `-iname`. */
function sameFilter(lost: string, value: string, words: readonly string[]): boolean {
  const kind = (word: string): string =>
    word.replace(/^-i?(wholename|path|name|regex)$/, 'name').replace(/^-([acm](time|min)|newer.*)$/, 'age');
  return value !== '' && words.some((word) => FILTER.test(word) && kind(word) === kind(lost) && kind(word) !== word);
}
