import type { Range } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { lineChanges } from '../code/changed-lines.ts';
import { rangeOfLine } from '../code/code-text.ts';

/** `full.startsWith(ROOT + path.sep)` that became `full.startsWith(ROOT)`: `/srv/data-old` begins like `/srv/data`. */
export function* shortenedPrefixes(input: RuleInput): Generator<Range> {
  for (const { before, after } of lineChanges(input)) {
    const [was, now] = [PREFIX.exec(before.text)?.[1], PREFIX.exec(after.text)?.[1]];
    if (was !== undefined && now !== undefined && SEPARATED.test(was) && !SEPARATED.test(now) && was.startsWith(now.slice(0, 3)))
      yield rangeOfLine(input, 'after', after.line);
  }
}

const PREFIX = /(?:starts_?[wW]ith\(|HasPrefix\([^,]{1,80},)([^;{]{1,120})/;
const SEPARATED = /\bsep\b|Separator|['"`]\/|\/['"`]|os\.sep/;
