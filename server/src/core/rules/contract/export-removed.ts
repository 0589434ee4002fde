import type { SourceFacts, SymbolFact } from '../../model/facts.ts';
import type { FindingDraft } from '../../model/finding.ts';
import type { Dependent } from '../../model/radius.ts';
import type { Range } from '../../model/range.ts';
import type { FileContent, RepoPath } from '../../model/tree.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage } from '../quote.ts';
import { shorten } from '../vocabulary/code/call-names.ts';
import { rangeOfLine, tokensOn } from '../vocabulary/code/code-text.ts';
import { keepOf } from '../vocabulary/code/kept.ts';
import { escaped } from '../vocabulary/code/literal-patterns.ts';
import { pathFrom } from '../vocabulary/code/specifiers.ts';
import { isAmong, symbolsNamed } from '../vocabulary/code/symbols-by-name.ts';
import { closedModules } from '../vocabulary/contract/closed-modules.ts';
import { fanIn, fileAfter, isUnused, isUsedElsewhere, isWithinBuild, severityOfBreak } from '../vocabulary/contract/contract-callers.ts';
import { isSurely, isTopLevel } from '../vocabulary/contract/member-uses.ts';
import { narrowedToCrate, seesNarrowed } from '../vocabulary/contract/narrowed.ts';
import { lostPackageEntries } from '../vocabulary/contract/package-entries.ts';
import { lostPackageNames } from '../vocabulary/contract/package-exports.ts';
import { passedOnStill } from '../vocabulary/contract/passed-on-still.ts';
import { isSpelledOut, mayCarry } from '../vocabulary/contract/passed-stars.ts';
import { removedOutputs } from '../vocabulary/contract/removed-outputs.ts';
import { sharedKeys } from '../vocabulary/contract/shared-keys.ts';
import { type LostExport, tellWave } from '../vocabulary/contract/wave-of-exports.ts';

/**
 * ## What it sees
 * An exported name that is gone, renamed, or for fewer to see (a function, a class, a type, a member of a type, a property of
 * what a module exports, a re-export, an output of a module of Terraform or an action; `pub` that became `pub(crate)`) while files that the change did not bring along still ask for it.
 * More than 50 in one hunk are told together, in one finding that says how many.
 *
 * ## Why it matters
 * In JavaScript a missing export is `undefined` until the line that uses it runs; with types, every build that includes an
 * importer stops.
 *
 * ## When it is fine
 * Nobody imports it, or every importer changed with it. These are not flagged.
 *
 * ## What it misses
 * Importers outside the repository, names built at run time, and a file that was renamed with all its exports.
 */
export default defineRule({
  id: 'contract/export-removed',
  version: '1.0.0',
  severity: 'high',
  confidence: 'high',
  title: 'An export that others use was removed',
  reads: ['symbols', 'tokens', 'settings', 'resources'],
  evidence: [
    {
      title: 'Reported retail order loss after high-blast-radius changes, 2026',
      url: 'https://vibegraveyard.ai/story/amazon-ai-code-retail-outages',
    },
  ],
  *check(input): Iterable<FindingDraft> {
    yield* struckFromPackage(input);
    yield* removedOutputs(input);
    const narrowed = narrowedToCrate(input);
    const lost: LostExport[] = [];
    for (const { symbol, range } of [
      ...[...input.removed.symbols, ...narrowed].map((symbol) => ({ symbol, range: symbol.range })),
      ...struckFromList(input),
    ]) {
      if (
        !symbol.exported ||
        !(isTopLevel(symbol) || isOwnMember(input, symbol) || narrowed.includes(symbol)) ||
        (isStillExported(input, symbol) && !narrowed.includes(symbol) && !isOtherKey(input, symbol)) ||
        wentWithItsFile(input, symbol)
      )
        continue;
      if (movedInPackage(input, symbol)) continue;
      const radius = input.reach.of(symbol);
      if (radius === null || isUnused(radius)) continue;
      const isPassedOn = passedOnStill(input, symbol.name, radius.dependents);
      const left = radius.dependents.filter(
        (dependent) =>
          dependent.path !== input.path &&
          !isPassedOn(dependent) &&
          !seesNarrowed(input, symbol, dependent.path) &&
          isSurely(input, symbol, dependent) &&
          stillAsks(input, symbol, dependent),
      );
      const isRelied = left.length > 0 || isUsedElsewhere(radius);
      if (!isRelied && sameName(input, symbol)) continue;
      // One that the radius counts and does not list was not looked at.
      if (!isRelied && (!isTopLevel(symbol) || radius.references <= radius.dependents.length)) continue;
      const severity = isWithinBuild(input, symbol)
        ? ('low' as const)
        : severityOfBreak(input, symbol, radius, (_, dependent) => left.includes(dependent));
      lost.push({
        name: symbol.name,
        draft: {
          side: 'before',
          range,
          message: fitMessage(`\`${shorten(symbol.name, 30)}\` is no longer exported; ${fanIn(radius)}`),
          radius,
          ...(severity === undefined ? {} : { severity }),
        },
      });
    }
    yield* tellWave(input, lost);
  },
});

