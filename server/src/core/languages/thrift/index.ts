import type { RepoPath } from '../../model/tree.ts';
import { draftFacts } from '../facts-draft.ts';
import type { Language } from '../language.ts';
import { indexLines } from '../positions.ts';
import { createCursor } from '../proto/cursor.ts';
import type { Declaration } from '../proto/declarations.ts';
import { describeSchema } from '../proto/describe.ts';
import { readThrift } from './declarations.ts';
import { type ThriftTokens, thriftTokens } from './tokens.ts';

/**
 * Thrift. Structs, unions and exceptions are what messages are to protobuf, and their facts are the same. There is no word for a
 * number that may not come back: whoever takes a field out leaves it in a remark, and that is read as one.
 */
const language: Language = {
  id: 'thrift',
  owns: (path) => /\.thrift$/i.test(path),
  facts(_path: RepoPath, text: string) {
    const draft = draftFacts('thrift');
    const lines = indexLines(text);
    const read = thriftTokens(text);
    const cursor = createCursor(read.tokens, text.length);
    const { declarations } = readThrift(cursor);
    describeSchema({ package: '', declarations: [...declarations, ...reserved(declarations, read)] }, 'thrift', lines, draft);
    const error = cursor.failedAt ?? read.stoppedAt;
    // What was not understood is in no token, and may be all that changed.
    if (error === undefined) draft.tokens.push(...read.tokens.map((token) => ({ text: token.text, line: lines.lineAt(token.start) })));
    else draft.blindSpots.push({ reason: 'parse-error', detail: `line ${lines.lineAt(error)}` });
    return draft;
  },
};

export default language;

/** `// 4: optional i32 length` in the block of a struct. */
function reserved(declarations: readonly Declaration[], { remarks }: ThriftTokens): readonly Declaration[] {
  return remarks.flatMap(({ text, start, end }) => {
    const number = /^[\s/*#]*(?:[A-Za-z]+\s)?(\d+)\s?:/.exec(text)?.[1];
    const owner = declarations.find((other) => other.kind === 'message' && other.start <= start && end <= (other.blockEnd ?? 0))?.name;
    if (number === undefined || owner === undefined) return [];
    const says = { from: Number(number), to: Number(number) };
    return [{ kind: 'reserved' as const, name: `${owner}.${number} to ${number}`, owner, start, end, says }];
  });
}
