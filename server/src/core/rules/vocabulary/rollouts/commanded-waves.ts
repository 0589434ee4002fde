import type { Command } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { Side } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage, quote } from '../../quote.ts';
import { words } from '../code/call-names.ts';
import { isMutating, sourceOf } from '../shell/command-parts.ts';

/**
 * A loop of a script that ships to one place after the other and looked, or waited, after each: `rollout status`, `./smoke.sh "$region"`,
 * `sleep 900`. None of them is left while it still ships; one that is sent to the background holds nobody up.
 */
export function* commandedWaves(input: RuleInput): Generator<FindingDraft> {
  const { before, after, removed } = input;
  if (before === undefined || after === undefined || !removed.commands.some(holdsUp)) return;
  const told = new Set<number>();
  for (const look of removed.commands) {
    const loop = holdsUp(look) ? loopAround(input, 'before', look) : undefined;
    if (loop === undefined || told.has(loop.from)) continue;
    told.add(loop.from);
    const ship = inside(before.commands, loop).find((command) => ships(command) && command !== look);
    const still = ship === undefined ? undefined : after.commands.find((command) => command.name === ship.name && ships(command));
    const now = still === undefined ? undefined : loopAround(input, 'after', still);
    if (ship === undefined || now === undefined) continue;
    const isHeld = inside(after.commands, now).some((command) => holdsUp(command) && !isBehind(input, command));
    if (isHeld) continue;
    yield {
      side: 'before',
      range: look.range,
      message: fitMessage(`${quote(sourceOf(ship), 36)} goes on to the next without ${quote(sourceOf(look), 26)}`),
    };
  }
}

/** Looks whether the last place does well, or waits a minute and more. */
function holdsUp(command: Command): boolean {
  const texts = command.words.map(({ text }) => text);
  if (command.name === 'sleep') return secondsOf(texts[1] ?? '') >= SHORTEST_WAIT;
  return LOOKS.test(words(texts.filter((text) => !text.startsWith('$')).join(' ')));
}

const SHORTEST_WAIT = 60;

function secondsOf(text: string): number {
  const [, count = '0', unit = 's'] = /^(\d+)([smh]?)$/.exec(text) ?? [];
  return Number(count) * ({ m: 60, h: 3_600 }[unit] ?? 1);
}

const LOOKS =
  /\b(?:rollout status|smoke|verify|health|healthy|healthz|soak|bake|wait for|wait until|analysis|slo|services stable|deployment successful)\b/;
const SHIPS =
  /\b(?:set image|apply|deploy|upgrade|rollout restart|push|release|update service|update function code|promote|install|set version|sync|patch)\b/;

function ships(command: Command): boolean {
  return !holdsUp(command) && isMutating(command) && SHIPS.test(words(command.words.map(({ text }) => text).join(' ')));
}

interface ShellLoop {
  /** Lines of the `for` and of its `done`, counted from 1. */
  readonly from: number;
  readonly to: number;
}

function inside(commands: readonly Command[], { from, to }: ShellLoop): readonly Command[] {
  return commands.filter(({ range }) => from <= range.start.line && range.start.line <= to);
}

/** The innermost `for … in …; do` around a command of a script. */
function loopAround({ trees, path }: RuleInput, side: Side, { range }: Command): ShellLoop | undefined {
  const lines = linesOf(trees[side], path);
  let depth = 0;
  for (let at = Math.min(range.start.line, lines.length) - 1; at >= 0; at -= 1) {
    const line = lines[at] ?? '';
    if (at < range.start.line - 1 && /^\s*done\b/.test(line)) depth += 1;
    if (!/^(?:- ?)?(?:for\b.*\bin\b|while\b|until\b)/.test(line.trimStart())) continue;
    if (depth > 0) {
      depth -= 1;
      continue;
    }
    const end = lines.findIndex((other, index) => index >= range.start.line - 1 && /^\s*done\b/.test(other));
    return /\bfor\b/.test(line) && end >= 0 ? { from: at + 1, to: end + 1 } : undefined;
  }
  return undefined;
}

/** Started with `&`, and waited for by nobody in its round. */
function isBehind({ trees, path }: RuleInput, { range }: Command): boolean {
  return /(?<!&)&\s*$/.test(linesOf(trees.after, path)[range.end.line - 1] ?? '');
}

function linesOf(tree: RuleInput['trees']['after'], path: RuleInput['path']): readonly string[] {
  const content = tree.read(path);
  return content?.kind === 'text' ? content.text.split('\n') : [];
}
