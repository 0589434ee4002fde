import {
  commands,
  Disposable,
  l10n,
  MarkdownString,
  StatusBarAlignment,
  type StatusBarItem,
  ThemeColor,
  Uri,
  window,
  workspace,
} from 'vscode';
import type { StatusParams } from '../../../server/src/protocol.ts';
import type { Connection } from '../connect.ts';

/** Most urgent first: what could not be analysed goes before what was. */
const STATES = ['failed', 'no-git', 'no-commits', 'analysing', 'ready'] as const;
const MOST_BLIND_SPOTS = 10;

/** One item, on the left because it is about the whole workspace, with at most 20 characters (experience R17). */
export function createStatus(connection: Connection): Disposable {
  const item = window.createStatusBarItem('brakeline.status', StatusBarAlignment.Left, 20);
  item.name = 'Brakeline';
  item.command = 'brakeline.review';
  const statuses = new Map<string, StatusParams>();
  const listener = connection.onStatus((status) => {
    statuses.set(status.folder, status);
    show(item, [...statuses.values()]);
  });
  const folders = workspace.onDidChangeWorkspaceFolders(({ removed }) => {
    for (const folder of removed) statuses.delete(folder.uri.toString());
    show(item, [...statuses.values()]);
  });
  return Disposable.from(item, listener, folders);
}

function show(item: StatusBarItem, statuses: readonly StatusParams[]): void {
  const state = STATES.find((one) => statuses.some((status) => status.state === one));
  void commands.executeCommand(
    'setContext',
    'brakeline.active',
    statuses.some((status) => status.state === 'ready'),
  );
  if (state === undefined) {
    item.hide();
    return;
  }
  const asked = sum(statuses, (status) => status.asked);
  const critical = sum(statuses, (status) => status.waiting.critical);
  item.text = textOf(state, asked);
  item.tooltip = tooltipOf(statuses);
  item.backgroundColor = critical > 0 ? new ThemeColor('statusBarItem.warningBackground') : undefined;
  item.accessibilityInformation = { label: `Brakeline: ${spokenOf(state, asked)}`, role: 'button' };
  item.show();
}

function textOf(state: StatusParams['state'], asked: number): string {
  switch (state) {
    case 'failed':
      return '$(error) not analysed';
    case 'no-git':
      return l10n.t('$(circle-slash) no git');
    case 'no-commits':
      return l10n.t('$(circle-slash) no commits');
    case 'analysing':
      return '$(ellipsis)';
    case 'ready':
      return asked > 0 ? `$(alert) ${asked}` : '$(pass) 0';
  }
}

function spokenOf(state: StatusParams['state'], asked: number): string {
  if (state === 'ready') return asked === 1 ? l10n.t('1 change waits for you') : l10n.t('{0} changes wait for you', asked);
  if (state === 'analysing') return l10n.t('analysing');
  return state === 'no-git' ? l10n.t('no git repository') : state === 'no-commits' ? l10n.t('no commits yet') : l10n.t('not analysed');
}

/** Says what is counted, what is not, and why: nothing unseen reads as safe. */
function tooltipOf(statuses: readonly StatusParams[]): MarkdownString {
  const text = new MarkdownString('', true);
  for (const status of statuses) {
    if (statuses.length > 1)
      text
        .appendMarkdown('**')
        .appendText(Uri.parse(status.folder).path.split('/').pop() ?? '')
        .appendMarkdown('**\n\n');
    if (status.message !== '') text.appendText(status.message).appendMarkdown('\n\n');
    if (status.state !== 'ready') continue;
    const { critical, high, medium, low } = status.waiting;
    text.appendText(
      l10n.t('Waiting: {0} critical, {1} high, {2} medium, {3} low. Acknowledged: {4}.', critical, high, medium, low, status.acknowledged),
    );
    text.appendMarkdown('\n\n');
    text.appendText(
      status.asked === 0
        ? l10n.t('The policy asks nobody about what was analysed.')
        : l10n.t('The policy asks somebody about {0} of them.', status.asked),
    );
    text.appendMarkdown('\n\n');
    if (status.blindSpots.length > 0) text.appendText(l10n.t('Not analysed:')).appendMarkdown('\n\n');
    for (const { path, reason, detail } of status.blindSpots.slice(0, MOST_BLIND_SPOTS)) {
      text
        .appendMarkdown('- ')
        .appendText(`${path}: ${reason}${detail === '' ? '' : ` (${detail})`}`)
        .appendMarkdown('\n');
    }
    if (status.blindSpots.length > MOST_BLIND_SPOTS) text.appendText(l10n.t('and {0} more', status.blindSpots.length - MOST_BLIND_SPOTS));
  }
  return text;
}

function sum(statuses: readonly StatusParams[], number: (status: StatusParams) => number): number {
  return statuses.reduce((total, status) => total + number(status), 0);
}
