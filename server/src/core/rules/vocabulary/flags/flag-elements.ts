import type { Call, SourceFacts } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { literal, words } from '../code/call-names.ts';
import { tokensOn } from '../code/code-text.ts';
import { counterpartScope } from '../code/counterpart.ts';

/**
 * True where an element of JSX draws what the flag gated only where the flag is on: `<Feature name="instant-pay"><InstantPay /></Feature>` for
 * `flags.isEnabled('instant-pay') && <InstantPay />`. What the call gated stands inside of it, at every place where the function draws it.
 */
export function isGatedByElement({ before, after, path }: RuleInput, call: Call, flag: string): boolean {
  const scope = counterpartScope({ before, after }, call.scope);
  if (before === undefined || after === undefined || scope === undefined || !/\.[jt]sx$/.test(path)) return false;
  const gated = drawnBehind(before, call);
  const place = after.scopes.find(({ name }) => name === scope);
  if (gated.length === 0 || place === undefined) return false;
  const texts = tokensOn(after, place.startLine, place.endLine).map(({ text }) => text);
  const [from, to] = insideOf(texts, flag) ?? [];
  if (from === undefined || to === undefined) return false;
  return gated.every((name) => {
    const drawn = texts.flatMap((text, at) => (text === name && texts[at - 1] === '<' ? [at] : []));
    return drawn.length > 0 && drawn.every((at) => from < at && at < to);
  });
}

const GATES = /\b(feature|features|flag|flags|flagged|gate|gated|toggle|experiment|variant|enabled|when|if|show|rollout)\b/;

/** Elements that are drawn where the call says yes: those up to the end of the brackets around `asks('x') && <A />`, without what stands behind a `:`. */
function drawnBehind({ tokens }: SourceFacts, { range }: Call): readonly string[] {
  const found: string[] = [];
  let depth = 0;
  const start = tokens.findIndex(({ line }) => line === range.end.line);
  const first = tokens.findIndex(({ text, line }, at) => at >= start && line <= range.end.line + 1 && /^(?:&&|\?)$/.test(text));
  if (start < 0 || first < 0) return found;
  for (let at = first + 1; at < tokens.length && at < first + LONGEST; at += 1) {
    const { text = '' } = tokens[at] ?? {};
    if (/^[([{]$/.test(text)) depth += 1;
    if (/^[)\]}]$/.test(text)) depth -= 1;
    if (depth < 0 || (depth === 0 && text === ':')) break;
    const name = tokens[at + 1]?.text ?? '';
    if (text === '<' && /^[A-Z]/.test(name)) found.push(name);
  }
  return found;
}

const LONGEST = 400;

/** Where the inside of an element begins and ends that is named like a gate and told of the flag. */
function insideOf(texts: readonly string[], flag: string): readonly [number, number] | undefined {
  for (const [at, text] of texts.entries()) {
    const name = texts[at + 1] ?? '';
    if (text !== '<' || !/^[A-Z]/.test(name) || !GATES.test(words(name))) continue;
    const open = texts.indexOf('>', at);
    const told = texts.slice(at + 2, open);
    if (open < 0 || told.at(-1) === '/' || !told.some((one) => one === flag || literal(one) === flag)) continue;
    const close = texts.findIndex((one, index) => index > open && one === '</' && texts[index + 1] === name);
    if (close > 0) return [open, close];
  }
  return undefined;
}
