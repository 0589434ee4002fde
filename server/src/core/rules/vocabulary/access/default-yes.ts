import type { Range } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { lastName, words } from '../code/call-names.ts';
import { changedLines } from '../code/changed-lines.ts';
import { rangeOfLine } from '../code/code-text.ts';
import { counterpartScope } from '../code/counterpart.ts';

/** What was a no where nothing is known, and is a yes now. */
export interface DefaultYes {
  readonly range: Range;
  /** The question, by the name of its function or of what holds the answer. */
  readonly asked: string;
}

/** `x ?? false`, `x || false`, `.get(key, False)`, `getOrDefault(key, false)`, `unwrap_or(false)`, `GetBool(key, false)`. */
const NO =
  /(?:\?\?|\|\|)\s*false\b|\b(?:get|getattr|pop|getOrDefault|get_or|unwrap_or|map_or|orElse|fetch|dig|nvl|coalesce|firstNonNull|defaultTo)\((?:[^()]*,)?\s*(?:default\s*=\s*)?[fF]alse\b/;
const YES =
  /(?:\?\?|\|\|)\s*true\b|\b(?:get|getattr|pop|getOrDefault|get_or|unwrap_or|map_or|orElse|fetch|dig|nvl|coalesce|firstNonNull|defaultTo)\((?:[^()]*,)?\s*(?:default\s*=\s*)?[tT]rue\b/;

const QUESTION =
  /\b(?:can|may|is allowed|allowed|allows|is permitted|permitted|permits|has (?:permission|access|role|right|scope|grant)\w*|authori[sz]ed?|is authori[sz]ed|is admin|is owner|is staff|is member|is entitled|entitled|granted|is trusted|trusted|is verified|verified|is valid|may \w+|can \w+|has seat|permission|access)\b/;
/** A yes to these keeps people out. */
const REFUSES =
  /\b(?:blocked|banned|denied|deny|forbidden|revoked|suspended|locked|disabled|expired|invalid|cancel\w*|can retry|can edit ui|visible|expanded|collapsed)\b/;

/** Functions that answer who may do something, and say yes now where no rule is known. */
export function* defaultYes(input: RuleInput): Generator<DefaultYes> {
  const fresh = changedLines(input, 'after').filter(({ text }) => YES.test(text));
  if (fresh.length === 0) return;
  const old = changedLines(input, 'before').filter(({ text }) => NO.test(text));
  for (const { line, scope, text } of fresh) {
    const was = old.some((other) => counterpartScope(input, other.scope) === scope);
    const about = words(`${lastName(scope)} ${/^(?:const |let |var )?([\w.]+)(?::\w+)?=(?!=)/.exec(text)?.[1] ?? ''}`);
    if (!was || !QUESTION.test(about) || REFUSES.test(about)) continue;
    yield { range: rangeOfLine(input, 'after', line), asked: lastName(scope) };
  }
}