/** `from .zones import ZONES` that an `__init__.py` no longer says. */
function* struckFromPackage(input: RuleInput): Iterable<FindingDraft> {
  for (const { specifier, range, users } of lostPackageEntries(input)) {
    yield {
      side: 'before',
      range,
      message: fitMessage(
        `\`${shorten(specifier, 34)}\` is closed; ${users.length} ${users.length === 1 ? 'file comes' : 'files come'} in by it`,
      ),
      related: users.slice(0, 10).map((file) => ({ path: file, line: 1, message: `imports ${shorten(specifier, 40)}` })),
    };
  }
  for (const { name, range, users } of closedModules(input)) {
    yield {
      side: 'before',
      range,
      message: fitMessage(
        `module \`${shorten(name, 30)}\` is closed; ${users.length} ${users.length === 1 ? 'file comes' : 'files come'} in by it`,
      ),
      related: users.slice(0, 10).map((file) => ({ path: file, line: 1, message: `asks for ${shorten(name, 40)}` })),
    };
  }
  for (const { name, range, users } of lostPackageNames(input)) {
    yield {
      side: 'before',
      range,
      message: fitMessage(
        `\`${shorten(name, 30)}\` is no longer passed on; ${users.length} ${users.length === 1 ? 'file takes' : 'files take'} it from here`,
      ),
      severity: users.length >= 20 ? 'critical' : 'high',
      related: users.slice(0, 10).map((user) => ({ ...user, message: `imports ${shorten(name, 40)}` })),
    };
  }
}

/** Names that this hunk took out of a list of exports (`export { a, b }`, `module.exports = { a, b }`), declared elsewhere in the file. */
function struckFromList(input: RuleInput): readonly { readonly symbol: SymbolFact; readonly range: Range }[] {
  const { before, after, hunk } = input;
  if (before?.language !== 'typescript' || after === undefined) return [];
  const removed = new Map<string, number>();
  for (const { text, line } of tokensOn(before, hunk.before.start, hunk.before.start + hunk.before.lines - 1))
    if (!removed.has(text)) removed.set(text, line);
  if (removed.size === 0) return [];
  const added = new Set(tokensOn(after, hunk.after.start, hunk.after.start + hunk.after.lines - 1).map(({ text }) => text));
  const shared = sharedKeys(before);
  const sharedNow = shared === undefined ? undefined : sharedKeys(after);
  // What is given under another name stands there still, behind its colon.
  const isRenamed = (word: string): boolean => shared?.has(word) === true && sharedNow?.has(word) === false;
  const gone = [...removed.keys()].filter((word) => !added.has(word) || isRenamed(word));
  return gone
    .flatMap((word) => symbolsNamed(before, word))
    .flatMap((symbol) => {
      if (!symbol.exported || symbol.name.includes('.') || isAmong(input.removed.symbols, symbol)) return [];
      const line = removed.get(symbol.name);
      return line === undefined || !namesIn(after).has(symbol.name) ? [] : [{ symbol, range: rangeOfLine(input, 'before', line) }];
    });
}

