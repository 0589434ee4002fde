import { type Node, type ParseError, parseTree, printParseErrorCode } from 'jsonc-parser';
import type { RepoPath } from '../../model/tree.ts';
import { describeDocument } from '../document/describe.ts';
import type { DocumentNode } from '../document/node.ts';
import { draftFacts } from '../facts-draft.ts';
import type { Embed, Language } from '../language.ts';
import { describeLockFile, isLockFile } from '../lock-files.ts';
import { indexLines, linesBetween } from '../positions.ts';
import { unreadBecause } from '../unread.ts';
import { convertJson } from './convert.ts';
import { describeManifest } from './manifest.ts';

/** A `.template` is CloudFormation's, but for the one that an image of nginx fills in. */
const JSON_FILE = /\.(json|jsonc|webmanifest|code-workspace|tfstate|avsc|avpr)$|(?<!\.conf)\.template$/i;
const KNOWN = /(^|\/)(\.eslintrc|\.babelrc|\.prettierrc|\.swcrc|\.nycrc|\.releaserc|\.renovaterc)$/;

/**
 * JSON, with comments and trailing commas as editors allow them. CloudFormation templates and Kubernetes objects come out as
 * resources, `package.json` as dependencies and scripts, everything else as settings.
 */
const language: Language = {
  id: 'json',
  embeds: ['shell', 'sql'],
  owns: (path) => JSON_FILE.test(path) || KNOWN.test(path),
  facts(path: RepoPath, text: string, embed: Embed) {
    const draft = draftFacts('json');
    if (isLockFile(path)) {
      describeLockFile(path, text, draft);
      return draft;
    }
    const lines = indexLines(text);
    try {
      const errors: ParseError[] = [];
      const tree: Node | undefined = parseTree(text.startsWith('\uFEFF') ? ` ${text.slice(1)}` : text, errors, {
        allowTrailingComma: true,
        allowEmptyContent: true,
      });
      const error = errors[0];
      if (error !== undefined)
        draft.blindSpots.push({ reason: 'parse-error', detail: `line ${lines.lineAt(error.offset)}: ${printParseErrorCode(error.error)}` });
      const root: DocumentNode | undefined =
        tree === undefined ? undefined : convertJson(tree, 0, (start, end) => linesBetween(text, start, end, lines));
      if (root !== undefined) {
        describeDocument(root, { path, lines, embed, draft });
        if (/(^|\/)package\.json$/.test(path)) describeManifest(root, { path, lines, embed, draft });
      }
    } catch (error) {
      draft.blindSpots.push(unreadBecause(error));
    }
    // What could not be read is in no token, and may be all that changed.
    if (draft.blindSpots.length > 0) draft.tokens.length = 0;
    return draft;
  },
};

export default language;
