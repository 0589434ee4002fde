import type { Call, CodeToken } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { startsProgram } from '../shell/spawned.ts';
import { tokensOn } from './code-text.ts';
import { keepOf } from './kept.ts';
import { tokenTexts } from './token-lines.ts';

/** A string that stands by itself in a list or among arguments, on a line of this hunk, and stood nowhere in the file before. */
export interface ArgumentWord {
  readonly text: string;
  readonly line: number;
  /** Strings beside it, in the same list. */
  readonly beside: readonly string[];
}

/** What a program declares of its own options is no argument that it gives. */
const DECLARES =
  /^(add_argument|add_option|option|options|Option|flag|Flag|BoolVar\w*|BoolP?|StringVar\w*|Arg|arg|Argument|argument|addOption|addFlag|boolean|long|alias|requiredOption|includes|has|startsWith|startswith|contains|indexOf|assert\w*|expect|toContain|describe|it|test|log|print\w*|echo|error|warn|info|help|usage|case|in)$/;

/** New words of commands that the program's lists and calls hold: `DRAIN = ("--force", …)`, `replace: [['destroy']]`. */
export const newArgumentWords = keepOf((input: RuleInput): readonly ArgumentWord[] => {
  const { before, after, hunk } = input;
  if (before === undefined || after === undefined) return [];
  const old = tokenTexts(before);
  const tokens = tokensOn(after, hunk.after.start, hunk.after.start + hunk.after.lines - 1);
  return tokens.flatMap((token, at): readonly ArgumentWord[] => {
    if (!isString(token.text) || old.has(token.text)) return [];
    const [previous = '', next = ''] = [tokens[at - 1]?.text ?? ',', tokens[at + 1]?.text ?? ','];
    if (!/^[[({,]$/.test(previous) || !/^[\])},]/.test(next) || isDeclared(tokens, at)) return [];
    const beside = tokens.slice(Math.max(0, at - 12), at + 12).flatMap(({ text }) => (isString(text) ? [bare(text)] : []));
    return [{ text: bare(token.text), line: token.line, beside }];
  });
});

/** Programs that the file starts, by the strings of the calls that start one. */
export function startedPrograms(calls: readonly Call[], pattern: RegExp): readonly string[] {
  const found = calls
    .filter(startsProgram)
    .flatMap(({ args }) =>
      args.flatMap((argument) => [...argument.matchAll(/["'`]([\w./-]+)(?=[\s"'`])/g)].map((match) => match[1] ?? '')),
    );
  return [...new Set(found.map((word) => word.slice(word.lastIndexOf('/') + 1)).filter((word) => pattern.test(word)))];
}

function isDeclared(tokens: readonly CodeToken[], at: number): boolean {
  for (let from = at - 1; from >= Math.max(0, at - 8); from -= 1) {
    const text = tokens[from]?.text ?? '';
    if (text === '(') return DECLARES.test(tokens[from - 1]?.text ?? '');
    if (/^[[{;]$/.test(text)) return false;
  }
  return false;
}

function isString(text: string): boolean {
  return /^[A-Za-z]{0,2}["'`]/.test(text);
}

function bare(text: string): string {
  return text.replace(/^[A-Za-z]{0,2}["'`]|["'`]$/g, '');
}
