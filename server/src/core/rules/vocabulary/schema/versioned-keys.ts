import type { SourceFacts } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { lastName } from '../code/call-names.ts';
import { scopeAtLine, tokensOn } from '../code/code-text.ts';
import { keepOfBoth } from '../code/kept.ts';
import { workScopes } from '../code/own-parts.ts';

/**
 * True where what a function writes goes under a key of its own now, the old one with another version in it, and nothing goes under the
 * old one: `"forecast:v2:"` for `"forecast:"`. Nobody reads what the other one wrote. The function says the key, or what it asks does, or
 * all who ask it do.
 */
export function isKeptApart({ before, after }: RuleInput, scope: string): boolean {
  if (before === undefined || after === undefined) return false;
  const fresh = movedOn(before, after);
  if (fresh.size === 0) return false;
  const says = (own: string): boolean => workScopes(after, own).some((part) => textsIn(after, part).some((text) => fresh.has(text)));
  if (says(scope)) return true;
  const asking = after.calls.filter(({ callee, scope: other }) => scope !== '' && lastName(callee) === lastName(scope) && other !== scope);
  return asking.length > 0 && asking.every((call) => says(call.scope));
}

/** Texts and names as they stand in a function; those of the whole file at its top. */
function textsIn(facts: SourceFacts, scope: string): readonly string[] {
  if (scope === '') return facts.tokens.map(({ text }) => text);
  return facts.scopes.flatMap(({ name, startLine, endLine }) =>
    name === scope ? tokensOn(facts, startLine, endLine).map(({ text }) => text) : [],
  );
}

const VERSION = /(?<![A-Za-z0-9])v\d+[:./_-]?/;
/** A text without a separator is no key of a store. */
const KEY = /^[rbf]?["'`][\w{}$.-]+[:/][\w{}$:./ -]*(?:["'`]|\$\{)$/;

/** `PREFIX`, `keyPrefix`, `KEYS`: a field of a record is called as many other things are. */
const NAME = /^[A-Z][A-Z\d_]*$|(?:[kK]eys?|[pP]refix(?:es)?|[nN]amespace)$/;

/** Keys that have another version now, and the constants and functions in which the file keeps them. */
const movedOn = keepOfBoth((before: SourceFacts, after: SourceFacts): ReadonlySet<string> => {
  const [old, now] = [keysIn(before), keysIn(after)];
  const plain = (key: string): string => key.replace(VERSION, '').replace(/[:./_-](?=(?:["'`]|\$\{)$)/, '');
  const gone = new Set([...old].filter((key) => !now.has(key)).map(plain));
  const keys = new Set([...now].filter((key) => VERSION.test(key) && !old.has(key) && gone.has(plain(key))));
  if (keys.size === 0) return keys;
  const constants = after.options.filter(
    ({ name, value, callee }) => callee === '' && NAME.test(name) && [...keys].some((key) => value.includes(key)),
  );
  const makers = after.tokens.flatMap(({ text, line }) => (keys.has(text) ? [lastName(scopeAtLine(after, line))] : []));
  return new Set([...keys, ...constants.map(({ name }) => name), ...makers.filter((name) => name !== '')]);
});

function keysIn({ tokens }: SourceFacts): ReadonlySet<string> {
  return new Set(tokens.flatMap(({ text }) => (KEY.test(text) ? [text] : [])));
}
