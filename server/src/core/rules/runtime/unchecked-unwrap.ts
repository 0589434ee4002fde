import type { Call, SourceFacts } from '../../model/facts.ts';
import type { FindingDraft } from '../../model/finding.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage } from '../quote.ts';
import { lastName, literal, shorten, words } from '../vocabulary/code/call-names.ts';
import { changedCode, rangeOfLine, scopeAtLine } from '../vocabulary/code/code-text.ts';
import { counterpartScope, within } from '../vocabulary/code/counterpart.ts';
import { keepOf } from '../vocabulary/code/kept.ts';
import { missingNames } from '../vocabulary/code/missing-names.ts';
import { movedText } from '../vocabulary/code/moved-text.ts';
import { cameAlong, newGuardsIn } from '../vocabulary/code/scope-changes.ts';
import { isTestScope } from '../vocabulary/code/test-cases.ts';
import { tokensOf } from '../vocabulary/code/token-lines.ts';
import { isAskedInFront } from '../vocabulary/guards/asked-in-front.ts';
import { lostGuards } from '../vocabulary/guards/lost-guards.ts';

/**
 * ## What it sees
 * A value that may be missing and is taken for granted: `unwrap()` and `expect()` on what was parsed or read, `Optional.get()`,
 * `x!.y` in place of a check, a guard against `null` that goes away while the value is still used, `?.` that became `.`.
 *
 * ## Why it matters
 * The one bad input ends the process that reads it, on every machine that reads the same. A feature file over its limit and a
 * policy row with empty fields took down whole networks so.
 *
 * ## When it is fine
 * Constants, locks, tests, and a value that another condition of the function has asked for. These are not flagged.
 *
 * ## What it misses
 * A value whose absence is checked in another function that stays, and a type that promises more than the data holds.
 */
export default defineRule({
  id: 'runtime/unchecked-unwrap',
  version: '1.0.0',
  severity: 'high',
  confidence: 'medium',
  title: 'A missing value ends the program',
  reads: ['calls', 'guards', 'conditions', 'options', 'tokens'],
  evidence: [
    { title: 'Cloudflare 2025-11-18: unwrap on a file over its limit', url: 'https://blog.cloudflare.com/18-november-2025-outage/' },
    {
      title: 'Google Cloud 2025-06-12: a null that was not checked',
      url: 'https://status.cloud.google.com/incidents/ow5i3PPK96RduMcb1SsW',
    },
  ],
  *check(input): Iterable<FindingDraft> {
    const flagged = new Set<string>();
    for (const draft of [
      ...unwraps(input),
      ...optionals(input),
      ...assertions(input),
      ...guards(input),
      ...wraps(input),
      ...chains(input),
    ]) {
      const line = `${draft.side} ${draft.range.start.line}`;
      if (flagged.has(line)) continue;
      flagged.add(line);
      yield draft;
    }
  },
});

/** Where what is unwrapped comes from outside. */
const OUTSIDE =
  /\b(parse|from str|from slice|from reader|from value|from utf8|deserialize|decode|json|toml|yaml|serde|env|var|read|open|load|fetch|get|config|settings|header|headers|body|query|param|params|input|args|recv|send|connect|request|response|row|find|lookup|try into|try from|next|first|last|pop|split|split once|strip prefix|nth|captures|lines|metadata|to str|file|features?|limits?|policy|policies|as str|as u64|as i64|as array|as object)\b/;
/** Where it cannot fail, or nobody can go on if it does. */
const CERTAIN =
  /\b(lock|condvar|wait_timeout|wait_while|read\(\)|write\(\)|Regex::new|regex!|Selector::parse|NonZero\w*::new|spawn|join|build_global|set_global_default|runtime|Runtime::new|install|init|channel|write!|writeln!|with_capacity)\b/;

