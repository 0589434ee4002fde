import type { SymbolFact } from '../../../model/facts.ts';
import type { Dependent } from '../../../model/radius.ts';
import type { RuleInput } from '../../define.ts';
import { closingFrom, splitSource } from '../code/argument-text.ts';
import { escaped } from '../code/literal-patterns.ts';
import { fileAfter } from './contract-callers.ts';
import { type Field, fieldsOf, fits, resolve, withoutShared } from './type-shapes.ts';

/** Elements and calls of one name that are read in a file, and the longest of them. */
const MOST = 60;
const LONGEST = 6_000;

/**
 * Whether a file that depends on a function or component gives, wherever it writes it as an element or a call, only such fields of its
 * object as the new type takes, and all that it needs: a prop that nobody passed any more breaks nobody. What is handed on as a
 * whole (`{...props}`, `charge(options)`) may hold anything. TypeScript alone, where the fields of both types are known.
 */
export function givesWhatFits(input: RuleInput, old: SymbolFact, now: SymbolFact): (dependent: Dependent) => boolean {
  const at = old.parameters.findIndex(({ type }, index) => type !== now.parameters[index]?.type);
  const isAlone =
    at >= 0 &&
    old.parameters.length === now.parameters.length &&
    old.parameters.every(
      ({ type, optional }, index) => index === at || (type === now.parameters[index]?.type && optional === now.parameters[index]?.optional),
    );
  const change = isAlone ? changedFields(input, old.parameters[at]?.type ?? '', now.parameters[at]?.type ?? '') : undefined;
  const own = old.name.slice(old.name.lastIndexOf('.') + 1);
  const known = new Map<string, boolean>();
  return ({ path }) => {
    if (change === undefined) return false;
    // What a story is drawn with is checked where it is drawn.
    if (/\.stories\.[cm]?[jt]sx?$/.test(path)) return true;
    let isFit = known.get(path);
    if (isFit === undefined) {
      const content = fileAfter(input, path)?.content;
      isFit = content?.kind === 'text' && fitsEverywhere(content.text, own, at, change);
      known.set(path, isFit);
    }
    return isFit;
  };
}

/** Fields of two object types: those whose old value no longer fits or that are gone, and those that must be given now and had not to be. */
interface FieldChange {
  readonly unfit: ReadonlySet<string>;
  readonly needed: ReadonlySet<string>;
}

/** How the fields of a type changed; undefined where either is no object type whose fields are all known, or both are one. */
function changedFields({ trees, path }: RuleInput, old: string, now: string): FieldChange | undefined {
  const [from, to] = [
    { tree: trees.before, path },
    { tree: trees.after, path },
  ];
  const [was, is] = withoutShared(old, now);
  const [source, target] = [resolve(was, from, 0), resolve(is, to, 0)];
  const fields = source && fieldsOf(source.type, source.place, 0);
  const wanted = target && fieldsOf(target.type, target.place, 0);
  if (source === undefined || target === undefined || fields === undefined || wanted === undefined) return undefined;
  const isFit = (name: string, { type }: Field): boolean => {
    const field = wanted.get(name);
    return field !== undefined && fits(type, source.place, field.type, target.place, 0);
  };
  return {
    unfit: new Set([...fields].flatMap(([name, field]) => (isFit(name, field) ? [] : [name]))),
    needed: new Set([...wanted].flatMap(([name, { optional }]) => (optional || fields.get(name)?.optional === false ? [] : [name]))),
  };
}

function fitsEverywhere(text: string, name: string, at: number, change: FieldChange): boolean {
  const uses = [...text.matchAll(/(?<![\w$.])(<?)([A-Za-z_$][\w$]*)(?=[\s/>(])/g)].filter((match) => match[2] === name);
  const elements = uses.filter((match) => match[1] === '<');
  const calls = uses.filter((match) => match[1] === '' && text.charAt(match.index + name.length) === '(');
  if (elements.length + calls.length === 0 || elements.length + calls.length > MOST || isHandedOn(text, name)) return false;
  return (
    elements.every(({ index }) => isFitting(attributesFrom(text, index + 1 + name.length), change)) &&
    calls.every(({ index }) => isFitting(keysOf(text, index + name.length + 1, at), change))
  );
}

/** By its name, to whatever calls it then: `rows.map(charge)`, `const take = charge`. */
function isHandedOn(text: string, name: string): boolean {
  const code = text.replace(/^[\t ]{0,20}(?:import|export)\b[^;]{0,2000}?\bfrom\s*['"][^'"\n]*['"]|\/\/[^\n]*|'[^'\n]*'|"[^"\n]*"/gm, '');
  return new RegExp(`(?<=[=(,[{?:|&]|=>|\\breturn)\\s*(?<![\\w$.])${escaped(name)}(?![\\w$(<:]|\\s*[(<=:])`).test(code);
}

function isFitting(given: ReadonlySet<string> | undefined, { unfit, needed }: FieldChange): boolean {
  return given !== undefined && ![...given].some((name) => unfit.has(name)) && [...needed].every((name) => given.has(name));
}

/** Names of an element's attributes; undefined where it spreads something or does not end. What stands inside it is its `children`. */
function attributesFrom(text: string, from: number): ReadonlySet<string> | undefined {
  const names = new Set<string>();
  const own = text.slice(from, from + LONGEST);
  const attribute = /\s*(?:(\/?>)|\{|([A-Za-z_$][\w$:-]*)(?:\s*=\s*(["'{]))?)/y;
  for (;;) {
    const match = attribute.exec(own);
    if (match === null) return undefined;
    const [, end, name, opener] = match;
    if (end !== undefined) return end === '>' ? names.add('children') : names;
    // `{...props}`
    if (name === undefined) return undefined;
    names.add(name);
    if (opener === undefined) continue;
    const inside = attribute.lastIndex;
    const close = opener === '{' ? closingFrom(own, inside) : own.indexOf(opener, inside);
    if (close === undefined || close < 0) return undefined;
    attribute.lastIndex = close + 1;
  }
}

/** Keys of the object that is the argument at a place; undefined where it is none, or spreads something. */
export function keysOf(text: string, open: number, at: number): ReadonlySet<string> | undefined {
  const own = text.slice(open, open + LONGEST);
  const close = closingFrom(own, 0);
  const given = close === undefined ? undefined : splitSource(own.slice(0, close), ',')[at];
  const inner = /^\{([\s\S]*)\}$/.exec(given ?? '')?.[1];
  if (inner === undefined) return undefined;
  const keys = splitSource(inner, ',').map((part) => /^(?:async\s+)?["']?([A-Za-z_$][\w$]*)["']?\s*(?:[:(]|$)/.exec(part)?.[1]);
  return keys.every((key) => key !== undefined) ? new Set(keys) : undefined;
}
