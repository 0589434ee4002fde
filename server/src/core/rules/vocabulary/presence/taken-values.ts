import type { Call } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { lastName, shorten, words } from '../code/call-names.ts';
import { counterpartScope, within } from '../code/counterpart.ts';
import { cameAlong } from '../code/scope-changes.ts';
import { isTestScope } from '../code/test-cases.ts';
import { tokensOf } from '../code/token-lines.ts';

/** Where what is unwrapped comes from outside. */
const OUTSIDE =
  /\b(parse|from str|from slice|from reader|from value|from utf8|deserialize|decode|json|toml|yaml|serde|env|var|read|open|load|fetch|get|config|settings|header|headers|body|query|param|params|input|args|recv|send|connect|request|response|row|find|lookup|try into|try from|next|first|last|pop|split|split once|strip prefix|nth|captures|lines|metadata|to str|file|features?|limits?|policy|policies|as str|as u64|as i64|as array|as object)\b/;
/** Where it cannot fail, or nobody can go on if it does. */
const CERTAIN =
  /\b(lock|condvar|wait_timeout|wait_while|read\(\)|write\(\)|Regex::new|regex!|Selector::parse|NonZero\w*::new|spawn|join|build_global|set_global_default|runtime|Runtime::new|install|init|channel|write!|writeln!|with_capacity)\b/;

export function* unwrappedResults(input: RuleInput): Iterable<FindingDraft> {
  if (!input.path.endsWith('.rs') || /(^|\/)(build\.rs|benches?|examples?)(\/|$)/.test(input.path)) return;
  for (const call of input.added.calls) {
    const name = lastName(call.callee);
    if (!/^(unwrap|expect|unwrap_err)$/.test(name) || isTestScope(call.scope) || cameAlong(input, call) || wasThere(input, call)) continue;
    const value = call.callee.slice(0, call.callee.lastIndexOf('.')).replace(/(?<!\s)\s+(?=\.|$)/g, '');
    if (isCertain(value)) continue;
    const handled = handledBefore(input, call);
    const outside = OUTSIDE.test(words(value)) || OUTSIDE.test(words(call.scope));
    yield {
      side: 'after',
      range: call.range,
      message: fitMessage(`\`${shorten(value, 36)}\` ends the program where it fails: \`${name}\``),
      ...(handled || outside ? {} : { severity: 'medium' as const }),
      ...(/^main$/.test(call.scope) && !handled ? { severity: 'low' as const } : {}),
    };
  }
}

/** The function unwrapped the same value before, under another spelling. */
function wasThere(input: RuleInput, call: Call): boolean {
  const scope = call.scope;
  const count = (facts: RuleInput['before'], name: string): number =>
    facts?.calls.filter((other) => within(other.scope, name) && /^(unwrap|expect)$/.test(lastName(other.callee))).length ?? 0;
  return input.before?.scopes.some((other) => other.name === scope) === true && count(input.before, scope) >= count(input.after, scope);
}

function isCertain(value: string): boolean {
  if (/(^|[.:])(lock|borrow|borrow_mut)\(\)$|^Mutex|\.(read|write)\(\)$/.test(value) || CERTAIN.test(value)) return true;
  // A literal that is parsed is a constant of the program: `"127.0.0.1".parse()`, `Url::parse("https://…")`.
  return /^"[^"]*"\s*\.\w+(::<[^>]*>)?\(\)$|^[\w:]+\("[^"]*"\)$/.test(value);
}

/** The function handled the failure before: by `?`, a default or a match. */
function handledBefore(input: RuleInput, call: Call): boolean {
  const scope = call.scope;
  const before = tokensOf(input.before, scope);
  if (before === '') return false;
  const handles = /unwrap_or|ok_or|map_err|unwrap_or_default|\)\?|if let (Ok|Some)|match|let (Ok|Some)\(/;
  const left = (text: string): number => (text.match(/\)\?|unwrap_or|ok_or|map_err|if let|let (Ok|Some)\(|match/g) ?? []).length;
  return handles.test(before) && left(tokensOf(input.after, scope)) < left(before);
}

/** `findById(id).get()` and `.orElseThrow()` that became `.get()`; a Go type assertion is no call and is not seen here. */
export function* takenOptionals(input: RuleInput): Iterable<FindingDraft> {
  if (!/\.(java|kt|scala)$/.test(input.path)) return;
  for (const call of input.added.calls) {
    if (
      !/^(get|getAsInt|getAsLong|getAsDouble)$/.test(lastName(call.callee)) ||
      call.args.length > 0 ||
      isTestScope(call.scope) ||
      cameAlong(input, call)
    )
      continue;
    const value = call.callee.slice(0, call.callee.lastIndexOf('.'));
    const isOptional =
      /(find\w*|lookup\w*|first\w*|findAny|max|min|reduce|parse\w*|load\w*|fetch\w*|query\w*|opt\w*|maybe\w*)\([^)]*\)$|(^|\.)(maybe|opt)[A-Z]\w*$|[oO]ptional\w*$/.test(
        value,
      );
    const scope = counterpartScope(input, call.scope) ?? call.scope;
    const handled = input.removed.calls.some(
      (other) =>
        within(other.scope, scope) &&
        /^(orElse|orElseGet|orElseThrow|ifPresent|ifPresentOrElse|isPresent|isEmpty|map|flatMap)$/.test(lastName(other.callee)),
    );
    if (!isOptional && !handled) continue;
    if (
      input.after?.calls.some(
        (other) =>
          within(other.scope, call.scope) && /^(isPresent|isEmpty)$/.test(lastName(other.callee)) && other.callee.startsWith(value),
      ) === true
    )
      continue;
    yield {
      side: 'after',
      range: call.range,
      message: fitMessage(`\`${shorten(value, 40)}\` may be empty and is taken: \`get()\``),
      ...(handled ? {} : { severity: 'medium' as const }),
    };
  }
}
