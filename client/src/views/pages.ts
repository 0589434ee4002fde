import { commands, type Disposable, EventEmitter, Uri, window, workspace } from 'vscode';

/** Read-only Markdown that the server wrote: explanations and verification reports. */
export interface Pages extends Disposable {
  show(title: string, markdown: string): Promise<void>;
}

const SCHEME = 'brakeline-page';

export function createPages(): Pages {
  const texts = new Map<string, string>();
  const changed = new EventEmitter<Uri>();
  const provider = workspace.registerTextDocumentContentProvider(SCHEME, {
    onDidChange: changed.event,
    provideTextDocumentContent: (uri) => texts.get(uri.toString()) ?? '',
  });
  return {
    async show(title, markdown) {
      const uri = Uri.from({ scheme: SCHEME, path: `/${title}.md` });
      texts.set(uri.toString(), markdown);
      changed.fire(uri);
      try {
        await commands.executeCommand('markdown.showPreview', uri);
      } catch {
        // The built-in Markdown extension can be switched off; its source reads well enough.
        await window.showTextDocument(uri);
      }
    },
    dispose() {
      provider.dispose();
      changed.dispose();
    },
  };
}
