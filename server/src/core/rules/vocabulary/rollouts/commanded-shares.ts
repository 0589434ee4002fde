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
