import type { Call } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { lastName, literal, shorten, words } from '../code/call-names.ts';
import { rangeOfLine, scopeAtLine, tokensOn } from '../code/code-text.ts';
import { counterpartScope } from '../code/counterpart.ts';
import { isWrittenByRule } from './written-by-rule.ts';
import { KEPT } from './written-forms.ts';

/** `@JsonProperty("order_id")`, `@Enumerated(EnumType.ORDINAL)`, `#[serde(rename = "id")]`. */
export function* changedAnnotations(input: RuleInput): Iterable<FindingDraft> {
  for (const old of input.removed.calls) {
    if (old.kind !== 'decorator' || !NAMED.test(lastName(old.callee))) continue;
    const scope = counterpartScope(input, old.scope) ?? old.scope;
    const now = input.added.calls.find((call) => call.kind === 'decorator' && call.callee === old.callee && call.scope === scope);
    if (isWrittenByRule(input, old)) continue;
    const wasText = saysOfNames(old);
    const isText = now === undefined ? '' : saysOfNames(now);
    if (
      wasText === isText ||
      isJoined(input, old, wasText, isText) ||
      (now === undefined &&
        (!/^(Enumerated|JsonFormat|JsonProperty|SerializedName|serde)$/.test(lastName(old.callee)) || !fieldStays(input, old)))
    )
      continue;
    // A column and a field say many things; what is asked is how the value is written.
    if (/^(Column|Field|Expose|JsonSerialize)$/.test(lastName(old.callee)) && !/\b(name|alias|using|type)\b/.test(`${wasText} ${isText}`))
      continue;
    if (lastName(old.callee) === 'Column' || /\b(alias|aliases)\b/.test(isText)) continue;
    yield now === undefined
      ? {
          side: 'before',
          range: old.range,
          message: fitMessage(`\`${shorten(`@${old.callee}(${wasText})`, 44)}\` no longer says how it is written`),
        }
      : {
          side: 'after',
          range: now.range,
          message: fitMessage(`\`${shorten(old.callee, 18)}\` went from \`${shorten(wasText, 22)}\` to \`${shorten(isText, 22)}\``),
        };
  }
}

/** What serde is told of names and forms: what it refuses and takes by default writes nothing otherwise. */
function saysOfNames({ callee, args }: Call): string {
  return args.filter((argument) => lastName(callee) !== 'serde' || !/^(?:deny_unknown_fields|default)$/.test(argument.trim())).join(', ');
}

/** Two attributes of one type that are one now: what the other one said stands beside this one. */
function isJoined({ before }: RuleInput, { callee, scope }: Call, was: string, is: string): boolean {
  return (
    lastName(callee) === 'serde' &&
    was === '' &&
    before?.calls.some(
      (other) => other.kind === 'decorator' && other.callee === callee && other.scope === scope && saysOfNames(other) === is,
    ) === true
  );
}

const NAMED =
  /^(JsonProperty|SerializedName|JsonFormat|JsonNaming|Column|XmlElement|serde|JsonbProperty|Enumerated|Expose|JsonSerialize|JsonEnumDefaultValue|Field)$/;

/** What it stands on is still there: the type, and where a field is the next thing in the six lines below, that field. */
function fieldStays(input: RuleInput, call: Call): boolean {
  const line = call.range.end.line;
  const below = input.before?.symbols.filter(({ range }) => range.start.line >= line && range.start.line <= line + 6) ?? [];
  const [next] = [...below].sort((a, b) => a.range.start.line - b.range.start.line);
  if (next?.kind === 'property' && input.after?.symbols.some(({ name, kind }) => kind === 'property' && name === next.name) !== true)
    return false;
  return input.after?.symbols.some((symbol) => symbol.name === call.scope) === true;
}

/** An annotation that gives a field or all of a type another name or form than its own. */
export function renames(call: Call): boolean {
  const text = call.args.join(', ');
  const field = call.scope.slice(call.scope.lastIndexOf('.') + 1);
  switch (lastName(call.callee)) {
    case 'serde':
      return /\b(rename_all|tag|untagged|content|with|rename)\b/.test(text) && !/\balias\b/.test(text);
    case 'JsonNaming':
    case 'JsonFormat':
      return true;
    case 'Enumerated':
      return /STRING/.test(text);
    case 'JsonProperty':
    case 'SerializedName':
      return literal(call.args[0]) !== undefined && literal(call.args[0]) !== field;
    default:
      return false;
  }
}

/** Go's tags: a field of one name and type whose `json`, `bson` or `msgpack` name is another now. */
export function* changedTags(input: RuleInput): Iterable<FindingDraft> {
  if (!input.path.endsWith('.go')) return;
  const fieldsOn = (side: 'before' | 'after'): readonly Tag[] => {
    const { start, lines } = input.hunk[side];
    const tokens = tokensOn(input[side], start, start + lines - 1);
    return tokens.flatMap((token) => {
      if (!token.text.startsWith('`')) return [];
      const names = [...token.text.matchAll(/\b(json|bson|msgpack|cbor|avro|dynamodbav|redis):"([^",]*)/g)].map(
        (match) => `${match[1]}:${match[2]}`,
      );
      const [first, dot, second] = tokens.filter((other) => other.line === token.line && other.text !== '*').map(({ text }) => text);
      // What is embedded is called as its type is, and not as its package: `meta.Labels`.
      const field = (dot === '.' ? second : first) ?? '';
      return names.length > 0 ? [{ field, names, line: token.line }] : [];
    });
  };
  const old = fieldsOn('before');
  for (const now of fieldsOn('after')) {
    const was = old.find((other) => other.field === now.field);
    const lost = was?.names.find(
      (name) => !now.names.includes(name) && now.names.some((other) => other.split(':')[0] === name.split(':')[0]),
    );
    if (was === undefined || lost === undefined) continue;
    const place = words(`${input.path} ${scopeAtLine(input.after, now.line)}`);
    const fresh = now.names.find((name) => name.split(':')[0] === lost.split(':')[0]) ?? '';
    yield {
      side: 'after',
      range: rangeOfLine(input, 'after', now.line),
      severity:
        KEPT.test(place) || /\b(queue|cache|job|jobs|task|worker|stored?|record)\b/.test(place) || !lost.startsWith('json')
          ? 'high'
          : 'medium',
      message: fitMessage(`\`${shorten(now.field, 20)}\` is written as \`${shorten(fresh, 24)}\`; it was \`${shorten(lost, 24)}\``),
    };
  }
}

interface Tag {
  readonly field: string;
  readonly names: readonly string[];
  readonly line: number;
}
