import type { Call, Guard, SourceFacts } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { lastName } from '../code/call-names.ts';
import { codeOfScope } from '../code/code-text.ts';
import { within } from '../code/counterpart.ts';
import { escaped } from '../code/literal-patterns.ts';
import { tokensOf } from '../code/token-lines.ts';
import { isDropped, isLetGo } from './unmet-parts.ts';

/**
 * True where the refusal of `part` stops the function that stands for the one which had the guard: nobody holds what is thrown, and an error
 * that is answered is looked at.
 */
export function isHeeded(input: RuleInput, guard: Guard, { scope, part }: { readonly scope: string; readonly part: string }): boolean {
  const { after } = input;
  const own = lastName(part);
  const calls = after?.calls.filter((call) => lastName(call.callee) === own && within(call.scope, scope)) ?? [];
  if (after === undefined || calls.some((call) => isDropped(after, call) || isLetGo(input, guard, call))) return false;
  // One that a part of a part asks is heard of by that one.
  if (calls.length === 0) return true;
  if (/^(?:go|rust)$/.test(after.language)) return calls.some((call) => stopsOn(after, own, call));
  const isLate = after.symbols.some(({ name, async }) => name === part && async);
  return calls.some(({ use }) => !isLate || use !== 'discarded');
}

/** The function leaves where the part gives it a reason: `const problem = check(order); if (problem) throw …`, `if problem != "" { return … }`. */
export function stopsOnReason(facts: SourceFacts, { scope, part }: { readonly scope: string; readonly part: string }): boolean {
  const own = escaped(lastName(part));
  const text = tokensOf(facts, scope);
  const bound = new RegExp(`(?<![\\w.])(\\w+)(?::\\w{1,40})?:?=(?:await )?(?:\\w{1,40}\\.)?${own}\\(`).exec(text)?.[1];
  const value = `(?:(?:\\w+ := )?(?:\\w+\\.)?${own}\\([^()]*\\)${bound === undefined ? '' : `|${escaped(bound)}`})`;
  // An error of Go is asked for `nil`, and says nothing of what is given beside it.
  const none = facts.language === 'go' ? `''|""` : `null|undefined|None|''|""`;
  const asks = new RegExp(`^${value}(?: (?:!==?|is not) (?:${none}))?$`);
  return facts.guards.some((guard) => guard.scope === scope && asks.test(guard.test));
}

function stopsOn(facts: SourceFacts, own: string, { scope }: Call): boolean {
  const name = escaped(own);
  const isGuarded = facts.guards.some(
    (guard) =>
      guard.scope === scope &&
      (guard.checks?.some((callee) => lastName(callee) === own) === true || new RegExp(`\\b${name}\\(`).test(guard.test)),
  );
  if (isGuarded) return true;
  const { text } = codeOfScope(facts, scope);
  if (new RegExp(`\\breturn (?:\\w+ \\. )*${name} \\(`).test(text)) return true;
  if (facts.language !== 'rust') return false;
  const at = text.search(new RegExp(`(?<!fn )\\b${name} \\(`));
  const behind = at < 0 ? '' : text.slice(at, at + LONGEST);
  return (
    /^\w+ \([^;{}]{0,300}\) (?:\. map_err \([^;{}]{0,200}\) )?\?/.test(behind) ||
    /^\w+ \([^;{}]{0,300}\) \}?$/.test(behind) ||
    /^\w+ \([^;{}]{0,300}\) \{ [\s\S]{0,400}?\bErr \( [\w ]+ \) => (?:return\b|continue\b|Err \(|\{ [^}]{0,300}\b(?:return|continue|break)\b)/.test(
      behind,
    )
  );
}

const LONGEST = 900;
