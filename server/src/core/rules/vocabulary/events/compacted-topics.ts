import type { RuleInput } from '../../define.ts';
import { LIMIT_FACTOR } from '../../thresholds.ts';
import { settingsUnder } from '../settings/setting-index.ts';
import type { SettingChange } from '../settings/settings.ts';

/**
 * A topic or a broker that kept the last message of each key for ever, and lets it go with its age now: `cleanup.policy: compact` that
 * became `delete`, got `delete` beside it, or is not said any more. Answers with what it says now; undefined where nothing was lost.
 */
export function lostCompaction({ path, before, after, resourceIsGone }: SettingChange, input: RuleInput): string | undefined {
  if (!CLEANUP.test(path.slice(-2).join('.')) || before === undefined || resourceIsGone) return undefined;
  const [was, is] = [policiesOf(before.value), after === undefined ? ['delete'] : policiesOf(after.value)];
  if (!was.includes('compact') || was.includes('delete') || !is.includes('delete')) return undefined;
  if (after !== undefined) return String(after.value);
  // Without its topic or its other settings nothing is said of it.
  const place = path.slice(0, path.lastIndexOf('config') + 1);
  const stays = input.after !== undefined && settingsUnder(input.after, before, place.length > 0 ? place : path.slice(0, -1)).length > 0;
  return stays ? 'delete by default' : undefined;
}

/**
 * A topic that kept every message for ever, or far longer, and lets them go with their age now: `retention.ms: -1` that became a day.
 * Answers with what it says now; undefined where nothing was lost.
 */
export function lostRetention({ path, before, after, resourceIsGone }: SettingChange): string | undefined {
  if (!RETENTION.test(path.slice(-2).join('.')) || before === undefined || after === undefined || resourceIsGone) return undefined;
  const [was, is] = [Number(before.value), Number(after.value)];
  if (!Number.isFinite(was) || !Number.isFinite(is) || is < 0 || was === is) return undefined;
  return was < 0 || is * LIMIT_FACTOR.far <= was ? String(after.value) : undefined;
}

const RETENTION = /(?:^|\.)(?:log[._])?retention[._](?:ms|bytes|hours|minutes)$|(?:^|\.)retention(?:Ms|Bytes)$/i;

const CLEANUP = /(?:^|[._])cleanup[._]?policy$/i;

function policiesOf(value: unknown): readonly string[] {
  return String(value)
    .toLowerCase()
    .split(/[^a-z]+/);
}
