/** One record of a zone file. Offsets are UTF-16 units in the file. */
export interface ZoneRecord {
  /** As written, with the origin that is in force behind a relative name: `www.example.com.`. */
  readonly name: string;
  readonly type: string;
  readonly value: string;
  /** In seconds; the zone's own where the record gives none. */
  readonly ttl: number | undefined;
  readonly start: number;
  readonly end: number;
}

const TYPES =
  /^(A|AAAA|CNAME|MX|NS|TXT|SRV|CAA|PTR|SOA|DS|DNSKEY|TLSA|NAPTR|SSHFP|HTTPS|SVCB|ALIAS|ANAME|SPF|LOC|RRSIG|NSEC3?|NSEC3PARAM)$/i;
const CLASS = /^(IN|CH|HS)$/i;
const TTL = /^\d(?:[smhdw]?\d)*[smhdw]?$/i;

/** Records in file order. An entry goes on over its lines while a parenthesis is open; `;` starts a comment. */
export function* readZone(text: string): Generator<ZoneRecord> {
  let origin = '';
  let zoneTtl: number | undefined;
  let last = '';
  for (const entry of entriesOf(text)) {
    const [first = '', second = ''] = entry.words;
    if (/^\$ORIGIN$/i.test(first)) origin = second;
    else if (/^\$TTL$/i.test(first)) zoneTtl = secondsOf(second);
    if (first.startsWith('$')) continue;
    const words = [...entry.words];
    // An entry that starts with white space is about the same name as the one before it.
    const name = entry.indented ? last : (words.shift() ?? '');
    last = name;
    let ttl = zoneTtl;
    while (words[0] !== undefined && (TTL.test(words[0]) || CLASS.test(words[0]))) {
      if (TTL.test(words[0])) ttl = secondsOf(words[0]);
      words.shift();
    }
    const type = words.shift() ?? '';
    if (!TYPES.test(type) || words.length === 0) continue;
    const full = name.endsWith('.') || origin === '' ? name : name === '@' ? origin : `${name}.${origin}`;
    yield { name: full, type: type.toUpperCase(), value: words.join(' '), ttl, start: entry.start, end: entry.end };
  }
}

/** How long the records below keep that give no time of their own: the directive `$TTL` (RFC 2308, section 4). */
export function* readTimesToLive(text: string): Generator<{ readonly ttl: number; readonly start: number; readonly end: number }> {
  for (const { words, start, end } of entriesOf(text)) {
    const ttl = /^\$TTL$/i.test(words[0] ?? '') ? secondsOf(words[1] ?? '') : undefined;
    if (ttl !== undefined) yield { ttl, start, end };
  }
}

interface ZoneEntry {
  readonly words: readonly string[];
  readonly indented: boolean;
  readonly start: number;
  readonly end: number;
}

function* entriesOf(text: string): Generator<ZoneEntry> {
  let words: string[] = [];
  let depth = 0;
  let start = 0;
  let end = 0;
  let indented = false;
  let at = 0;
  while (at <= text.length) {
    const character = text[at] ?? '\n';
    if (character === '\n' && depth === 0) {
      if (words.length > 0) yield { words, indented, start, end };
      words = [];
      at++;
      indented = text[at] === ' ' || text[at] === '\t';
      continue;
    }
    if (character === ';') {
      while (at < text.length && text[at] !== '\n') at++;
      continue;
    }
    if (character === '(' || character === ')') depth = Math.max(0, depth + (character === '(' ? 1 : -1));
    if (/[\s()]/.test(character)) {
      at++;
      continue;
    }
    const from = at;
    if (character === '"') {
      at = text.indexOf('"', at + 1);
      at = at < 0 ? text.length : at + 1;
    } else while (at < text.length && !/[\s();"]/.test(text[at] ?? '')) at++;
    if (words.length === 0) start = from;
    end = at;
    words.push(text.slice(from, at));
  }
}

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };

function secondsOf(text: string): number | undefined {
  let seconds = 0;
  for (const [, amount = '', unit = 's'] of text.matchAll(/(\d+)([smhdw]?)/gi))
    seconds += Number(amount) * (UNITS[unit.toLowerCase()] ?? 1);
  return text === '' ? undefined : seconds;
}
