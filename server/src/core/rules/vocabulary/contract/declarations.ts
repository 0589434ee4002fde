import type { Resource, Setting, SourceFacts } from '../../../model/facts.ts';
import { settingsOf } from '../settings/setting-index.ts';

/** A thing that a schema language declares (a message's field, an rpc, a GraphQL argument), with what it says of itself. */
export interface Declaration {
  readonly kind: string;
  /** Path of names: `Payment.amount`. */
  readonly name: string;
  /** `Payment` of `Payment.amount`; empty for what stands alone. */
  readonly owner: string;
  readonly resource: Resource;
  readonly says: Readonly<Record<string, Setting['value']>>;
}

const known = new WeakMap<SourceFacts, readonly Declaration[]>();

/** Every declaration of a file of a schema language, in file order. */
export function declarationsOf(facts: SourceFacts | undefined): readonly Declaration[] {
  if (facts === undefined) return [];
  const before = known.get(facts);
  if (before !== undefined) return before;
  const list = facts.resources.map((resource) => ({
    kind: resource.type,
    name: resource.name,
    owner: resource.name.slice(0, Math.max(0, resource.name.lastIndexOf('.'))),
    resource,
    says: Object.fromEntries(settingsOf(facts, resource.key).map((setting) => [setting.path[0] ?? '', setting.value])),
  }));
  known.set(facts, list);
  return list;
}

/** The last part of a declaration's name. */
export function ownName(declaration: Pick<Declaration, 'name' | 'owner'>): string {
  return declaration.owner === '' ? declaration.name : declaration.name.slice(declaration.owner.length + 1);
}

/** The declaration of a kind and name; undefined where the side has none. */
export function declared(facts: SourceFacts | undefined, kind: string, name: string): Declaration | undefined {
  return declarationsOf(facts).find((other) => other.kind === kind && other.name === name);
}

/** What a declaration says under a word, as text; empty where it says nothing. */
export function said({ says }: Declaration, word: string): string {
  return String(says[word] ?? '');
}

/** True where numbers of a message or an enum may not be used again. */
export function isReserved(facts: SourceFacts | undefined, owner: string, number: number): boolean {
  return declarationsOf(facts).some(
    (other) => other.kind === 'reserved' && other.owner === owner && Number(other.says.from) <= number && number <= Number(other.says.to),
  );
}

/**
 * The message of the after side that stands for one of the before side: the same name, or a new one whose members have
 * mostly the same numbers and types, because only its name changed.
 */
export function counterpartMessage(before: SourceFacts | undefined, after: SourceFacts | undefined, name: string): string | undefined {
  const holders = declarationsOf(after).filter((other) => other.kind === 'message' || other.kind === 'enum');
  if (holders.some((other) => other.name === name)) return name;
  const old = new Set(membersOf(before, name));
  if (old.size === 0) return undefined;
  const isNew = (other: Declaration): boolean => declared(before, other.kind, other.name) === undefined;
  return holders.find((other) => {
    const fresh = membersOf(after, other.name);
    const shared = fresh.filter((member) => old.has(member)).length;
    return isNew(other) && shared > 0 && shared >= 0.6 * Math.max(old.size, fresh.length);
  })?.name;
}

function membersOf(facts: SourceFacts | undefined, owner: string): readonly string[] {
  return declarationsOf(facts)
    .filter((other) => other.owner === owner && (other.kind === 'field' || other.kind === 'value'))
    .map((other) => `${ownName(other)} ${said(other, 'number')} ${said(other, 'type')}`);
}
