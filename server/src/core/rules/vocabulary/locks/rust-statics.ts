import type { SourceFacts } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { shorten } from '../code/call-names.ts';
import { keepOf } from '../code/kept.ts';
import { tokensOf } from '../code/token-lines.ts';

/** Where one of them may begin, with the words behind it. */
const candidates = keepOf(({ tokens }: SourceFacts) =>
  tokens.flatMap((token, at) =>
    /^(static|unsafe)$/.test(token.text)
      ? [{ token, next: tokens[at + 1]?.text, name: tokens[at + 2]?.text ?? '', fourth: tokens[at + 3]?.text }]
      : [],
  ),
);

/** Rust's `static mut`, and `unsafe impl Sync`. */
export function* staticsOfRust(input: RuleInput): Iterable<FindingDraft> {
  const { after, before } = input;
  if (after === undefined || !input.path.endsWith('.rs')) return;
  const { start, lines } = input.hunk.after;
  const had = (text: string): boolean => tokensOf(before, '').includes(text);
  for (const { token, next, name, fourth } of candidates(after)) {
    if (token.line < start || token.line >= start + lines) continue;
    if (token.text === 'static' && next === 'mut' && !had(`static mut ${name}`))
      yield {
        side: 'after',
        range: { start: { line: token.line, character: 0 }, end: { line: token.line + 1, character: 0 } },
        message: fitMessage(`\`static mut ${shorten(name, 30)}\` may be written by two threads at once`),
      };
    if (token.text === 'unsafe' && next === 'impl' && /^(Sync|Send)$/.test(name) && fourth === 'for' && !had(`unsafe impl ${name} for`))
      yield {
        side: 'after',
        range: { start: { line: token.line, character: 0 }, end: { line: token.line + 1, character: 0 } },
        message: fitMessage(`\`unsafe impl ${name}\` promises what nobody checks`),
      };
  }
}
