import type { Option, SourceFacts } from '../../../model/facts.ts';
import { lastName } from './call-names.ts';
import { createLookup, keepOf } from './kept.ts';
import { literalBehind } from './literals-behind.ts';
import { numberOf } from './option-changes.ts';

/**
 * The number that an expression comes to, where each name in it is a constant or an option of the file with one plain number:
 * `PEAK / 10`, `Math.floor(MINUTES * 60)`, `o.MaxBody`. Undefined where a part of it is not known.
 */
export function numberIn(text: string, facts: SourceFacts | undefined): number | undefined {
  const plain = numberOf(text);
  if (plain !== undefined || facts === undefined) return plain;
  const behind = /['"]/.test(text) ? literalBehind(text, facts) : undefined;
  if (behind !== undefined) return numberOf(behind);
  const parts = text.match(TOKEN);
  if (parts === null || parts.length > MOST_TOKENS || parts.join('').length !== text.replace(/\s/g, '').length) return undefined;
  const reader: Reader = { parts, at: 0, valueOf: (name) => constantOf(name, facts) };
  const value = readSum(reader);
  return reader.at === parts.length && value !== undefined && Number.isFinite(value) ? value : undefined;
}

/** The option or constant behind a name, where the file has one number for it: there the value stands. */
export function constantBehind(text: string, facts: SourceFacts | undefined): Option | undefined {
  if (facts === undefined || !/^[A-Za-z_$][\w$]*([.:]+[A-Za-z_$][\w$]*)*$/.test(text)) return undefined;
  const found = optionsByName(facts)(lastName(text)).filter(({ value }) => numberOf(value) !== undefined);
  return found.length === 1 ? found[0] : undefined;
}

const MOST_TOKENS = 24;
const TOKEN = /<<|[-+*/()]|\d[\d._]*|[A-Za-z_$][\w$.:]*/g;

const optionsByName = keepOf(({ options }: SourceFacts) => createLookup(options, ({ name }) => name));

function constantOf(name: string, facts: SourceFacts): number | undefined {
  const option = constantBehind(name, facts);
  return option === undefined ? numberOf(name) : numberOf(option.value);
}

interface Reader {
  readonly parts: readonly string[];
  at: number;
  readonly valueOf: (name: string) => number | undefined;
}

function readSum(reader: Reader): number | undefined {
  let value = readProduct(reader);
  while (/^(\+|-|<<)$/.test(reader.parts[reader.at] ?? '')) {
    const sign = reader.parts[reader.at++];
    const next = readProduct(reader);
    if (value === undefined || next === undefined) return undefined;
    value = sign === '+' ? value + next : sign === '-' ? value - next : value * 2 ** next;
  }
  return value;
}

function readProduct(reader: Reader): number | undefined {
  let value = readOne(reader);
  while (/^[*/]$/.test(reader.parts[reader.at] ?? '')) {
    const sign = reader.parts[reader.at++];
    const next = readOne(reader);
    if (value === undefined || next === undefined) return undefined;
    value = sign === '*' ? value * next : value / next;
  }
  return value;
}

const ROUNDED: Readonly<Record<string, (value: number) => number>> = {
  'Math.floor': Math.floor,
  'math.floor': Math.floor,
  'Math.ceil': Math.ceil,
  'math.ceil': Math.ceil,
  'Math.round': Math.round,
  round: Math.round,
  int: Math.trunc,
  Number: (value) => value,
  'time.Duration': (value) => value,
  float: (value) => value,
  int64: Math.trunc,
};

function readOne(reader: Reader): number | undefined {
  const part = reader.parts[reader.at++];
  if (part === undefined) return undefined;
  if (part === '-') {
    const value = readOne(reader);
    return value === undefined ? undefined : -value;
  }
  const opens = part === '(' || reader.parts[reader.at] === '(';
  if (!opens) return /^[A-Za-z_$]/.test(part) ? reader.valueOf(part) : numberOf(part);
  const apply = part === '(' ? (value: number): number => value : Object.hasOwn(ROUNDED, part) ? ROUNDED[part] : undefined;
  if (part !== '(') reader.at += 1;
  const inner = readSum(reader);
  if (reader.parts[reader.at++] !== ')' || inner === undefined || apply === undefined) return undefined;
  return apply(inner);
}
