import type { Picture, TestState } from '../../core/reach/picture.ts';
import { boxLines, entryText, headLines, leftOut, shownEntries } from './graph-words.ts';
import { plural } from './review-report.ts';
import { printable } from './terminal.ts';

/** A line, a word and a colour, so that no state is told by colour alone. Contrast on white is above 4.5 to 1. */
const STYLE: Readonly<Record<TestState, string>> = {
  untested: 'style="dashed,bold", color="#b42318", fontcolor="#b42318"',
  unknown: 'style="dotted"',
  tested: 'style="solid"',
  test: 'style="rounded", color="#57606a", fontcolor="#57606a"',
};

const FONT = '"Helvetica,Arial,sans-serif"';

/** A graph in the language of Graphviz. */
export function renderGraphDot(picture: Picture): string {
  const { impact, groups, owners } = picture;
  const entries = shownEntries(picture);
  const files = groups.flatMap((group) => group.files);
  const lines = [
    'digraph brakeline {',
    '  rankdir=LR;',
    `  label=${quoted(headLines(impact))};`,
    '  labelloc=t;',
    `  fontname=${FONT};`,
    // Whoever draws it may have another font than whoever measured it.
    `  node [shape=box, margin="0.25,0.1", fontname=${FONT}];`,
    `  s [shape=ellipse, style="bold", label=${quoted([impact.subject.name, `${impact.subject.path}:${impact.subject.line}`])}];`,
    ...groups.flatMap((group, index) => [
      `  subgraph cluster_${index + 1} {`,
      `    label=${quoted([group.name])};`,
      ...group.files.map((file) => `    ${file.id} [${STYLE[file.state]}, label=${quoted(boxLines(file))}];`),
      ...(group.more > 0 ? [`    ${group.id}more [shape=plaintext, label=${quoted([`and ${plural(group.more, 'more file')}`])}];`] : []),
      '  }',
    ]),
    ...files.flatMap((file) =>
      file.steps === 1
        ? [`  ${file.id} -> s;`]
        : file.through.map((nearer) => `  ${file.id} -> ${nearer} [style="${file.atMost ? 'dotted' : 'dashed'}"];`),
    ),
    ...entries.flatMap(({ entry, into, isDirect }, index) => [
      `  e${index + 1} [shape=cds, color="#0b5fa5", fontcolor="#0b5fa5", label=${quoted([entryText(entry)])}];`,
      `  e${index + 1} -> ${into}${isDirect ? '' : ' [style="dotted"]'};`,
    ]),
    ...(owners.length === 0
      ? []
      : [`  o [shape=note, label=${quoted(['owners', ...owners.map((owner) => `${owner.name} (${plural(owner.files, 'file')})`)])}];`]),
    ...(leftOut(picture).length === 0 ? [] : [`  x [shape=plaintext, label=${quoted(['not shown:', ...leftOut(picture)])}];`]),
    '}',
  ];
  return `${lines.join('\n')}\n`;
}

/** A string of the DOT language: a quote and a backslash are escaped, lines are parted by its own `\n`. */
function quoted(lines: readonly string[]): string {
  return `"${lines.map((line) => printable(line).replace(/[\\"]/g, (sign) => `\\${sign}`)).join('\\n')}"`;
}
