import type { SourceFacts, SymbolFact } from '../../model/facts.ts';
import type { FindingDraft } from '../../model/finding.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage } from '../quote.ts';
import { lastName, shorten, words } from '../vocabulary/code/call-names.ts';
import { keepOf } from '../vocabulary/code/kept.ts';
import { escaped } from '../vocabulary/code/literal-patterns.ts';
import { fanIn } from '../vocabulary/contract/contract-callers.ts';
import { movedMembers } from '../vocabulary/contract/counted-objects.ts';
import { counterpartMessage, type Declaration, declarationsOf, isReserved, ownName, said } from '../vocabulary/contract/declarations.ts';

/**
 * ## What it sees
 * A member of an exported enum with numbers that has another number now, because one was put in front of it, taken away or
 * renumbered, also where constants became an enum that counts by itself, and of a plain object or a list that is used as one. In protobuf also a value that was deleted or renamed while its number is not reserved.
 *
 * ## Why it matters
 * Rows, messages and caches hold the number. What was `Paid` yesterday reads as `Open` today.
 *
 * ## When it is fine
 * A new member at the end, and enums with strings. These are not flagged.
 *
 * ## What it misses
 * A list that another file picks from by number.
 */
export default defineRule({
  id: 'contract/enum-value-changed',
  version: '1.0.0',
  severity: 'high',
  confidence: 'high',
  title: 'Numbers of an enum moved',
  reads: ['symbols', 'resources', 'options', 'tokens'],
  evidence: [{ title: 'buf: ENUM_VALUE_SAME_NAME', url: 'https://buf.build/docs/breaking/rules/' }],
  *check(input): Iterable<FindingDraft> {
    if (/^(proto|thrift)$/.test(input.before?.language ?? '')) yield* judgeProto(input);
    if (input.before?.language === 'go') yield* judgeIota(input);
    yield* gathered(input);
    yield* movedMembers(input);
    const flagged = new Set<string>();
    for (const symbol of [...input.added.symbols, ...input.removed.symbols]) {
      const owner = symbol.name.slice(0, Math.max(0, symbol.name.lastIndexOf('.')));
      if (flagged.has(owner) || input.after === undefined || !exportedEnums(input.after).has(owner)) continue;
      const moved = firstMoved(input, owner);
      if (moved === undefined) continue;
      flagged.add(owner);
      const side = input.added.symbols.includes(symbol) ? 'after' : 'before';
      const whole = input.before?.symbols.find((other) => other.kind === 'enum' && other.name === owner);
      const radius = whole === undefined ? null : input.reach.of(whole);
      // The place of a constant of Java is its number only where somebody stores or compares it.
      const isNote = input.before?.language === 'java' && !hasWrittenNumbers(input, owner) && !usesPlaces(input, owner);
      const reach = radius === null || radius.files === 0 ? '' : `; ${fanIn(radius)}`;
      yield {
        side,
        range: symbol.range,
        message: fitMessage(`\`${shorten(moved.name, 26)}\` was ${moved.was}, is ${moved.is}${reach}`),
        radius,
        ...(isNote ? { severity: 'low' as const } : {}),
      };
    }
  },
});

const exportedEnums = keepOf(
  (facts: SourceFacts) => new Set(facts.symbols.flatMap(({ kind, name, exported }) => (kind === 'enum' && exported ? [name] : []))),
);

