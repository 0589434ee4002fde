import type { SourceFacts, SymbolFact } from '../../../model/facts.ts';
import { closingFrom, splitSource } from '../code/argument-text.ts';
import { escaped } from '../code/literal-patterns.ts';
import { tokensOf } from '../code/token-lines.ts';

/** A longer function does more than to put criteria together. */
const LONGEST = 1200;

/**
 * What a function of the file that only puts criteria together answers, in the words of who asks it: `{ id, workspaceId, archivedAt: null }`
 * of `activeIn(workspaceId, { id })` and `return { ...extra, workspaceId, archivedAt: null }`. A parameter that the function drops is not
 * in it. Undefined where the function decides anything, or does what is not read.
 */
export function answeredFor(facts: SourceFacts, symbol: SymbolFact, given: readonly string[]): string | undefined {
  const { name } = symbol;
  if (facts.guards.some(({ scope }) => scope === name) || facts.conditions.some(({ scope }) => scope === name)) return undefined;
  const text = tokensOf(facts, name);
  const answers = [...text.matchAll(/(?<![\w.])return\b ?|=>(?!\{)/g)];
  const [answer] = answers;
  if (text.length > LONGEST || answer === undefined || answers.length !== 1) return undefined;
  const told = toldBy(symbol, given, text);
  const parts = answeredParts(text, answer.index + answer[0].length, told);
  if (parts === undefined) return undefined;
  return parts.call === '' ? `{ ${parts.fields.join(', ')} }` : `${parts.call}(${parts.fields.join(', ')})`;
}

/** What each parameter is handed; a rest has all that is left. */
function toldBy({ parameters }: SymbolFact, given: readonly string[], text: string): ReadonlyMap<string, string> {
  const isNamed = (argument: string): boolean => /^\w+ ?=(?!=)/.test(argument);
  const positional = given.filter((argument) => !isNamed(argument));
  const named = new Map(given.filter(isNamed).map((argument) => [/^\w+/.exec(argument)?.[0] ?? '', argument.replace(/^\w+ ?= ?/, '')]));
  const told = new Map<string, string>();
  for (const [at, { name }] of parameters.entries()) {
    const own = name.replace(/^[*.]+/, '');
    if (name.startsWith('**')) told.set(own, `{ ${[...named].map(([key, value]) => `${key}: ${value}`).join(', ')} }`);
    else if (name.startsWith('*') || new RegExp(`[(,]\\.\\.\\.${escaped(own)}(?!\\w)[^)]*\\)(?::|=>|\\{)`).test(text))
      told.set(own, positional.slice(at).join(', '));
    else told.set(own, named.get(own) ?? positional[at] ?? '{}');
    named.delete(own);
  }
  return told;
}

interface Parts {
  /** What joins conditions, `Q`; empty for an object. */
  readonly call: string;
  readonly fields: readonly string[];
}

type Told = ReadonlyMap<string, string>;

function answeredParts(text: string, from: number, told: Told): Parts | undefined {
  const rest = text.slice(from).replace(/^\((?=\{)/, '');
  const [head, call = ''] = HEAD.exec(rest) ?? [];
  if (head !== undefined) {
    const inner = rest.slice(head.length, closingFrom(rest, head.length));
    const parts = splitSource(inner, ',');
    const joins = /^(?:Q|and_?|And)$/.test(call);
    const merges = /^(?:Object\.assign|dict|Map\.of|merge)$/.test(call);
    return {
      call: joins ? call : '',
      fields: parts.flatMap((part) => (joins ? joinedPart(part, told) : merges ? argument(part, told) : field(part, told))),
    };
  }
  const name = /^(\w+)/.exec(rest)?.[1];
  return name === undefined ? undefined : filledParts(text.slice(0, from), name, told);
}

const HEAD = /^(?:(Object\.assign|dict|Q|and_?|merge)\(|(?:bson\.M|map\[string\](?:any|interface\{\}))?\{)/;

/** `filter := bson.M{…}; maps.Copy(filter, extra); return filter`. */
function filledParts(text: string, name: string, told: Told): Parts | undefined {
  const own = escaped(name);
  const made = new RegExp(`(?<![\\w.])${own}(?::[\\w<>,. ]{1,60})?:?=(?=\\{|dict\\(|bson\\.M\\{|map\\[)`).exec(text);
  if (made === null) return undefined;
  const first = answeredParts(text, made.index + made[0].length, told);
  const merges = [
    ...text.matchAll(
      new RegExp(`(?:(?:maps\\.Copy|Object\\.assign)\\(${own},|(?<![\\w.])${own}(?:\\.(?:update|putAll)\\(|\\|=))(\\w+)`, 'g'),
    ),
  ];
  const uses = text.match(new RegExp(`(?<![\\w.])${own}(?!\\w)`, 'g'))?.length ?? 0;
  // Each time it is named it is made or filled.
  if (first === undefined || uses !== merges.length + 1) return undefined;
  return { call: '', fields: [...first.fields, ...merges.flatMap(([, from = '']) => argument(from, told))] };
}

/** A field of an object: of what is spread in it, those that the caller gives. */
function field(part: string, told: Told): readonly string[] {
  const spread = /^(?:\.\.\.|\*\*)(\w+)$/.exec(part)?.[1];
  if (spread !== undefined) return argument(spread, told);
  const [key = part, ...values] = splitSource(part, ':');
  if (values.length > 0) return [`${key}: ${filled(values.join(':'), told)}`];
  return [/^\w+$/.test(part) ? `${part}: ${told.get(part) ?? part}` : part];
}

/** What is merged or joined: an object, a parameter that holds one, or `key=value`. */
function argument(part: string, told: Told): readonly string[] {
  const name = part.replace(/^(?:\.\.\.|\*\*?)/, '');
  const value = told.get(name) ?? name;
  const inner = /^(?:bson\.M|map\[string\](?:any|interface\{\}))?\{([\s\S]*)\}$/.exec(value)?.[1];
  if (inner !== undefined) return told.has(name) ? splitSource(inner, ',') : splitSource(inner, ',').flatMap((each) => field(each, told));
  const keyword = /^(\w+)=(?!=)([\s\S]*)$/.exec(name);
  if (keyword !== null) return [`${keyword[1] ?? ''}=${filled(keyword[2] ?? '', told)}`];
  if (told.has(name)) return splitSource(value, ',');
  return [`...${name}`];
}

/** A condition among others: one of the caller's, or one of the function's own, `eq(t.shop, shop)`. */
function joinedPart(part: string, told: Told): readonly string[] {
  return /^\W*\w+$/.test(part) || /^\w+=(?!=)/.test(part) ? argument(part, told) : [filled(part, told)];
}

/** A value with what is given in place of the parameters; a field that has only a name keeps it. */
function filled(value: string, told: Told): string {
  return value
    .replace(/(?<=[{,] ?)([A-Za-z_]\w*)(?= ?[,}])/g, (word) => (told.has(word) ? `${word}: ${word}` : word))
    .replace(/(?<![\w$.'"])[A-Za-z_$][\w$]*(?![\w$(:.[]|['"])/g, (word) => told.get(word) ?? word);
}
