import type { Call } from '../../../model/facts.ts';
import type { Range } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { isHolder } from '../access/holders.ts';
import { lastName, words } from '../code/call-names.ts';
import { lineChanges } from '../code/changed-lines.ts';
import { counterpartScope } from '../code/counterpart.ts';
import { escaped } from '../code/literal-patterns.ts';
import { isExtracted } from '../code/scope-changes.ts';
import { tokensOf } from '../code/token-lines.ts';

/** What kept the things of one tenant apart from those of the others, beside the condition of a query. */
export interface LostPartition {
  readonly side: 'before' | 'after';
  readonly range: Range;
  /** What is asked, sent or written now. */
  readonly place: string;
  /** For whom it was: `org_id`. */
  readonly holder: string;
}

/** The filter of an index, the room of a socket, and the name that a file is kept under. */
export function* lostPartitions(input: RuleInput): Generator<LostPartition> {
  if (input.hunk.before.lines === 0) return;
  yield* ofIndexes(input);
  yield* ofRooms(input);
  yield* ofNames(input);
}

/** `similarity_search(question, k=8, filter={"org_id": org_id})`, `index.query({ vector, namespace: orgId })` without it. */
function* ofIndexes(input: RuleInput): Generator<LostPartition> {
  for (const option of input.removed.options) {
    if (!PART.test(option.name) || option.callee === '' || !SEARCHES.test(lastName(option.callee))) continue;
    const holder = holderIn(option.value);
    const scope = counterpartScope(input, option.scope);
    if (holder === undefined || scope === undefined) continue;
    const stays = input.after?.calls.some(({ callee, scope: own }) => callee === option.callee && own === scope) === true;
    if (stays && !speaksOf(input, scope, holder)) yield { side: 'before', range: option.range, place: option.callee, holder };
  }
}

const PART =
  /^(?:filter|filters|where|namespace|partition|partitionKey|partition_key|partitionKeyValue|routing|pre_?filter|metadata_filter|tenant|expr)$/;
const SEARCHES =
  /^(?:similarity_search\w*|similaritySearch\w*|search\w*|query\w*|knn\w*|retrieve\w*|as_retriever|asRetriever|max_marginal\w*|hybrid\w*|find\w*|list\w*|scroll|fetch\w*|near_\w*|nearText|nearVector|Query|Search)$/;

/** `io.to(`org:${orgId}`).emit(…)` that became `io.emit(…)`: whoever is connected hears it. */
function* ofRooms(input: RuleInput): Generator<LostPartition> {
  for (const call of input.added.calls) {
    if (!/^[\w$.]+\.(?:emit|send|broadcast|publish)$/.test(call.callee)) continue;
    const old = input.removed.calls.find((other) => isSentTo(other, call) && counterpartScope(input, other.scope) === call.scope);
    const room = old === undefined ? '' : (/\.(?:to|in|of|group|room)\((.*)\)\.\w+$/.exec(old.callee)?.[1] ?? '');
    const holder = holderIn(room);
    if (holder !== undefined && old !== undefined && !isExtracted(input, old))
      yield { side: 'after', range: call.range, place: call.callee, holder };
  }
}

function isSentTo(old: Call, now: Call): boolean {
  const [target, verb] = [now.callee.slice(0, now.callee.lastIndexOf('.')), lastName(now.callee)];
  return (
    old.args[0] === now.args[0] &&
    lastName(old.callee) === verb &&
    new RegExp(`^${escaped(target)}\\.(?:to|in|of|group|room)\\(`).test(old.callee)
  );
}

/** `${tenantId}/${name}` of a function that names what is kept, and that names it alike for all now. */
function* ofNames(input: RuleInput): Generator<LostPartition> {
  for (const { before, after } of lineChanges(input)) {
    if (after.scope === '' || !NAMES.test(words(lastName(after.scope))) || !/^(?:return\b|[\w$.]+ ?:?=|`|f")/.test(after.text)) continue;
    const holder = holdersFilledIn(before.text).find((name) => !after.text.includes(name));
    if (holder === undefined || holdersFilledIn(after.text).length > 0 || !/`|f['"]|Sprintf|format|\+/.test(after.text)) continue;
    if (speaksOf(input, after.scope, holder)) continue;
    yield {
      side: 'after',
      range: { start: { line: after.line, character: 0 }, end: { line: after.line + 1, character: 0 } },
      place: lastName(after.scope),
      holder,
    };
  }
}

/** What says where something is kept. */
const NAMES = /\b(?:key|path|prefix|object name|blob name|location|folder|dir|directory|bucket|channel|room)\b/;

function holdersFilledIn(text: string): readonly string[] {
  return [...text.matchAll(/\$?\{([\w$.]+)\}|,([\w.]+)(?=[,)])|\b([\w.]+)\+/g)]
    .map(([, hole, argument, term]) => hole ?? argument ?? term ?? '')
    .filter(isHolder);
}

function holderIn(text: string): string | undefined {
  return (text.match(/[A-Za-z_$][\w$]*(?:\.[A-Za-z_$][\w$]*)*/g) ?? []).find(isHolder);
}

/** The function still says the holder's name, behind its own head. */
function speaksOf({ after }: RuleInput, scope: string, holder: string): boolean {
  const text = tokensOf(after, scope);
  return text.slice(text.indexOf(')') + 1).includes(lastName(holder));
}
