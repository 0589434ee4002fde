import type { Guard, SourceFacts } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { boundAbove } from '../code/bindings.ts';
import { tokensOn } from '../code/code-text.ts';
import { inlined, oneLineBodies } from '../code/one-line-bodies.ts';
import { newGuardsIn } from '../code/scope-changes.ts';
import { alternatives, piecesOf } from '../conditions/pieces.ts';

/**
 * True where what was asked of each item of a list is still asked of each: `if (lines.some(isBad)) throw` that became
 * `const bad = lines.find(isBad); if (bad !== undefined) throw`, a loop that threw at the first, or the other way round.
 */
export function isSoughtNow(input: RuleInput, guard: Guard): boolean {
  const { before, after } = input;
  if (before === undefined || after === undefined) return false;
  const old = searchOf(before, guard);
  if (old === undefined) return false;
  return newGuardsIn(input, guard.scope).some((fresh) => {
    if (fresh.exit !== guard.exit && fresh.exit !== 'throw') return false;
    const now = searchOf(after, fresh);
    if (now === undefined || now.stopsAt !== old.stopsAt || now.over !== old.over) return false;
    return (
      old.reasons.every((reason) => now.reasons.includes(reason)) &&
      (old.stopsAt === 'any' || now.reasons.every((reason) => old.reasons.includes(reason)))
    );
  });
}

/** A question that is asked of the items of a list. */
interface Search {
  /** Stops where any item is like that, or where none is. */
  readonly stopsAt: 'any' | 'none';
  readonly over: string;
  /** Each alternative of the question, with `it` for the item. */
  readonly reasons: readonly string[];
}

