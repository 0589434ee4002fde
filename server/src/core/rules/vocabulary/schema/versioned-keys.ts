import type { SourceFacts } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { keepOfBoth } from '../code/kept.ts';

/**
 * True where what is written goes under a key of its own now, the old one with another version in it, and nothing goes under the old one:
 * `"forecast:v2:"` for `"forecast:"`. Nobody reads what the other one wrote.
 */
export function isKeptApart({ before, after }: RuleInput): boolean {
  return before !== undefined && after !== undefined && movedOn(before, after);
}

const VERSION = /(?<![A-Za-z0-9])v\d+[:./_-]?/;
/** A text without a separator is no key of a store. */
const KEY = /^[rbf]?["'`][\w{}$.-]+[:/][\w{}$:./ -]*["'`]$/;

const movedOn = keepOfBoth((before: SourceFacts, after: SourceFacts): boolean => {
  const [old, now] = [keysIn(before), keysIn(after)];
  const plain = (key: string): string => key.replace(VERSION, '').replace(/[:./_-](?=["'`]$)/, '');
  const gone = new Set([...old].filter((key) => !now.has(key)).map(plain));
  return [...now].some((key) => VERSION.test(key) && !old.has(key) && gone.has(plain(key)));
});

function keysIn({ tokens }: SourceFacts): ReadonlySet<string> {
  return new Set(tokens.flatMap(({ text }) => (KEY.test(text) ? [text] : [])));
}
