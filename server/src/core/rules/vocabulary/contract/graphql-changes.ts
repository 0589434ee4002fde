import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { shorten } from '../code/call-names.ts';
import { type Declaration, declarationsOf, declared, said } from './declarations.ts';

/** What a change of a GraphQL schema takes from queries that were written for the old one (GraphQL specification, section 3). */
export function* judgeGraphql(input: RuleInput): Iterable<FindingDraft> {
  const { before, after, removed, added } = input;
  for (const old of declarationsOf(before)) {
    if (!removed.resources.includes(old.resource) || old.kind === 'directive') continue;
    const now = declared(after, old.kind, old.name);
    if (now === undefined) yield* judgeGone(input, old);
    else yield* judgeChanged(input, old, now);
  }
  for (const fresh of declarationsOf(after)) {
    if (!added.resources.includes(fresh.resource) || declared(before, fresh.kind, fresh.name) !== undefined) continue;
    if (!isDemanded(fresh) || !hasOwner(before, fresh)) continue;
    yield finding('after', fresh, `\`${shorten(fresh.name, 44)}\` must be given now`);
  }
}

type Facts = RuleInput['before'];

function* judgeGone(input: RuleInput, old: Declaration): Iterable<FindingDraft> {
  if (old.says.deprecated === true) return;
  switch (old.kind) {
    case 'field':
    case 'value':
    case 'member':
    case 'argument':
    case 'input-field':
      // With its type, or its field, it is judged as one thing.
      if (!hasOwner(input.after, old)) return;
      break;
    case 'root':
      break;
    default:
      // A type that stands elsewhere in the schema now, or that was only an extension of one.
      if (hasType(input.after, old.name) || isOnlyExtended(input, old)) return;
  }
  yield finding('before', old, `${old.kind.replace('-', ' ')} \`${shorten(old.name, 40)}\` removed`);
}

function* judgeChanged(input: RuleInput, old: Declaration, now: Declaration): Iterable<FindingDraft> {
  const [was, is] = [said(old, 'type'), said(now, 'type')];
  const isInput = old.kind === 'argument' || old.kind === 'input-field';
  const fits = isInput ? isAtLeast(is, was) : isAtLeast(was, is);
  if (!fits && !isRenamedType(input, was, is)) {
    // The range of the after side says it where the person reads.
    yield finding('after', now, `\`${shorten(old.name, 30)}\` was \`${shorten(was, 16)}\`, is \`${shorten(is, 16)}\``);
  } else if (isInput && !isDemanded(old) && isDemanded(now)) yield finding('after', now, `\`${shorten(old.name, 44)}\` must be given now`);
}

/** True where every value of `strict` is one of `loose`: `String!` is a `String`, `[A!]!` is an `[A]`. */
function isAtLeast(loose: string, strict: string): boolean {
  if (loose === strict) return true;
  if (strict.endsWith('!')) return isAtLeast(loose.endsWith('!') ? loose.slice(0, -1) : loose, strict.slice(0, -1));
  if (loose.endsWith('!')) return false;
  return strict.startsWith('[') && loose.startsWith('[') && isAtLeast(loose.slice(1, -1), strict.slice(1, -1));
}

/** The same wrapping around a name that is gone and one that is new with the same fields: the type was renamed. */
function isRenamedType({ before, after }: RuleInput, was: string, is: string): boolean {
  const name = (type: string): string => type.replace(/[[\]!]/g, '');
  const [old, fresh] = [name(was), name(is)];
  if (was.replace(old, '') !== is.replace(fresh, '') || hasType(after, old) || hasType(before, fresh)) return false;
  const fields = (facts: Facts, owner: string): string =>
    declarationsOf(facts)
      .filter((other) => other.owner === owner)
      .map((other) => `${other.name.slice(owner.length)} ${said(other, 'type')}`)
      .sort()
      .join();
  return fields(before, old) !== '' && fields(before, old) === fields(after, fresh);
}

/** True for what a query must give: no null, no default. */
function isDemanded(declaration: Declaration): boolean {
  const isInput = declaration.kind === 'argument' || declaration.kind === 'input-field';
  return isInput && said(declaration, 'type').endsWith('!') && declaration.says.default === undefined;
}

function hasOwner(facts: Facts, declaration: Declaration): boolean {
  if (declaration.kind === 'argument') return declared(facts, 'field', declaration.name.replace(/\([^()]*\)$/, '')) !== undefined;
  return hasType(facts, declaration.owner);
}

function hasType(facts: Facts, name: string): boolean {
  return declarationsOf(facts).some((other) => /^(type|interface|input|enum|union|scalar)$/.test(other.kind) && other.name === name);
}

/** `extend type Query` in a file of its own: what it added is judged field by field. */
function isOnlyExtended({ before, after, trees, path }: RuleInput, old: Declaration): boolean {
  const files = (tree: typeof trees.after): readonly string[] =>
    tree.mentioning(old.name, ['.graphql', '.graphqls', '.gql']).filter((other) => other !== path);
  return before !== undefined && after !== undefined && /^(Query|Mutation|Subscription)$/.test(old.name) && files(trees.after).length > 0;
}

function finding(side: FindingDraft['side'], at: Declaration, text: string): FindingDraft {
  return { side, range: at.resource.range, message: fitMessage(text) };
}
