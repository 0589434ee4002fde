import type { Range } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { lastName, words } from '../code/call-names.ts';
import { lineChanges } from '../code/changed-lines.ts';
import { rangeOfLine } from '../code/code-text.ts';

/** An answer that was taken for yes only where it said so. */
export interface LoosenedWord {
  readonly range: Range;
  readonly was: string;
  readonly now: string;
}

/**
 * `allowed === true` that became `allowed !== false`, so that no answer is a yes; and a host or an origin that had to be in a list
 * and only ends like one of it now.
 */
export function* loosenedWords(input: RuleInput): Generator<LoosenedWord> {
  for (const { before, after, was, now } of lineChanges(input)) {
    const about = words(`${lastName(after.scope)} ${after.text}`);
    const isAbsent = ONLY_YES.test(before.text) && !NOT_NO.test(before.text) && NOT_NO.test(after.text) && !ONLY_YES.test(after.text);
    const isPrefix = WHOLE.test(was) && PART.test(now) && !/['"`]\.|sep\b|['"`]\/['"`]/.test(after.text);
    if ((isAbsent && ALLOWS.test(about)) || (isPrefix && OF_PLACE.test(about)))
      yield { range: rangeOfLine(input, 'after', after.line), was: was === '' ? before.text : was, now: now === '' ? after.text : now };
  }
}

const ONLY_YES = /===?true\b|\bis True\b|\.equals\(true\)/;
const NOT_NO = /!==?false\b|\bis not False\b/;
const ALLOWS =
  /\b(?:allow|allowed|allows|permit|permitted|permits|grant|granted|authorized|authorised|authenticated|valid|verified|approved|can|may|is admin|is owner|entitled)\b/;

/** The whole of it is compared; a part of it. */
const WHOLE = /\.(?:has|includes|contains|equals)\(|===?|\bin\b/;
const PART = /\.(?:endsWith|startsWith|endswith|startswith|ends_with|starts_with|indexOf|find)\(|\bHas(?:Suffix|Prefix)\(/;
const OF_PLACE = /\b(?:allowed|trusted|permitted|safe|is allowed) (?:\w+ )?(?:hosts?|origins?|domains?|ips?|addresses|urls?|redirects?)\b/;
