import type { SqlStatement } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { escaped } from '../code/literal-patterns.ts';

/**
 * A condition of a statement as its author wrote it: what is filled in when the program runs reaches the facts as letters and
 * noughts of its length. The condition itself where its words are not found where the statement stands; there the letters are `…`.
 */
export function asWritten(input: RuleInput, statement: SqlStatement, condition: string): string {
  const content = input.trees.before.read(input.hunk.previousPath ?? input.path);
  const words = condition.split(' ');
  if (content?.kind !== 'text' || !words.some((word) => STANDS_IN.test(word))) return condition;
  const { start, end } = statement.range;
  const lines = content.text.split('\n').slice(start.line - 1, end.line);
  const parts = words.map((word) => (STANDS_IN.test(word) ? `(?:${FILLED}|${escaped(word)})` : escaped(word)));
  // A table's name may stand before a column, and brackets and quotes around anything.
  const found = new RegExp(parts.join('[\\s"`\\[\\]]*'), 'i').exec(lines.join('\n'));
  return found === null ? condition.replace(/(?<![\w.])p{2,}(?![\w.])/g, '…') : found[0].replace(/\s+/g, ' ');
}

/** What a hole or a driver's mark becomes: `ppp`, `p` and the name of `:name`, `0`. */
const STANDS_IN = /^(?:p+|p[a-z_]\w*|0)$/;

/** `${id}`, `{id}` of an f-string, `%(id)s`, `%s`, `:id`, `@id`, `$1`, `?`, `" + id + "`. */
const FILLED = String.raw`\$?\{[^{}\n]{1,80}\}|%\(\w{1,40}\)s|%[a-z]|[:@$]\w{1,40}|\?|['"]\s{0,4}\+\s{0,4}[\w.$()]{1,80}(?:\s{0,4}\+\s{0,4}['"])?`;
