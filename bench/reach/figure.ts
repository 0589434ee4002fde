import type { Spread } from './spread.ts';

/** One line of the table: what was measured, what was hoped for, what came out. */
export interface Figure {
  readonly measure: string;
  /** Name of the repository, and what of it. */
  readonly of: string;
  readonly goal: Goal;
  /** In the goal's unit. */
  readonly value: number;
  /** What the value is made of, by the name of who did it; times in milliseconds, memory in MB. */
  readonly sides: Readonly<Record<string, Spread | number>>;
  /** What a reader must know to read it rightly. */
  readonly note?: string;
}

export interface Goal {
  /** `none`: run beside for comparison; nothing is hoped for. */
  readonly kind: 'at-most' | 'at-least' | 'none';
  readonly limit: number;
  readonly unit: 'x' | 'MB' | 'share';
}

export const atMost = (limit: number, unit: Goal['unit'] = 'x'): Goal => ({ kind: 'at-most', limit, unit });
export const atLeast = (limit: number): Goal => ({ kind: 'at-least', limit, unit: 'share' });

export const NO_GOAL: Goal = { kind: 'none', limit: Number.NaN, unit: 'x' };

/** A value that is no number was not measured, and so met nothing. */
export function isMet({ goal, value }: Figure): boolean {
  if (goal.kind === 'none') return !Number.isNaN(value);
  return goal.kind === 'at-most' ? value <= goal.limit : goal.limit <= value;
}

export function showValue(value: number, unit: Goal['unit']): string {
  if (Number.isNaN(value)) return 'not measured';
  if (unit === 'MB') return `${value.toFixed(0)} MB`;
  if (unit === 'share') return value.toFixed(4);
  return value < 1 ? `1/${(1 / value).toFixed(1)}` : `${value.toFixed(2)}x`;
}

export function showGoal({ kind, limit, unit }: Goal): string {
  if (kind === 'none') return 'none';
  return `${kind === 'at-most' ? '≤' : '≥'} ${showValue(limit, unit)}`;
}