function searchOf(facts: SourceFacts, guard: Guard): Search | undefined {
  const { test, range } = guard;
  const here = tokensOn(facts, range.start.line, Math.min(range.end.line, range.start.line + LONGEST_HEAD))
    .slice(0, LONGEST)
    .map(({ text }) => text)
    .join(' ');
  const negated = /^(?:!|not\b)/.test(test) ? 'none' : 'any';
  if (QUANTIFIED.test(test)) return readSearch(facts, here, negated);
  const found = FOUND.exec(test)?.slice(1).find(Boolean);
  const missing = found === undefined ? MISSING.exec(test)?.slice(1).find(Boolean) : undefined;
  const name = found ?? missing;
  if (name !== undefined) {
    const bound = here.includes(`${name} := `) ? here.slice(here.indexOf(`${name} := `)) : boundAbove(facts, name, range.start.line);
    if (bound === undefined || !SEARCHES.test(bound)) return undefined;
    return readSearch(facts, bound, found === undefined ? 'none' : 'any');
  }
  return /^let Some\(|^\w+ := \[/.test(test) ? readSearch(facts, here, 'any') : loopedSearch(facts, guard);
}

const LONGEST = 80;
const LONGEST_HEAD = 12;

const ASKS =
  / (?:\.|\?\.) (some|every|find|findIndex|findLast|filter|any|all|anyMatch|allMatch|noneMatch|exists|forall|position|detect|none) \( /;
const QUANTIFIED =
  /(?:\.|\?\.)(?:some|every|any|all|anyMatch|allMatch|noneMatch|exists|forall|none)\(|^(?:!|not )?(?:any|all)\(|\bslices\.ContainsFunc\(/;
const SEARCHES = /\. (?:find|findIndex|findLast|filter|position|detect|some|any|anyMatch) \(|\bnext \(|^\[|\bslices \. IndexFunc \(|:= \[/;

/** Names of what was found, in a condition that holds where there is something, and in one that holds where there is nothing. */
const FOUND =
  /^(?:!!)?([a-z_$][\w$]*)(?: (?:!==?|is not) (?:undefined|null|None|nil)| (?:!==?|>) -1| >= 0|\.length(?: (?:> 0|!==? 0|>= 1))?|\.isPresent\(\)|\.is_some\(\)|\.size\(\) > 0)?$|^len\(([a-z_]\w*)\) (?:> 0|!= 0|>= 1)$|^!([a-z_$][\w$]*)\.(?:isEmpty|is_empty)\(\)$/;
const MISSING =
  /^(?:!|not )([a-z_$][\w$]*)(?:\.length)?$|^([a-z_$][\w$]*)(?: (?:===?|is) (?:undefined|null|None|nil)| ===? -1| < 0|\.length === 0|\.isEmpty\(\)|\.is_none\(\))$|^len\(([a-z_]\w*)\) == 0$/;

function readSearch(facts: SourceFacts, text: string, stops: Search['stopsAt']): Search | undefined {
  const generated =
    /\b(any|all) \( (.{1,200}?) for (\w+) in ([\w. ]+?) \)/.exec(text) ??
    /(\[|\() (\w+) for (\w+) in ([\w. ]+?) if (.{1,200}?) [\])]/.exec(text);
  if (generated !== null) {
    const [, word = '', said = '', item = '', over = '', condition] = generated;
    return search(facts, { stops, isAll: word === 'all', over, item, asked: piecesOf(condition ?? said) });
  }
  const go = /\bslices \. (?:ContainsFunc|IndexFunc) \( ([\w. ]+?) , /.exec(text);
  const chained = go ?? ASKS.exec(text);
  if (chained === null) return undefined;
  const over = go === null ? chainBefore(text.slice(0, chained.index)) : (go[1] ?? '');
  const asked = predicate(facts, inBrackets(text.slice(chained.index + chained[0].length)));
  if (asked === undefined) return undefined;
  const word = go === null ? (chained[1] ?? '') : '';
  const turned = word === 'noneMatch' || word === 'none' ? (stops === 'any' ? 'none' : 'any') : stops;
  return search(facts, { stops: turned, isAll: /^(?:every|all|allMatch|forall)$/.test(word), over, ...asked });
}

/** `this . order . lines` at the end of a text; Rust hands the items over with `iter()`, Java with `stream()`. */
function chainBefore(text: string): string {
  const parts = text.split(' ');
  const isHanded =
    parts.at(-1) === ')' && parts.at(-2) === '(' && /^(?:stream|parallelStream|iter|into_iter|values)$/.test(parts.at(-3) ?? '');
  const end = isHanded ? parts.length - 4 : parts.length;
  let from = end - 1;
  while (from > 1 && /^\??\.$/.test(parts[from - 1] ?? '') && /^[\w$]+$/.test(parts[from - 2] ?? '')) from -= 2;
  return parts.slice(Math.max(0, from), end).join(' ');
}

interface Asked {
  readonly stops: Search['stopsAt'];
  readonly isAll: boolean;
  readonly over: string;
  readonly item: string;
  readonly asked: readonly string[];
}

/** That not all are good is that one is bad. */
function search(facts: SourceFacts, { stops, isAll, over, item, asked }: Asked): Search {
  const own = inlined(
    facts,
    asked.map((piece, at) => (piece === item && asked[at - 1] !== '.' ? 'it' : piece)),
  );
  return {
    stopsAt: isAll ? (stops === 'any' ? 'none' : 'any') : stops,
    over: over.replace(/\b(?:this|self) \. | /g, ''),
    reasons: alternatives(isAll ? ['!', '(', ...own, ')'] : own),
  };
}

/** `line => line.cents < 0`, `|line| line.cents < 0`, `func(l Line) bool { return l.Cents < 0 }`, `Line::isNegative`, the name of one. */
function predicate(facts: SourceFacts, text: string): { readonly item: string; readonly asked: readonly string[] } | undefined {
  const [, item = '', said = ''] =
    /^(?:func|function) \( (\w+)[^)]{0,60}\) (?:bool )?\{ return (.{1,200}?)(?: ;)? \}$/.exec(text) ??
    /^\(? ?([\w$]+)(?: : [\w$. ]{1,40}| , \w+)*? ?\)? (?:=>|->) (?:\{ return )?(.{1,200}?)(?:(?: ;)? \})?$/.exec(text) ??
    /^\| (?:& )*(\w+) \| (.{1,200})$/.exec(text) ??
    [];
  if (item !== '') return { item, asked: piecesOf(said) };
  const method = /^[A-Z]\w* :: ([a-z]\w*)$/.exec(text)?.[1];
  if (method !== undefined) return { item: 'it', asked: ['it', '.', method, '(', ')'] };
  const named = /^(?:this \. |self \. )?([A-Za-z_$][\w$]*)$/.exec(text)?.[1];
  const body = named === undefined ? undefined : oneLineBodies(facts).get(named);
  const [parameter] = body?.parameters ?? [];
  return body === undefined || parameter === undefined ? undefined : { item: parameter, asked: body.pieces };
}

/** Up to the bracket that closes what was opened in front of the text. */
function inBrackets(text: string): string {
  const parts = text.split(' ');
  let depth = 1;
  const end = parts.findIndex((part) => {
    if (/^[([{]$/.test(part)) depth += 1;
    if (/^[)\]}]$/.test(part)) depth -= 1;
    return depth === 0;
  });
  return end < 0 ? text : parts.slice(0, end).join(' ').replace(/ ,$/, '');
}

/** A condition about the item of the loop around it. */
function loopedSearch(facts: SourceFacts, { test, range, reads }: Guard): Search | undefined {
  const { line } = range.start;
  const loop = facts.loops.findLast(
    ({ kind, range: head, body }) => kind === 'each' && head.start.line < line && line <= body.endLine && body.startLine <= line,
  );
  const [, item = '', over = ''] =
    /^(?:const |let |var |final )?(?:[A-Z][\w<>]* )?(?:_, ?)?(\w+) (?:of|in|:= range|:) &?([\w$. ]+?)(?:\.iter\(\))?$/.exec(
      loop?.head ?? '',
    ) ?? [];
  return item === '' || !reads.includes(item)
    ? undefined
    : search(facts, { stops: 'any', isAll: false, over, item, asked: piecesOf(test) });
}
