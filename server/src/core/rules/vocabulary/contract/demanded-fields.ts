import type { SourceFacts, SymbolFact } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RepoPath } from '../../../model/tree.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { lastName, shorten } from '../code/call-names.ts';
import { escaped } from '../code/literal-patterns.ts';
import { symbolsNamed, symbolsStartingOn } from '../code/symbols-by-name.ts';
import { keysOf } from './given-fields.ts';
import { textOf } from './type-declarations.ts';

const CODE = ['.ts', '.tsx', '.mts', '.js', '.jsx', '.mjs'] as const;
/** Files that speak of a type, or of a function that takes it; more of them say that the name is a common one. */
const MOST_FILES = 20;

/**
 * A field of an exported object type that must be given now and had not to be, while calls of other files write out an object without it:
 * `token: string` of `ClientOptions`, and `createClient({ baseUrl })`. TypeScript alone.
 */
export function* demandedFields(input: RuleInput): Iterable<FindingDraft> {
  const { before, after, hunk } = input;
  if (before === undefined || after === undefined || !/\.[cm]?tsx?$/.test(input.path)) return;
  const { start, lines } = hunk.after;
  for (const field of symbolsStartingOn(after, start, start + lines - 1)) {
    if (field.kind !== 'property' || !field.exported || isOptional(field)) continue;
    const owner = field.name.slice(0, field.name.lastIndexOf('.'));
    const [old] = symbolsNamed(before, field.name);
    const isType = (facts: SourceFacts): boolean => symbolsNamed(facts, owner).some(({ kind }) => kind === 'interface');
    if (owner.includes('.') || !isType(before) || !isType(after) || (old !== undefined && !isOptional(old))) continue;
    const key = lastName(field.name);
    const lacking = takersOf(input, owner).flatMap((taker) => callsWithout(input, taker, key));
    const [first] = lacking;
    if (first === undefined) continue;
    yield {
      side: 'after',
      range: field.range,
      message: fitMessage(
        `\`${shorten(field.name, 30)}\` must be given now; ${lacking.length} ${lacking.length === 1 ? 'call gives' : 'calls give'} an object without it`,
      ),
      related: lacking.slice(0, 10).map(({ path, line, taker }) => ({ path, line, message: `calls ${taker}` })),
    };
  }
}

function isOptional({ type }: SymbolFact): boolean {
  return /(?:^|\| )undefined$/.test(type);
}

interface Taker {
  readonly name: string;
  /** Which of its arguments is of the type, counted from 0. */
  readonly at: number;
}

/** Exported functions, and constructors by the name of their class, that take the type as it is. */
function takersOf({ trees, path, after, factsAt }: RuleInput, owner: string): readonly Taker[] {
  const files = trees.after.mentioning(owner, CODE);
  if (files.length > MOST_FILES) return [];
  return files.flatMap((file) => {
    const symbols = (file === path ? after : factsAt('after', file))?.symbols ?? [];
    return symbols.flatMap(({ name, kind, exported, parameters }): readonly Taker[] => {
      const at = parameters.findIndex(({ type }) => type === owner);
      if (at < 0 || !exported || !/^(?:function|method|variable)$/.test(kind)) return [];
      if (name.endsWith('.constructor')) return [{ name: name.slice(0, -'.constructor'.length), at }];
      return name.includes('.') ? [] : [{ name, at }];
    });
  });
}

interface LackingCall {
  readonly path: RepoPath;
  readonly line: number;
  readonly taker: string;
}

function callsWithout({ trees, path }: RuleInput, { name, at }: Taker, key: string): readonly LackingCall[] {
  const files = trees.after
    .mentioning(name, CODE)
    .filter((file) => file !== path && !/[._-](?:test|spec|stories)\.|(^|\/)__tests__\//.test(file));
  if (files.length > MOST_FILES) return [];
  const called = new RegExp(`(?<![\\w$.])${escaped(name)}\\(`, 'g');
  return files.flatMap((file) => {
    const text = textOf(trees.after, file);
    // Another function of the name is no taker.
    if (
      !new RegExp(
        `\\bimport\\b[^;]{0,400}\\b${escaped(name)}\\b[^;]{0,400}\\bfrom\\b|\\b${escaped(name)}\\b[^;\\n]{0,200}\\brequire\\(`,
      ).test(text)
    )
      return [];
    return [...text.matchAll(called)].slice(0, MOST_FILES).flatMap((match): readonly LackingCall[] => {
      const keys = keysOf(text, match.index + match[0].length, at);
      if (keys === undefined || keys.has(key) || /\bfunction\s$/.test(text.slice(Math.max(0, match.index - 10), match.index))) return [];
      return [{ path: file, line: text.slice(0, match.index).split('\n').length, taker: name }];
    });
  });
}
