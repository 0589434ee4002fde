import type { SourceFacts, SymbolFact } from '../../model/facts.ts';
import type { FindingDraft, Severity } from '../../model/finding.ts';
import type { RepoPath } from '../../model/tree.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage } from '../quote.ts';
import { lastName, shorten } from '../vocabulary/code/call-names.ts';
import { keepOf } from '../vocabulary/code/kept.ts';
import { symbolsNamed, symbolsStartingOn } from '../vocabulary/code/symbols-by-name.ts';
import { unhooked, widened } from '../vocabulary/contract/base-changes.ts';
import { fileAfter } from '../vocabulary/contract/contract-callers.ts';
import { goHeirsOf, type Heir, heirsOf, methodLine, textOf } from '../vocabulary/contract/heirs.ts';
import { signatureBreak, takesFewer } from '../vocabulary/contract/signatures.ts';
import { isWider } from '../vocabulary/contract/types.ts';

/**
 * ## What it sees
 * A method of a class, an interface, a trait or a protocol that has other parameters, became asynchronous or gives another
 * type, or a new one without a body, while types in other files that extend or implement it were left as they are. A hook that
 * the base called and that has another name now, under heirs that still give the old one; a base that took another one in.
 *
 * ## Why it matters
 * Whoever calls through the base gets an heir that was written for the old shape. Where a compiler looks, every heir stops
 * the build; where none does, the call fails when that heir is first used.
 *
 * ## When it is fine
 * A default implementation is given, the new parameter may be left out, the heirs changed too, or nobody extends it. These are
 * not flagged.
 *
 * ## What it misses
 * Heirs outside the repository, heirs of heirs, and properties of an interface that object literals satisfy.
 */
export default defineRule({
  id: 'contract/base-or-interface-changed',
  version: '1.0.0',
  severity: 'high',
  confidence: 'medium',
  title: 'A base or an interface changed under its heirs',
  reads: ['symbols', 'calls', 'tokens'],
  evidence: [
    {
      title: 'Reported retail order loss after high-blast-radius changes, 2026',
      url: 'https://vibegraveyard.ai/story/amazon-ai-code-retail-outages',
    },
  ],
  *check(input): Iterable<FindingDraft> {
    const flagged = new Set<string>();
    let known: readonly string[] | undefined;
    const lines = (): readonly string[] => {
      known ??= textOf(input.trees.after, input.path).split('\n');
      return known;
    };
    for (const now of [...input.added.symbols, ...emptied(input)]) {
      const owner = now.name.slice(0, Math.max(0, now.name.lastIndexOf('.')));
      const method = now.name.slice(owner.length + 1);
      if (now.kind !== 'method' || owner === '' || flagged.has(now.name) || /^(constructor|__\w+__)$/.test(method)) continue;
      // A type that is new has no heirs yet.
      if (input.before?.symbols.some((other) => other.name === owner) !== true) continue;
      const old = input.before.symbols.filter((other) => other.name === now.name && other.kind === 'method');
      // One more of a name, beside those that all stayed.
      const isKept = old.length > 0 && old.every(({ key }) => input.after?.symbols.some((other) => other.key === key));
      if (isKept && input.added.symbols.includes(now)) continue;
      // What had a body here and has none now is as good as new to whoever did without it.
      const isDemanded = old.length === 0 || isKept || (now.abstract === true && old.every(({ abstract }) => abstract !== true));
      const said = isDemanded ? demanded(input, now, lines()) : (changed(old, now, input.before.language) ?? handed(input, old, now));
      if (said === undefined) continue;
      const left = heirsLeft(input, owner, method, isDemanded);
      if (left.length === 0) continue;
      // What an heir lacks is one question, however many methods came: it stands at the first of them.
      const others = old.length > 0 ? [] : freshOf(input, owner).filter(({ name }) => name !== now.name);
      if (
        others.slice(0, MOST_ASKED).some((other) => isAbove(other, now) && heirsLeft(input, owner, lastName(other.name), true).length > 0)
      )
        continue;
      flagged.add(now.name);
      const [first] = left;
      yield {
        side: 'after',
        range: now.range,
        message: fitMessage(
          `\`${shorten(now.name, 24)}\`${andMore(others)} ${said}; ${left.length} ${left.length === 1 ? 'heir' : 'heirs'} left as before`,
        ),
        severity: severityOf(left.length, isNamedHeir(input, owner, old.length === 0)),
        ...(first === undefined
          ? {}
          : { related: left.slice(0, 10).map(({ path, line }) => ({ path, line, message: `extends ${shorten(owner, 30)}` })) }),
      };
    }
    yield* unhooked(input);
    yield* widened(input);
  },
});