const namesIn = keepOf((facts: SourceFacts): ReadonlySet<string> => new Set(facts.symbols.map(({ name }) => name)));

/**
 * A method or a field of a type that stays, in a language whose members are found by name. One that overrides another is still
 * there without it.
 */
function isOwnMember(input: RuleInput, symbol: SymbolFact): boolean {
  if (!/^(go|java|rust|python|typescript)$/.test(input.before?.language ?? '') || (symbol.kind !== 'method' && symbol.kind !== 'property'))
    return false;
  const dot = symbol.name.lastIndexOf('.');
  const [owner, member] = [symbol.name.slice(0, Math.max(0, dot)), symbol.name.slice(dot + 1)];
  if (owner === '' || /^(constructor|__\w+__)$/.test(member)) return false;
  const isNamesake = (other: SymbolFact): boolean => other.name.endsWith(`.${member}`) || other.name === member;
  if (
    input.after?.symbols.some((other) => other.name === owner) !== true ||
    input.after.symbols.some((other) => isNamesake(other) && !isHidden(other, symbol))
  )
    return false;
  if (input.addedElsewhere().symbols.some(isNamesake)) return false;
  return input.before?.calls.some((call) => call.kind === 'decorator' && call.callee === 'Override' && call.scope === symbol.name) !== true;
}

/** It stands as it was, for fewer to see. */
function sameName(input: RuleInput, symbol: SymbolFact): boolean {
  return /^(java|rust)$/.test(input.after?.language ?? '') && symbolsNamed(input.after, symbol.name).length > 0;
}

/** The same member, which its own kind alone may see now. */
function isHidden(other: SymbolFact, symbol: SymbolFact): boolean {
  return other.name === symbol.name && other.kind === symbol.kind && !other.exported;
}

function isStillExported(input: RuleInput, symbol: SymbolFact): boolean {
  const now = input.after === undefined ? undefined : exportedIn(input.after);
  if (now?.has(symbol.name) === true || isInMacro(input, symbol.name)) return true;
  if (now !== undefined && symbol.name.startsWith('* from') && isSpelledOut(input, symbol.name, now)) return true;
  // A new `export *` may carry the name; which names it carries is another file's to say.
  const passed = [...(now ?? [])].filter((name) => name.startsWith('* from'));
  return passed.some((name) => symbolsNamed(input.before, name).length === 0 && mayCarry(input, name, symbol.name));
}

/** A function of CommonJS that is given under another name now. */
function isOtherKey({ before, after }: RuleInput, { name }: SymbolFact): boolean {
  if (before?.language !== 'typescript' || after === undefined) return false;
  return sharedKeys(before)?.has(name) === true && sharedKeys(after)?.has(name) === false;
}

const exportedIn = keepOf(
  (facts: SourceFacts): ReadonlySet<string> => new Set(facts.symbols.flatMap(({ name, exported }) => (exported ? [name] : []))),
);

/** `cfg_rt! { pub use pool::Handle; }`: what a macro of Rust is given is read as text. */
function isInMacro(input: RuleInput, name: string): boolean {
  if (input.after?.language !== 'rust') return false;
  const content = input.trees.after.read(input.path);
  const text = content?.kind === 'text' ? content.text : '';
  return text
    .split('\n')
    .some((line) => /^\s*pub (use|fn|async fn|struct|enum|trait|type|const|static|mod)\b/.test(line) && line.split(/\W+/).includes(name));
}

