import type { AnalysedChange } from '../facts/analyse-change.ts';
import type { FileAnalysis } from '../facts/analyse-file.ts';
import type { Call, SourceFacts } from '../model/facts.ts';
import type { Tree } from '../model/tree.ts';
import { lastName } from '../rules/vocabulary/code/call-names.ts';
import { groupBy, keepOf } from '../rules/vocabulary/code/kept.ts';
import { isCalledFromOutside, isInFrontOfOthers } from './called-from-outside.ts';
import { isHeededByNobody } from './idle-calls.ts';
import { importsOf } from './imports.ts';
import { programOf } from './losses.ts';
import { isBoundToNothing } from './never-reached.ts';
import type { Voucher } from './vouchers.ts';

/** A direct call of a function, in another function. */
export interface NamedCall {
  readonly file: FileAnalysis;
  readonly facts: SourceFacts;
  readonly call: Call;
}

/** How a change's files name a function. */
export interface Namings {
  readonly calls: readonly NamedCall[];
  /** It is handed on, put in front of something, or named in a way that is not understood: whatever is asked then is asked. */
  readonly handedOn: boolean;
}

/** Where a new function is named outside of itself. An import names nothing by itself: what is imported must be used. */
export function namingsOf(analysed: AnalysedChange, after: Tree, voucher: Voucher): Namings {
  if (isCalledFromOutside(voucher) || isNamedByOthers(analysed, after, voucher)) return { calls: [], handedOn: true };
  const calls: NamedCall[] = [];
  const names = namesOf(analysed, voucher);
  for (const file of programOf(analysed)) {
    const facts = file.after;
    if (facts === undefined) continue;
    for (const name of names) {
      if (importsOf(facts).isOfOther(name, voucher, analysed)) continue;
      for (const at of tokensNamed(facts, name)) {
        const naming = namingAt(file, facts, at, voucher);
        if (naming === 'handed on') return { calls, handedOn: true };
        if (naming !== undefined) calls.push({ file, facts, call: naming });
      }
    }
  }
  return { calls: [...new Set(calls)], handedOn: false };
}

/** Its own name, and what files import or pass it on as. */
function namesOf(analysed: AnalysedChange, { name }: Voucher): ReadonlySet<string> {
  const names = new Set([name]);
  for (const known of names)
    for (const { after } of programOf(analysed))
      if (after !== undefined) for (const alias of importsOf(after).aliases(known)) names.add(alias);
  return names;
}

/** Places of tokens by what they say; a text counts for each word in it. */
const placesOfTokens = keepOf(({ tokens }: SourceFacts): ReadonlyMap<string, readonly number[]> => {
  const places = new Map<string, number[]>();
  for (const [at, { text }] of tokens.entries()) {
    const isText = /^['"`]/.test(text);
    for (const word of isText ? new Set(text.match(/[A-Za-z_$][\w$]*/g)) : [text]) {
      const known = places.get(word);
      if (known === undefined) places.set(word, [at]);
      else known.push(at);
    }
  }
  return places;
});

function tokensNamed(facts: SourceFacts, name: string): readonly number[] {
  return placesOfTokens(facts).get(name) ?? [];
}

function namingAt(file: FileAnalysis, facts: SourceFacts, at: number, voucher: Voucher): Call | 'handed on' | undefined {
  const { tokens } = facts;
  const { text, line } = tokens[at] ?? { text: '', line: 0 };
  if (file === voucher.file && line >= voucher.place.startLine && line <= voucher.place.endLine) return undefined;
  const imports = importsOf(facts);
  if (imports.holds(at)) return undefined;
  if (file === voucher.file && isExportLine(facts, line)) return undefined;
  const [before = '', next = ''] = [tokens[at - 1]?.text, tokens[at + 1]?.text];
  if (isThrownAway(facts, at)) return undefined;
  if (/^['"`]/.test(text)) return 'handed on';
  // The key of a value, or a parameter's name where it is given: another thing of the same name.
  if (next === ':' && /^[{,(]$/.test(before)) return undefined;
  if (next === '=' && /^[(,]$/.test(before)) return undefined;
  // Another function of the name, where it is declared.
  if (isBoundToNothing(tokens, at)) return undefined;
  if (
    facts.scopes.some(
      (scope) =>
        lastName(scope.name) === text && scope.startLine === line && next === '(' && /^(?:function|def|func|\)|\*|[\w>\]]+)$/.test(before),
    )
  )
    return undefined;
  const call = callsOnLine(facts)
    .get(String(line))
    ?.find(({ callee, kind }) => kind === 'call' && lastName(callee) === text);
  if (next !== '(' || call === undefined || call.scope === '' || isArgument(facts, call)) return 'handed on';
  return isInFrontOfOthers(facts, call.scope) ? 'handed on' : call;
}

const callsOnLine = keepOf(({ calls }: SourceFacts) => groupBy(calls, ({ range }) => String(range.start.line)));

/** `void guard;`, Go's `_ = guard`, Python's line that says no more than a name: told to the compiler alone. */
function isThrownAway({ tokens, language }: SourceFacts, at: number): boolean {
  const [before, name, next] = [tokens[at - 1], tokens[at], tokens[at + 1]];
  const isLast = next === undefined || next.line !== name?.line || /^[;}]$/.test(next.text);
  if (!isLast) return false;
  // Go's `_ = board.hold`: the function of a value.
  if (before?.text === '.' && tokens[at - 3]?.text === '=' && tokens[at - 4]?.text === '_') return true;
  if (before?.text === 'void' || (before?.text === '=' && tokens[at - 2]?.text === '_')) return true;
  return language === 'python' && before?.line !== name?.line && /^[;{]$/.test(before?.text ?? ';');
}

/** `export { guard }`, `module.exports = { guard }`, `__all__ = ["guard"]` in its own file. */
function isExportLine(facts: SourceFacts, line: number): boolean {
  const texts = facts.tokens.filter((token) => token.line === line).map(({ text }) => text);
  const [first = '', second = ''] = texts;
  return (
    (first === 'export' && /^[{]$/.test(second) && !texts.includes('from')) ||
    /^(?:exports|__all__)$/.test(first) ||
    (first === 'module' && texts.includes('exports') && texts.includes('{'))
  );
}

/** What it gives is handed to another function: `app.use(member())`. */
function isArgument(facts: SourceFacts, call: Call): boolean {
  const own = `${call.callee}(`;
  const { start, end } = call.range;
  return facts.calls.some(
    (outer) =>
      outer !== call &&
      !isHeededByNobody(outer) &&
      outer.range.start.line <= start.line &&
      end.line <= outer.range.end.line &&
      !outer.callee.startsWith(own) &&
      outer.args.some((text) => text.includes(own)),
  );
}

/** Another file says the name: one of another language, or where it is a method, anybody of the tree. */
function isNamedByOthers(analysed: AnalysedChange, after: Tree, { name, place, facts, file }: Voucher): boolean {
  const own = new Set(
    programOf(analysed)
      .filter((other) => other.after?.language === facts.language)
      .map((other) => other.file.path),
  );
  const isMethod = facts.symbols.find((each) => each.name === place.name)?.kind === 'method';
  // A new function is named by nobody whose file stayed as it was; a method may be one of an interface that stays.
  const extension = file.file.path.slice(file.file.path.lastIndexOf('.'));
  if (isMethod && after.mentioning(name, [extension]).some((path) => !own.has(path))) return true;
  return programOf(analysed).some(
    ({ file: { path, after: content } }) => !own.has(path) && content?.kind === 'text' && content.text.includes(name),
  );
}
