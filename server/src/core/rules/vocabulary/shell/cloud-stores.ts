import type { Call } from '../../../model/facts.ts';
import { lastName, receiver, words } from '../code/call-names.ts';

/** Calls that say by one word what store goes, in the clients of keys, topics and queues. */
const SAYS =
  /^(scheduleKeyDeletion|deleteTopics|delete_topics|DeleteTopics|deleteRecords|deleteIndices|purgeQueue|purge_queue|QueuePurge|deleteKeyspace|deleteConsumerGroups|deleteGroups|recreate_collection|recreateCollection)$/;

/** What a single old index or a container of a passing kind is called. */
const PASSING = /\b\w*(old|previous|stale|temp|tmp|test|scratch|obsolete|orphan|draft|retired|backfill)\w*\b/i;

/** What a client of a search engine or of vectors is called. */
const SEARCHES = /^(pc|pinecone|client|index|es|typesense|\w{0,20}search|meili\w{0,20}|algolia\w{0,20}|elastic\w{0,20})$/;

/** A store that another word than its client's names: an index of a search engine, a container of blobs, a topic, a key. */
export function isNamedStore(call: Call): boolean {
  const name = lastName(call.callee);
  const from = receiver(call.callee);
  if (call.kind !== 'call' || from === '') return false;
  if (SAYS.test(name)) return !PASSING.test(call.args.join(' '));
  // Elasticsearch and OpenSearch take an index with all that it holds, and patterns of many.
  if (/^(delete|Delete)$/.test(name) && /(^|\.)(indices|Indices|data_stream|dataStream)(\(\))?$/.test(from))
    return !PASSING.test(call.args.join(' '));
  if (
    /^(deleteIndex|delete_index|deleteAllDocuments|delete_all_documents)$/.test(name) &&
    SEARCHES.test(words(from).split(' ').at(-1) ?? '')
  )
    return !PASSING.test(call.args.join(' '));
  return (
    /^(deleteIfExists|delete_if_exists|DeleteIfExists|DeleteIfExistsAsync|delete_container|deleteContainer)$/.test(name) &&
    /(container|share|blob_?service|file_?system|table|queue)_?(client)?$/i.test(from) &&
    !PASSING.test(from)
  );
}
