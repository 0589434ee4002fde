import type { Policy } from '../../core/model/policy.ts';
import { stricter } from '../../core/policy/stricter.ts';
import type { AskedHunk } from '../../core/signoff/request.ts';
import type { RequestView } from './view-request.ts';

/** What a hunk is judged by: where its request is a claim, this clone's policy and the author's, and never less than either asks. */
export function askedPolicy({ kind, policy }: RequestView, { asks }: AskedHunk): Policy {
  if (kind === 'recomputed') return policy;
  const { low, medium, high, critical } = policy.severities;
  return {
    ...policy,
    severities: {
      low: stricter(low, asks),
      medium: stricter(medium, asks),
      high: stricter(high, asks),
      critical: stricter(critical, asks),
    },
  };
}
