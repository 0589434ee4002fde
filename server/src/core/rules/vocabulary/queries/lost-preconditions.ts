import type { Option } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { lastName, shorten, words } from '../code/call-names.ts';
import { counterpartScope, within } from '../code/counterpart.ts';
import { workScopes } from '../code/own-parts.ts';
import { newCallsIn } from '../code/scope-changes.ts';
import { lineOfLink } from './chain-links.ts';
import { isNewerOption } from './stale-upserts.ts';
import { VERSION } from './version-columns.ts';
import { writesToStore } from './writing-functions.ts';

/** Names under which a store is told what must be there: `If-Match`, `ConditionExpression`, `expectedVersion`. */
export const PRECONDITIONS =
  /^['"]?(If-Match|if-match|ifMatch|if_match|IfMatch|ifGenerationMatch|if_generation_match|ifMetagenerationMatch|If-Unmodified-Since|ConditionExpression|condition_expression|resourceVersion|expectedVersion|expected_version|expectedRevision|expectedLastSequence|lastUpdateTime|last_update_time|precondition|accessCondition|GenerationMatch|MetagenerationMatch|IfMatchEtag|ifVersion|cas|optimisticLock|if_seq_no|if_primary_term|etag|ETag)['"]?$/;

/** Preconditions and conditions on a version that went from a write which stays, and did not go along with it to another file. */
export function* lostPreconditions(input: RuleInput): Iterable<FindingDraft> {
  for (const option of input.removed.options) {
    const isHeader = PRECONDITIONS.test(option.name);
    const isFilter =
      VERSION.test(option.name) &&
      /(update|patch|save|replace|modify|delete|put)/i.test(lastName(option.callee)) &&
      /where|filter/i.test(option.key);
    const isQuery =
      VERSION.test(option.name) &&
      /^(update|updateOne|findOneAndUpdate|updateMany|findOneAndReplace|replaceOne|deleteOne|filter|filter_by|where|andWhere|and_where|match)$/.test(
        lastName(option.callee),
      ) &&
      !/[.(](data|set|\$set|\$inc|values)\./.test(option.key);
    if (!(isHeader || isFilter || isQuery || isNewerOption(option)) || /^(null|undefined|None|'')$|\+ 1\)?$/.test(option.value)) continue;
    // What is older than a day is a span of time, and no state that was read.
    if (/updated|modified/i.test(option.name) && /^\{ ?['"]?\$?[lg]te?\b/.test(option.value)) continue;
    const scope = counterpartScope(input, option.scope);
    if (scope === undefined || !writesToStore(input, scope)) continue;
    const stays =
      input.after?.options.some(
        (other) => within(other.scope, scope) && words(other.name) === words(option.name) && homeOf(other) === homeOf(option),
      ) ?? false;
    // The write went to another file of this change, and its condition with it.
    const wentAlong = input
      .addedElsewhere()
      .options.some(
        (other) =>
          words(other.name) === words(option.name) &&
          homeOf(other) !== '' &&
          lastName(other.callee) === lastName(option.callee) &&
          isSameHome(homeOf(other), homeOf(option)),
      );
    if (
      stays ||
      wentAlong ||
      isAskedInPart(input, option, scope, isHeader) ||
      newCallsIn(input, option.scope).some((call) => /lock|transaction/i.test(call.callee))
    )
      continue;
    yield {
      side: 'before',
      range: option.range,
      message: fitMessage(
        `\`${shorten(`${option.name}: ${option.value}`, 36)}\` no longer holds the write in \`${shorten(scope, 18) || 'the module'}\``,
      ),
    };
  }
}

/** A function of the file that the write asks gives it now: `where: unchanged(doc)`, `headers: this.headersFor(etag)`; or the write stands there whole. */
function isAskedInPart({ after }: RuleInput, option: Option, scope: string, isHeader: boolean): boolean {
  if (after === undefined || scope === '') return false;
  const parts = workScopes(after, scope).filter((part) => part !== scope);
  const asks = after.options.filter((other) => /^(where|filter|query|criteria|condition)$/.test(other.name) && within(other.scope, scope));
  return after.options.some(
    (other) =>
      words(other.name) === words(option.name) &&
      !/\+ ?1\)?$|increment/.test(other.value) &&
      parts.some(
        (part) =>
          within(other.scope, part) &&
          (isHeader || isSameWrite(other, option) || asks.some(({ value }) => value.includes(`${lastName(part)}(`))),
      ),
  );
}

/** The same call with the same place of the condition in it. */
function isSameWrite(one: Option, other: Option): boolean {
  return homeOf(one) !== '' && lastName(one.callee) === lastName(other.callee) && isSameHome(homeOf(one), homeOf(other));
}

/** The call and the path of names that lead to an option, as its key holds them. */
function homeOf({ key, callee }: Option): string {
  // A chain's own text holds colons as well.
  return key.slice(0, Math.max(0, key.indexOf(':', key.startsWith(callee) ? callee.length : 0)));
}

/** The same place below the call, whoever the call is made of: `….updateMany.where`. */
function isSameHome(one: string, other: string): boolean {
  const tail = (home: string): string => home.split('.').slice(-2).join('.');
  return tail(one) === tail(other);
}

/** Links of a request that say what must be there: `.conditionExpression(…)`, `.setIfMatch(tag)`, `firestore.LastUpdateTime(at)`. */
const LINKS =
  /^(ifMatch|setIfMatch|withIfMatch|setIfMatchETag|setIfMatchETagOption|conditionExpression|setConditionExpression|withConditionExpression|LastUpdateTime|lastUpdateTime|updatedAt|generationMatch|ifGenerationMatch|setIfGenerationMatch|ifSeqNo|setIfSeqNo|IfSeqNo|ifPrimaryTerm|setIfPrimaryTerm|IfPrimaryTerm|ModRevision|modRevision|WithExpectLastSequence|expectedRevision)$/;

/** DynamoDB's builder of Go: `expression.Name("version").Equal(…)`. */
const COMPARED_NAME = /\bName\(['"](\w+)['"]\)\.(?:Equal|LessThanEqual|LessThan)$/;

/** The same where a link of a chain says it: `.conditionExpression(…)`, `Name("version").Equal(…)`. */
export function* lostPreconditionLinks(input: RuleInput): Iterable<FindingDraft> {
  for (const call of input.removed.calls) {
    const isNamed = COMPARED_NAME.test(call.callee) && VERSION.test(COMPARED_NAME.exec(call.callee)?.[1] ?? '');
    if (call.kind !== 'call' || call.args.length === 0 || !(isNamed || LINKS.test(lastName(call.callee)))) continue;
    if (lastName(call.callee) === 'updatedAt' && !/Precondition/.test(call.callee)) continue;
    const scope = counterpartScope(input, call.scope);
    if (scope === undefined || !writesToStore(input, scope)) continue;
    const stays =
      input.after?.calls.some((other) => within(other.scope, scope) && lastName(other.callee) === lastName(call.callee)) === true ||
      (!isNamed && input.after?.options.some((other) => within(other.scope, scope) && PRECONDITIONS.test(other.name)) === true) ||
      input.addedElsewhere().calls.some((other) => lastName(other.callee) === lastName(call.callee));
    if (stays || newCallsIn(input, call.scope).some((other) => /lock|transaction/i.test(other.callee))) continue;
    yield {
      side: 'before',
      range: lineOfLink(call),
      message: fitMessage(
        `\`${shorten(lastName(call.callee), 24)}\` no longer holds the write in \`${shorten(scope, 24) || 'the module'}\``,
      ),
    };
  }
}
