import type { Range } from '../../../model/range.ts';
import type { RepoPath } from '../../../model/tree.ts';
import type { RuleInput } from '../../define.ts';
import { lastName, literal, words } from '../code/call-names.ts';
import { changedOptions } from '../code/option-changes.ts';
import { speakersOf } from '../events/event-speakers.ts';

/** A text that others compare with, or that lies in rows, which is another one under the same name. */
export interface RenamedValue {
  readonly range: Range;
  readonly name: string;
  readonly old: string;
  readonly now: string;
  /** Files that still say the old one. */
  readonly speakers: readonly RepoPath[];
  readonly kind: 'member' | 'code';
}

/** `Paid = 'paid'` of an enum that became `'PAID'`, the code of an error that others ask for. Not where the change brings the rows along. */
export function* renamedValues(input: RuleInput): Generator<RenamedValue> {
  const told = new Set<number>();
  for (const found of [...members(input), ...codes(input)]) {
    const { range, old, now, kind } = found;
    if (old === now || told.has(range.start.line)) continue;
    told.add(range.start.line);
    if (isMigrated(input, old, now)) continue;
    const speakers = speakersOf(input, old);
    if (speakers.length === 0 && (kind === 'code' || !isStored(input, found.name))) continue;
    yield { ...found, speakers };
  }
}

/** A sign that rows hold it: the kind of thing it names, or a column, a schema or a write that is said beside it. */
function isStored({ trees, path }: RuleInput, name: string): boolean {
  const owner = name.slice(0, Math.max(0, name.lastIndexOf('.')));
  if (KEPT.test(words(owner))) return true;
  const files = new Set([path, ...trees.after.mentioning(lastName(owner), ['.ts', '.js', '.py', '.prisma', '.sql'])]);
  return [...files].slice(0, 40).some((file) => {
    const content = trees.after.read(file);
    return content?.kind === 'text' && COLUMNS.test(content.text);
  });
}

const KEPT =
  /\b(?:state|states|status|statuses|stage|phase|role|roles|tier|plan|method|provider|currency|severity|priority|visibility|outcome|decision|result|category)\b|\b(?:order|payment|account|user|customer|event|job|task|invoice|transaction|subscription|document|ticket|product)\w* (?:type|kind)$/;
const COLUMNS =
  /@(?:Column|Entity|Enumerated|Prop)\b|\b(?:mapped_column|Column|pgEnum|mysqlEnum|TextChoices|EnumField|CharField|createTable|create_table)\(|\bTextChoices\b|\bCREATE (?:TABLE|TYPE)\b|\bnew (?:mongoose\.)?Schema\(|\b(?:db|prisma|repo|repository)\.\w+\.(?:create|update|insert|save)\w*\(/i;

type Found = Omit<RenamedValue, 'speakers'>;

/** Members of an enum with texts: TypeScript says them as symbols, Python as values of a class. */
function* members(input: RuleInput): Generator<Found> {
  const { before, after } = input;
  if (before === undefined || after === undefined) return;
  const enums = new Set(after.symbols.flatMap(({ kind, name, exported }) => (kind === 'enum' && exported ? [name] : [])));
  for (const fresh of input.added.symbols) {
    const owner = fresh.name.slice(0, Math.max(0, fresh.name.lastIndexOf('.')));
    const now = literal(fresh.type);
    const old = enums.has(owner) ? literal(before.symbols.find(({ name }) => name === fresh.name)?.type) : undefined;
    if (now !== undefined && old !== undefined) yield { range: fresh.range, name: fresh.name, old, now, kind: 'member' };
  }
  for (const change of changedOptions(input)) {
    const { scope, name, value, range, callee } = change.after;
    const [old, now] = [literal(change.before.value), literal(value)];
    if (callee !== '' || scope === '' || old === undefined || now === undefined || !/^[A-Z][A-Z0-9_]*$/.test(name)) continue;
    if (isEnumClass(input, scope)) yield { range, name: `${lastName(scope)}.${name}`, old, now, kind: 'member' };
  }
}

/** `class OrderState(str, Enum):`, `models.TextChoices`. */
function isEnumClass({ after }: RuleInput, scope: string): boolean {
  const place = after?.scopes.find(({ name }) => name === scope);
  const head = after?.tokens.filter(({ line }) => line === place?.startLine).map(({ text }) => text) ?? [];
  return head.includes('class') && head.some((word) => /^(?:Enum|StrEnum|TextChoices|IntEnum)$/.test(word));
}

/** `code = 'card_declined'` of an error, `CodeQuotaExceeded = "quota_exceeded"`. */
function* codes(input: RuleInput): Generator<Found> {
  for (const { before, after } of changedOptions(input)) {
    const [old, now] = [literal(before.value), literal(after.value)];
    if (old === undefined || now === undefined || !/^[A-Za-z][\w.-]{3,}$/.test(old) || !/^[A-Za-z][\w.-]{3,}$/.test(now)) continue;
    const name = words(after.name);
    const isError = /\b(?:errors?|exceptions?|failures?|problems?|declined|denied|rejected|fault)\b/.test(
      words(`${after.scope} ${after.callee} ${input.path}`),
    );
    const isCode = /^(?:error |err |reason |failure )?(?:code|slug|reason|kind)$|^(?:code|err|error|e) \w|(?:^| )(?:error )?code$/.test(
      name,
    );
    if (
      isCode &&
      (isError || /\b(?:err|error|code)\b/.test(name)) &&
      !/\b(?:country|currency|zip|postal|language|status|product|qr|bar|source|promo|coupon)\b/.test(name)
    )
      yield { range: after.range, name: after.name, old, now, kind: 'code' };
  }
}

/** A statement of the change says both: the rows come along. */
function isMigrated(input: RuleInput, old: string, now: string): boolean {
  const texts = (list: readonly { readonly key: string; readonly verb: string }[]): boolean =>
    list.some(
      ({ key, verb }) =>
        (/^(?:update|alter-type|alter-enum)$/.test(verb) || /rename value/.test(key)) &&
        key.includes(`'${old.toLowerCase()}'`) &&
        key.toLowerCase().includes(`'${now.toLowerCase()}'`),
    );
  return (
    texts(input.addedElsewhere().statements.map(({ key, verb }) => ({ key: key.toLowerCase(), verb }))) ||
    texts(input.added.statements.map(({ key, verb }) => ({ key: key.toLowerCase(), verb })))
  );
}
