import type { SourceFacts, SymbolFact } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { lastName, receiver, shorten } from '../code/call-names.ts';
import { rangeOfLine, textsByLine, tokensOn } from '../code/code-text.ts';
import { within } from '../code/counterpart.ts';
import { keepOf } from '../code/kept.ts';
import { fileAfter } from './contract-callers.ts';
import { goHeirsOf, type Heir, heirsOf, methodLine, textOf } from './heirs.ts';

/** A hook that the base called on itself and that is gone or has another name, while heirs give the old one still. */
export function* unhooked(input: RuleInput): Iterable<FindingDraft> {
  const { before, after } = input;
  if (before === undefined || after === undefined || before.language === 'go') return;
  if (![...input.added.symbols, ...input.removed.symbols].some(({ kind }) => kind === 'method')) return;
  const names = new Set(after.symbols.map(({ name }) => name));
  for (const old of methodsOf(before.symbols)) {
    const { owner, method } = partsOf(old);
    if (names.has(old.name) || !names.has(owner)) continue;
    const isCalled = (callee: string): boolean => lastName(callee) === method && /^(self|this|cls|super\(\)|)$/.test(receiver(callee));
    const caller = before.calls.find((call) => within(call.scope, owner) && call.scope !== old.name && isCalled(call.callee));
    if (caller === undefined || after.calls.some((call) => within(call.scope, owner) && isCalled(call.callee))) continue;
    const left = heirsOf(input, lastName(owner)).filter((heir) => stillGives(input, heir, method));
    if (left.length === 0) continue;
    // The method that the base calls in its stead.
    const now = methodsOf(after.symbols).find(
      (other) =>
        partsOf(other).owner === owner &&
        !before.symbols.some(({ name }) => name === other.name) &&
        after.calls.some((call) => call.scope === caller.scope && lastName(call.callee) === partsOf(other).method),
    );
    const place = placeOf(input, old, now);
    if (place === undefined) continue;
    const said = now === undefined ? 'is called no more' : `is \`${shorten(partsOf(now).method, 20)}\` now`;
    yield {
      ...place,
      message: fitMessage(`\`${shorten(old.name, 26)}\` ${said}; ${heirsText(left)}`),
      severity: 'high',
      related: relatedTo(left, owner),
    };
  }
}

/** Where the new hook stands, where there is none, where the old one stood. */
function placeOf(input: RuleInput, old: SymbolFact, now: SymbolFact | undefined): Pick<FindingDraft, 'side' | 'range'> | undefined {
  if (now !== undefined) return input.added.symbols.includes(now) ? { side: 'after', range: now.range } : undefined;
  return input.removed.symbols.includes(old) ? { side: 'before', range: old.range } : undefined;
}

const typesOf = keepOf(({ symbols }: SourceFacts) => symbols.filter(({ kind }) => kind === 'interface' || kind === 'class'));

/** A base that takes another one in, so that every heir must give that one's methods too. */
export function* widened(input: RuleInput): Iterable<FindingDraft> {
  const { before, after, hunk } = input;
  if (before === undefined || after === undefined) return;
  for (const base of typesOf(after)) {
    if (!isTouched(input, base.name)) continue;
    if (!before.symbols.some(({ name, kind }) => name === base.name && kind === base.kind)) continue;
    const old = takenIn(input, 'before', base.name);
    for (const { name, line } of takenIn(input, 'after', base.name)) {
      if (old.some((other) => other.name === name) || line < hunk.after.start || line >= hunk.after.start + hunk.after.lines) continue;
      const wanted = after.symbols.filter(
        (other) => other.kind === 'method' && other.name.startsWith(`${name}.`) && isDemanded(after.language, other),
      );
      const methods = wanted.map((other) => partsOf(other).method);
      const own = before.symbols
        .filter((other) => other.kind === 'method' && other.name.startsWith(`${base.name}.`))
        .map((other) => partsOf(other).method);
      if (methods.length === 0 || (base.kind === 'class' && !/^(python|typescript|java)$/.test(after.language))) continue;
      const left = heirsBelow(input, base.name, own).filter(({ path }) => {
        const content = fileAfter(input, path)?.content;
        return content?.kind === 'text' && methods.some((method) => methodLine(content.text, method) === undefined);
      });
      if (left.length === 0) continue;
      yield {
        side: 'after',
        range: rangeOfLine(input, 'after', line),
        message: fitMessage(`\`${shorten(base.name, 22)}\` takes \`${shorten(name, 18)}\` in; ${heirsText(left)}`),
        severity: 'high',
        related: relatedTo(left, base.name),
      };
    }
  }
}

