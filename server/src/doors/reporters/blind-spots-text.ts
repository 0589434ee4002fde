import type { BlindSpot } from '../../core/model/tree.ts';
import { BLIND_REASONS } from './blind-reasons.ts';
import { fold, paint, printable, proseColumns, type Terminal } from './terminal.ts';

/** Paths that are listed for one reason of a blind spot. */
const LISTED_PATHS = 6;

/** One line a reason, because a person acts on reasons; scripts have every path in the JSON. Why a file was not read is never cut. */
export function renderBlindSpots(spots: readonly BlindSpot[], terminal: Terminal): string {
  const columns = proseColumns(terminal);
  const reasons = [...new Set(spots.map((spot) => spot.reason))].sort();
  const lines = reasons.flatMap((reason) => {
    const of = spots.filter((spot) => spot.reason === reason);
    const paths = of
      .slice(0, LISTED_PATHS)
      .map((spot) => `${printable(spot.path)}${spot.detail === undefined ? '' : ` (${printable(spot.detail)})`}`);
    const more = of.length - paths.length;
    const list = [...paths, ...(more > 0 ? [`and ${more} more`] : [])].flatMap((path) =>
      fold(path, columns - 6).map((line, index) => `${index === 0 ? '    ' : '      '}${line}`),
    );
    const meaning = fold(BLIND_REASONS[reason], columns - reason.length - 4).map((line, index) =>
      index === 0 ? `  ${paint(terminal, 'medium', reason)}  ${line}` : `${' '.repeat(reason.length + 4)}${line}`,
    );
    return [...meaning, ...list];
  });
  return [paint(terminal, 'strong', 'Not analysed'), ...lines].join('\n');
}
