import type { FindingDraft, Severity } from '../../model/finding.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage } from '../quote.ts';
import { shorten } from '../vocabulary/code/call-names.ts';
import { counterpartMessage, type Declaration, declarationsOf, declared, ownName, said } from '../vocabulary/contract/declarations.ts';
import { judgeGraphql } from '../vocabulary/contract/graphql-changes.ts';
import { movedPrefixes } from '../vocabulary/contract/moved-prefixes.ts';
import { removedProcedures, removedRoutes } from '../vocabulary/contract/removed-routes.ts';

/**
 * ## What it sees
 * An rpc that is gone, or that takes or gives another message, or streams now; a protobuf package with services that has
 * another name; a field, argument, input field or enum value of a GraphQL schema that is gone, must be given now, or has a
 * type that old queries do not fit. In code, an address that nothing answers any more, and a procedure that left its router.
 *
 * ## Why it matters
 * Clients are deployed on their own. The call of an old one fails with "unimplemented" or a validation error, or its bytes are
 * read as another message.
 *
 * ## When it is fine
 * What was deprecated before, something new, a stricter result, a looser argument. These are not flagged.
 *
 * ## What it misses
 * A new meaning under the same name and type.
 */
export default defineRule({
  id: 'contract/rpc-removed',
  version: '1.0.0',
  severity: 'high',
  confidence: 'high',
  title: 'An operation that clients call was removed or changed',
  reads: ['resources', 'calls', 'options'],
  evidence: [{ title: 'buf: RPC_NO_DELETE, RPC_SAME_REQUEST_TYPE', url: 'https://buf.build/docs/breaking/rules/' }],
  *check(input): Iterable<FindingDraft> {
    yield* removedRoutes(input);
    yield* movedPrefixes(input);
    yield* removedProcedures(input);
    const language = input.before?.language ?? input.after?.language;
    if (language === 'graphql') yield* judgeGraphql(input);
    if (language === 'proto' || language === 'thrift') yield* judgeProto(input);
  },
});

function* judgeProto(input: RuleInput): Iterable<FindingDraft> {
  const { before, after, removed } = input;
  for (const old of declarationsOf(before)) {
    if (!removed.resources.includes(old.resource)) continue;
    if (old.kind === 'package') yield* judgePackage(input, old);
    else if (old.kind === 'rpc') yield* judgeRpc(input, old);
    else if (old.kind === 'service' && declared(after, 'service', old.name) === undefined && hasLiveRpc(input, old))
      yield finding('before', old, `service \`${shorten(old.name, 40)}\` removed`);
  }
}

/** The path of an rpc and the name inside an `Any` begin with the package. */
function* judgePackage({ before, after }: RuleInput, old: Declaration): Iterable<FindingDraft> {
  const now = declarationsOf(after).find((other) => other.kind === 'package');
  const stays = declarationsOf(before).some((other) => other.kind === 'service' && declared(after, 'service', other.name) !== undefined);
  if (now === undefined || !stays) return;
  yield finding('after', now, `services of \`${shorten(old.name, 26)}\` are in \`${shorten(now.name, 26)}\` now`);
}

function* judgeRpc(input: RuleInput, old: Declaration): Iterable<FindingDraft> {
  // A service that is gone is judged as one thing.
  if (declared(input.after, 'service', old.owner) === undefined) return;
  const now = declared(input.after, 'rpc', old.name);
  if (now === undefined) {
    if (old.says.deprecated !== true) yield finding('before', old, `rpc \`${shorten(old.name, 44)}\` removed`);
    return;
  }
  for (const word of ['request', 'response'] as const) {
    const [was, is] = [said(old, word), said(now, word)];
    if (isSameMessage(input, was, is) || (word === 'request' && takesAll(input, was, is))) continue;
    const verb = word === 'request' ? 'takes' : 'returns';
    yield finding('after', now, `\`${shorten(ownName(old), 20)}\` ${verb} \`${shorten(is, 24)}\`, was \`${shorten(was, 20)}\``);
    return;
  }
}

/** A function of Thrift that takes one more value does without it when an old client calls. */
function takesAll({ before }: RuleInput, was: string, is: string): boolean {
  const now = new Set(is.split(/, (?=-?\d+: )/));
  return before?.language === 'thrift' && was.split(/, (?=-?\d+: )/).every((part) => part === '' || now.has(part));
}

function hasLiveRpc({ before }: RuleInput, service: Declaration): boolean {
  const rpcs = declarationsOf(before).filter((other) => other.kind === 'rpc' && other.owner === service.name);
  return rpcs.length === 0 || rpcs.some((rpc) => rpc.says.deprecated !== true);
}

function isSameMessage(input: RuleInput, was: string, is: string): boolean {
  const plain = (type: string): string => type.replace(/(^|\s)\./, '$1');
  const [old, fresh] = [plain(was), plain(is)];
  if (old === fresh) return true;
  if (old.startsWith('stream ') !== fresh.startsWith('stream ')) return false;
  const [from, to] = [old.replace('stream ', ''), fresh.replace('stream ', '')];
  if (from.endsWith(`.${to}`) || to.endsWith(`.${from}`)) return true;
  const renamed = counterpartMessage(input.before, input.after, from);
  return renamed !== undefined && renamed === to && declared(input.after, 'message', from) === undefined;
}

function finding(side: FindingDraft['side'], at: Declaration, text: string, severity?: Severity): FindingDraft {
  return { side, range: at.resource.range, message: fitMessage(text), ...(severity === undefined ? {} : { severity }) };
}
