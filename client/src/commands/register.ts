import { commands, type Disposable, l10n, window } from 'vscode';
import type { Connection } from '../connect.ts';
import type { BaselineDocuments } from '../views/baseline-documents.ts';
import type { ImpactView } from '../views/impact.ts';
import type { Pages } from '../views/pages.ts';
import { acknowledge } from './acknowledge.ts';
import { explain } from './explain.ts';
import { exportAcknowledgements } from './export.ts';
import { nextHunk, previousHunk } from './next-hunk.ts';
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
}

/** A command: `argument` is the hunk of a lens, a hover or a code action, and absent from the palette and a key. */
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
    const chosen = await window.showErrorMessage(`Brakeline: ${message.split('\n', 1)[0] ?? message}`, showLogLabel);
    if (chosen === showLogLabel) context.connection.showLog();
  }
}