/** `ROLE_ADMIN = 5` that is `Role.ADMIN` now, with the number that its place gives it. */
function* gathered(input: RuleInput): Iterable<FindingDraft> {
  const { before, after } = input;
  if (before === undefined || after === undefined) return;
  const numbers = before.options.filter(({ callee, scope, value }) => callee === '' && scope === '' && /^-?\d+$/.test(value));
  if (numbers.length < 2) return;
  for (const whole of after.symbols) {
    if (whole.kind !== 'enum' || before.symbols.some(({ name }) => name === whole.name)) continue;
    const prefix = words(lastName(whole.name));
    const members = after.symbols.filter(({ kind, name }) => kind === 'property' && name.startsWith(`${whole.name}.`));
    let last = 0;
    for (const member of members) {
      const counted = /^(enum\.)?auto\(\)$/.test(member.type);
      const number = counted ? last + 1 : /^-?\d+$/.test(member.type) ? Number(member.type) : undefined;
      if (number === undefined) continue;
      last = number;
      const own = words(lastName(member.name));
      const old = numbers.find(({ name }) => [own, `${prefix} ${own}`, `${prefix}s ${own}`].includes(words(name)));
      if (old === undefined || Number(old.value) === number || after.options.some(({ key }) => key === old.key)) continue;
      const { start, lines } = input.hunk.after;
      if (member.range.start.line < start || member.range.start.line >= start + lines) continue;
      yield {
        side: 'after',
        range: member.range,
        message: fitMessage(`\`${shorten(old.name, 26)}\` was ${old.value}, \`${shorten(member.name, 24)}\` is ${number}`),
      };
      break;
    }
  }
}

function firstMoved(input: RuleInput, owner: string): Moved | undefined {
  if (input.before?.language === 'java' && !hasWrittenNumbers(input, owner)) {
    const [before, after] = [constantsOf(input.before, owner), constantsOf(input.after, owner)];
    const at = before.findIndex((name, place) => after.includes(name) && after.indexOf(name) !== place);
    const name = before[at];
    return name === undefined ? undefined : { name, was: String(at), is: String(after.indexOf(name)) };
  }
  const counted = movedByCount(input, owner);
  if (counted !== undefined) return counted;
  for (const before of input.before?.symbols ?? []) {
    if (!before.name.startsWith(`${owner}.`) || !/^-?\d+$/.test(before.type)) continue;
    const after = input.after?.symbols.find((other) => other.name === before.name);
    if (after !== undefined && /^-?\d+$/.test(after.type) && after.type !== before.type)
      return { name: before.name, was: before.type, is: after.type };
  }
  return undefined;
}

/** Members of Python that `auto()` counts: only of an enum that says its members are numbers. */
function movedByCount({ before, after }: RuleInput, owner: string): Moved | undefined {
  if (before?.language !== 'python' || after === undefined) return undefined;
  if (!/\bInt(?:Enum|Flag)\b/.test(before.symbols.find(({ name, kind }) => kind === 'enum' && name === owner)?.type ?? ''))
    return undefined;
  const places = (facts: SourceFacts): readonly string[] => {
    const members = facts.symbols.filter(({ kind, name }) => kind === 'property' && name.startsWith(`${owner}.`));
    return members.every(({ type }) => /^(?:enum\.)?auto\(\)$/.test(type)) ? members.map(({ name }) => name) : [];
  };
  const [old, now] = [places(before), places(after)];
  const name = old.find((member, at) => now.includes(member) && now.indexOf(member) !== at);
  return name === undefined ? undefined : { name, was: String(old.indexOf(name) + 1), is: String(now.indexOf(name) + 1) };
}

interface Moved {
  readonly name: string;
  readonly was: string;
  readonly is: string;
}

/** The constants of an enum of Java in their order, whatever each is made with; they stand in front of all else. */
function constantsOf(facts: SourceFacts | undefined, owner: string): readonly string[] {
  const own = facts?.symbols.filter(({ name }) => name.startsWith(`${owner}.`)) ?? [];
  const end = own.findIndex(({ kind, exported }) => kind !== 'property' || !exported);
  return own.slice(0, end < 0 ? own.length : end).map(({ name }) => name);
}

/** `PAID(2)`: the numbers are given one by one, and so do not follow from the order. */
function hasWrittenNumbers({ before }: RuleInput, owner: string): boolean {
  const members =
    before?.symbols.filter((other) => other.kind === 'property' && other.name.startsWith(`${owner}.`) && /^\d+$/.test(other.type)) ?? [];
  const calls = before?.tokens ?? [];
  return members.some((member) => {
    const name = member.name.slice(owner.length + 1);
    return calls.some((token, at) => token.text === name && calls[at + 1]?.text === '(' && calls[at + 2]?.text === member.type);
  });
}

