import type { CodeToken, SourceFacts } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { rangeOfLine } from '../code/code-text.ts';
import { keepOf } from '../code/kept.ts';

/** What asks another machine. */
const REMOTE =
  /^(?:curl|wget|http|https|xh|ssh|scp|rsync|aws|gcloud|az|kubectl|helm|docker|podman|git|gh|npm|pnpm|yarn|psql|mysql|mongosh|redis-cli|nc|grpcurl|terraform|vault|consul)$/;

/**
 * A loop of a script that asks another machine again and again without a pause (`until curl …; do :; done`), where the script asked it so
 * many times before, or waited between the tries, or let the program itself try: `curl --retry 5`.
 */
export function* shellRetries(input: RuleInput): Generator<FindingDraft> {
  const { before, after, hunk } = input;
  if (before === undefined || after === undefined || after.language !== 'shell') return;
  const old = loopsOf(before);
  for (const { line, program, isEndless, waits } of loopsOf(after)) {
    if (!isEndless || waits || line < hunk.after.start || line >= hunk.after.start + hunk.after.lines) continue;
    const asked = before.commands.some(({ name }) => name === program);
    if (!asked || old.some((loop) => loop.program === program && loop.isEndless && !loop.waits)) continue;
    yield {
      side: 'after',
      range: rangeOfLine(input, 'after', line),
      message: fitMessage(`\`${program}\` is tried again without an end and without a pause`),
    };
  }
}

interface ShellLoop {
  /** 1-based line of `until`, `while` or `for`. */
  readonly line: number;
  readonly program: string;
  /** Nothing but its success ends it. */
  readonly isEndless: boolean;
  readonly waits: boolean;
}

/** Loops of a script that ask another machine, in their order. */
const loopsOf = keepOf((facts: SourceFacts): readonly ShellLoop[] => {
  const { tokens } = facts;
  const found: ShellLoop[] = [];
  for (const [at, { text, line }] of tokens.entries()) {
    if (!/^(?:until|while|for)$/.test(text) || !isStart(tokens[at - 1])) continue;
    const start = find(tokens, at, 'do');
    const end = endOf(tokens, start);
    const head = tokens.slice(at + 1, start).map((token) => token.text);
    const body = tokens.slice(start + 1, end).map((token) => token.text);
    const first = head[0] === '!' ? (head[1] ?? '') : (head[0] ?? '');
    const asks = (text === 'until' || head[0] === '!') && REMOTE.test(first);
    // `while true; do curl … && break; done`.
    const own = body.find((word) => REMOTE.test(word));
    const goesOn = text === 'while' && /^(?:true|:)$/.test(first) && own !== undefined && body.includes('break');
    const program = asks ? first : own;
    if (program === undefined) continue;
    // A count, a clock or another way out ends it.
    const isCounted = body.some(
      (word, index) =>
        /^(?:exit|return)$/.test(word) || /^\(\(|^\$\(\(|SECONDS|^-(?:gt|ge|lt|le)$/.test(word) || (word === 'break' && asks && index > 0),
    );
    found.push({
      line,
      program,
      isEndless: (asks || goesOn) && !isCounted,
      waits: [...head, ...body].some((word) => /^(?:sleep|wait|read|timeout)$/.test(word)),
    });
  }
  return found;
});

function isStart(token: CodeToken | undefined): boolean {
  return token === undefined || /^(?:\n|;|&&|\|\||then|do|else|\{|\()$/.test(token.text);
}

/** No loop is followed for more tokens than this. */
const MOST_TOKENS = 400;

function find(tokens: readonly CodeToken[], from: number, text: string): number {
  for (let at = from; at < Math.min(tokens.length, from + MOST_TOKENS); at += 1) if (tokens[at]?.text === text) return at;
  return from;
}

function endOf(tokens: readonly CodeToken[], from: number): number {
  let depth = 0;
  for (let at = from; at < Math.min(tokens.length, from + MOST_TOKENS); at += 1) {
    if (tokens[at]?.text === 'do') depth += 1;
    if (tokens[at]?.text === 'done') depth -= 1;
    if (depth === 0) return at;
  }
  return from;
}
