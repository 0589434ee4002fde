import { commands, l10n, Range, Uri, window } from 'vscode';
import { hunkOrPlace } from './hunk-argument.ts';
import { listHunks } from './list-hunks.ts';
import type { CommandContext } from './register.ts';

/** Opens the document beside its baseline, at the change. */
export async function showChange({ connection, baselines, signoff }: CommandContext, argument: unknown): Promise<void> {
  const asked = signoff.find(argument);
  if (asked !== undefined) return signoff.openDiff(asked);
  const ref = hunkOrPlace(argument);
  const uri = Uri.parse(ref.uri);
  const before = await baselines.open(uri);
  const hunks = 'hunkId' in ref ? await listHunks(connection) : [];
  const line = 'hunkId' in ref ? hunks.find(({ hunk }) => hunk.hunkId === ref.hunkId)?.line : ref.line;
  const at = line ?? window.activeTextEditor?.selection.active.line ?? 0;
  const name = uri.path.slice(uri.path.lastIndexOf('/') + 1);
  await commands.executeCommand('vscode.diff', before.uri, uri, l10n.t('{0} ({1} ↔ now)', name, before.baseline), {
    selection: new Range(at, 0, at, 0),
  });
}
