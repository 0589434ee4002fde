import { ResponseError } from 'vscode-languageserver/node';
import { AppError } from '../../host/app-error.ts';
import type { SigningPlace } from '../../host/sign-session.ts';
import type { EditorReferences, EditorReferencesParams, Outcome } from '../../protocol.ts';
import type { FolderAnswer } from './answer.ts';
import type { Folder } from './folder.ts';
import type { Loop } from './loop.ts';
import type { Publisher } from './publish.ts';
import type { OpenSignoff } from './signoff-view.ts';
import { toPath } from './uris.ts';

/** What every handler is given. Handlers read the loop's state, call one verb, and answer. */
export interface Context {
  readonly loop: Loop;
  readonly publisher: Publisher;
  readonly env: NodeJS.ProcessEnv;
  /** The last reason given in each folder, by its URI. */
  readonly reasons: Map<string, string>;
  /** Sign-off requests that were opened, by the URI of the file, as they were shown. */
  readonly signoffs: Map<string, OpenSignoff>;
  /** What the editor's own language extension counts at a place; null where it does not say so soon. */
  askEditor(place: EditorReferencesParams): Promise<EditorReferences | null>;
}

/** Not a code of JSON-RPC or LSP: a request that could not be answered, with one line for a person. */
const REQUEST_FAILED = -32_803;

/** Wraps a handler so that every failure reaches the client as one clear line and never as a stack trace. */
export function answering<Params, Result>(handler: (params: Params) => Result | Promise<Result>): (params: Params) => Promise<Result> {
  return async (params) => {
    try {
      return await handler(params);
    } catch (error) {
      throw new ResponseError(REQUEST_FAILED, oneLine(error));
    }
  };
}

export function oneLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.split('\n', 1)[0] ?? text;
}

/** A failure of signing or writing as an answer: what a person can act on has its own code. */
export function refusedBy(error: unknown): Extract<Outcome, { readonly kind: 'refused' }> {
  const code = error instanceof AppError && error.code === 'key-refused' ? 'key-refused' : 'failed';
  return { kind: 'refused', code, message: oneLine(error) };
}

/**
 * The answer after a record was written, so that the person sees it before they are told. Undefined where the analysis stopped
 * meanwhile: the record stands all the same, and the status says what stopped (test/doors/lsp/stopped-after-signing.test.ts).
 */
export function shownAnswer(folder: Folder): Promise<FolderAnswer | undefined> {
  return folder.latest().catch(() => undefined);
}

/** The folder of a URI that a command named. Errors: the client asked about a folder that is not open. */
export function expectFolder(folder: Folder | undefined, uri: string): Folder {
  if (folder === undefined) throw new Error(`expected a file of an open workspace folder, found ${uri}`);
  return folder;
}

/** The path of a URI that a command named. Errors: `bad-usage` for a file of another machine. */
export function expectFile(uri: string): string {
  const file = toPath(uri);
  if (file === undefined) throw new AppError('bad-usage', `expected a file of this machine, found ${uri}`);
  return file;
}

export function signingPlace(answer: FolderAnswer, env: NodeJS.ProcessEnv): SigningPlace {
  return { root: answer.places.root, commonDir: answer.commonDir, env };
}
