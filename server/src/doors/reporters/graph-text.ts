import type { Picture, PictureFile, TestState } from '../../core/reach/picture.ts';
import { entryText, fileText, impactLine, leftOut, methodLine, STATE_SIGN, STATE_WORD, sitesText } from './graph-words.ts';
import { plural, shortTree } from './review-report.ts';
import { cutTo, displayWidth, fold, paint, printable, proseColumns, type Style, type Terminal } from './terminal.ts';

/** A list reads further than a picture. */
const LISTED_ENTRIES = 20;

const STYLE: Readonly<Record<TestState, Style>> = { untested: 'high', unknown: 'medium', tested: 'faint', test: 'faint' };

/** An impact for a person at a terminal: the number first, then packages, files and lines, then who comes in and who owns. */
export function renderGraphText(picture: Picture, terminal: Terminal): string {
  const { impact, groups, owners, moreOwners } = picture;
  const entryPoints = impact.entryPoints.slice(0, LISTED_ENTRIES);
  const moreEntryPoints = impact.moreEntryPoints + impact.entryPoints.length - entryPoints.length;
  const columns = proseColumns(terminal);
  const { subject } = impact;
  const wide = (text: string, indent: number): readonly string[] =>
    fold(text, columns - indent).map((line) => `${' '.repeat(indent)}${line}`);
  const head = [
    `${paint(terminal, 'strong', printable(subject.name))}  ${cutTo(printable(`${subject.path}:${subject.line}`), columns - displayWidth(subject.name) - 2)}`,
    ...wide(impactLine(impact), 2),
    ...(impact.own.length === 0 ? [] : wide(`in its own file: ${sitesText(impact.own)}`, 2).map((line) => paint(terminal, 'faint', line))),
    ...wide(summary(picture), 2).map((line) => paint(terminal, 'faint', line)),
  ];
  const packages = groups.map((group) =>
    [
      paint(terminal, 'strong', printable(group.name)),
      ...group.files.flatMap((file) => renderFile(file, terminal)),
      ...(group.more > 0 ? [`  and ${plural(group.more, 'more file')}`] : []),
    ].join('\n'),
  );
  const entries =
    entryPoints.length === 0
      ? []
      : [
          [
            paint(terminal, 'strong', 'entry points'),
            ...entryPoints.map((entry) => `  ${cutTo(printable(`${entryText(entry)}  ${entry.path}`), columns - 2)}`),
            ...(moreEntryPoints > 0 ? [`  and ${moreEntryPoints} more`] : []),
          ].join('\n'),
        ];
  const unowned = impact.unowned ?? 0;
  const owned =
    owners.length === 0 && unowned === 0
      ? []
      : [
          [
            paint(terminal, 'strong', 'owners'),
            ...owners.map(({ name, files }) => `  ${printable(name)}  ${plural(files, 'file')}`),
            ...(moreOwners > 0 ? [`  and ${moreOwners} more`] : []),
            ...(unowned > 0 ? [`  nobody  ${plural(unowned, 'file')}`] : []),
          ].join('\n'),
        ];
  const left = leftOut(picture).filter((line) => !line.endsWith('entry points') && !line.endsWith('entry point'));
  const missing =
    left.length === 0
      ? []
      : [
          wide(`not shown: ${left.join('; ')}`, 0)
            .map((line) => paint(terminal, 'faint', line))
            .join('\n'),
        ];
  return `${[head.join('\n'), ...packages, ...entries, ...owned, ...missing].join('\n\n')}\n`;
}

function summary({ impact }: Picture): string {
  const further = impact.transitiveFiles > 0 ? [`${plural(impact.transitiveFiles, 'further file')} by imports`] : [];
  return [
    methodLine(impact),
    ...further,
    `${plural(impact.tests, 'test file')} reach${impact.tests === 1 ? 'es' : ''} it`,
    shortTree(impact.tree),
  ].join(' · ');
}

function renderFile(file: PictureFile, terminal: Terminal): readonly string[] {
  const columns = proseColumns(terminal);
  const state = `${STATE_SIGN[file.state]} ${STATE_WORD[file.state]}`;
  const indent = 2 * file.steps;
  const place = cutTo(printable(file.label), Math.max(20, columns - indent - displayWidth(state) - 2));
  const painted = paint(terminal, STYLE[file.state], state);
  return [
    `${' '.repeat(indent)}${place}  ${painted}`,
    ...fold(fileText(file), columns - indent - 2).map((line) => `${' '.repeat(indent + 2)}${paint(terminal, 'faint', line)}`),
  ];
}
