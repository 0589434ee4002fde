import type { SymbolFact } from '../../model/facts.ts';
import type { FindingDraft } from '../../model/finding.ts';
import type { Dependent } from '../../model/radius.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage } from '../quote.ts';
import { shorten } from '../vocabulary/code/call-names.ts';
import { escaped } from '../vocabulary/code/literal-patterns.ts';
import { isAmong, symbolsNamed } from '../vocabulary/code/symbols-by-name.ts';
import { isCallSafe } from '../vocabulary/contract/call-sites.ts';
import { changedFunctions, isTheirPlace, reachOf } from '../vocabulary/contract/changed-signatures.ts';
import {
  fanIn,
  isEveryCallerUpdated,
  isImport,
  isUnused,
  isWithinBuild,
  severityOfBreak,
} from '../vocabulary/contract/contract-callers.ts';
import { demandedFields } from '../vocabulary/contract/demanded-fields.ts';
import { givesWhatFits } from '../vocabulary/contract/given-fields.ts';
import { heirsOf } from '../vocabulary/contract/heirs.ts';
import { changedRecords } from '../vocabulary/contract/record-fields.ts';
import { withOldNames } from '../vocabulary/contract/renamed-types.ts';
import { signatureBreak, takesFewer } from '../vocabulary/contract/signatures.ts';
import { fitsByShape } from '../vocabulary/contract/type-shapes.ts';

/**
 * ## What it sees
 * An exported function, method or constructor whose parameters changed so that a call written for the old ones no longer
 * fits: one added that must be given, one removed, two swapped, one with another type, an optional one made required, one
 * that must be given by its name now, one that counts in another unit (`seconds` that became `millis`). A field of an object of options
 * that calls leave out and must give now.
 *
 * ## Why it matters
 * The change is small and local; the callers are neither. In code without types, or with `any` on the way, nothing fails
 * before it runs.
 *
 * ## When it is fine
 * An optional parameter at the end, a new name for a parameter, a wider type; nobody imports it; or every call changed with it.
 * These are not flagged.
 *
 * ## What it misses
 * Callers outside the repository, calls through reflection, and a type that kept its name and changed its fields.
 */
export default defineRule({
  id: 'contract/exported-signature-changed',
  version: '1.0.0',
  severity: 'high',
  confidence: 'high',
  title: 'An exported signature changed under its callers',
  reads: ['symbols'],
  evidence: [
    {
      title: 'Reported retail order loss after high-blast-radius changes, 2026',
      url: 'https://vibegraveyard.ai/story/amazon-ai-code-retail-outages',
    },
  ],
  *check(input): Iterable<FindingDraft> {
    yield* records(input);
    yield* demandedFields(input);
    const language = input.before?.language ?? '';
    for (const symbol of changedFunctions(input)) {
      // Of several overloads one that still takes the old calls is enough.
      const candidates = symbolsNamed(input.after, symbol.name).filter((other) => other.kind === symbol.kind && other.exported);
      const now = candidates.find((other) => isAmong(input.added.symbols, other)) ?? candidates[0];
      if (now === undefined || !isTheirPlace(input, symbol, now)) continue;
      // What heirs must give is judged by the heirs: by its name alone any class may have such a method.
      if (symbol.abstract === true && !takesFewer(symbol, now, language) && heirsOf(input, ownerOf(symbol)).length > 0) continue;
      const renamed = language === 'python' ? renamedKeyword(input, symbol, now) : undefined;
      if (
        renamed === undefined &&
        candidates.some(
          (other) => signatureBreak(symbol, withOldNames(input, symbol, byShape(input, symbol, other)), language) === undefined,
        )
      )
        continue;
      if (
        isComponent(input, symbol) &&
        signatureBreak(asElement(symbol, now), byShape(input, symbol, asElement(now)), language) === undefined
      )
        continue;
      const broken = signatureBreak(symbol, withOldNames(input, symbol, byShape(input, symbol, now)), language) ?? renamed;
      const radius = reachOf(input, symbol);
      const gives = givesWhatFits(input, symbol, now);
      const isAffected = (line: string, dependent: Dependent): boolean =>
        !isImport(line, dependent) &&
        !gives(dependent) &&
        !isOfAnother(input, symbol, dependent) &&
        !isCallSafe(input, dependent, symbol.parameters, now.parameters, language);
      if (isInjected(input, symbol, radius?.dependents ?? [])) continue;
      if (radius !== null && (isUnused(radius) || isEveryCallerUpdated(input, radius, isAffected))) continue;
      const severity =
        isWithinBuild(input, symbol) || isMadeOfOld(input, symbol, now)
          ? ('low' as const)
          : radius === null
            ? undefined
            : severityOfBreak(input, symbol, radius, isAffected);
      const reach = radius === null ? 'callers unknown' : fanIn(radius);
      yield {
        side: 'after',
        range: now.range,
        message: fitMessage(`\`${shorten(symbol.name, 24)}\` ${broken}; ${reach}`),
        radius,
        ...(severity === undefined ? {} : { severity }),
      };
    }
  },
});

