import type { Command, SourceFacts } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RepoPath } from '../../../model/tree.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage, quote } from '../../quote.ts';
import { deletes, targetsOf } from './delete-commands.ts';
import { type DeleteDanger, dangerOf, isImage, isNounset, setsNounset } from './delete-dangers.ts';
import { resolveTarget } from './delete-target.ts';
import { emptiedDelete } from './loosened-deletes.ts';

/** `set -u` that is gone from a script which deletes below a variable. */
export function* lostNounset(removed: readonly Command[], after: SourceFacts | undefined, path: RepoPath): Generator<FindingDraft> {
  const strict = removed.find(setsNounset);
  if (strict === undefined || after === undefined || isNounset(after)) return;
  const victim = after.commands.find(
    (command) =>
      dangerOf(command, after, isImage(path))?.severity === 'critical' && targetsOf(command).some((word) => word.expansions.length > 0),
  );
  if (victim === undefined) return;
  const source = victim.words.map((word) => word.source).join(' ');
  yield {
    side: 'before',
    range: strict.range,
    severity: 'high',
    message: fitMessage(`an unset variable no longer stops ${quote(source)}`),
    related: [{ path, line: victim.range.start.line, message: 'deletes below a variable' }],
  };
}

/** A delete that stays as it was, and whose variable holds another place now: told where the variable gets it. */
export function* retargetedDeletes({ removed, added, before, after, path }: RuleInput): Generator<FindingDraft> {
  if (before === undefined || after === undefined || (added.settings.length === 0 && removed.settings.length === 0)) return;
  const told = new Set<number>();
  for (const victim of after.commands) {
    const old = before.commands.find((command) => command.key === victim.key);
    if (deletes(victim) === undefined || old === undefined || added.commands.includes(victim)) continue;
    const danger = dangerOf(victim, after, isImage(path)) ?? reachesUp(victim, after, old, before);
    if (danger === undefined || !/^(high|critical)$/.test(danger.severity)) continue;
    const was = dangerOf(old, before, isImage(path));
    if (/^(high|critical)$/.test(was?.severity ?? '') && reachesUp(victim, after, old, before) === undefined) continue;
    const place = reassigned(victim, { removed, added, before, after });
    if (place === undefined || told.has(place.range.start.line)) continue;
    told.add(place.range.start.line);
    yield {
      ...place,
      severity: danger.severity,
      message: fitMessage(`sends ${danger.message}`),
      related: [{ path, line: victim.range.start.line, message: 'deletes it' }],
    };
  }
}

/** The folder above the one that was deleted before. */
function reachesUp(command: Command, after: SourceFacts, old: Command, before: SourceFacts): DeleteDanger | undefined {
  const was = targetsOf(old).map((word) => resolveTarget(word.text, old, before).path.replace(/(?<!\/)\/+$/, ''));
  for (const word of targetsOf(command)) {
    const { path } = resolveTarget(word.text, command, after);
    const plain = path.replace(/(?<!\/)\/+$/, '');
    if (/^[/~]/.test(plain) && was.some((other) => other.startsWith(`${plain}/`)) && !was.includes(plain))
      return { severity: 'critical', message: fitMessage(`${deletes(command) ?? ''} up to ${quote(plain, 30)}`) };
  }
  return undefined;
}

/** Where this hunk gives a variable of the command, or one that it is made of, another value, or takes it away. */
function reassigned(
  command: Command,
  { removed, added, before, after }: Pick<RuleInput, 'removed' | 'added'> & Record<'before' | 'after', SourceFacts | undefined>,
): Pick<FindingDraft, 'side' | 'range'> | undefined {
  const names = new Set(targetsOf(command).flatMap((word) => word.expansions.map(({ name }) => name)));
  const settings = [...(before?.settings ?? []), ...(after?.settings ?? [])].filter(({ path }) => path.length === 1);
  // A set also gives what is added to it on the way.
  for (const name of names)
    for (const { path, value } of settings)
      if (path[0] === name) for (const [, inner = ''] of String(value).matchAll(/\$\{?([A-Za-z_]\w*)/g)) names.add(inner);
  const isOf = ({ path }: (typeof settings)[number]): boolean => path.length === 1 && names.has(path[0] ?? '');
  const fresh = added.settings.find(isOf);
  if (fresh !== undefined) return { side: 'after', range: fresh.range };
  const gone = removed.settings.find(
    (setting) => isOf(setting) && after?.settings.some(({ path }) => path[0] === setting.path[0]) !== true,
  );
  return gone === undefined ? undefined : { side: 'before', range: gone.range };
}

/** True where a variable of the command has another value than it had. */
function isReassigned(command: Command, before: SourceFacts, after: SourceFacts): boolean {
  const values = (facts: SourceFacts, name: string): string =>
    facts.settings.flatMap(({ path, value }) => (path.length === 1 && path[0] === name ? [String(value)] : [])).join('\n');
  return targetsOf(command).some((word) => word.expansions.some(({ name }) => values(before, name) !== values(after, name)));
}

/** A delete that stays as it was, below a variable that a line above it tested before and none tests now. */
export function* lostTestsOfDeletes({ removed, added, before, after, path }: RuleInput): Generator<FindingDraft> {
  if (before === undefined || after === undefined) return;
  const tests = removed.commands.filter(
    (command) => /^(\[|\[\[|test)$/.test(command.name) || command.words.some((word) => word.expansions.some((part) => part.guarded)),
  );
  const told = new Set<Command>();
  for (const victim of tests.length === 0 ? [] : after.commands) {
    if (deletes(victim) === undefined || added.commands.includes(victim) || isReassigned(victim, before, after)) continue;
    const danger = dangerOf(victim, after, isImage(path)) ?? emptiedDelete(victim, before, after);
    const old = before.commands.find((command) => command.key === victim.key);
    if (
      old === undefined ||
      !/^(high|critical)$/.test(danger?.severity ?? '') ||
      /^(high|critical)$/.test(dangerOf(old, before, isImage(path))?.severity ?? '')
    )
      continue;
    const names = new Set(targetsOf(victim).flatMap((word) => word.expansions.map((part) => part.name)));
    const test = tests.find((command) => command.words.some((word) => word.expansions.some((part) => names.has(part.name))));
    if (test === undefined || danger === undefined || told.has(test)) continue;
    told.add(test);
    yield {
      side: 'before',
      range: test.range,
      severity: danger.severity,
      message: fitMessage(`no longer stopped: ${danger.message}`),
      related: [{ path, line: victim.range.start.line, message: 'deletes below the variable' }],
    };
  }
}
