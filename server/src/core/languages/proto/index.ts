import type { RepoPath } from '../../model/tree.ts';
import { draftFacts } from '../facts-draft.ts';
import type { Language } from '../language.ts';
import { indexLines } from '../positions.ts';
import { createCursor } from './cursor.ts';
import { readDeclarations } from './declarations.ts';
import { describeSchema } from './describe.ts';
import { placeTokens } from './tokens.ts';

/**
 * Protocol buffers. Every message, field, enum, value, reserved range, service and rpc is a resource whose key holds all that
 * a reader of stored bytes leans on (number, type, label), and its settings say the same one by one.
 */
const language: Language = {
  id: 'proto',
  owns: (path) => /\.proto$/i.test(path),
  facts(_path: RepoPath, text: string) {
    const draft = draftFacts('proto');
    const lines = indexLines(text);
    const { tokens, stoppedAt } = placeTokens(text);
    const cursor = createCursor(tokens, text.length);
    describeSchema(readDeclarations(cursor), 'proto', lines, draft);
    const error = cursor.failedAt ?? stoppedAt;
    // What was not understood is in no token, and may be all that changed.
    if (error === undefined) draft.tokens.push(...tokens.map((token) => ({ text: token.text, line: lines.lineAt(token.start) })));
    else draft.blindSpots.push({ reason: 'parse-error', detail: `line ${lines.lineAt(error)}` });
    return draft;
  },
};

export default language;
