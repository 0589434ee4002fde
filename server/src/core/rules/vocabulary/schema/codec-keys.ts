import type { Call, CodeToken, Scope, SourceFacts } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { lastName, shorten } from '../code/call-names.ts';
import { rangeOfLine, tokensOn } from '../code/code-text.ts';
import { counterpartScope } from '../code/counterpart.ts';
import { groupBy, keepOf } from '../code/kept.ts';
import { isWritten } from './written-forms.ts';

/** Keys of a codec that stands in one file, told in the half that this hunk changed: `encode` and `decode`, `to_row` and `from_row`. */
export function* codecKeys(input: RuleInput): Iterable<FindingDraft> {
  const { before, after, hunk } = input;
  if (before === undefined || after === undefined || hunk.before.lines === 0 || hunk.after.lines === 0) return;
  for (const { writer, reader, shared } of pairsOf(before)) {
    const [nowWriter, nowReader] = [partAfter(input, writer, writtenKeys), partAfter(input, reader, readKeys)];
    if (nowWriter === undefined || nowReader === undefined) continue;
    for (const half of [
      { how: 'writes' as const, old: writer, now: nowWriter, other: nowReader },
      { how: 'reads' as const, old: reader, now: nowReader, other: writer },
    ]) {
      const lost = half.now.keys.has(ALL) ? [] : shared.filter((key) => !half.now.keys.has(key));
      // A key that the other half has as well, and had, is no new one; a reader of both takes both forms.
      const fresh = [...half.now.keys].filter((key) => !half.old.keys.has(key) && !(half.how === 'reads' && half.other.keys.has(key)));
      const [gone] =
        half.how === 'reads' ? lost : lost.filter((key) => !(half.other.keys.has(key) && fresh.some((one) => half.other.keys.has(one))));
      if (gone === undefined || fresh.length === 0) continue;
      const place = lineWith(input, half.now, fresh);
      if (place === undefined) continue;
      const message = `${half.how} key \`${shorten(place.key, 22)}\`; what is stored has \`${shorten(gone, 22)}\``;
      yield { side: 'after', range: rangeOfLine(input, 'after', place.line), message: fitMessage(message) };
    }
  }
}

/** A function of the file that reads keys takes the old one as well as the new one. */
export function takesBothKeys({ after }: RuleInput, old: string, fresh: string): boolean {
  return (
    after?.scopes.some((scope) => {
      if (!READER.test(lastName(scope.name))) return false;
      const keys = readKeys(after, scope);
      return keys.has(old) && keys.has(fresh);
    }) === true
  );
}

/** One half of a codec, and the keys that it names. */
interface Part {
  readonly scope: Scope;
  readonly keys: ReadonlySet<string>;
}

/** The first line of the hunk, inside the function, that names one of the keys. */
function lineWith(
  { hunk, after }: RuleInput,
  { scope }: Part,
  keys: readonly string[],
): { readonly line: number; readonly key: string } | undefined {
  const first = Math.max(hunk.after.start, scope.startLine);
  const last = Math.min(hunk.after.start + hunk.after.lines - 1, scope.endLine);
  for (const { text, line } of last < first ? [] : tokensOn(after, first, last)) {
    const key = keys.find((one) => one === text || (PLAIN.test(text) && text.slice(1, -1) === one));
    if (key !== undefined) return { line, key };
  }
  return undefined;
}

function partAfter(input: RuleInput, { scope }: Part, keysOf: typeof readKeys): Part | undefined {
  const name = counterpartScope(input, scope.name);
  const found = input.after?.scopes.find((other) => other.name === name);
  return found === undefined || input.after === undefined ? undefined : { scope: found, keys: keysOf(input.after, found) };
}

/** Two functions of a file that name at least two keys alike, where one of them turns what is kept into a value or the other way. */
const pairsOf = keepOf((facts: SourceFacts) => {
  const calls = groupBy(facts.calls, ({ scope }) => scope);
  const own = (name: string): readonly Call[] => calls.get(name) ?? [];
  const named = facts.scopes.filter(({ name }) => name !== '');
  const readers = named.filter(({ name }) => READER.test(lastName(name)) || own(name).some(({ callee }) => PARSES.test(callee)));
  if (readers.length === 0 || readers.length > MOST) return [];
  const writers = named.filter(({ name }) => WRITER.test(lastName(name)) || own(name).some(({ callee }) => isWritten(callee)));
  if (writers.length > MOST) return [];
  const halves = readers.map((scope): Part => ({ scope, keys: readKeys(facts, scope) }));
  return writers.flatMap((scope) => {
    const writer = { scope, keys: writtenKeys(facts, scope) };
    return halves.flatMap((reader) => {
      if (reader.scope === scope || ![scope, reader.scope].some((one) => isCodec(one, own(one.name)))) return [];
      if ([scope, reader.scope].some(({ name }) => own(name).some(({ callee }) => ASKS_OTHERS.test(callee)))) return [];
      const shared = [...writer.keys].filter((key) => reader.keys.has(ALL) || reader.keys.has(key));
      return shared.length < 2 ? [] : [{ writer, reader, shared }];
    });
  });
});

