import { type Disposable, EventEmitter, type Uri, workspace } from 'vscode';
import { BEFORE, type BeforeResult } from '../../../server/src/protocol.ts';
import type { Connection } from '../connect.ts';

/** The committed text of files, for the left side of a diff. */
export interface BaselineDocuments extends Disposable {
  /** Asks the server anew, because HEAD may have moved since the last time. */
  open(file: Uri): Promise<{ readonly uri: Uri; readonly baseline: string }>;
}

const SCHEME = 'brakeline-before';

export function createBaselineDocuments(connection: Connection): BaselineDocuments {
  const texts = new Map<string, string>();
  const changed = new EventEmitter<Uri>();
  const provider = workspace.registerTextDocumentContentProvider(SCHEME, {
    onDidChange: changed.event,
    provideTextDocumentContent: (uri) => texts.get(uri.toString()) ?? '',
  });
  return {
    async open(file) {
      const { text, baseline } = await connection.request<BeforeResult>(BEFORE, { uri: file.toString() });
      const uri = file.with({ scheme: SCHEME });
      texts.set(uri.toString(), text);
      changed.fire(uri);
      return { uri, baseline };
    },
    dispose() {
      provider.dispose();
      changed.dispose();
    },
  };
}
