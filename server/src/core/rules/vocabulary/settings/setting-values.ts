import type { Setting } from '../../../model/facts.ts';

/** A value for a message: what is not there was removed. */
export function shownValue(value: Setting['value'] | undefined): string {
  return value === undefined ? 'removed' : String(value);
}

/** Configuration languages disagree on how they write a truth. */
export function isTrue(value: Setting['value'] | undefined): boolean {
  return value === true || (typeof value === 'string' && /^(true|yes|on|enabled)$/i.test(value));
}

/** The same of an untruth; nothing said is neither. */
export function isFalse(value: Setting['value'] | undefined): boolean {
  return value === false || (typeof value === 'string' && /^(false|no|off|disabled)$/i.test(value));
}

/** A plain number, or the one that a chart's template falls back on; undefined for anything else, and for a number with a unit. */
export function countOf(value: Setting['value'] | undefined): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  if (typeof value !== 'string') return undefined;
  // `{{ .Values.replicas | default 3 }}` as the template reader masks it.
  const fallback = value.startsWith('__') ? /_default_(\d+)_/.exec(value)?.[1] : undefined;
  return fallback !== undefined || /^\s*-?\d+(\.\d+)?\s*$/.test(value) ? Number(fallback ?? value) : undefined;
}

/** A duration with its units (`90s`, `1h30m`, `7 days`) in seconds; undefined for anything else, and for a plain number. */
export function durationOf(value: Setting['value'] | undefined): number | undefined {
  if (typeof value !== 'string' || !/^\s*(\d+(\.\d+)?\s*[a-z]+\s*)+$/i.test(value)) return undefined;
  let seconds = 0;
  for (const [, amount, unit = ''] of value.matchAll(/(?<!\d)(\d+(?:\.\d+)?)\s*([a-z]+)/gi)) {
    const factor = Object.hasOwn(SECONDS, unit) ? SECONDS[unit] : undefined;
    if (factor === undefined) return undefined;
    seconds += Number(amount) * factor;
  }
  return seconds;
}

const SECONDS: Readonly<Record<string, number>> = {
  ms: 0.001,
  s: 1,
  sec: 1,
  second: 1,
  seconds: 1,
  m: 60,
  min: 60,
  minute: 60,
  minutes: 60,
  h: 3600,
  hour: 3600,
  hours: 3600,
  d: 86_400,
  day: 86_400,
  days: 86_400,
  w: 604_800,
  week: 604_800,
  weeks: 604_800,
  y: 31_536_000,
  year: 31_536_000,
  years: 31_536_000,
};
