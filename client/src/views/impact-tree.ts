import { l10n, Range, ThemeColor, ThemeIcon, TreeItem, TreeItemCollapsibleState, Uri } from 'vscode';
import type { ImpactFile, ImpactReport, ImpactState } from '../../../server/src/protocol.ts';

/** A row of the impact view, with the rows below it. */
export interface ImpactRow {
  readonly item: TreeItem;
  readonly children: readonly ImpactRow[];
}

/** Entry points that are seen at once; more are asked for. */
const MOST_OPEN = 8;

/** A report as rows: packages, then files, then places; entry points and owners behind them. */
export function rowsOf(report: ImpactReport): readonly ImpactRow[] {
  const packages = report.packages.map((one) => {
    const untested = one.files.filter(({ state }) => state === 'untested').length;
    const count = one.files.length + one.more;
    const files = count === 1 ? l10n.t('1 file') : l10n.t('{0} files', count);
    const said = untested > 0 ? l10n.t('{0}, {1} untested', files, untested) : files;
    const rows = one.files.map((file) => fileRow(file, report.symbol));
    return group(one.name, said, 'package', one.more > 0 ? [...rows, note(l10n.t('and {0} more files', one.more))] : rows, true);
  });
  const entries = report.entryPoints.map(({ label, uri, line }) => place(label, uri, line, 0, new ThemeIcon('sign-in'), label));
  const owners = report.owners.map(({ label }) => leaf(label, new ThemeIcon('organization')));
  return [
    ...packages,
    ...(entries.length > 0 ? [group(l10n.t('Entry points'), String(entries.length), 'sign-in', entries, entries.length <= MOST_OPEN)] : []),
    ...(owners.length > 0 ? [group(l10n.t('Owners'), String(owners.length), 'organization', owners, false)] : []),
    ...report.notShown.map((line) => note(l10n.t('not shown: {0}', line))),
  ];
}

/** A sign and a word for each state: colour alone tells nobody anything (experience R23). */
function stateLook(state: ImpactState): { readonly icon: ThemeIcon; readonly word: string } {
  switch (state) {
    case 'untested':
      return { icon: new ThemeIcon('circle-slash', new ThemeColor('list.warningForeground')), word: l10n.t('untested') };
    case 'tested':
      return { icon: new ThemeIcon('pass'), word: l10n.t('tested') };
    case 'test':
      return { icon: new ThemeIcon('beaker'), word: l10n.t('test') };
    case 'unknown':
      return { icon: new ThemeIcon('question'), word: l10n.t('tests not known') };
  }
}

function fileRow(file: ImpactFile, symbol: string): ImpactRow {
  const { icon, word } = stateLook(file.state);
  const sites = file.sites.map(({ line, character, verb }) =>
    place(
      l10n.t('line {0}', line + 1),
      file.uri,
      line,
      character,
      new ThemeIcon('symbol-reference'),
      l10n.t('line {0}: {1} {2}', line + 1, verb, symbol),
      verb,
    ),
  );
  const item = new TreeItem(file.label, sites.length > 0 ? TreeItemCollapsibleState.Collapsed : TreeItemCollapsibleState.None);
  item.description = `${word} · ${file.detail}`;
  item.iconPath = icon;
  item.tooltip = `${file.label}\n${word} · ${file.detail}`;
  item.accessibilityInformation = { label: `${word}: ${file.label}, ${file.detail}` };
  if (sites.length === 0) item.command = openAt(file.uri, 0, 0);
  return { item, children: sites };
}

function group(label: string, said: string, icon: string, children: readonly ImpactRow[], isOpen: boolean): ImpactRow {
  const item = new TreeItem(label, isOpen ? TreeItemCollapsibleState.Expanded : TreeItemCollapsibleState.Collapsed);
  item.description = said;
  item.iconPath = new ThemeIcon(icon);
  item.accessibilityInformation = { label: `${label}, ${said}` };
  return { item, children };
}

function place(
  label: string,
  uri: string,
  line: number,
  character: number,
  icon: ThemeIcon,
  spoken: string,
  description?: string,
): ImpactRow {
  const item = new TreeItem(label);
  item.iconPath = icon;
  item.command = openAt(uri, line, character);
  item.accessibilityInformation = { label: spoken };
  if (description !== undefined) item.description = description;
  return { item, children: [] };
}

function openAt(uri: string, line: number, character: number): NonNullable<TreeItem['command']> {
  return {
    title: l10n.t('Open'),
    command: 'vscode.open',
    arguments: [Uri.parse(uri), { selection: new Range(line, character, line, character), preview: true }],
  };
}

function leaf(label: string, icon: ThemeIcon): ImpactRow {
  const item = new TreeItem(label);
  item.iconPath = icon;
  item.accessibilityInformation = { label };
  return { item, children: [] };
}

function note(label: string): ImpactRow {
  return leaf(label, new ThemeIcon('info'));
}
