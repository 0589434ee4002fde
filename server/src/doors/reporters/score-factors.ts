import type { AssessedHunk, Assessment } from '../../core/model/assessment.ts';
import type { ScoreFactor } from '../../core/model/history.ts';
import { changeFactors, hunkFactors } from '../../core/score/score.ts';
import { paint, printable, type Terminal } from './terminal.ts';

/** Every factor of a change's score, each with what it gave, the most it can give, and what was found. */
export function renderChangeScore(assessment: Assessment, terminal: Terminal): string {
  const said = changeFactors(assessment.hunks, assessment.blindSpots.length);
  const left =
    100 -
    Math.min(
      100,
      said.reduce((sum, factor) => sum + factor.points, 0),
    );
  return [
    paint(terminal, 'strong', `score ${assessment.score} of 100`),
    ...table(said),
    paint(terminal, 'faint', `of the ${Math.round(left)} points left these take so many percent:`),
    ...table(assessment.circumstances),
  ].join('\n');
}

/** Every factor of one hunk's score. */
export function renderHunkScore(hunk: AssessedHunk, terminal: Terminal): string {
  return [paint(terminal, 'strong', `score ${hunk.score} of 100`), ...table(hunkFactors(hunk.findings))].join('\n');
}

function table(factors: readonly ScoreFactor[]): readonly string[] {
  const width = Math.max(...factors.map((factor) => factor.name.length));
  return factors.map(
    ({ name, points, most, found }) =>
      `  ${name.padEnd(width)}  ${points.toFixed(1).padStart(5)} of ${String(most).padStart(3)}  ${printable(found)}`,
  );
}
