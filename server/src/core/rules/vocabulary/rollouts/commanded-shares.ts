import type { Command } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage, quote } from '../../quote.ts';
import { STAGE_JUMP } from '../../thresholds.ts';
import { changedCommands, flagsOf, isDryRun, plainWords, sourceOf } from '../shell/command-parts.ts';

/** A share of a release on a command line that goes to all: `--rollout 0.05` that is `1.0`, `--to-revisions "$REV=5"` that is `--to-latest`, `promote --full`. */
export function* commandedShares(input: RuleInput): Generator<FindingDraft> {
  for (const { before, after } of changedCommands(input)) {
    if (isDryRun(after)) continue;
    const [old, now] = [shareOf(before), shareOf(after)];
    const isJump = old !== undefined && now !== undefined && now >= STAGE_JUMP.all && old < STAGE_JUMP.from;
    const isSkipped = isFull(after) && !isFull(before);
    if (isJump || isSkipped)
      yield {
        side: 'after',
        range: after.range,
        message: fitMessage(`${quote(sourceOf(after), 44)} ${isJump ? `went from ${old} % to all` : 'skips the steps that are left'}`),
      };
  }
  yield* lostShares(input);
}

/** A command that gave a few the release first is gone, while the one behind it that gives it to all stays: `update-traffic --to-tags v=10`. */
function* lostShares(input: RuleInput): Generator<FindingDraft> {
  const paired = changedCommands(input).map(({ before }) => before);
  for (const command of input.removed.commands) {
    const share = shareOf(command);
    if (share === undefined || share >= STAGE_JUMP.from || isDryRun(command) || paired.includes(command)) continue;
    // A job that is gone is told as that.
    if (!input.after?.commands.some(({ scope }) => scope === command.scope)) continue;
    const same = input.after?.commands.filter((other) => isSameWork(command, other)) ?? [];
    if (
      !same.some((other) => shareOf(other) === STAGE_JUMP.all) ||
      same.some((other) => (shareOf(other) ?? STAGE_JUMP.all) < STAGE_JUMP.all)
    )
      continue;
    yield {
      side: 'before',
      range: command.range,
      message: fitMessage(`no longer goes to ${share} % first: ${quote(sourceOf(command), 44)}`),
    };
  }
}

/** The same program asked for the same: all words in front of the first option. */
function isSameWork(one: Command, other: Command): boolean {
  const work = (command: Command): string =>
    command.words
      .map(({ text }) => text)
      .join(' ')
      .split(' -')[0] ?? '';
  return one.name === other.name && work(one) === work(other);
}

/** In percent; undefined for a command that gives no share. */
function shareOf(command: Command): number | undefined {
  const flags = flagsOf(command);
  if (flags.some(({ name }) => name === '--to-latest')) return STAGE_JUMP.all;
  const given = flags.find(({ name }) => SHARE.test(name))?.value;
  const pair = flags.find(({ name }) => /^--(to-revisions|to-tags|splits|traffic|traffic-weight|set-weight)$/.test(name))?.value;
  const text = /^(\d+(?:\.\d+)?)%?$/.exec(given ?? '')?.[1] ?? /=(\d+(?:\.\d+)?)%?$/.exec(pair ?? '')?.[1];
  if (text === undefined) return undefined;
  const count = Number(text);
  // A fraction says so by its dot or its option.
  return count <= 1 && (text.includes('.') || given !== undefined) ? count * STAGE_JUMP.all : count;
}

const SHARE =
  /^--(rollout|user-fraction|rollout-percent(age)?|percent(age)?|canary-(weight|percent|percentage)|traffic-percent(age)?|weight|share|ramp)$/;

/** `kubectl argo rollouts promote api --full`. */
function isFull(command: Command): boolean {
  return (
    /\bpromote\b/.test(plainWords(command).join(' ')) &&
    flagsOf(command).some(({ name }) => name === '--full' || name === '--skip-analysis')
  );
}
