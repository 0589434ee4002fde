import type { SourceFacts } from '../../../model/facts.ts';
import type { Range } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { words } from '../code/call-names.ts';
import { changedLines } from '../code/changed-lines.ts';
import { rangeOfLine } from '../code/code-text.ts';
import { keepOf } from '../code/kept.ts';
import { escaped } from '../code/literal-patterns.ts';
import { tokensOf } from '../code/token-lines.ts';

/** A variable of the whole process that holds who asks. */
export interface SharedIdentity {
  readonly range: Range;
  readonly name: string;
}

/**
 * `currentUser = await fromToken(req.headers.authorization)` where `currentUser` stands outside of every function, is a static field, or is
 * told `global`: two requests at once read each other's. What is kept for one request or one thread is called, not assigned.
 */
export function* sharedIdentities(input: RuleInput): Generator<SharedIdentity> {
  const { after } = input;
  if (after === undefined) return;
  const old = new Set(changedLines(input, 'before').map(({ text }) => text));
  for (const { line, scope, text } of changedLines(input, 'after')) {
    const name = ASSIGNED.exec(text)?.[1];
    if (name === undefined || scope === '' || old.has(text) || !IDENTITY.test(words(name))) continue;
    if (/=(?:None|null|nil|undefined)\b/.test(text) || !ASKS.test(tokensOf(after, scope)) || !isOfProcess(input, name, scope)) continue;
    yield { range: rangeOfLine(input, 'after', line), name };
  }
}

const ASSIGNED = /^(?:this\.|self\.|\w+::)?([A-Za-z_]\w*)=(?!=)/;

const IDENTITY =
  /^(?:(?:current|active|request|logged in|signed in|auth|authenticated|acting|last) )?(?:user|user id|tenant|tenant id|account|account id|principal|claims|viewer|org id|customer id|actor|session)$/;

/** The function answers a request. */
const ASKS =
  /\b(?:req|request|r|ctx|context|c)\.(?:headers?|Header|cookies|user|session|state|Context\(|META|get\(|GetHeader)|\bgetHeader\(|HttpServletRequest|\bServletRequest\b/;

/** Declared outside of functions in a way that may be assigned, with no thread or request of its own. */
function isOfProcess({ after }: RuleInput, name: string, scope: string): boolean {
  if (after === undefined) return false;
  if (after.language === 'python') return new RegExp(`\\bglobal [\\w,]{0,80}\\b${escaped(name)}\\b`).test(tokensOf(after, scope));
  return assignable(after).has(name);
}

/** Names that a file declares outside of functions and may assign again, once for all of its lines. */
const assignable = keepOf((facts: SourceFacts): ReadonlySet<string> => {
  const { tokens, symbols, scopes, language } = facts;
  const others = new Set(symbols.filter(({ kind }) => kind !== 'function' && kind !== 'method').map(({ name }) => name));
  const inFunction = new Set<number>();
  let last = 0;
  // The outer ones first: a line that is known is in no need of the inner one.
  for (const { name, startLine, endLine } of [...scopes].sort((a, b) => a.startLine - b.startLine || b.endLine - a.endLine)) {
    if (others.has(name)) continue;
    for (let line = Math.max(startLine, last + 1); line <= endLine; line += 1) inFunction.add(line);
    last = Math.max(last, endLine);
  }
  const found = new Set<string>();
  for (const [at, { text, line }] of tokens.entries()) {
    if (!IDENTITY.test(words(text))) continue;
    const ahead = tokens
      .slice(Math.max(0, at - 4), at)
      .filter((token) => token.line === line)
      .map((token) => token.text);
    const isShared =
      language === 'java'
        ? ahead.includes('static') && !ahead.includes('final') && !ahead.includes('>')
        : !inFunction.has(line) && /^(?:let|var|mut)$/.test(ahead.at(-1) ?? '');
    if (isShared) found.add(text);
  }
  return found;
});
