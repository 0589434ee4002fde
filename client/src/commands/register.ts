import { commands, type Disposable, l10n, window } from 'vscode';
import type { Connection } from '../connect.ts';
import type { BaselineDocuments } from '../views/baseline-documents.ts';
import type { ImpactView } from '../views/impact.ts';
import type { Pages } from '../views/pages.ts';
import { plainPrompt } from '../views/plain-prompt.ts';
import type { SignoffPanel } from '../views/signoff.ts';
import { acknowledge } from './acknowledge.ts';
import { rejectHunk } from './answer-signoff.ts';
import { explain } from './explain.ts';
import { exportAcknowledgements } from './export.ts';
import { importSignoff } from './import-signoff.ts';
import { nextHunk, previousHunk } from './next-hunk.ts';
import { openSignoff } from './open-signoff.ts';
import { requestSignoff } from './request-signoff.ts';
import { review } from './review.ts';
import { showChange } from './show-change.ts';
import { showImpact } from './show-impact.ts';
import { showLog } from './show-log.ts';
import { undoAcknowledge } from './undo-acknowledge.ts';
import { verify } from './verify.ts';

/** What a command may use. */
export interface CommandContext {
  readonly connection: Connection;
  readonly pages: Pages;
  readonly baselines: BaselineDocuments;
  readonly impact: ImpactView;
  readonly signoff: SignoffPanel;
}

/**
 * A command: `argument` is the hunk of a lens, a hover or a code action, a row of the sign-off view or a file of the explorer, and
 * absent from the palette and a key.
 */
export type Command = (context: CommandContext, argument: unknown) => Promise<void> | void;

const COMMANDS: Readonly<Record<string, Command>> = {
  'brakeline.acknowledge': acknowledge,
  'brakeline.undoAcknowledge': undoAcknowledge,
  'brakeline.explain': explain,
  'brakeline.showChange': showChange,
  'brakeline.showImpact': showImpact,
  'brakeline.nextHunk': nextHunk,
  'brakeline.previousHunk': previousHunk,
  'brakeline.export': exportAcknowledgements,
  'brakeline.verify': verify,
  'brakeline.requestSignoff': requestSignoff,
  'brakeline.openSignoff': openSignoff,
  'brakeline.rejectHunk': rejectHunk,
  'brakeline.importSignoff': importSignoff,
  'brakeline.review': review,
  'brakeline.showLog': showLog,
};

export function registerCommands(context: CommandContext): readonly Disposable[] {
  return Object.entries(COMMANDS).map(([id, command]) =>
    commands.registerCommand(id, (argument: unknown) => run(command, context, argument)),
  );
}

/** A command that fails says so, with a way to the log; nothing else ever pops up (experience R17). */
async function run(command: Command, context: CommandContext, argument: unknown): Promise<void> {
  try {
    await command(context, argument);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const showLogLabel = l10n.t('Show Log');
    const chosen = await window.showErrorMessage(`Brakeline: ${plainPrompt(message.split('\n', 1)[0] ?? message)}`, showLogLabel);
    if (chosen === showLogLabel) context.connection.showLog();
  }
}
