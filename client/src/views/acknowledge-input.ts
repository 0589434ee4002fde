import { type Disposable, l10n, type QuickInput, QuickInputButtons, type QuickPickItem, window } from 'vscode';
import type { AcknowledgeForm } from '../../../server/src/protocol.ts';
import { plainPrompt } from './plain-prompt.ts';

export interface AcknowledgeAnswer {
  readonly reason: string;
  readonly confirmedDependents: readonly string[];
}

type Step<Value> = { readonly kind: 'given'; readonly value: Value } | { readonly kind: 'back' } | { readonly kind: 'left' };

/**
 * Asks what the severity demands, with quick inputs and never a modal dialog: the reason, then, where the policy wants it, the
 * dependents one by one. Going back keeps what was typed. Undefined where the person leaves.
 */
export async function askAcknowledgement(form: AcknowledgeForm): Promise<AcknowledgeAnswer | undefined> {
  const steps = form.dependents.length > 0 ? 2 : 1;
  let reason = '';
  let confirmed: readonly string[] = [];
  for (;;) {
    const given = await askReason(form, reason, steps);
    if (given.kind !== 'given') return undefined;
    reason = given.value;
    if (form.dependents.length === 0) return { reason, confirmedDependents: [] };
    const ticked = await askDependents(form, confirmed, steps);
    if (ticked.kind === 'left') return undefined;
    if (ticked.kind === 'given') return { reason, confirmedDependents: ticked.value };
    confirmed = [];
  }
}

function askReason(form: AcknowledgeForm, typed: string, steps: number): Promise<Step<string>> {
  const input = window.createInputBox();
  input.value = typed;
  input.prompt = plainPrompt(`${whatIsAcknowledged(form)} · ${form.requirement} · ${l10n.t('signed with {0}', form.signer)}`);
  input.placeholder = form.reasonRequired
    ? l10n.t('Why is this right? At least {0} characters', form.reasonLength)
    : l10n.t('Why is this right? Enter alone will do');
  input.onDidChangeValue(() => {
    input.validationMessage = undefined;
  });
  return ask(input, form, 1, steps, (give) =>
    input.onDidAccept(() => {
      const problem = reasonProblem(form, input.value);
      input.validationMessage = problem;
      if (problem === undefined) give(input.value.trim());
    }),
  );
}

/** One reason is signed for every finding of the hunk, so all of them are named before it is given. */
function whatIsAcknowledged({ findings }: AcknowledgeForm): string {
  const messages = findings.map(({ message }) => message).join(' · ');
  return findings.length < 2 ? messages : l10n.t('this acknowledges {0} findings of this hunk: {1}', findings.length, messages);
}

/** The server asks the same again; here the person is told while they type. */
function reasonProblem(form: AcknowledgeForm, reason: string): string | undefined {
  if (!form.reasonRequired) return undefined;
  const length = reason.replace(/\s/g, '').length;
  if (length < form.reasonLength) return l10n.t('Expected a reason of at least {0} characters, found {1}', form.reasonLength, length);
  return reason.trim() === form.previousReason ? l10n.t('Expected a reason for this change, found the same one as last time') : undefined;
}

interface DependentItem extends QuickPickItem {
  readonly id: string;
}

function askDependents(form: AcknowledgeForm, confirmed: readonly string[], steps: number): Promise<Step<readonly string[]>> {
  const input = window.createQuickPick<DependentItem>();
  input.canSelectMany = true;
  input.items = form.dependents.map(({ id, label, detail }) => ({ id, label: plainPrompt(label), description: plainPrompt(detail) }));
  input.selectedItems = input.items.filter(({ id }) => confirmed.includes(id));
  input.placeholder = l10n.t('Tick each place that depends on this, once you know that it still works');
  input.buttons = [QuickInputButtons.Back];
  return ask(input, form, 2, steps, (give, goBack) => [
    input.onDidTriggerButton(goBack),
    input.onDidAccept(() => {
      const ticked = input.selectedItems.map(({ id }) => id);
      if (ticked.length === form.dependents.length) give(ticked);
      else input.placeholder = l10n.t('Expected all {0} ticked, found {1}', form.dependents.length, ticked.length);
    }),
  ]);
}

function ask<Value>(
  input: QuickInput,
  form: AcknowledgeForm,
  step: number,
  totalSteps: number,
  listen: (give: (value: Value) => void, goBack: () => void) => Disposable | readonly Disposable[],
): Promise<Step<Value>> {
  input.title = l10n.t('Acknowledge · {0}', form.title);
  input.step = step;
  input.totalSteps = totalSteps;
  // The person looks at the code and the dependents while answering.
  input.ignoreFocusOut = true;
  return new Promise((resolve) => {
    const finish = (outcome: Step<Value>): void => {
      resolve(outcome);
      input.dispose();
    };
    listen(
      (value) => finish({ kind: 'given', value }),
      () => finish({ kind: 'back' }),
    );
    input.onDidHide(() => finish({ kind: 'left' }));
    input.show();
  });
}