function* unwraps(input: RuleInput): Iterable<FindingDraft> {
  if (!input.path.endsWith('.rs') || /(^|\/)(build\.rs|benches?|examples?)(\/|$)/.test(input.path)) return;
  for (const call of input.added.calls) {
    const name = lastName(call.callee);
    if (!/^(unwrap|expect|unwrap_err)$/.test(name) || isTestScope(call.scope) || cameAlong(input, call) || wasThere(input, call)) continue;
    const value = call.callee.slice(0, call.callee.lastIndexOf('.')).replace(/\s+(?=\.)|\s+$/g, '');
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
function* optionals(input: RuleInput): Iterable<FindingDraft> {
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

/** `x!` on data, in a function that lost a check, or several in one. */
function* assertions(input: RuleInput): Iterable<FindingDraft> {
  const fresh = input.added.calls.filter(
    (call) => call.kind === 'assertion' && isData(call.callee) && !isTestScope(call.scope) && !cameAlong(input, call),
  );
  for (const call of fresh) {
    const lost =
      [...input.removed.guards, ...input.removed.conditions].some(
        (other) => counterpartScope(input, other.scope) === call.scope && shares(other.reads, call.callee),
      ) ||
      hadFallback(input, call) ||
      isCheckedByCaller(input, call);
    // Two on one chain: nothing on the way was asked.
    const several = fresh.some((other) => other.scope === call.scope && other.callee.includes('!'));
    const [first] = fresh.filter((other) => other.scope === call.scope);
    if (first !== call) continue;
    yield {
      side: 'after',
      range: call.range,
      message: fitMessage(`\`${shorten(call.callee, 40)}\` is taken for granted: \`!\``),
      // A view that cannot be drawn is one person's.
      severity: lost ? (/\.[jt]sx$/.test(input.path) ? 'medium' : 'high') : several && input.before !== undefined ? 'medium' : 'low',
    };
  }
}

/** It stands in a new function, and the one that calls it asked for what is missing itself before. */
function isCheckedByCaller(input: RuleInput, { scope }: Call): boolean {
  const { before, after } = input;
  if (before === undefined || after === undefined || scope === '' || before.scopes.some(({ name }) => name === scope)) return false;
  const stays = guardKeys(after);
  return before.guards.some((guard) => {
    if (stays.has(guard.key) || missingNames(guard).length === 0) return false;
    const caller = counterpartScope(input, guard.scope);
    if (caller === undefined || caller === scope || newGuardsIn(input, guard.scope).some((other) => missingNames(other).length > 0))
      return false;
    return after.calls.some((call) => within(call.scope, caller) && lastName(call.callee) === lastName(scope));
  });
}

const guardKeys = keepOf((facts: SourceFacts): ReadonlySet<string> => new Set(facts.guards.map(({ key }) => key)));

/** What belongs to a frame, an element or a map that was just filled is known by who wrote it. */
function isData(value: string): boolean {
  return (
    !/^this\.#?\w+$|\.current$|^document|querySelector|getElementById|\.(get|shift|pop|at|exec|match)\([^)]*\)$|\]$|^(match|m|parent|node|el|element|ref|container|root)$/.test(
      value,
    ) && literal(value) === undefined
  );
}

function shares(reads: readonly string[], value: string): boolean {
  return reads.some((name) => name.length > 1 && new RegExp(`\\b${name.replace(/\$/g, '\\$')}\\b`).test(value));
}

/** The same value had `?.` or `??` in the function before. */
function hadFallback(input: RuleInput, call: Call): boolean {
  const value = call.callee.replace(/[!\s]/g, '');
  const before = tokensOf(input.before, call.scope).replace(/!/g, '');
  const [root = value] = value.split('.');
  return before.includes(`${value}?`) || (before.includes(`${root}?.`) && before.replace(/\?\./g, '.').includes(value));
}

/** `if (x == null) return` that goes away while `x.y` stays. */
function* guards(input: RuleInput): Iterable<FindingDraft> {
  for (const guard of lostGuards(input, (candidate) => missingNames(candidate).length > 0)) {
    const names = missingNames(guard);
    const scope = counterpartScope(input, guard.scope);
    if (scope === undefined || isTestScope(guard.scope) || (guard.scope === '' && scope === '')) continue;
    // An error that is thrown or answered is another rule's.
    if (guard.exit === 'throw' || guard.exit === 'answer') continue;
    const after = tokensOf(input.after, scope);
    const name = names.find((one) => isUsed(after, one) && !isAsked(input, scope, one, after));
    if (name === undefined || newGuardsIn(input, guard.scope).length > 0) continue;
    yield {
      side: 'before',
      range: guard.range,
      message: fitMessage(`\`${shorten(name, 30)}\` may be missing and is used in \`${shorten(scope, 26)}\``),
    };
  }
}

/** `if (x != null) use(x.y)` and `x == null ? 0 : x.y` whose condition goes away while `x.y` stays. */
function* wraps(input: RuleInput): Iterable<FindingDraft> {
  for (const { line, name, test, reads } of presenceAsked(input)) {
    const old = scopeAtLine(input.before, line);
    const scope = counterpartScope(input, old);
    if (scope === undefined || scope === '' || isTestScope(old) || movedText(input, test, reads)) continue;
    const after = tokensOf(input.after, scope);
    if (!isUsed(after, name) || isAsked(input, scope, name, after) || newGuardsIn(input, old).length > 0) continue;
    yield {
      side: 'before',
      range: rangeOfLine(input, 'before', line),
      message: fitMessage(`\`${shorten(name, 30)}\` may be missing and is used in \`${shorten(scope, 26)}\``),
    };
  }
}

interface PresenceAsked {
  readonly line: number;
  readonly name: string;
  readonly test: string;
  readonly reads: readonly string[];
}

function presenceAsked(input: RuleInput): readonly PresenceAsked[] {
  const wrapped = input.removed.conditions.flatMap(({ kind, test, reads, range }) => {
    const found =
      /(?:^|; |&& )([\w$.]+) (?:!==?) (?:null|undefined|nil)$/.exec(test) ??
      /^([\w.]+) is not None$/.exec(test) ??
      /^Objects\.nonNull\(([\w.]+)\)$/.exec(test);
    return kind === 'wraps' && found?.[1] !== undefined ? [{ line: range.start.line, name: found[1], test, reads }] : [];
  });
  const code = changedCode(input, 'before');
  const chosen = [
    ...code.text.matchAll(/(?:^|[ (=])([\w$]+(?: \. [\w$]+)*) [!=]==? (?:null|undefined) \?/g),
    ...code.text.matchAll(/ if ([\w]+(?: \. \w+)*) is (?:not )?None else /g),
  ].map((match) => {
    const name = (match[1] ?? '').replaceAll(' ', '');
    return { line: code.lineAt((match.index ?? 0) + 1), name, test: match[0].trim(), reads: [name] };
  });
  return [...wrapped, ...chosen];
}

/** The value is taken apart: a property, an index or a call of it. */
function isUsed(text: string, name: string): boolean {
  return new RegExp(`(?<![\\w$.])${escaped(name)}(\\.(?!\\?)[A-Za-z_$]|\\[|\\()`).test(text);
}

function isAsked(input: RuleInput, scope: string, name: string, text: string): boolean {
  const own = new RegExp(`(?<![\\w$.])${escaped(name)}(?![\\w$])`);
  const facts = input.after;
  if (facts === undefined) return true;
  const asks = (test: string): boolean => own.test(test);
  if (facts.guards.some((guard) => within(guard.scope, scope) && asks(guard.test))) return true;
  if (facts.conditions.some((condition) => within(condition.scope, scope) && condition.kind === 'wraps' && asks(condition.test)))
    return true;
  return (
    new RegExp(`(?<![\\w$.])${escaped(name)}(\\?\\.|&&|\\?\\?|!==?(null|undefined|nil)| is not None|\\?(?![.:]))`).test(text) ||
    new RegExp(`\\bif ${escaped(name)}:`).test(text)
  );
}

/** `a?.b` that became `a.b`, and a fallback that is gone, in a function that gained no condition about it. */
function* chains(input: RuleInput): Iterable<FindingDraft> {
  if (!/\.[cm]?[jt]sx?$/.test(input.path) || input.before === undefined || input.after === undefined) return;
  for (const scope of changedScopes(input)) {
    const counterpart = counterpartScope(input, scope);
    if (counterpart === undefined || isTestScope(scope)) continue;
    const before = tokensOf(input.before, scope);
    const after = tokensOf(input.after, counterpart);
    const lost = lostChain(before, after, (name) => isAsked(input, counterpart, name, after.replace(/\?\./g, '.')));
    const range = lost === undefined ? undefined : lineWith(input, lost.text);
    if (lost === undefined || range === undefined || (lost.was === '?.' && isAskedInFront(input, scope, lost.text))) continue;
    yield {
      side: 'after',
      range,
      message: fitMessage(`\`${shorten(lost.text, 34)}\` had \`${lost.was}\` and is taken for granted`),
      ...(FOREIGN.test(words(lost.text)) ? {} : { severity: 'medium' as const }),
    };
  }
}

interface LostChain {
  readonly text: string;
  readonly was: '?.' | '??';
}

/** The first value that had a `?.` or a `??` behind it on the old side and has none on the new one. */
function lostChain(before: string, after: string, asked: (name: string) => boolean): LostChain | undefined {
  for (const [whole, root = '', property = ''] of before.matchAll(
    /(?<![\w$.])([A-Za-z_$][\w$]*(?:\.[A-Za-z_$][\w$]*)*)\?\.([A-Za-z_$][\w$]*)/g,
  )) {
    const plain = new RegExp(`(?<![\\w$.])${escaped(root)}!?\\.${escaped(property)}(?![\\w$])`);
    if (!after.includes(whole) && plain.test(after) && !plain.test(before) && !asked(root))
      return { text: `${root}.${property}`, was: '?.' };
  }
  for (const [, name = '', value = ''] of before.matchAll(
    /\b(?:const|let) ([A-Za-z_$][\w$]*)(?::[\w$<>[\]|]{1,60})?=(?:await )?([A-Za-z_$][\w$.]{0,60}\([^()]{0,60}\))\?\?(?!(?:fail|die|bail|raise|panic|abort|unreachable|throw|redirect|notFound)\w*\()/g,
  )) {
    if (!after.includes(`${value}?`) && after.includes(value) && isUsed(after, name) && !asked(name)) return { text: value, was: '??' };
  }
  return undefined;
}

/** The line of the hunk's new side that holds a text, white space left out. */
function lineWith(input: RuleInput, text: string): Call['range'] | undefined {
  const { start, lines } = input.hunk.after;
  const flat = new Map<number, string>();
  for (const token of input.after?.tokens ?? [])
    if (token.line >= start && token.line < start + lines) flat.set(token.line, `${flat.get(token.line) ?? ''}${token.text}`);
  const line = [...flat].find(([, code]) => code.replace(/!/g, '').includes(text.replace(/\s+/g, '')))?.[0];
  return line === undefined ? undefined : { start: { line, character: 0 }, end: { line: line + 1, character: 0 } };
}

/** Names of what came from outside. */
const FOREIGN =
  /\b(config|settings|body|payload|params|query|response|res|data|row|rows|result|policy|policies|env|input|event|message|record|user|session|account|order|customer|limits|features?|options|profile|json|parsed)\b/;

/** Scopes that lie around lines which this hunk took out, the innermost of each. */
function changedScopes(input: RuleInput): readonly string[] {
  const { start, lines } = input.hunk.before;
  const touched = input.before?.scopes.filter((scope) => scope.startLine < start + lines && scope.endLine >= start) ?? [];
  return [...new Set(touched.filter((scope) => !touched.some((inner) => inner.name.startsWith(`${scope.name}.`))).map(({ name }) => name))];
}

function escaped(name: string): string {
  return name.replace(/[.$]/g, '\\$&');
}
