import type { Guard, SourceFacts } from '../../../model/facts.ts';
import type { Range } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { tokensOn } from '../code/code-text.ts';
import { isAmong } from '../code/symbols-by-name.ts';
import { isAccessTest } from '../guards/guard-kinds.ts';
import { PASSES, REFUSES } from './refusing-functions.ts';

/** A new way through a function that refuses, in front of what it asks. */
export interface BypassedGuard {
  readonly test: string;
  readonly asked: string;
  readonly range: Range;
}

/**
 * `if (config.trustGateway) { …; next(); return; }` above the first condition of a middleware that refuses: a setting or a header of the
 * request decides that nobody is asked. A route or a method that needs no check, and another proof of who asks, are no such way.
 */
export function* bypassedGuards(input: RuleInput): Iterable<BypassedGuard> {
  const { before, after, added } = input;
  if (before === undefined || after === undefined) return;
  for (const guard of added.guards) {
    if (guard.scope === '' || !(guard.exit === 'return' || guard.exit === 'answer') || !isOfSetting(guard.test)) continue;
    const inside = tokensOn(after, guard.range.start.line, guard.range.end.line).map(({ text }) => text);
    if (inside.some((text) => REFUSES.test(text)) || !inside.some((text) => PASSES.test(text) || PASSES_TOO.test(text))) continue;
    const first = after.guards.find((other) => other.scope === guard.scope && isBehind(other, guard) && refusesIn(after, other));
    const stood = first !== undefined && before.guards.some(({ key }) => key === first.key) && !isAmong(added.guards, first);
    if (first !== undefined && stood) yield { test: guard.test, asked: first.test, range: guard.range };
  }
}

const isBehind = (other: Guard, guard: Guard): boolean => other.range.start.line > guard.range.end.line;

function refusesIn(facts: SourceFacts, { range }: Guard): boolean {
  return tokensOn(facts, range.start.line, range.end.line).some(({ text }) => REFUSES.test(text));
}

/** Of a decorator, what it stands around; of a predicate, its yes. */
const PASSES_TOO = /^(?:func|fn|true|True)$/;
const SETTING =
  /(?:^|[!(\s.])(?:config|cfg|conf|settings?|options?|opts|env|environ|getenv|Getenv|flags?|features?|props|properties)(?:\.|\(|\[)/i;
const HEADER = /\b(?:get_?header|headers?|req\.get|request\.get|header)\b[^&|]*['"]x-/i;
/** Where it runs, and what the request asks for: a test machine, `OPTIONS`, a public page. */
const NARROW = /['"](?:test|testing|dev|development|local|e2e|OPTIONS|HEAD)['"]|\b(?:path|url|pathname|originalUrl|method)\b/i;

/**
 * Something is held against a secret, or a call is handed what it proves: `token === config.token`, `verifySignature(req)`. A setting whose
 * name speaks of tokens, `config.skipTokenCheck`, and a word of one's own, `token === 'internal'`, prove nothing.
 */
const PROOF =
  /(?:verif|valid|compare|equals?|digest)\w*\((?!\s*\))|(?:secret|token|signature|digest)\w*\)?\s*===?(?![=\s]*(?:true|false|null|None|nil|undefined|\d|['"`]))|(?<![!=<>])===?\s*[\w.$]*(?:secret|token|signature|digest)/i;
/** What each mount says for itself: `authenticate({ required: false })`. */
const OF_MOUNT = /^!(?:\w+\.)*(?:options?|opts)\??\.\w*(?:required|enabled|enforced?)$/i;

function isOfSetting(test: string): boolean {
  if (NARROW.test(test) || PROOF.test(test)) return false;
  // A setting that is asked about a value, `config.keys.has(hash(key))`, is another proof.
  return (
    (SETTING.test(test) && !/\w\((?!\s*\)|\s*['"])/.test(test) && !OF_MOUNT.test(test)) ||
    (HEADER.test(test) && !isAccessTest(test.replace(HEADER, '')))
  );
}
