import type { SourceFacts, SymbolFact } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { lastName, receiver, shorten } from '../code/call-names.ts';
import { tokensOf } from '../code/token-lines.ts';
import { becameLockFree, isFixedOnce } from './lock-free.ts';
import { takesLock } from './takes-lock.ts';

const SHARED_TYPE =
  /\b(Mutex|RwLock|RWMutex|ReentrantLock|ReentrantReadWriteLock|StampedLock|ConcurrentHashMap|ConcurrentMap|Atomic(U?(8|16|32|64)|[UI]\w*|Bool\w*|Long\w*|Ref\w*|Ptr)|atomic\.\w+|sync\.Map|DashMap)\b/;

/** Fields whose type was a lock or an atomic and that are kept as something plain. */
export function* unlockedFields(input: RuleInput): Iterable<FindingDraft> {
  for (const symbol of input.removed.symbols) {
    const [shared] = SHARED_TYPE.exec(symbol.type) ?? [];
    if (shared === undefined) continue;
    if (becameLockFree(input)) return;
    const now = input.after?.symbols.find((other) => other.name === symbol.name);
    if (shared !== undefined && now === undefined && lostItsLock(input, symbol)) {
      yield {
        side: 'before',
        range: symbol.range,
        message: fitMessage(`\`${shorten(symbol.name, 26)}\` is gone, and nothing in its place locks`),
      };
      continue;
    }
    if (
      shared === undefined ||
      now === undefined ||
      now.type === '' ||
      isFixedOnce(input.after, lastName(symbol.name)) ||
      SHARED_TYPE.test(now.type) ||
      /(?:sync|concurrent|cmap)\w*\./i.test(now.type)
    )
      continue;
    // A wider type in the declaration, and the same thing made behind it.
    const last = shared.slice(shared.lastIndexOf('.') + 1);
    const count = (facts: SourceFacts | undefined): number => facts?.tokens.filter((token) => token.text === last).length ?? 0;
    if (
      /^(Map|ConcurrentMap|Queue|List|Set)\b/.test(now.type) &&
      input.after?.calls.some((call) => call.callee.startsWith(shared)) === true
    )
      continue;
    if (count(input.after) >= count(input.before) || gainedLock(input, symbol.scope)) continue;
    yield {
      side: 'before',
      range: symbol.range,
      message: fitMessage(`\`${shorten(symbol.name, 26)}\` is no longer a \`${shorten(symbol.type, 28)}\``),
    };
  }
}

/** The type has a lock that it did not have, which its plain fields are held under now. */
function gainedLock({ before, after }: RuleInput, owner: string): boolean {
  const locks = (facts: SourceFacts | undefined): number =>
    facts?.symbols.filter((other) => other.scope === owner && /\b(?:Mutex|RWMutex|RwLock|\w*Lock)\b/.test(other.type)).length ?? 0;
  return owner !== '' && locks(after) > locks(before);
}

/** The field of a lock went from a type that stays, its functions stay too, and no lock is taken or held in the file any more. */
function lostItsLock({ before, after, path }: RuleInput, symbol: SymbolFact): boolean {
  const at = symbol.name.lastIndexOf('.');
  const [owner, name] = [symbol.name.slice(0, Math.max(0, at)), symbol.name.slice(at + 1)];
  if (before === undefined || after === undefined || owner === '' || !/\b(Mutex|RW?Lock|RWMutex|\w*Lock)\b/.test(symbol.type)) return false;
  if (!after.symbols.some((other) => other.name === owner)) return false;
  if (after.calls.some((call) => takesLock(call, path)) || after.symbols.some((other) => SHARED_TYPE.test(other.type))) return false;
  if (/\bsynchronized\b|<-/.test(tokensOf(after, ''))) return false;
  const holders = before.calls.filter((call) => takesLock(call, path) && receiver(call.callee).split('.').includes(name));
  return holders.some((call) => after.scopes.some((scope) => scope.name === call.scope));
}
