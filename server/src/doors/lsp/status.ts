import type { Severity } from '../../core/model/finding.ts';
import { hunkRequirement } from '../../core/policy/requirement-of.ts';
import type { StatusParams } from '../../protocol.ts';
import { type FolderAnswer, stateOf } from './answer.ts';
import type { Folder } from './folder.ts';

/** Blind spots named in the status; all are counted. */
const MOST_BLIND_SPOTS = 50;

/** What the status bar shows for a folder. A failure is never shown as zero findings (law 3). */
export function toStatus(folder: Folder): StatusParams {
  const { answer, failure } = folder;
  const counted = countHunks(answer);
  const blindSpots = (answer?.assessment.blindSpots ?? []).slice(0, MOST_BLIND_SPOTS);
  return {
    folder: folder.uri,
    ...stateAndMessage(folder),
    ...counted,
    blindSpots: failure === undefined ? blindSpots.map(({ path, reason, detail }) => ({ path, reason, detail: detail ?? '' })) : [],
  };
}

function stateAndMessage({ answer, failure }: Folder): Pick<StatusParams, 'state' | 'message'> {
  if (failure?.code === 'not-a-repository') return { state: 'no-git', message: `nothing is compared: ${failure.message}` };
  if (failure?.code === 'no-commits') return { state: 'no-commits', message: `nothing is compared: ${failure.message}` };
  if (failure !== undefined) return { state: 'failed', message: failure.message };
  // The first answer alone is waited for: a status that turned on every keystroke would be the loudest thing in the window.
  return answer === undefined ? { state: 'analysing', message: '' } : { state: 'ready', message: answer.warnings.join(' ') };
}

function countHunks(answer: FolderAnswer | undefined): Pick<StatusParams, 'waiting' | 'acknowledged' | 'asked'> {
  const waiting: Record<Severity, number> = { low: 0, medium: 0, high: 0, critical: 0 };
  let acknowledged = 0;
  let asked = 0;
  for (const hunk of answer?.assessment.hunks ?? []) {
    if (answer === undefined) break;
    if (stateOf(answer, hunk).kind === 'acknowledged') acknowledged += 1;
    else {
      waiting[hunk.severity] += 1;
      if (hunkRequirement(answer.policy, hunk, undefined).people > 0) asked += 1;
    }
  }
  return { waiting, acknowledged, asked };
}
