import type { ListedSuppression, SuppressionState } from '../../host/list-suppressions.ts';
import { writeJson } from './json-text.ts';
import { plural } from './review-report.ts';
import { fold, paint, printable, proseColumns, type Terminal } from './terminal.ts';

const STATES: Readonly<Record<SuppressionState, string>> = {
  needed: 'still needed',
  quiet: 'finds nothing on its line now',
  'no-reason': 'without a reason: not heeded',
  'no-rule': 'of no rule that can be suppressed: not heeded',
  'not-read': 'in a file that does not parse: not heeded',
};

/** All suppressions of a tree for a person at a terminal. */
export function renderSuppressions(list: readonly ListedSuppression[], terminal: Terminal): string {
  const blocks = list.map(({ path, line, rule, reason, state }) =>
    [
      `${paint(terminal, 'strong', printable(`${path}:${line}`))}  ${printable(rule === '' ? '(no rule)' : rule)}`,
      ...fold(printable(reason === '' ? '(no reason)' : reason), proseColumns(terminal) - 2).map((text) => `  ${text}`),
      `  ${paint(terminal, state === 'needed' ? 'faint' : 'medium', STATES[state])}`,
    ].join('\n'),
  );
  // The keys of a closed record.
  const counted = (Object.keys(STATES) as SuppressionState[]).flatMap((state) => {
    const count = list.filter((one) => one.state === state).length;
    return count === 0 ? [] : [`${count} ${STATES[state].split(':')[0]}`];
  });
  return `${[...blocks, `${plural(list.length, 'suppression')}${counted.length === 0 ? '' : `: ${counted.join(', ')}`}`].join('\n\n')}\n`;
}

/** The same for scripts (docs/cli.md). */
export function renderSuppressionsJson(tree: string, list: readonly ListedSuppression[]): string {
  const suppressions = list.map(({ path, line, rule, reason, state }) => ({ path, line, rule, reason, state }));
  return writeJson({ schemaVersion: 1, tree, suppressions });
}
