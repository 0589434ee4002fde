import type { Range } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { changedLines, lineChanges } from '../code/changed-lines.ts';
import { rangeOfLine, tokensOn } from '../code/code-text.ts';

/** A limiter that stays and that whoever asks can step around. */
export interface EvadedLimiter {
  readonly range: Range;
  readonly what: string;
}

/** `skip: (req) => req.headers['x-client'] === 'mobile'`, and a key that was the address and is what somebody sends. */
export function* evadedLimiters(input: RuleInput): Generator<EvadedLimiter> {
  for (const { before, after } of lineChanges(input)) {
    if (!KEY.test(after.text) || !KNOWN.test(before.text) || KNOWN.test(after.text) || !SENT.test(after.text)) continue;
    if (isOfLimiter(input, after.line)) yield { range: rangeOfLine(input, 'after', after.line), what: 'is counted by what somebody sends' };
  }
  const old = new Set(changedLines(input, 'before').map(({ text }) => text));
  for (const { line, text } of changedLines(input, 'after')) {
    if (old.has(text) || !/^['"]?skip['"]?(?:[:=(]|\b)/.test(text) || !(SENT.test(text) || /=>true\b|return true\b/.test(text))) continue;
    if (isOfLimiter(input, line)) yield { range: rangeOfLine(input, 'after', line), what: 'is skipped by whoever says so' };
  }
}

const KEY = /^['"]?(?:keyGenerator|key_func|keyFunc|keyFn|key|generateKey|getTracker|identifier)\b/;
const KNOWN = /\bip\b|remoteAddr|RemoteAddr|remote_addr|get_remote_address|\buser\b|\.id\b/;
const SENT = /\.(?:headers|query|body|cookies|params)\b|\.(?:header|get|Header\.Get|GetHeader|getHeader)\(/;

/** The line says by what a limiter counts, which is no identity. */
export function countsLimiter(input: RuleInput, line: number, text: string): boolean {
  return KEY.test(text) && isOfLimiter(input, line);
}

const LIMITER = /rate_?limit|limiter|throttl|slow_?down/i;

/** The call around the line makes a limiter; where none is known, one stands closely above it. */
function isOfLimiter({ after }: RuleInput, line: number): boolean {
  const around =
    after?.calls.filter(({ range }) => range.start.line <= line && line <= range.end.line && range.start.line < range.end.line) ?? [];
  if (around.length > 0) return around.some(({ callee, args }) => LIMITER.test(`${callee} ${args.join(' ')}`));
  const text = tokensOn(after, Math.max(1, line - 12), line)
    .map((token) => token.text)
    .join(' ');
  return LIMITER.test(text);
}