/** Lines of the type are among those that the hunk added. */
function isTouched({ after, hunk }: RuleInput, name: string): boolean {
  const { start, lines } = hunk.after;
  return after?.scopes.some((scope) => scope.name === name && scope.startLine < start + lines && scope.endLine >= start) === true;
}

/** In a language with default bodies only what has none is demanded. */
function isDemanded(language: string, symbol: SymbolFact): boolean {
  return symbol.abstract === true || language === 'typescript' || language === 'go';
}

function heirsBelow(input: RuleInput, owner: string, methods: readonly string[]): readonly Heir[] {
  if (input.before?.language !== 'go') return heirsOf(input, lastName(owner));
  const [first] = methods;
  if (first === undefined) return [];
  return goHeirsOf(input, first).filter(({ path }) =>
    methods.every((method) => methodLine(textOf(input.trees.before, path), method) !== undefined),
  );
}

/** Names that a type's header or, in Go, its body takes in, with their lines. */
function takenIn(input: RuleInput, side: 'before' | 'after', name: string): readonly { readonly name: string; readonly line: number }[] {
  const facts = input[side];
  const place = facts?.scopes.find((scope) => scope.name === name);
  if (facts === undefined || place === undefined) return [];
  if (facts.language === 'go') {
    return [...textsByLine(tokensOn(facts, place.startLine + 1, place.endLine))].flatMap(([line, parts]) => {
      const text = parts.filter((part) => part !== ';').join('');
      return /^[A-Za-z_][\w.]*$/.test(text) ? [{ name: lastName(text), line }] : [];
    });
  }
  const header = [];
  for (const token of tokensOn(facts, place.startLine, place.endLine)) {
    if (token.text === '{' || (facts.language === 'python' && token.text === ':')) break;
    header.push(token);
  }
  const at = header.findIndex(({ text }) => /^(extends|implements|:|\()$/.test(text));
  return at < 0 ? [] : header.slice(at + 1).flatMap(({ text, line }) => (/^[A-Z][\w$]*$/.test(text) ? [{ name: text, line }] : []));
}

function methodsOf(symbols: readonly SymbolFact[]): readonly SymbolFact[] {
  return symbols.filter(({ kind, name }) => kind === 'method' && name.includes('.') && !/\.(constructor|__\w+__)$/.test(name));
}

function partsOf({ name }: SymbolFact): { readonly owner: string; readonly method: string } {
  const dot = name.lastIndexOf('.');
  return { owner: name.slice(0, Math.max(0, dot)), method: name.slice(dot + 1) };
}

/** The heir had the method and has it as it was. */
function stillGives(input: RuleInput, { path }: Heir, method: string): boolean {
  const was = methodLine(textOf(input.trees.before, path), method);
  const file = fileAfter(input, path);
  return was !== undefined && file?.content.kind === 'text' && methodLine(file.content.text, method) !== undefined;
}

function heirsText(left: readonly Heir[]): string {
  return `${left.length} ${left.length === 1 ? 'heir' : 'heirs'} left as before`;
}

function relatedTo(left: readonly Heir[], owner: string): NonNullable<FindingDraft['related']> {
  return left.slice(0, 10).map(({ path, line }) => ({ path, line, message: `extends ${shorten(owner, 30)}` }));
}
