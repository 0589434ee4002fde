import type { Range } from '../../../model/range.ts';
import type { RepoPath } from '../../../model/tree.ts';
import type { RuleInput } from '../../define.ts';
import { words } from '../code/call-names.ts';
import { lineChanges } from '../code/changed-lines.ts';
import { rangeOfLine } from '../code/code-text.ts';
import { CALLING_FILES } from '../code/program-files.ts';
import { isBeside } from '../events/event-speakers.ts';

/** An answer that has another status than before. */
export interface ChangedStatus {
  readonly range: Range;
  readonly was: number;
  readonly now: number;
  /** Files that ask for the old one. */
  readonly readers: readonly RepoPath[];
}

/** `res.status(404)` that became `200`, `http.StatusAccepted` that became `StatusOK`, in a line that is the same but for that. */
export function* changedStatuses(input: RuleInput): Generator<ChangedStatus> {
  for (const { after, was, now, head, tail } of lineChanges(input)) {
    const [old, fresh] = [codeOf(was), codeOf(now)];
    if (old === undefined || fresh === undefined || old === fresh) continue;
    // What is compared with is read, and not answered.
    if (
      /(?:[=!]==?|[<>]=?|case|\bin\()$/.test(
        head.replaceAll('=>', ' ').replace(/(?:http|HttpStatus|status|StatusCode|HTTPStatus|StatusCodes)(?:\.|::)$/, ''),
      ) ||
      !SAYS.test(head)
    )
      continue;
    if (/^\)?\s*(?:[=!]==?|[<>])/.test(tail) || /\b(?:expect|assert\w*|should|toBe|retry\w*|mock\w*)\b/i.test(head)) continue;
    // What was gone already is as gone as what is taken away now.
    const isDeleted = old === 404 && fresh === 204 && /\b(?:delete|remove|destroy)/i.test(words(after.scope));
    if (DOUBLES.test(input.path) || isDeleted) continue;
    const readers = readersOf(input, old).filter((path) => asksRoute(input, path, after.scope));
    const isHidden = old >= 400 && fresh < 400;
    if (!isHidden && readers.length === 0) continue;
    yield { range: rangeOfLine(input, 'after', after.line), was: old, now: fresh, readers };
  }
}

/** What stands in for a server in tests. */
const DOUBLES = /(?:^|\/)(?:fakes?|stubs?|doubles?)\//;

/** A file that reads a status of the route `router.post('/orders', …)` around the line, and not of another service: it says the first word of the path. */
function asksRoute({ trees }: RuleInput, path: RepoPath, scope: string): boolean {
  const route = /\.(?:get|post|put|patch|delete|all)\(['"`](\/[^'"`]*)/i.exec(scope)?.[1] ?? '';
  const word = /[A-Za-z][\w-]*/.exec(route.replace(/:\w+/g, ''))?.[0];
  const content = trees.after.read(path);
  return word === undefined || (content?.kind === 'text' && new RegExp(`[/'"\`]${word}(?![\\w-])`).test(content.text));
}

const SAYS =
  /\b(?:status|sendStatus|WriteHeader|HttpCode|abort|JSON|String|IndentedJSON|Error|AbortWithStatus\w*|AbortWithStatusJSON|ResponseEntity|Response|JSONResponse|HTTPException|HttpException|status_code|statusCode|HttpStatus|StatusCode|head|reply|code|setStatus|ResponseStatus|makeResponse|halt|render)\b/;

const NAMED: Readonly<Record<string, number>> = {
  ok: 200,
  created: 201,
  accepted: 202,
  nocontent: 204,
  found: 302,
  badrequest: 400,
  unauthorized: 401,
  paymentrequired: 402,
  forbidden: 403,
  notfound: 404,
  conflict: 409,
  gone: 410,
  preconditionfailed: 412,
  unprocessableentity: 422,
  locked: 423,
  toomanyrequests: 429,
  internalservererror: 500,
  badgateway: 502,
  serviceunavailable: 503,
  gatewaytimeout: 504,
};

/** `404`, `StatusNotFound`, `HttpStatus.NOT_FOUND`, `HTTP_404_NOT_FOUND`, `:not_found`. */
function codeOf(text: string): number | undefined {
  const plain = /^[1-5]\d\d$/.exec(text)?.[0] ?? /\bHTTP_([1-5]\d\d)_/.exec(text)?.[1];
  if (plain !== undefined) return Number(plain);
  if (!/^:?[\w.:]+$/.test(text)) return undefined;
  return NAMED[
    text
      .slice(Math.max(text.lastIndexOf('.'), text.lastIndexOf(':')) + 1)
      .replace(/^Status|_/g, '')
      .replace(/^SC/, '')
      .toLowerCase()
  ];
}

const READING_FILES = [...CALLING_FILES, '.sh'];

function readersOf({ trees, path: own }: RuleInput, code: number): readonly RepoPath[] {
  const name = Object.keys(NAMED).find((known) => NAMED[known] === code) ?? '';
  const asks = new RegExp(
    `(?:status|code)\\w{0,8}\\b[^\\n]{0,24}(?:[=!]==?|\\bin\\b|\\bis\\b|\\beq\\b|-eq)[^\\n]{0,24}\\b${code}\\b|\\bcase ${code}\\b`,
    'i',
  );
  return trees.after.mentioning(String(code), READING_FILES).filter((path) => {
    if (path === own || isBeside(path)) return false;
    const content = trees.after.read(path);
    return (
      content?.kind === 'text' &&
      (asks.test(content.text) || (name !== '' && new RegExp(`[=!]==? ?\\w{0,12}[.:]{0,2}Status${name}\\b`, 'i').test(content.text)))
    );
  });
}
