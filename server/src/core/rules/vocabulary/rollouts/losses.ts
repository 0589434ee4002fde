import type { Setting } from '../../../model/facts.ts';
import { countOf } from '../settings/setting-values.ts';

/** What a change of settings took from the care of a rollout; `about` is told once. */
export interface RolloutLoss {
  readonly message: string;
  readonly about: string;
  readonly severity?: 'medium' | 'low';
}

/** A count, or a share in per cent: `25%`. */
export function amountOf(value: Setting['value']): { readonly value: number; readonly isShare: boolean } | undefined {
  const share = /^\s*(\d+(?:\.\d+)?)\s*%\s*$/.exec(String(value))?.[1];
  if (share !== undefined) return { value: Number(share), isShare: true };
  const count = countOf(value);
  return count === undefined ? undefined : { value: count, isShare: false };
}
