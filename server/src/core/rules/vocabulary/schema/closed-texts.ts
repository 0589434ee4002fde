import type { SourceFacts } from '../../../model/facts.ts';
import { closingFrom, splitSource } from '../code/argument-text.ts';
import { lastName } from '../code/call-names.ts';
import { escaped } from '../code/literal-patterns.ts';
import { holesOf, isHarmlessHole } from './sql-holes.ts';

/** Functions and names are followed so far. */
const DEEPEST = 5;

/**
 * True for an expression of a function that can only come to one of the texts which the file itself spells out: a choice between
 * literals, an entry of a constant table, whatever it is asked for (`COLUMNS[sort]`), a local that holds one, a template of such,
 * and a function of the file that returns nothing else.
 */
export function isClosedText(facts: SourceFacts | undefined, source: string, scope: string, depth = 0): boolean {
  if (facts?.text === undefined || depth > DEEPEST) return false;
  const text = source
    .trim()
    .replace(/ as (?:const|string)$/, '')
    .replace(/;$/, '');
  const isClosed = (part: string): boolean => isClosedText(facts, part, scope, depth + 1);
  if (text === '') return false;
  if (PLAIN.test(text) || /^(?:[\w$]+\.)*[A-Z][A-Z0-9_]*$|^\d+$/.test(text)) return true;
  if (text.startsWith('(') && closingFrom(text, 1) === text.length - 1) return isClosed(text.slice(1, -1));
  const choice = choicesOf(text);
  if (choice.length > 1) return choice.every(isClosed);
  const sum = splitSource(text, '+');
  if (sum.length > 1) return sum.every(isClosed);
  if (/^(?:`|[rb]?f[rb]?['"])/i.test(text)) return holesOf(text).every((hole) => isHarmlessHole(hole) || isClosed(hole));
  if (PLACEHOLDERS.test(text)) return true;
  const [, place, made = ''] = NUMBERED.exec(text) ?? [];
  // How many there are says nothing of what is asked.
  if (place !== undefined) return isClosed(made.replace(new RegExp(`\\$\\{${escaped(place)}(?: ?[+*] ?\\d+){0,2}\\}`, 'g'), ''));
  if (/^(?:switch|match)\b/.test(text)) return armsOf(text).length > 1 && armsOf(text).every(isClosed);
  const [, entry, name = ''] = /^((?:this\.|self\.|Self::)?_*([A-Za-z$][\w$]*))(?=[[(.]|$)/.exec(text) ?? [];
  if (entry === undefined) return false;
  const rest = text.slice(entry.length);
  if (rest === '') return isLocal(facts, name, scope, depth);
  if (rest.startsWith('[') && closingFrom(rest, 1) === rest.length - 1) return isTable(facts, name);
  const got = /^\.(?:get|getOrDefault|at)\(/.exec(rest)?.[0];
  if (got !== undefined && closingFrom(rest, got.length) === rest.length - 1)
    return isTable(facts, name) && splitSource(rest.slice(got.length, -1), ',').slice(1).every(isClosed);
  return rest.startsWith('(') && closingFrom(rest, 1) === rest.length - 1 && isFunction(facts, name, depth);
}

/** As many places as there are values, and nothing else: `", ".join(["%s"] * len(ids))`, `", ".join(f":id{n}" for n in range(len(ids)))`, `ids.map(() => '?').join(',')`. */
const PLACEHOLDERS =
  /^(['"])[, ]{1,3}\1\.join\(\s?(?:\[?\s?['"](?:%s|\?|:p)['"]\s?\]?\s?(?:\* ?len\([\w.]+\)|for _\w* in [\w.]+)\s?\]?|['"]\?['"] ?\* ?len\([\w.]+\)|f['"][:$@]\w{0,20}\{\w+\}['"] for \w+(?:, ?\w+)? in (?:range|enumerate)\((?:len\([\w.]+\)|[\w.]+)\))\s?\)$|^[\w.]+\.map\(\(\) => ['"]\?['"]\)\.join\(['"],? ?['"]\)$/;

/** The same text for each value, with its number in it: `` words.map((_, n) => `label = :label${n}`).join(' AND ') ``. */
const NUMBERED = /^[\w$.]+\.map\(\(_?\w*, ?(\w+)\) => (`[^`]*`)\)\.join\((?:'[^'$]*'|"[^"$]*"|`[^`$]*`)\)$/;

/** A text without anything filled into it. */
const PLAIN = /^r?(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|`[^`$]*`)$/;

/** What a ternary, Python's `a if test else b` or a default leaves to choose from; one element where it is none. */
function choicesOf(text: string): readonly string[] {
  const python = cut(text, ' else ');
  if (python !== undefined) {
    const kept = cut(python[0], ' if ');
    return kept === undefined ? [text] : [kept[0], python[1]];
  }
  const question = cut(text, ' ? ');
  if (question !== undefined) {
    const [one, ...others] = splitSource(question[1], ':');
    return one === undefined || others.length === 0 ? [text] : [one, others.join(' : ')];
  }
  const fallback = cut(text, ' ?? ') ?? cut(text, ' || ');
  return fallback ?? [text];
}

/** Both sides of the first separator outside brackets and quotes. */
function cut(text: string, separator: string): readonly [string, string] | undefined {
  for (let at = text.indexOf(separator); at >= 0; at = text.indexOf(separator, at + 1)) {
    const before = text.slice(0, at);
    // With a bracket or a quote that is open the closing one stands behind.
    if (isWhole(before)) return [before, text.slice(at + separator.length)];
  }
  return undefined;
}

function isWhole(text: string): boolean {
  return closingFrom(`${text})`, 0) === text.length;
}

/** What each arm of a `switch` or a `match` comes to. */
function armsOf(text: string): readonly string[] {
  return [...text.matchAll(/(?:->|=>)([^;,{}]+)/g)].map(([, arm = '']) => arm);
}

/** Everything that the function binds the name to is closed. A parameter holds what a caller gives. */
function isLocal(facts: SourceFacts, name: string, scope: string, depth: number): boolean {
  const isGiven = facts.symbols.some((symbol) => symbol.name === scope && symbol.parameters.some((parameter) => parameter.name === name));
  if (isGiven || scope === '') return false;
  const bound = boundTo(bodyOf(facts, scope), name);
  return bound.length > 0 && bound.every((value) => isClosedText(facts, value, scope, depth + 1));
}

function boundTo(body: string, name: string): readonly string[] {
  const binds = new RegExp(`(?<![\\w$.])${escaped(name)}(?:: ?[\\w<>\\[\\] |'"]{1,60})? ?(?:\\+|:)?=(?![=>])`, 'g');
  return [...body.matchAll(binds)].map((match) => expressionFrom(body, match.index + match[0].length));
}

/** A table that is bound once at the top of the file, and whose entries are texts that stand there. */
function isTable(facts: SourceFacts, name: string): boolean {
  const text = facts.text ?? '';
  const bound = [...text.matchAll(new RegExp(`^[^\\n=]{0,120}(?<![\\w$.])${escaped(name)}(?![\\w$])[^\\n=]{0,120}=(?!=)`, 'gm'))];
  const [only] = bound;
  if (only === undefined || bound.length > 1) return false;
  const value = expressionFrom(text, only.index + only[0].length);
  if (!/[[({]/.test(value)) return false;
  // What is left when texts, keys and the words that make a table are gone must name nothing.
  const rest = value
    .replace(/'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"/g, '')
    .replace(/\/\/[^\n]*|#[^\n]*/g, '')
    .replace(/\b\w+\s*:(?!:)/g, '')
    .replace(
      /\b(?:new|Map|Object|freeze|as|const|of|ofEntries|entry|map|string|String|satisfies|Record|Readonly|ReadonlyMap|dict|MappingProxyType|types|Entry)\b/g,
      '',
    );
  return /['"]/.test(value) && !/[A-Za-z_`]/.test(rest);
}

/** Every return of a function of the file is closed. */
function isFunction(facts: SourceFacts, name: string, depth: number): boolean {
  const found = facts.scopes.filter((scope) => lastName(scope.name) === name);
  const [only] = found;
  if (only === undefined || found.length > 1) return false;
  const body = bodyOf(facts, only.name);
  const returned = [...body.matchAll(/\breturn\b(?! ?[;\n])|=>(?! ?\{)/g)].map((match) =>
    expressionFrom(body, match.index + match[0].length),
  );
  return returned.length > 0 && returned.every((value) => isClosedText(facts, value, only.name, depth + 1));
}

function bodyOf(facts: SourceFacts, scope: string): string {
  const place = facts.scopes.find(({ name }) => name === scope);
  if (place === undefined) return '';
  return (facts.text ?? '')
    .split('\n')
    .slice(place.startLine - 1, place.endLine)
    .join('\n');
}

/** Source of an expression up to where its statement ends: a semicolon, or a line behind which nothing goes on. */
function expressionFrom(text: string, from: number): string {
  const last = Math.min(text.length, from + LONGEST);
  for (let end = from; end < last; end += 1) {
    const isEnd =
      text[end] === ';' ||
      (text[end] === '\n' && text.slice(from, end).trim() !== '' && !/^\s*(?:\?|:|\|\||\+|\.)/.test(text.slice(end, end + 80)));
    if (isEnd && isWhole(text.slice(from, end))) return text.slice(from, end).replace(/\s+/g, ' ').trim();
  }
  return last < text.length ? '' : text.slice(from).replace(/\s+/g, ' ').trim();
}

/** Characters of an expression that is still read. */
const LONGEST = 4000;
