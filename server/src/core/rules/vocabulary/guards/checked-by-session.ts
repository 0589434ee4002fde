import type { Call, Option, SourceFacts } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { lastName } from '../code/call-names.ts';
import { counterpartScope } from '../code/counterpart.ts';
import { workScopes } from '../code/own-parts.ts';
import { newCallsIn } from '../code/scope-changes.ts';

/**
 * True where the client that the function asks now asks the lost question of every answer: it is made of a class whose method does
 * (`class Strict(requests.Session)` with `raise_for_status` in `request`), or is handed a function that does
 * (`session.hooks['response'].append(check)`, `event_hooks={'response': [check]}`), or is told to (`raise_for_status=True`).
 */
export function isCheckedBySession(input: RuleInput, { callee, scope }: Pick<Call, 'callee' | 'scope'>): boolean {
  const { after } = input;
  if (after === undefined) return false;
  const now = counterpartScope(input, scope);
  const parts = now === undefined || now === '' ? [] : workScopes(after, now);
  const clients = new Set(
    [...newCallsIn(input, scope), ...after.calls.filter((call) => call.scope !== now && parts.includes(call.scope))].flatMap((call) =>
      ownerOf(call.callee),
    ),
  );
  if (clients.size === 0) return false;
  const places = [...after.calls, ...input.addedElsewhere().calls].filter((other) => lastName(other.callee) === lastName(callee));
  const asking = new Set(places.flatMap((other) => other.scope.split('.')).filter((part) => part !== ''));
  const isHanded = (text: string): boolean => (text.match(/\w+/g) ?? []).some((word) => asking.has(word));
  // A function without a name, that does so itself: `session.hooks['response'].append(lambda r: r.raise_for_status())`.
  const isWithin = (call: Call): boolean =>
    places.some(({ range }) => call.range.start.line <= range.start.line && range.end.line <= call.range.end.line);
  const isHooked = after.calls.some(
    (call) =>
      /\bhooks?\b/.test(call.callee) &&
      ownerOf(call.callee).some((name) => clients.has(name)) &&
      (call.args.some(isHanded) || isWithin(call)),
  );
  // Or one that its maker is handed: `event_hooks={'response': [lambda r: r.raise_for_status()]}`.
  const isHandedWithin = (option: Option): boolean =>
    places.some(({ range }) => option.range.start.line <= range.start.line && range.end.line <= option.range.end.line);
  return isHooked || [...clients].some((client) => isMadeSo(after, client, isHanded, isHandedWithin));
}

/** `_session` of `_session.get`, `client` of `self.client.get`, nothing of a function by itself. */
function ownerOf(callee: string): readonly string[] {
  const owner = /^(?:(?:self|cls|this)\.)?([A-Za-z_]\w*)\b[.[]/.exec(callee)?.[1];
  return owner === undefined ? [] : [owner];
}

/** Where the client is made: by what class, with what hooks. */
function isMadeSo(
  { tokens, options }: SourceFacts,
  client: string,
  isHanded: (text: string) => boolean,
  holds: (option: Option) => boolean,
): boolean {
  return tokens.some(({ text, line }, at) => {
    if (text !== '=' || !tokens.slice(Math.max(0, at - TYPE), at).some((token) => token.text === client && token.line === line))
      return false;
    const maker = /^(?:new )?((?:[A-Za-z_]\w* \. )*[A-Za-z_]\w*) \(/.exec(
      tokens
        .slice(at + 1, at + 1 + TYPE)
        .map((token) => token.text)
        .join(' '),
    )?.[1];
    if (maker === undefined) return false;
    const given = options.filter((option) => option.range.start.line >= line && option.range.start.line <= line + LONGEST);
    return (
      isHanded(maker) ||
      given.some((option) =>
        /hooks$/.test(option.name) ? isHanded(option.value) || holds(option) : option.name === RAISES && option.value === 'True',
      )
    );
  });
}

const RAISES = 'raise_for_status';
/** A name, a colon and a type may stand in front of what is assigned. */
const TYPE = 6;
const LONGEST = 8;