/** A file of many such functions is a library of them, and each would be compared with each. */
const MOST = 12;

const WRITER =
  /^_*(?:encode|seriali[sz]e|dump|marshal|pack|save|store|write|persist|put|cache|enqueue|publish|checkpoint|snapshot|to_?(?:row|hash|dict|json|record|wire|map|payload|cache|redis|document|item|storage|bytes|message|state))/i;
const READER =
  /^_*(?:decode|deseriali[sz]e|load|unmarshal|unpack|parse|read|restore|hydrate|revive|get|fetch|from_?(?:row|hash|dict|json|record|wire|map|payload|cache|redis|document|item|storage|bytes|message|state))/i;
/** Names that say the one and only purpose. */
const SURELY =
  /^_*(?:encode|decode|(?:de)?seriali[sz]e|(?:un)?marshal|(?:un)?pack|(?:to|from)_?(?:row|hash|dict|json|record|wire|map|payload|cache|redis|document|item|storage|bytes|message|state))/i;
const PARSES =
  /^(?:JSON\.parse|(?:or|u)?json\.loads?|json\.Unmarshal|json\.NewDecoder|msgpack\.(?:unpackb?|decode|loads)|yaml\.(?:safe_)?load|serde_json::from_\w+|.*\breadValue|.*[gG]son\.fromJson)$/;
const STORES = /\b(?:hset|hmset|hgetall|hget|hmget|HSet|HGetAll|getItem|setItem|localStorage|opsForHash|hash_set|xadd|xread\w*)\b/;
/** What comes from elsewhere has the keys that the other side says. */
const ASKS_OTHERS = /^(?:fetch|axios|got|ky|requests|httpx|http)\b|\.(?:fetch|request)$|restTemplate|webClient/i;

function isCodec({ name }: Scope, calls: readonly Call[]): boolean {
  return SURELY.test(lastName(name)) || calls.some(({ callee }) => PARSES.test(callee) || isWritten(callee) || STORES.test(callee));
}

const PLAIN = /^["'`][A-Za-z_][\w-]{0,40}["'`]$/;

/** Keys that a function gives: of an object, and in quotes. */
function writtenKeys(facts: SourceFacts, { name, startLine, endLine }: Scope): ReadonlySet<string> {
  const quoted = tokensOn(facts, startLine, endLine).filter(({ text }) => PLAIN.test(text));
  return new Set([...quoted.map(({ text }) => text.slice(1, -1)), ...(optionsIn(facts).get(name) ?? []).map((option) => option.name)]);
}

/** Stands for whatever keys there are, where all of them are taken: `{ ...JSON.parse(text) }`, `Job(**raw)`. */
const ALL = '*';

/** Keys that a function takes: members, in quotes, and what it takes apart. */
function readKeys(facts: SourceFacts, { startLine, endLine }: Scope): ReadonlySet<string> {
  const keys = new Set<string>();
  const tokens = tokensOn(facts, startLine, endLine);
  for (const [at, { text }] of tokens.entries()) {
    if (PLAIN.test(text)) keys.add(text.slice(1, -1));
    else if (/^[A-Za-z_]\w*$/.test(text) && (isMember(tokens, at) || isTakenApart(tokens, at))) keys.add(text);
    else if (/^(?:\.\.\.|\*\*)$/.test(text) && /^[({,]$/.test(tokens[at - 1]?.text ?? '')) keys.add(ALL);
  }
  return keys;
}

const optionsIn = keepOf(({ options }: SourceFacts) => groupBy(options, ({ scope }) => scope));

function isMember(tokens: readonly CodeToken[], at: number): boolean {
  return /^\??\.$/.test(tokens[at - 1]?.text ?? '') && !/^(?:this|self)$/.test(tokens[at - 2]?.text ?? '') && tokens[at + 1]?.text !== '(';
}

/** `const { f, t: time } = JSON.parse(text)`. */
function isTakenApart(tokens: readonly CodeToken[], at: number): boolean {
  if (!/^[{,]$/.test(tokens[at - 1]?.text ?? '') || !/^[,:}=]$/.test(tokens[at + 1]?.text ?? '')) return false;
  for (let open = at - 1; open >= Math.max(0, at - 40); open -= 1)
    if (tokens[open]?.text === '{') return /^(?:const|let|var)$/.test(tokens[open - 1]?.text ?? '');
  return false;
}
