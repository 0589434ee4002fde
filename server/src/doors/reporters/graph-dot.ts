import type { Picture, PictureFile, TestState } from '../../core/reach/picture.ts';
import { entriesOf, entryText, fileText, impactLine, leftOut, methodLine, STATE_SIGN, STATE_WORD } from './graph-words.ts';
import { plural } from './review-report.ts';
import { printable } from './terminal.ts';

const STYLE: Readonly<Record<TestState, string>> = {
  untested: 'style="dashed,bold"',
  unknown: 'style="dotted"',
  tested: 'style="solid"',
  test: 'style="rounded"',
};

/** A graph in the language of Graphviz. */
export function renderGraphDot(picture: Picture): string {
  const { impact, groups, owners } = picture;
  const { entryPoints, into } = entriesOf(picture);
  const files = groups.flatMap((group) => group.files);
  const lines = [
    'digraph brakeline {',
    '  rankdir=LR;',
    `  label=${quoted([`Who depends on ${impact.subject.name}`, `${impactLine(impact)}, ${methodLine(impact)}`])};`,
    '  labelloc=t;',
    '  node [shape=box, fontname="Helvetica"];',
    `  s [shape=ellipse, style="bold", label=${quoted([impact.subject.name, `${impact.subject.path}:${impact.subject.line}`])}];`,
    ...groups.flatMap((group, index) => [
      `  subgraph cluster_${index + 1} {`,
      `    label=${quoted([group.name])};`,
      ...group.files.map((file) => `    ${file.id} [${STYLE[file.state]}, label=${quoted(labelOf(file))}];`),
      ...(group.more > 0 ? [`    ${group.id}more [shape=plaintext, label=${quoted([`and ${plural(group.more, 'more file')}`])}];`] : []),
      '  }',
    ]),
    ...files.flatMap((file) =>
      file.steps === 1 ? [`  ${file.id} -> s;`] : file.through.map((nearer) => `  ${file.id} -> ${nearer} [style="dotted"];`),
    ),
    ...entryPoints.flatMap((entry, index) => [
      `  e${index + 1} [shape=cds, label=${quoted([entryText(entry)])}];`,
      ...into(entry).map((id) => `  e${index + 1} -> ${id};`),
    ]),
    ...(owners.length === 0
      ? []
      : [`  o [shape=note, label=${quoted(['owners', ...owners.map((owner) => `${owner.name} (${plural(owner.files, 'file')})`)])}];`]),
    ...(leftOut(picture).length === 0 ? [] : [`  x [shape=plaintext, label=${quoted(['not shown:', ...leftOut(picture)])}];`]),
    '}',
  ];
  return `${lines.join('\n')}\n`;
}

function labelOf(file: PictureFile): readonly string[] {
  return [file.label, fileText(file), `${STATE_SIGN[file.state]} ${STATE_WORD[file.state]}`];
}

/** A string of the DOT language: a quote and a backslash are escaped, lines are parted by its own `\n`. */
function quoted(lines: readonly string[]): string {
  return `"${lines.map((line) => printable(line).replace(/[\\"]/g, (sign) => `\\${sign}`)).join('\\n')}"`;
}
