import { l10n, ThemeColor, ThemeIcon, TreeItem, TreeItemCollapsibleState, Uri } from 'vscode';
import type { SignoffHunk, SignoffView } from '../../../server/src/protocol.ts';

/** A row of the sign-off view, with the rows below it. `hunk` is what its buttons are about. */
export interface SignoffRow {
  readonly item: TreeItem;
  readonly children: readonly SignoffRow[];
  readonly hunk?: SignoffHunk;
}

/** A request as rows: what to know of the whole, then each hunk with what is said of it. */
export function rowsOf(view: SignoffView): readonly SignoffRow[] {
  const { provenance, isClaim, signer } = view;
  return [
    leaf(`${provenance.charAt(0).toUpperCase()}${provenance.slice(1)}`, isClaim ? warning() : new ThemeIcon('verified')),
    ...view.hunks.map(hunkRow),
    leaf(l10n.t('Signed with {0}', signer), new ThemeIcon('key')),
    answerRow(view),
  ];
}

/** A sign and a word for each state: colour alone tells nobody anything (experience R23). */
function stateLook({ state, form }: SignoffHunk): { readonly icon: ThemeIcon; readonly word: string } {
  switch (state) {
    case 'open':
      return {
        icon: new ThemeIcon('alert', new ThemeColor(form.severity === 'critical' ? 'list.errorForeground' : 'list.warningForeground')),
        word: form.title,
      };
    case 'acknowledged':
      return { icon: new ThemeIcon('pass', new ThemeColor('testing.iconPassed')), word: l10n.t('acknowledged by you') };
    case 'rejected':
      return { icon: new ThemeIcon('error', new ThemeColor('testing.iconFailed')), word: l10n.t('rejected by you') };
  }
}

function hunkRow(hunk: SignoffHunk): SignoffRow {
  const { path, line, form, state, reason, note, refusal } = hunk;
  const { icon, word } = stateLook(hunk);
  const item = new TreeItem(`${path}:${line + 1}`, TreeItemCollapsibleState.Expanded);
  const said = reason === '' ? word : `${word}: ${reason}`;
  item.id = form.hunk.hunkId;
  item.description = said;
  item.iconPath = icon;
  item.tooltip = `${path}:${line + 1}\n${said}`;
  item.contextValue = state === 'open' ? (refusal === '' ? 'open' : 'open-reject-only') : 'decided';
  item.accessibilityInformation = { label: `${path} ${l10n.t('line {0}', line + 1)}, ${said}` };
  const children = [
    ...(note === '' ? [] : [leaf(l10n.t('Not as in this clone: {0}', note), warning())]),
    ...form.findings.map(({ message, rule, line: at }) =>
      leaf(message, new ThemeIcon('circle-small'), `${rule} · ${l10n.t('line {0}', at + 1)}`),
    ),
    ...(state === 'open' && refusal !== ''
      ? [leaf(l10n.t('Not to be acknowledged here: {0}', refusal), new ThemeIcon('circle-slash'))]
      : []),
    ...(state === 'open' ? [leaf(form.requirement, new ThemeIcon('law'))] : []),
    ...dependentsRow(hunk),
  ];
  const row: SignoffRow = { item, children, hunk };
  item.command = { title: l10n.t('Show Change'), command: 'brakeline.showChange', arguments: [row] };
  return row;
}

function dependentsRow({ form: { dependents } }: SignoffHunk): readonly SignoffRow[] {
  if (dependents.length === 0) return [];
  const item = new TreeItem(l10n.t('Depends on it, to be confirmed'), TreeItemCollapsibleState.Collapsed);
  item.description = String(dependents.length);
  item.iconPath = new ThemeIcon('references');
  return [{ item, children: dependents.map(({ label, detail }) => leaf(label, new ThemeIcon('symbol-reference'), detail)) }];
}

function answerRow({ answer, hunks }: SignoffView): SignoffRow {
  const uri = Uri.parse(answer);
  const name = uri.path.slice(uri.path.lastIndexOf('/') + 1);
  const isWritten = hunks.some(({ state }) => state !== 'open');
  const label = isWritten ? l10n.t('Send {0} back to the author', name) : l10n.t('The answer will be {0}', name);
  const row = leaf(label, new ThemeIcon(isWritten ? 'mail' : 'mail-read'));
  row.item.tooltip = uri.fsPath;
  if (isWritten) row.item.command = { title: l10n.t('Show in Explorer'), command: 'revealInExplorer', arguments: [uri] };
  return row;
}

function warning(): ThemeIcon {
  return new ThemeIcon('warning', new ThemeColor('list.warningForeground'));
}

function leaf(label: string, icon: ThemeIcon, description?: string): SignoffRow {
  const item = new TreeItem(label);
  item.iconPath = icon;
  item.tooltip = description === undefined ? label : `${label}\n${description}`;
  item.accessibilityInformation = { label: description === undefined ? label : `${label}, ${description}` };
  if (description !== undefined) item.description = description;
  return { item, children: [] };
}
