import type { Picture } from '../../core/reach/picture.ts';
import {
  boxLines,
  elsewhereLines,
  entryText,
  headLines,
  impactLine,
  leftOut,
  ownLine,
  STATE_SIGN,
  shownEntries,
  titleOf,
  untestedLine,
} from './graph-words.ts';
import { plural } from './review-report.ts';
import { printable } from './terminal.ts';

/** A flow chart of Mermaid: the symbol, its packages with their files, and where the outside world comes in. */
export function renderGraphMermaid(picture: Picture): string {
  const { impact, groups, owners } = picture;
  const entries = shownEntries(picture);
  const files = groups.flatMap((group) => group.files);
  const untested = untestedLine(impact);
  const subject = [
    impact.subject.name,
    `${impact.subject.path}:${impact.subject.line}`,
    impactLine(impact),
    ...elsewhereLines(impact),
    ...(ownLine(impact) === '' ? [] : [ownLine(impact)]),
    ...(untested === '' ? [] : [`${STATE_SIGN.untested} ${untested}`]),
  ];
  const lines = [
    'flowchart LR',
    `  accTitle: ${plainLine(titleOf(impact))}`,
    `  accDescr: ${plainLine(headLines(impact).slice(1).join('. '))}`,
    `  s["${subject.map(quoted).join('<br/>')}"]:::subject`,
    ...groups.flatMap((group) => [
      `  subgraph ${group.id}["${quoted(group.name)}"]`,
      ...group.files.map((file) => `    ${file.id}["${boxLines(file).map(quoted).join('<br/>')}"]:::${file.state}`),
      ...(group.more > 0 ? [`    ${group.id}more["and ${plural(group.more, 'more file')}"]:::folded`] : []),
      '  end',
    ]),
    ...files.flatMap((file) => (file.steps === 1 ? [`  ${file.id} --> s`] : file.through.map((nearer) => `  ${file.id} -.-> ${nearer}`))),
    ...entries.map(({ entry }, index) => `  e${index + 1}>"${quoted(entryText(entry))}"]:::entry`),
    ...entries.map(({ into, isDirect }, index) => `  e${index + 1} ${isDirect ? '-->' : '-.->'} ${into}`),
    ...(owners.length === 0
      ? []
      : [`  o["owners: ${quoted(owners.map((owner) => `${owner.name} (${plural(owner.files, 'file')})`).join(', '))}"]:::folded`]),
    ...(leftOut(picture).length === 0 ? [] : [`  x["not shown: ${quoted(leftOut(picture).join('; '))}"]:::folded`]),
    '  classDef subject stroke:#3b82c4,stroke-width:4px',
    '  classDef untested stroke:#d1453b,stroke-width:3px,stroke-dasharray:6 3',
    '  classDef unknown stroke-dasharray:2 2',
    '  classDef test stroke-width:1px',
    '  classDef tested stroke-width:1px',
    '  classDef entry stroke:#3b82c4,stroke-width:2px',
    '  classDef folded stroke-width:0px,fill:none',
  ];
  return `${lines.join('\n')}\n`;
}

/** Text between double quotes: Mermaid reads `#quot;` and the like there, and Markdown between backticks, and HTML. */
function quoted(text: string): string {
  return printable(text).replace(/[#&"<>`\\]/g, (sign) => `#${sign.charCodeAt(0)};`);
}

/** A line of its own: no quotes and no escapes are known there, and a semicolon ends a statement. */
function plainLine(text: string): string {
  return printable(text).replace(/[#;{}"<>&]/g, ' ');
}