/**
 * In Go a package is a folder, in Java a name belongs to its package and in Rust to its crate, whatever file it stands in; a
 * module of Python passes on what it imports.
 */
function movedInPackage(input: RuleInput, symbol: SymbolFact): boolean {
  const language = input.before?.language ?? '';
  if (language === 'python') return isImported(input, symbol.name) || isInPackageNow(input, symbol.name);
  if (!/^(go|java|rust)$/.test(language)) return false;
  return input.addedElsewhere().symbols.some((other) => other.exported && other.name === symbol.name && other.kind === symbol.kind);
}

function isImported(input: RuleInput, name: string): boolean {
  const content = input.trees.after.read(input.path);
  return content !== undefined && importedNames(content).has(name);
}

/** `pricing.py` that is `pricing/__init__.py` now, which has the name or passes it on. */
function isInPackageNow(input: RuleInput, name: string): boolean {
  // A path of the tree with another ending.
  const content = input.after === undefined ? input.trees.after.read(input.path.replace(/\.py$/, '/__init__.py') as RepoPath) : undefined;
  return (
    content?.kind === 'text' &&
    (importedNames(content).has(name) ||
      new RegExp(`^(?:async )?(?:def|class) ${escaped(name)}\\b|^${escaped(name)}\\s*[:=]`, 'm').test(content.text))
  );
}

const importedNames = keepOf((content: FileContent): ReadonlySet<string> => {
  const text = content.kind === 'text' ? content.text : '';
  const imports = [...text.matchAll(/^[ \t]*from\s+\S+\s+import\s+(\([^)]*\)|[^\n]*)/gm)];
  return new Set(imports.flatMap(([, names = '']) => names.split(/[^\w]+/)));
});

/** `export *` of a file that is gone too: each name of that file is judged where it was declared. */
function wentWithItsFile(input: RuleInput, symbol: SymbolFact): boolean {
  const specifier = /^\* from '(\.[^']*)'$/.exec(symbol.name)?.[1];
  if (specifier === undefined) return false;
  const base = pathFrom(input.path, specifier).replace(/\.[cm]?jsx?$/, '');
  const files = ['.ts', '.tsx', '.js', '.jsx', '.mts', '.mjs', '/index.ts', '/index.tsx', '/index.js'].map(
    (end) =>
      // A path of the tree by its parts.
      `${base}${end}` as RepoPath,
  );
  return (
    files.some((file) => input.trees.before.read(file) !== undefined) && files.every((file) => input.trees.after.read(file) === undefined)
  );
}

/** The dependent's line still stands, or, where it names the symbol, the file still does. */
function stillAsks(input: RuleInput, symbol: SymbolFact, dependent: Dependent): boolean {
  const before = input.trees.before.read(dependent.path);
  const file = fileAfter(input, dependent.path);
  const after = file?.content;
  if (file === undefined || after === undefined || before?.kind !== 'text') return false;
  if (after.kind !== 'text' || (after.text === before.text && file.path === dependent.path)) return true;
  const line = before.text.split('\n')[dependent.line - 1]?.trim() ?? '';
  if (!line.includes(symbol.name)) return after.text.split('\n').some((other) => other.trim() === line);
  // Moved to another file: the importer names it still, and asks another file for it.
  return (
    after.text.split('\n').some((other) => other.trim() === line) &&
    !hasMoved([dependent.path, before.text], [file.path, after.text], symbol.name)
  );
}

/** True where the lines that import the name ask other files now, wherever the importer stands. */
function hasMoved(before: readonly [path: string, text: string], after: readonly [path: string, text: string], name: string): boolean {
  const imports = ([path, text]: readonly [string, string]): string =>
    text
      .split('\n')
      .filter((line) => /\b(import|require|from)\b/.test(line))
      .map((line) => line.replace(/(?<=['"])\.[^'"]*/, (specifier) => pathFrom(path, specifier)))
      .join('\n');
  return imports(before) !== imports(after) && imports(after).includes(name);
}
