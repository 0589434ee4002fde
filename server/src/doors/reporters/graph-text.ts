import type { Impact } from '../../core/reach/impact.ts';
import type { Picture, PictureFile, PictureGroup, TestState } from '../../core/reach/picture.ts';
import {
  elsewhereLines,
  entriesLine,
  entryText,
  fileText,
  impactLine,
  inTurnLine,
  isFinding,
  leftOut,
  methodLine,
  ownLine,
  STATE_SIGN,
  STATE_WORD,
  testsLine,
  untestedLine,
} from './graph-words.ts';
import { plural, shortTree } from './review-report.ts';
import { cutFront, cutTo, displayWidth, fold, foldParts, paint, printable, proseColumns, type Style, type Terminal } from './terminal.ts';

/** A list reads further than a picture. */
const LISTED_ENTRIES = 20;
const LISTED_ELSEWHERE = 10;
/** Columns that paths share in a pipe, where nothing says how wide a line may be. */
const PATH_COLUMNS = 60;

const STYLE: Readonly<Record<TestState, Style>> = { untested: 'high', unknown: 'medium', tested: 'faint', test: 'faint' };

/**
 * An impact for a person at a terminal: how far it reaches, what no test reaches and what comes in first, each a line; then packages
 * with their files, untested ones first, then who comes in and who owns.
 */
export function renderGraphText(picture: Picture, terminal: Terminal): string {
  const { impact, groups } = picture;
  const blocks = [
    headOf(impact, terminal),
    ...groups.map((group) => groupOf(group, terminal)),
    elsewhereOf(impact, terminal),
    entriesOf(impact, terminal),
    ownersOf(picture, terminal),
    missingOf(picture, terminal),
  ];
  return `${blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

function headOf(impact: Impact, terminal: Terminal): readonly string[] {
  const columns = proseColumns(terminal);
  const { subject } = impact;
  const place = printable(`${subject.path}:${subject.line}`);
  const name = cutTo(printable(subject.name), columns);
  const room = columns - displayWidth(name) - 2;
  const wide = (text: string, style?: Style): readonly string[] =>
    text === '' ? [] : fold(printable(text), columns - 2).map((line) => `  ${style === undefined ? line : paint(terminal, style, line)}`);
  const untested = untestedLine(impact);
  const parts = [inTurnLine(impact), testsLine(impact), methodLine(impact), shortTree(impact.tree)].filter((part) => part !== '');
  return [
    ...(isFinding(subject) || room < 20
      ? [paint(terminal, 'strong', name), `  ${cutFront(place, columns - 2)}`]
      : [`${paint(terminal, 'strong', name)}  ${cutFront(place, room)}`]),
    ...wide(impactLine(impact)),
    ...elsewhereLines(impact).flatMap((line) => wide(line)),
    ...wide(untested === '' ? '' : `${STATE_SIGN.untested} ${untested}`, 'high'),
    ...wide(entriesLine(impact)),
    ...wide(ownLine(impact), 'faint'),
    ...foldParts(parts, columns - 2).map((line) => `  ${paint(terminal, 'faint', line)}`),
  ];
}

function groupOf(group: PictureGroup, terminal: Terminal): readonly string[] {
  const columns = proseColumns(terminal);
  const states = Math.max(...group.files.map(({ state }) => displayWidth(stateText(state))), 0);
  const room = columns - states - 4;
  // Details stand below each other where that leaves room for them.
  const most = Math.min(PATH_COLUMNS, Math.floor(room * 0.6));
  const paths = Math.max(0, ...group.files.map(({ label }) => displayWidth(printable(label))).filter((width) => width <= most));
  const rows = group.files.flatMap((file) => {
    const label = cutFront(printable(file.label), room);
    const detail = printable(fileText(file));
    const state = stateText(file.state);
    const start = `  ${paint(terminal, STYLE[file.state], state)}${' '.repeat(states - displayWidth(state))}  `;
    const gap = ' '.repeat(Math.max(0, paths - displayWidth(label)) + 2);
    if (displayWidth(label + gap + detail) <= room) return [`${start}${label}${gap}${paint(terminal, 'faint', detail)}`];
    return [
      `${start}${label}`,
      ...fold(detail, room - 2).map((line) => `${' '.repeat(states + 6)}${paint(terminal, 'faint', cutFront(line, room - 2))}`),
    ];
  });
  return [
    paint(terminal, 'strong', cutTo(printable(group.name), columns)),
    ...rows,
    ...(group.more > 0 ? [`  and ${plural(group.more, 'more file')}`] : []),
  ];
}

/** The first places of other repositories. */
function elsewhereOf({ foreign }: Impact, terminal: Terminal): readonly string[] {
  if (foreign === undefined || foreign.dependents.length === 0) return [];
  const columns = proseColumns(terminal) - 2;
  const places = [...new Set(foreign.dependents.map(({ repository, path, line }) => `${repository}: ${path}:${line}`))];
  const more = places.length - LISTED_ELSEWHERE;
  return [
    paint(terminal, 'strong', 'elsewhere'),
    ...places.slice(0, LISTED_ELSEWHERE).map((place) => `  ${cutFront(printable(place), columns)}`),
    ...(more > 0 || foreign.references > foreign.dependents.length ? ['  and more'] : []),
  ];
}

function stateText(state: PictureFile['state']): string {
  return `${STATE_SIGN[state]} ${STATE_WORD[state]}`;
}

function entriesOf(impact: Impact, terminal: Terminal): readonly string[] {
  const shown = impact.entryPoints.slice(0, LISTED_ENTRIES);
  const more = impact.moreEntryPoints + impact.entryPoints.length - shown.length;
  if (shown.length === 0) return [];
  const columns = proseColumns(terminal) - 2;
  const texts = shown.map((entry) => printable(entryText(entry)));
  const most = Math.min(PATH_COLUMNS, Math.floor(columns * 0.5));
  const names = Math.max(0, ...texts.map(displayWidth).filter((width) => width <= most));
  return [
    paint(terminal, 'strong', 'entry points'),
    ...shown.flatMap(({ path }, index) => {
      const text = texts[index] ?? '';
      const gap = ' '.repeat(Math.max(0, names - displayWidth(text)) + 2);
      // A main file is called by its own path.
      const place = text.includes(path) ? '' : printable(path);
      if (place === '') return [`  ${cutTo(text, columns)}`];
      if (displayWidth(text + gap + place) <= columns) return [`  ${text}${gap}${paint(terminal, 'faint', place)}`];
      return [`  ${cutTo(text, columns)}`, `    ${paint(terminal, 'faint', cutFront(place, columns - 2))}`];
    }),
    ...(more > 0 ? [`  and ${more} more`] : []),
  ];
}

function ownersOf({ impact, owners, moreOwners }: Picture, terminal: Terminal): readonly string[] {
  const unowned = impact.unowned ?? 0;
  if (owners.length === 0 && unowned === 0) return [];
  return [
    paint(terminal, 'strong', 'owners'),
    ...owners.map(({ name, files }) => `  ${printable(name)}  ${plural(files, 'file')}`),
    ...(moreOwners > 0 ? [`  and ${moreOwners} more`] : []),
    ...(unowned > 0 ? [`  nobody  ${plural(unowned, 'file')}`] : []),
  ];
}

/** Entry points say themselves how many more there are. */
function missingOf(picture: Picture, terminal: Terminal): readonly string[] {
  const left = leftOut(picture).filter((line) => !/entry points?$/.test(line));
  if (left.length === 0) return [];
  return fold(printable(`not shown: ${left.join('; ')}`), proseColumns(terminal)).map((line) => paint(terminal, 'faint', line));
}
