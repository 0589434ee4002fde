import type { Call } from '../../../model/facts.ts';
import { lastName, receiver } from '../code/call-names.ts';

/** Calls that say by one word what store goes, in the clients of keys, topics and queues. */
const SAYS =
  /^(scheduleKeyDeletion|deleteTopics|delete_topics|DeleteTopics|deleteRecords|deleteIndices|purgeQueue|purge_queue|QueuePurge|deleteKeyspace|deleteConsumerGroups|deleteGroups)$/;

/** What a single old index or a container of a passing kind is called. */
const PASSING = /\b\w*(old|previous|stale|temp|tmp|test|scratch|obsolete|orphan|draft|retired|backfill)\w*\b/i;

/** A store that another word than its client's names: an index of a search engine, a container of blobs, a topic, a key. */
export function isNamedStore(call: Call): boolean {
  const name = lastName(call.callee);
  const from = receiver(call.callee);
  if (call.kind !== 'call' || from === '') return false;
  if (SAYS.test(name)) return !PASSING.test(call.args.join(' '));
  // Elasticsearch and OpenSearch take an index with all that it holds, and patterns of many.
  if (/^(delete|Delete)$/.test(name) && /(^|\.)(indices|Indices|data_stream|dataStream)(\(\))?$/.test(from))
    return !PASSING.test(call.args.join(' '));
  return (
    /^(deleteIfExists|delete_if_exists|DeleteIfExists|DeleteIfExistsAsync|delete_container|deleteContainer)$/.test(name) &&
    /(container|share|blob_?service|file_?system|table|queue)_?(client)?$/i.test(from) &&
    !PASSING.test(from)
  );
}
