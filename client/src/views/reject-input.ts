import { l10n, window } from 'vscode';
import type { AcknowledgeForm } from '../../../server/src/protocol.ts';
import { plainPrompt } from './plain-prompt.ts';

/** Asks what is wrong with a hunk: a rejection needs words, whatever the policy asks of an acknowledgement. Undefined: the person left. */
export async function askRejection({ title, findings, signer, reasonLength }: AcknowledgeForm): Promise<string | undefined> {
  const reason = await window.showInputBox({
    title: l10n.t('Reject · {0}', title),
    prompt: plainPrompt(`${findings.map(({ message }) => message).join(' · ')} · ${l10n.t('signed with {0}', signer)}`),
    placeHolder: l10n.t('What is wrong with it? At least {0} characters; the author reads them', reasonLength),
    ignoreFocusOut: true,
    validateInput: (text) => {
      const length = text.replace(/\s/g, '').length;
      // An empty box has not been answered yet; Enter in it is told by the server.
      if (length === 0 || length >= reasonLength) return undefined;
      return l10n.t('Expected a reason of at least {0} characters, found {1}', reasonLength, length);
    },
  });
  return reason?.trim();
}
