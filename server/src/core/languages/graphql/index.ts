import { GraphQLError, Lexer, parse, Source, TokenKind } from 'graphql';
import type { RepoPath } from '../../model/tree.ts';
import { draftFacts, type FactsDraft } from '../facts-draft.ts';
import type { Language } from '../language.ts';
import { indexLines } from '../positions.ts';
import { unreadBecause } from '../unread.ts';
import { describeDefinition } from './describe.ts';

/**
 * GraphQL schemas: every type, field, argument and enum value is a resource whose key holds all that a query leans on, and so
 * is every directive on one of them. Operations of clients give tokens alone.
 */
const language: Language = {
  id: 'graphql',
  owns: (path) => /\.(graphql|graphqls|gql)$/i.test(path),
  facts(_path: RepoPath, text: string) {
    const draft = draftFacts('graphql');
    const lines = indexLines(text);
    try {
      const { definitions } = parse(text, { maxTokens: MOST_TOKENS });
      for (const definition of definitions) describeDefinition(definition, { text, lines, draft });
      readTokens(text, draft);
    } catch (error) {
      // What was not understood is in no token, and may be all that changed.
      draft.tokens.length = 0;
      draft.blindSpots.push(unreadBecause(error, saidBy(error)));
    }
    return draft;
  },
};

export default language;

/** More than any schema that a person writes. */
const MOST_TOKENS = 200_000;

function readTokens(text: string, draft: FactsDraft): void {
  const lexer = new Lexer(new Source(text));
  for (let token = lexer.advance(); token.kind !== TokenKind.EOF; token = lexer.advance()) {
    // A description is a remark.
    if (token.kind === TokenKind.BLOCK_STRING) continue;
    draft.tokens.push({ text: text.slice(token.start, token.end), line: token.line });
  }
}

function saidBy(error: unknown): string {
  if (!(error instanceof GraphQLError)) return error instanceof Error ? error.message : String(error);
  const line = error.locations?.[0]?.line;
  const [first = ''] = error.message.split('\n');
  return line === undefined ? first : `line ${line}: ${first}`;
}