/** A record of Python is made by a call with its fields. */
function* records(input: RuleInput): Iterable<FindingDraft> {
  for (const { symbol, before, after, range } of changedRecords(input)) {
    const broken = signatureBreak(before, after, 'python');
    const radius = broken === undefined ? null : input.reach.of(symbol);
    if (broken === undefined || radius === null || isUnused(radius)) continue;
    const isMade = new RegExp(`(?<![\\w.])(?:\\w+\\.)*${escaped(symbol.name)}\\((?!\\*\\*)`);
    const isAffected = (line: string, dependent: Dependent): boolean =>
      isMade.test(line) && !/^\s*class\b/.test(line) && !isCallSafe(input, dependent, before.parameters, after.parameters, 'python');
    // Whoever only names it takes what others made.
    const made = { ...radius, references: Math.min(radius.references, radius.dependents.length) };
    if (isEveryCallerUpdated(input, made, isAffected)) continue;
    const severity = severityOfBreak(input, symbol, radius, isAffected);
    yield {
      side: 'after',
      range,
      message: fitMessage(`\`${shorten(symbol.name, 24)}\` ${broken}; ${fanIn(radius)}`),
      radius,
      ...(severity === undefined ? {} : { severity }),
    };
  }
}

/** React calls it, and hands it the attributes and what it always did: only what it wants of the attributes is asked of anybody. */
function isComponent({ path }: RuleInput, { name, kind }: SymbolFact): boolean {
  return kind !== 'class' && /\.[jt]sx$/.test(path) && /^[A-Z]/.test(name) && /[a-z]/.test(name);
}

/** A component as those see it who write it as an element; one that takes no attributes any more is written as before. */
function asElement(symbol: SymbolFact, now: SymbolFact = symbol): SymbolFact {
  return { ...symbol, parameters: now.parameters.length === 0 ? [] : symbol.parameters.slice(0, 1) };
}

/** A symbol whose parameters have their old types where the new ones only have another name for what the old ones held. */
function byShape(input: RuleInput, old: SymbolFact, now: SymbolFact): SymbolFact {
  const parameters = now.parameters.map((parameter, at) => {
    const was = old.parameters[at]?.type ?? '';
    const isOther = was !== '' && parameter.type !== '' && was !== parameter.type;
    return isOther && fitsByShape(input, was, parameter.type) ? { ...parameter, type: was } : parameter;
  });
  return { ...now, parameters };
}

/** A free function of Rust is asked of nobody: `yard.open(…)` is a method's call, and whoever takes it as a value is compiled with it. */
function isOfAnother({ before, trees }: RuleInput, symbol: SymbolFact, { path, line }: Dependent): boolean {
  const content = trees.before.read(path);
  if (before?.language !== 'rust' || symbol.kind !== 'function' || content?.kind !== 'text') return false;
  const own = symbol.name.slice(symbol.name.lastIndexOf('.') + 1);
  return !new RegExp(`(?<![.\\w])${escaped(own)}(?:::<[^>]*>)?\\(`).test(content.text.split('\n')[line - 1] ?? '');
}

const INJECTS =
  /^(Component|Directive|Pipe|Injectable|NgModule|Module|Controller|Resolver|Service|RestController|Repository|Configuration|Gateway|WebSocketGateway|Processor|EventSubscriber|Singleton|singleton|injectable)$/;

