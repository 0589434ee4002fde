import type { CodeLens, Diagnostic, PublishDiagnosticsParams } from 'vscode-languageserver/node';
import type { AssessedHunk } from '../../core/model/assessment.ts';
import type { Settings, StatusParams } from '../../protocol.ts';
import type { FolderAnswer } from './answer.ts';
import { oneLine } from './context.ts';
import { type Documents, shiftLine } from './documents.ts';
import type { Folder } from './folder.ts';
import { toFile, toRepoPath } from './places.ts';
import { toStatus } from './status.ts';
import { toDiagnostics, toLenses } from './to-lsp.ts';
import { toPath, toUri } from './uris.ts';
import type { Failure } from './worker-messages.ts';

/** An editor that has not asked for lenses this long after an edit waits to be told. VS Code asks after 250 ms or more. */
const LENS_PATIENCE_MS = 800;

/** Sends what changed and nothing else. */
export interface Publisher {
  publish(folders: readonly Folder[], documents: Documents, settings: Settings): void;
  status(folder: Folder): void;
  /** The analysis died too often: one message, once (experience R25). */
  givenUp(folder: Folder, failure: Failure): void;
  cannotStart(error: unknown): void;
  /** Lenses of one document, from the newest answer, moved by the edits it has not seen. */
  lenses(folders: readonly Folder[], documents: Documents, settings: Settings, uri: string): CodeLens[];
}

export interface Outlet {
  diagnostics(params: PublishDiagnosticsParams): void;
  refreshLenses(): void;
  status(params: StatusParams): void;
  error(message: string): void;
}

export function createPublisher(outlet: Outlet): Publisher {
  const published = new Map<string, string>();
  const sentStatus = new Map<string, string>();
  /** What each document's lenses were when the editor last asked, to tell whether it must ask again. */
  const served = new Map<string, { readonly version: number; readonly lenses: CodeLens[] }>();

  let lensTimer: NodeJS.Timeout | undefined;
  const refreshIfStale = (folders: readonly Folder[], documents: Documents, settings: Settings): void => {
    if (staleLenses(served, folders, documents, settings).length > 0) outlet.refreshLenses();
  };

  const lenses: Publisher['lenses'] = (folders, documents, settings, uri) => {
    const found = settings.codeLens ? lensesOf(folders, documents, uri) : [];
    served.set(uri, { version: documents.get(uri)?.version ?? 0, lenses: found });
    return found;
  };

  return {
    lenses,
    publish(folders, documents, settings) {
      const wanted = collectDiagnostics(folders, documents, settings);
      for (const uri of published.keys()) if (!wanted.has(uri)) wanted.set(uri, []);
      for (const [uri, diagnostics] of wanted) {
        const text = JSON.stringify(diagnostics);
        if ((published.get(uri) ?? '[]') === text) continue;
        if (diagnostics.length === 0) published.delete(uri);
        else published.set(uri, text);
        outlet.diagnostics({ uri, diagnostics });
      }
      clearTimeout(lensTimer);
      const stale = staleLenses(served, folders, documents, settings);
      if (stale.includes('shown')) outlet.refreshLenses();
      else if (stale.length > 0) lensTimer = setTimeout(() => refreshIfStale(folders, documents, settings), LENS_PATIENCE_MS).unref();
    },
    status(folder) {
      const params = toStatus(folder);
      const text = JSON.stringify(params);
      if (sentStatus.get(folder.uri) === text) return;
      sentStatus.set(folder.uri, text);
      outlet.status(params);
    },
    cannotStart: (error) => outlet.error(`Brakeline: ${oneLine(error)}`),
    givenUp: (folder, failure) => outlet.error(`Brakeline stopped in ${folder.path}: ${failure.message}`),
  };
}

/** By URI. An open document is named as the editor named it. Where two folders share a repository, the innermost one that holds the file speaks for it. */
function collectDiagnostics(folders: readonly Folder[], documents: Documents, settings: Settings): Map<string, Diagnostic[]> {
  const openUris = new Map(documents.all().map((document) => [toPath(document.uri) ?? document.uri, document.uri]));
  const wanted = new Map<string, Diagnostic[]>();
  for (const folder of folders) {
    const { answer } = folder;
    if (answer === undefined) continue;
    for (const [path, hunks] of hunksByPath(answer)) {
      const file = toFile(answer.places, path);
      if (speakerOf(folders, file) !== folder && speakerOf(folders, file) !== undefined) continue;
      const uri = openUris.get(file) ?? toUri(file);
      wanted.set(uri, toDiagnostics(answer, hunks, uri, settings));
    }
  }
  return wanted;
}

function hunksByPath(answer: FolderAnswer): ReadonlyMap<string, readonly AssessedHunk[]> {
  const byPath = new Map<string, AssessedHunk[]>();
  for (const hunk of answer.assessment.hunks) byPath.set(hunk.path, [...(byPath.get(hunk.path) ?? []), hunk]);
  return byPath;
}

/** The innermost workspace folder that holds a file. */
export function speakerOf(folders: readonly Folder[], file: string): Folder | undefined {
  return folders.filter((folder) => toRepoPath({ root: folder.path }, file) !== undefined).sort((a, b) => b.path.length - a.path.length)[0];
}

function lensesOf(folders: readonly Folder[], documents: Documents, uri: string): CodeLens[] {
  const file = toPath(uri);
  const folder = file === undefined ? undefined : speakerOf(folders, file);
  const { answer } = folder ?? {};
  if (file === undefined || folder === undefined || answer === undefined) return [];
  const path = toRepoPath(answer.places, file);
  const hunks = answer.assessment.hunks.filter((hunk) => hunk.path === path);
  const edits = documents.editsSince(uri, folder.versionSeen(uri) ?? Number.POSITIVE_INFINITY);
  return toLenses(answer, hunks, uri, (line) => shiftLine(line - 1, edits));
}

/**
 * Documents whose lenses are no longer those that the editor shows, edits it made itself allowed for. `shown`: it has asked since
 * its last edit and will not ask again by itself. `typing`: it is about to ask, and a notice now would only start its wait anew.
 */
function staleLenses(
  served: ReadonlyMap<string, { readonly version: number; readonly lenses: CodeLens[] }>,
  folders: readonly Folder[],
  documents: Documents,
  settings: Settings,
): readonly ('shown' | 'typing')[] {
  return documents.all().flatMap(({ uri, version }) => {
    const shown = served.get(uri);
    if (shown === undefined) return [];
    const edits = documents.editsSince(uri, shown.version);
    const moved = shown.lenses.map((lens) => ({
      ...lens,
      range: {
        start: { ...lens.range.start, line: shiftLine(lens.range.start.line, edits) },
        end: { ...lens.range.end, line: shiftLine(lens.range.end.line, edits) },
      },
    }));
    if (JSON.stringify(moved) === JSON.stringify(settings.codeLens ? lensesOf(folders, documents, uri) : [])) return [];
    return [shown.version === version ? ('shown' as const) : ('typing' as const)];
  });
}
