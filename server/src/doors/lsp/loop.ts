import type { TextDocumentContentChangeEvent } from 'vscode-languageserver/node';
import type { Settings } from '../../protocol.ts';
import { createDocuments, type Documents } from './documents.ts';
import { type Folder, type FolderOptions, openFolder } from './folder.ts';
import { toRepoPath } from './places.ts';
import type { Publisher } from './publish.ts';
import { toPath } from './uris.ts';
import type { LinkEvent } from './worker-link.ts';
import { NO_WORK, type Work } from './worker-messages.ts';

/** Everything that can happen to the server, from the editor or from a worker. The set is closed: `dispatch` handles all of it. */
export type Event =
  | { readonly kind: 'opened'; readonly uri: string; readonly languageId: string; readonly version: number; readonly text: string }
  | {
      readonly kind: 'changed';
      readonly uri: string;
      readonly version: number;
      readonly changes: readonly TextDocumentContentChangeEvent[];
    }
  | { readonly kind: 'closed'; readonly uri: string }
  | { readonly kind: 'files'; readonly uris: readonly string[] }
  | { readonly kind: 'folders'; readonly added: readonly string[]; readonly removed: readonly string[] }
  | { readonly kind: 'settings'; readonly settings: Settings }
  | { readonly kind: 'worker'; readonly folder: string; readonly event: LinkEvent };

export interface Loop {
  dispatch(event: Event): void;
  readonly documents: Documents;
  readonly folders: readonly Folder[];
  readonly settings: Settings;
  close(): Promise<void>;
}

export interface LoopOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly settings: Settings;
  readonly publisher: Publisher;
  readonly log: (line: string) => void;
  readonly workerFile?: string;
}

/** The server's state and the one place that changes it. Handlers only read it, and ask its folders. */
export function createLoop(options: LoopOptions): Loop {
  const { env, publisher, log } = options;
  const documents = createDocuments();
  const folders = new Map<string, Folder>();
  let settings = options.settings;

  const ask = (folder: Folder, work: Work): void => {
    folder.ask(work);
    publisher.status(folder);
  };
  const everything = (): Work => ({ documents: Object.fromEntries(documents.all().flatMap(textOf)), files: [], relist: true });
  const textOf = (document: { readonly uri: string; getText(): string }): [string, string][] => {
    const file = toPath(document.uri);
    return file === undefined ? [] : [[file, document.getText()]];
  };
  /** A folder that has answered once knows whether a file is any of its business. */
  const concerns = (folder: Folder, file: string): boolean =>
    folder.answer === undefined || toRepoPath(folder.answer.places, file) !== undefined;
  const askDocument = (uri: string, text: string | null): void => {
    const file = toPath(uri);
    if (file === undefined) return;
    for (const folder of folders.values()) if (concerns(folder, file)) ask(folder, { ...NO_WORK, documents: { [file]: text } });
  };
  const askFiles = (files: readonly string[]): void => {
    for (const folder of folders.values()) {
      const own = files.filter((file) => concerns(folder, file));
      if (own.length > 0) ask(folder, { ...NO_WORK, files: own });
    }
  };

  function add(uri: string): void {
    if (folders.has(uri)) return;
    const versions = (): ReadonlyMap<string, number> => new Map(documents.all().map((document) => [document.uri, document.version]));
    const onEvent = (event: LinkEvent): void => dispatch({ kind: 'worker', folder: uri, event });
    const folder = tryOpen({
      uri,
      env,
      onEvent,
      versions,
      ...(options.workerFile === undefined ? {} : { workerFile: options.workerFile }),
    });
    if (folder === undefined) return;
    folders.set(uri, folder);
    ask(folder, everything());
  }

  /** Undefined for a folder of another machine, and where the installation is not whole: then a person is told. */
  function tryOpen(folder: FolderOptions): Folder | undefined {
    try {
      return openFolder(folder);
    } catch (error) {
      publisher.cannotStart(error);
      return undefined;
    }
  }

  function remove(uri: string): void {
    void folders.get(uri)?.close();
    folders.delete(uri);
    publisher.publish([...folders.values()], documents, settings);
  }

  function fromWorker(folder: Folder, event: LinkEvent): void {
    folder.receive(event);
    switch (event.kind) {
      case 'answer':
      case 'failed':
        publisher.publish([...folders.values()], documents, settings);
        break;
      case 'moved':
        folder.ask({ ...NO_WORK, relist: event.what === 'head' });
        break;
      case 'restarted':
        folder.ask(everything());
        break;
      case 'stopped':
        log(event.failure.message);
        if (!event.willRestart) publisher.givenUp(folder, event.failure);
        break;
      case 'log':
        log(event.line);
        break;
    }
    publisher.status(folder);
  }

  function dispatch(event: Event): void {
    switch (event.kind) {
      case 'opened':
        documents.open(event.uri, event.languageId, event.version, event.text);
        askDocument(event.uri, event.text);
        break;
      case 'changed':
        documents.change(event.uri, event.version, event.changes);
        askDocument(event.uri, documents.get(event.uri)?.getText() ?? null);
        break;
      case 'closed':
        documents.close(event.uri);
        askDocument(event.uri, null);
        break;
      case 'files':
        askFiles(event.uris.flatMap((uri) => toPath(uri) ?? []));
        break;
      case 'folders':
        event.removed.forEach(remove);
        event.added.forEach(add);
        break;
      case 'settings':
        settings = event.settings;
        publisher.publish([...folders.values()], documents, settings);
        break;
      case 'worker': {
        const folder = folders.get(event.folder);
        if (folder !== undefined) fromWorker(folder, event.event);
      }
    }
  }

  return {
    dispatch,
    documents,
    get folders() {
      return [...folders.values()];
    },
    get settings() {
      return settings;
    },
    close: async () => {
      await Promise.all([...folders.values()].map((folder) => folder.close()));
    },
  };
}