/** Methods of this hunk that had a body under the very same header, and are abstract now. */
function emptied(input: RuleInput): readonly SymbolFact[] {
  const { before, after, hunk } = input;
  if (before === undefined || after === undefined) return [];
  const { start, lines } = hunk.after;
  const isBare = (symbol: SymbolFact, side: 'before' | 'after'): boolean => {
    if (symbol.abstract === true) return true;
    const line = textOf(input.trees[side], input.path).split('\n')[symbol.range.start.line - 1] ?? '';
    return input.path.endsWith('.ts') && ABSTRACT.test(line);
  };
  return symbolsStartingOn(after, start, start + lines - 1).filter((now) => {
    if (now.kind !== 'method' || input.added.symbols.includes(now) || !isBare(now, 'after')) return false;
    const old = symbolsNamed(before, now.name);
    return old.length === 1 && old[0]?.key === now.key && old.every((other) => !isBare(other, 'before'));
  });
}

const ABSTRACT = /^\s*(?:(?:public|protected) )?abstract\s/;

/** So many of the new methods above are asked for their heirs. */
const MOST_ASKED = 8;

/** New methods of a type that its heirs must give, each name once; found once for all of them. */
function freshOf(input: RuleInput, owner: string): readonly SymbolFact[] {
  const { before, after } = input;
  if (before === undefined || after === undefined) return [];
  const known = freshByOwner(after).get(owner);
  if (known !== undefined) return known;
  const names = new Set(before.symbols.map(({ name }) => name));
  const lines = textOf(input.trees.after, input.path).split('\n');
  const found = after.symbols.filter((symbol) => {
    const isOwn = symbol.kind === 'method' && symbol.name === `${owner}.${lastName(symbol.name)}`;
    if (!isOwn || names.has(symbol.name) || demanded(input, symbol, lines) === undefined) return false;
    names.add(symbol.name);
    return true;
  });
  freshByOwner(after).set(owner, found);
  return found;
}

const freshByOwner = keepOf((_after: SourceFacts) => new Map<string, readonly SymbolFact[]>());

function isAbove(one: SymbolFact, other: SymbolFact): boolean {
  return one.range.start.line < other.range.start.line;
}

function andMore(others: readonly SymbolFact[]): string {
  return others.length === 0 ? '' : ` and ${others.length} more`;
}

/** Heirs that were found one by one are surer than uses counted by name: two are many, and one that says so is enough. */
function severityOf(heirs: number, isNamed: boolean): Severity {
  return heirs >= 20 ? 'critical' : heirs >= 2 || isNamed ? 'high' : 'medium';
}

/** An heir says whose it is in its header. One of Go says it by having every method of several; one method anybody may have. */
function isNamedHeir({ before }: RuleInput, owner: string, isNew: boolean): boolean {
  if (before?.language !== 'go') return true;
  return isNew && before.symbols.filter((other) => other.kind === 'method' && other.name.startsWith(`${owner}.`)).length >= 2;
}

function demanded({ after }: RuleInput, now: SymbolFact, lines: readonly string[]): string | undefined {
  const { line, character } = now.range.start;
  const whole = lines[line - 1] ?? '';
  const written = whole.slice(character);
  // `dispose?(): void` may be left out.
  if (/^[\w$]+\?/.test(written)) return undefined;
  const owner = after?.symbols.find((other) => now.name.startsWith(`${other.name}.`) && other.kind === 'interface');
  const isTypeScript = after?.language === 'typescript';
  const isAbstract = now.abstract === true || (isTypeScript && ABSTRACT.test(whole));
  return isAbstract || (isTypeScript && owner !== undefined) ? 'must be given now' : undefined;
}

