import type { Picture, PictureFile } from '../../core/reach/picture.ts';
import { entriesOf, entryText, fileText, impactLine, leftOut, methodLine, STATE_SIGN, STATE_WORD } from './graph-words.ts';
import { plural } from './review-report.ts';
import { printable } from './terminal.ts';

/** A flow chart of Mermaid: the symbol, its packages with their files, and where the outside world comes in. */
export function renderGraphMermaid(picture: Picture): string {
  const { impact, groups, owners } = picture;
  const { entryPoints, into } = entriesOf(picture);
  const files = groups.flatMap((group) => group.files);
  const lines = [
    'flowchart LR',
    `  accTitle: ${plainLine(`Who depends on ${impact.subject.name}`)}`,
    `  accDescr: ${plainLine(`${impactLine(impact)}, ${methodLine(impact)}`)}`,
    `  s(["${quoted(impact.subject.name)}<br/>${quoted(`${impact.subject.path}:${impact.subject.line}`)}<br/>${quoted(impactLine(impact))}"])`,
    ...groups.flatMap((group) => [
      `  subgraph ${group.id}["${quoted(group.name)}"]`,
      ...group.files.map((file) => `    ${file.id}["${labelOf(file)}"]:::${file.state}`),
      ...(group.more > 0 ? [`    ${group.id}more["and ${plural(group.more, 'more file')}"]:::folded`] : []),
      '  end',
    ]),
    ...files.flatMap((file) => (file.steps === 1 ? [`  ${file.id} --> s`] : file.through.map((nearer) => `  ${file.id} -.-> ${nearer}`))),
    ...entryPoints.map((entry, index) => `  e${index + 1}>"${quoted(entryText(entry))}"]`),
    ...entryPoints.flatMap((entry, index) => into(entry).map((id) => `  e${index + 1} --> ${id}`)),
    ...(owners.length === 0
      ? []
      : [`  o["owners: ${quoted(owners.map((owner) => `${owner.name} (${plural(owner.files, 'file')})`).join(', '))}"]:::folded`]),
    ...(leftOut(picture).length === 0 ? [] : [`  x["not shown: ${quoted(leftOut(picture).join('; '))}"]:::folded`]),
    '  classDef untested stroke-width:3px,stroke-dasharray:6 3',
    '  classDef unknown stroke-dasharray:2 2',
    '  classDef test stroke-width:1px',
    '  classDef tested stroke-width:1px',
    '  classDef folded stroke-width:0px,fill:none',
  ];
  return `${lines.join('\n')}\n`;
}

function labelOf(file: PictureFile): string {
  return [quoted(file.label), quoted(fileText(file)), `${STATE_SIGN[file.state]} ${STATE_WORD[file.state]}`].join('<br/>');
}

/** Text between double quotes: Mermaid reads `#quot;` and the like there, and Markdown between backticks, and HTML. */
function quoted(text: string): string {
  return printable(text).replace(/[#&"<>`\\]/g, (sign) => `#${sign.charCodeAt(0)};`);
}

/** A line of its own: no quotes and no escapes are known there, and a semicolon ends a statement. */
function plainLine(text: string): string {
  return printable(text).replace(/[#;{}"<>&]/g, ' ');
}
