import type { Call, SourceFacts } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { lastName } from '../code/call-names.ts';
import { tokensOn } from '../code/code-text.ts';
import { mayMention } from '../code/mentions.ts';
import { symbolsNamed } from '../code/symbols-by-name.ts';

/** `@Transactional` of methods that were seen by the proxy before and are private now. */
export function bypassedProxies({ before, after, hunk }: RuleInput): readonly Call[] {
  if (before === undefined || after === undefined || !/^(?:java|kotlin)$/.test(after.language) || !mayMention(after, 'private')) return [];
  const { start, lines } = hunk.after;
  return after.calls.filter((call) => {
    if (!isAnnotation(call)) return false;
    const place = symbolsNamed(after, call.scope)[0]?.range.start.line ?? -1;
    return start <= place && place < start + lines && isPrivate(after, call) && wasSeen(before, call);
  });
}

/** The annotation is of a method that only its own class calls: Spring's proxy never sees the call. */
export function isBypassed({ after }: RuleInput, call: Call): boolean {
  if (after === undefined || !/^(?:java|kotlin)$/.test(after.language) || !isAnnotation(call) || isWoven(after)) return false;
  const own = lastName(call.scope);
  return after.calls.some(({ kind, callee }) => kind === 'call' && (callee === own || callee === `this.${own}`));
}

function wasSeen(before: SourceFacts, { scope }: Call): boolean {
  return before.calls.some((old) => old.scope === scope && isAnnotation(old) && !isPrivate(before, old)) && !isWoven(before);
}

function isAnnotation({ kind, callee, scope }: Call): boolean {
  return kind === 'decorator' && callee === 'Transactional' && scope.includes('.');
}

/** Quarkus and Micronaut put the transaction into the class itself, AspectJ into its code. */
function isWoven(facts: SourceFacts): boolean {
  return ['jakarta.transaction', 'javax.transaction', 'quarkus', 'micronaut', 'AdviceMode', 'ApplicationScoped'].some((word) =>
    mayMention(facts, word),
  );
}

function isPrivate(facts: SourceFacts, { scope }: Call): boolean {
  const line = symbolsNamed(facts, scope)[0]?.range.start.line;
  return line !== undefined && tokensOn(facts, line, line).some(({ text }) => text === 'private');
}