/** The constructor of a class that a container makes, and that nobody makes by hand. */
function isInjected({ before, trees }: RuleInput, symbol: SymbolFact, dependents: readonly Dependent[]): boolean {
  const owner = ownerOf(symbol);
  if (!symbol.name.endsWith('.constructor') || owner === '') return false;
  const isMade = dependents.some(({ path, line }) => {
    const content = trees.before.read(path);
    return content?.kind === 'text' && (content.text.split('\n')[line - 1] ?? '').includes(`new ${owner}(`);
  });
  return (
    !isMade && before?.calls.some(({ kind, scope, callee }) => kind === 'decorator' && scope === owner && INJECTS.test(callee)) === true
  );
}

/** A parameter took a type of this file that is made of its old one: whom it does not suit, the compiler tells. */
function isMadeOfOld({ before, after, path, trees }: RuleInput, old: SymbolFact, now: SymbolFact): boolean {
  const content = trees.after.read(path);
  if (before?.language !== 'typescript' || after === undefined || content?.kind !== 'text' || !/\.[cm]?tsx?$/.test(path)) return false;
  if (old.parameters.length !== now.parameters.length) return false;
  const bare = (type: string): string => type.replace(/(?<!\s)\s*\|\s*(undefined|null)\b/g, '').trim();
  const isOther = now.parameters.some(({ type }, at) => type !== old.parameters[at]?.type);
  const isInPlace = now.parameters.every(
    ({ name }) => !old.parameters.some((other, at) => other.name === name && now.parameters[at]?.name !== name),
  );
  if (!isOther || !isInPlace) return false;
  return now.parameters.every((parameter, at) => {
    const [was, is] = [bare(old.parameters[at]?.type ?? ''), bare(parameter.type)];
    if (was === is) return parameter.optional === old.parameters[at]?.optional;
    if (isNonEmpty(was, is) || isOwnParameter(content.text, now, is)) return true;
    if (!/^[A-Z]\w*$/.test(was) || !/^[A-Z]\w*$/.test(is)) return false;
    return new RegExp(`\\btype ${escaped(is)} =\\s*${escaped(was)}\\s*&|\\binterface ${escaped(is)} extends ${escaped(was)}\\b`).test(
      content.text,
    );
  });
}

/** `readonly T[]` of `pickIds<T extends { id: string }>`: the type that each call gives. */
function isOwnParameter(text: string, { name }: SymbolFact, type: string): boolean {
  const own = /^(?:readonly )?([A-Z]\w?|T[A-Z]\w*)(?:\[\])*$/.exec(type)?.[1];
  return (
    own !== undefined &&
    new RegExp(`\\b${escaped(name.slice(name.lastIndexOf('.') + 1))}\\b[^;{}(\\n]{0,12}<[^()]{0,200}?\\b${escaped(own)}\\b`).test(text)
  );
}

/** `NonEmpty<Label>` and `[Label, ...Label[]]` of what was `Label[]`. */
function isNonEmpty(was: string, is: string): boolean {
  const item = /^(?:readonly )?([\w.]+)\[\]$|^(?:Readonly)?Array<([\w.]+)>$/.exec(was);
  const own = item?.[1] ?? item?.[2];
  if (own === undefined) return false;
  const [, name = '', inside = ''] = /^(\w+)<([\w.]+)>$/.exec(is) ?? [];
  return (
    (inside === own && /^(?:NonEmpty|Nonempty|AtLeastOne|OneOrMore)/.test(name)) || is.replace(/^readonly /, '') === `[${own}, ...${own}[]]`
  );
}

/** In Python the name of a parameter is part of every call that gives it by name. */
function renamedKeyword(input: RuleInput, old: SymbolFact, now: SymbolFact): string | undefined {
  const gone = old.parameters.find(
    (parameter) => !parameter.optional && !now.parameters.some((other) => other.name === parameter.name || other.name.startsWith('**')),
  );
  if (gone === undefined || !/^\w+$/.test(gone.name)) return undefined;
  const given = new RegExp(`[(,]\\s*${escaped(gone.name)}\\s*=[^=]|^\\s*${escaped(gone.name)}\\s*=[^=]`);
  const isGiven = (input.reach.of(old)?.dependents ?? []).some(({ path, line, message }) => {
    const content = input.trees.before.read(path);
    return (
      message.startsWith('calls ') &&
      content?.kind === 'text' &&
      content.text
        .split('\n')
        .slice(line - 1, line + 4)
        .some((text) => given.test(text))
    );
  });
  return isGiven ? `no longer takes \`${shorten(gone.name, 14)}\`` : undefined;
}

function ownerOf(symbol: SymbolFact): string {
  return symbol.name.split('.').at(-2) ?? '';
}
