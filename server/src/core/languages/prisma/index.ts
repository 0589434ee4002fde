import { type PrismaSchema, parsePrismaSchema } from '@loancrate/prisma-schema-parser';
import type { RepoPath } from '../../model/tree.ts';
import { draftFacts, type FactsDraft } from '../facts-draft.ts';
import type { Language } from '../language.ts';
import { indexLines } from '../positions.ts';
import { readDeclarations } from './declarations.ts';

/**
 * Prisma schemas. A model is a declared table: its head, each of its columns and each constraint is a statement of its own
 * (`declare-table`, `declare-column`, `declare-constraint`), so that rules of SQL judge what changed between two schemas. Blocks
 * of configuration give settings.
 */
const language: Language = {
  id: 'prisma',
  owns: (path) => /\.prisma$/i.test(path),
  facts(_path: RepoPath, text: string) {
    const draft = draftFacts('prisma');
    const schema = parse(text, draft);
    // Its parser leaves a hole in the tree where a declaration is cut in the middle and says nothing of it.
    if (schema !== undefined && !hasHole(schema)) {
      readDeclarations(schema, indexLines(text), draft);
      readTokens(text, draft);
    } else if (schema !== undefined) draft.blindSpots.push({ reason: 'parse-error', detail: NOT_UNDERSTOOD });
    return draft;
  },
};

export default language;

const NOT_UNDERSTOOD = 'no Prisma schema that its parser understands';

/** A field without a type, which its types say cannot be. */
function hasHole({ declarations }: PrismaSchema): boolean {
  return declarations.some(
    (declaration) =>
      'members' in declaration &&
      declaration.members.some((member) => member.kind === 'field' && (member.type as typeof member.type | null) === null),
  );
}

function parse(text: string, draft: FactsDraft): PrismaSchema | undefined {
  try {
    return parsePrismaSchema(text);
  } catch (error) {
    // What was not understood is in no token, and may be all that changed.
    // Its parser breaks with a word of its own insides where a declaration is cut in the middle.
    const isOurs = error instanceof TypeError || !(error instanceof Error);
    const said = isOurs ? NOT_UNDERSTOOD : (error.message.split('\n')[0] ?? '');
    draft.blindSpots.push({ reason: 'parse-error', detail: said.slice(0, 120) });
    return undefined;
  }
}

/** Words, strings and signs; a remark from `//` on is none. */
function readTokens(text: string, draft: FactsDraft): void {
  let line = 1;
  for (const [token] of text.matchAll(/\n|\/\/[^\n]*|"(?:[^"\\\n]|\\.)*"|\w+|[^\s\w]/g)) {
    if (token === '\n') line += 1;
    else if (!token.startsWith('//')) draft.tokens.push({ text: token, line });
  }
}