const BY_PLACE = /\.ordinal\(\)|EnumType\.ORDINAL|\.values\(\)\s*\[|@Enumerated\b(?!\s*\(\s*(value\s*=\s*)?(EnumType\.)?STRING)/;

/** True where a file that names the enum stores or compares its places; JPA does where nothing else is said. */
function usesPlaces(input: RuleInput, owner: string): boolean {
  const name = owner.slice(owner.lastIndexOf('.') + 1);
  return input.trees.before.mentioning(name, ['.java', '.kt']).some((path) => {
    const content = input.trees.before.read(path);
    if (content?.kind !== 'text') return false;
    if (BY_PLACE.test(content.text)) return true;
    const isEntity = /@(Entity|Embeddable)\b/.test(content.text);
    return isEntity && new RegExp(`\\b${escaped(name)}\\s+\\w+\\s*[;=]`).test(content.text) && !/\bSTRING\b|@Convert\b/.test(content.text);
  });
}

/** Constants of a block with `iota`, which are numbered by their place and belong to no type by name. */
function* judgeIota(input: RuleInput): Iterable<FindingDraft> {
  const isMember = (symbol: SymbolFact): boolean =>
    symbol.kind === 'property' && symbol.exported && !symbol.name.includes('.') && /\d/.test(symbol.type);
  const before = new Map(input.before?.symbols.filter(isMember).map((symbol) => [symbol.name, symbol]));
  // One that was put in or taken out moved the rest, which stand on lines that did not change.
  const touched = [...input.added.symbols, ...input.removed.symbols].filter(isMember);
  const place = touched[0];
  const moved = input.after?.symbols.filter(isMember).find((now) => (before.get(now.name)?.type ?? now.type) !== now.type);
  const old = moved === undefined ? undefined : before.get(moved.name);
  if (place === undefined || moved === undefined || old === undefined) return;
  const radius = input.reach.of(old);
  const reach = radius === null || radius.files === 0 ? '' : `; ${fanIn(radius)}`;
  yield {
    side: input.added.symbols.includes(place) ? 'after' : 'before',
    range: place.range,
    message: fitMessage(`\`${shorten(moved.name, 26)}\` was ${old.type}, is ${moved.type}${reach}`),
    radius,
  };
}

/** In protobuf every number is written down, so each value is judged by itself. */
function* judgeProto(input: RuleInput): Iterable<FindingDraft> {
  for (const old of declarationsOf(input.before)) {
    if (old.kind !== 'value' || !input.removed.resources.includes(old.resource)) continue;
    const home = counterpartMessage(input.before, input.after, old.owner);
    if (home === undefined) continue;
    const values = declarationsOf(input.after).filter((other) => other.kind === 'value' && other.owner === home);
    const now = values.find((other) => ownName(other) === ownName(old));
    const [number, name] = [said(old, 'number'), shorten(old.name, 30)];
    if (now !== undefined) {
      if (said(now, 'number') !== number) yield protoFinding('after', now, `\`${name}\` was ${number}, is ${said(now, 'number')}`);
      continue;
    }
    const heir = values.find((other) => said(other, 'number') === number);
    if (heir !== undefined) {
      // Another name that the number had all along is no change of it.
      const stood = declarationsOf(input.before).some(
        (other) =>
          other.kind === 'value' && other.owner === old.owner && ownName(other) === ownName(heir) && said(other, 'number') === number,
      );
      if (!stood)
        yield protoFinding('after', heir, `number ${number} was \`${shorten(ownName(old), 20)}\`, is \`${shorten(ownName(heir), 20)}\``);
    } else if (!isReserved(input.after, home, Number(number)))
      yield protoFinding('before', old, `\`${name}\` deleted, its number ${number} is not reserved`);
  }
}

function protoFinding(side: FindingDraft['side'], at: Declaration, text: string): FindingDraft {
  return { side, range: at.resource.range, message: fitMessage(text) };
}
