import type { SourceFacts } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { lastName } from '../code/call-names.ts';
import { tokensOn } from '../code/code-text.ts';
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
const KEY = /^[rbf]?["'`][\w{}$.-]+[:/][\w{}$:./ -]*["'`]$/;

/** Keys that have another version now, and the names under which the file keeps them. */
const movedOn = keepOfBoth((before: SourceFacts, after: SourceFacts): ReadonlySet<string> => {
  const [old, now] = [keysIn(before), keysIn(after)];
  const plain = (key: string): string => key.replace(VERSION, '').replace(/[:./_-](?=["'`]$)/, '');
  const gone = new Set([...old].filter((key) => !now.has(key)).map(plain));
  const keys = new Set([...now].filter((key) => VERSION.test(key) && !old.has(key) && gone.has(plain(key))));
  const names = keys.size === 0 ? [] : after.options.flatMap(({ name, value, callee }) => (callee === '' && keys.has(value) ? [name] : []));
  return new Set([...keys, ...names]);
});

function keysIn({ tokens }: SourceFacts): ReadonlySet<string> {
  return new Set(tokens.flatMap(({ text }) => (KEY.test(text) ? [text] : [])));
}