/** One more that may be left out, and that the base itself hands over now: an heir of the old header does not take it. */
function handed({ before, after }: RuleInput, old: readonly SymbolFact[], now: SymbolFact): string | undefined {
  const [first, ...others] = old;
  if (first === undefined || others.length > 0 || !/^(?:python|ruby)$/.test(before?.language ?? '')) return undefined;
  const fresh = now.parameters.find(({ name }) => !name.startsWith('*') && !first.parameters.some((other) => other.name === name));
  const takesAll = first.parameters.some(({ name }) => name.startsWith('**'));
  if (fresh === undefined || takesAll) return undefined;
  const at = now.name.lastIndexOf('.');
  const [owner, method] = [now.name.slice(0, at), now.name.slice(at + 1)];
  const gives = after?.calls.some(
    ({ callee, scope, args }) =>
      scope.startsWith(`${owner}.`) &&
      /^(?:self|cls)\.\w+$/.test(callee) &&
      callee.endsWith(`.${method}`) &&
      (args.some((argument) => argument.startsWith(`${fresh.name}=`)) ||
        args.length > first.parameters.filter(({ name }) => !/^(?:self|cls)$/.test(name)).length),
  );
  return gives === true ? `is handed \`${shorten(fresh.name, 14)}\` by its base` : undefined;
}

function changed(old: readonly SymbolFact[], now: SymbolFact, language: string): string | undefined {
  // Of several overloads one that stayed is enough.
  if (old.some((other) => !isBroken(other, now, language))) return undefined;
  const [first] = old;
  if (first === undefined) return undefined;
  if (old.some((other) => takesFewer(other, now, language))) return undefined;
  if (first.async !== now.async) return now.async ? 'is asynchronous now' : 'is no longer asynchronous';
  return signatureBreak(first, now, language) ?? `returns \`${shorten(now.type, 16)}\` now`;
}

function isBroken(old: SymbolFact, now: SymbolFact, language: string): boolean {
  if (old.async !== now.async || signatureBreak(old, now, language) !== undefined) return true;
  // Python checks no result, and without a word about it neither does anybody else.
  return language !== 'python' && old.type !== '' && now.type !== '' && !isWider(old.type, now.type) && !isWider(now.type, old.type);
}

/** Heirs whose method still has the old header, or who have none for the new one. */
function heirsLeft(input: RuleInput, owner: string, method: string, isNew: boolean): readonly Heir[] {
  const name = owner.slice(owner.lastIndexOf('.') + 1);
  const isGo = input.before?.language === 'go';
  if (isGo && isNew) return goHeirsLeft(input, owner);
  const heirs = isGo ? goInterface(input, owner, method) : heirsOf(input, name);
  return heirs.filter(({ path }) => {
    const before = methodLine(textOf(input.trees.before, path), method);
    const file = fileAfter(input, path);
    if (file === undefined) return false;
    const after = file.content.kind === 'text' ? methodLine(file.content.text, method) : before;
    return isNew ? before === undefined && after === undefined : before !== undefined && after === before;
  });
}

function goInterface(input: RuleInput, owner: string, method: string): readonly Heir[] {
  const isInterface = input.before?.symbols.some((other) => other.name === owner && other.kind === 'interface') === true;
  return isInterface ? goHeirsOf(input, method) : [];
}

/** In Go a type is an heir by its methods: one that has all the old ones and not the new. */
function goHeirsLeft(input: RuleInput, owner: string): readonly Heir[] {
  const methodsOf = (side: 'before' | 'after'): readonly string[] =>
    (input[side]?.symbols ?? [])
      .filter((other) => other.kind === 'method' && other.name.startsWith(`${owner}.`))
      .map((other) => other.name.slice(owner.length + 1));
  const isInterface = input.before?.symbols.some((other) => other.name === owner && other.kind === 'interface') === true;
  const [first, ...rest] = methodsOf('before');
  if (!isInterface || first === undefined) return [];
  const has = (path: RepoPath, name: string): boolean => methodLine(textOf(input.trees.after, path), name) !== undefined;
  const fresh = methodsOf('after').filter((name) => name !== first && !rest.includes(name));
  return goHeirsOf(input, first).filter(
    ({ path }) => rest.every((name) => has(path, name)) && has(path, first) && !fresh.every((name) => has(path, name)),
  );
}
