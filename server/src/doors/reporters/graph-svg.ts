import type { Picture, PictureFile, TestState } from '../../core/reach/picture.ts';
import type { ReachedEntry } from '../../core/reach/reached-entries.ts';
import { type Box, type Layout, layOut, SIZE } from './graph-svg-layout.ts';
import {
  ENTRY_WORD,
  elsewhereLines,
  entriesLine,
  entryText,
  fileText,
  impactLine,
  inTurnLine,
  leftOut,
  methodLine,
  ownLine,
  STATE_SIGN,
  STATE_WORD,
  testsLine,
  titleOf,
  untestedLine,
} from './graph-words.ts';
import { plural, shortTree } from './review-report.ts';
import { cutFront, cutTo, displayWidth, fold, printable } from './terminal.ts';

/** Width of a character of the fixed font at 12 pixels. */
const MONO = 7.25;
/** Average width of a character of the other font at 12 pixels. */
const SANS = 6.3;

/**
 * Contrast of text against its ground is at least 4.5 to 1 in both schemes; what is told by colour is told by a sign, a word and a
 * dashed line too.
 */
const STYLES = `
    :root { color-scheme: light dark; }
    svg { --ground: #ffffff; --band: #f4f6f8; --card: #ffffff; --line: #c5ccd6; --edge: #8c96a5; --text: #1f2933; --faint: #57606a; --alarm: #b42318; --good: #1a6e35; --accent: #0b5fa5; --subject: #e8f1fb; }
    @media (prefers-color-scheme: dark) { svg { --ground: #14181d; --band: #1c2229; --card: #242b34; --line: #414b58; --edge: #78838f; --text: #e6eaef; --faint: #a3adb9; --alarm: #ff9d8f; --good: #7fd69a; --accent: #7cb9ef; --subject: #1b3146; } }
    text { font-family: -apple-system, "Segoe UI", "Noto Sans", Helvetica, Arial, sans-serif; font-size: 12px; fill: var(--text); }
    .mono { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; }
    .title { font-size: 20px; font-weight: 600; } .number { font-size: 15px; font-weight: 600; } .name { font-weight: 600; } .faint { fill: var(--faint); } .small { font-size: 11px; }
    .ground { fill: var(--ground); } .band { fill: var(--band); } .card { fill: var(--card); stroke: var(--line); } .subject { fill: var(--subject); stroke: var(--accent); stroke-width: 2; }
    .untested { stroke: var(--alarm); stroke-width: 1.5; stroke-dasharray: 6 3; } .unknown { stroke: var(--faint); stroke-dasharray: 2 3; } .entry { fill: var(--accent); }
    .say-untested { fill: var(--alarm); font-weight: 600; } .say-tested { fill: var(--good); } .say-test { fill: var(--accent); } .say-unknown { fill: var(--faint); }
    .edge { fill: none; stroke: var(--edge); stroke-width: 1.25; } .far { stroke-dasharray: 6 3; } .maybe { stroke-dasharray: 1.5 4; } .tip { fill: var(--edge); }`;

/** A picture that stands alone: no script, nothing from elsewhere, light or dark as its reader has it, and told in words too. */
export function renderGraphSvg(picture: Picture): string {
  const { impact } = picture;
  const columns = Math.floor((layOut(picture, 0, 0).width - 2 * SIZE.margin) / SANS);
  const footer = footerLines(picture).flatMap((line) => fold(printable(line), columns));
  // Each line of the head that is missing leaves its room to the rest.
  const extra = (headLines(picture).length - HEAD_LINES) * 22;
  const layout = layOut(picture, footer.length, extra);
  const { subject } = impact;
  const body = [
    `<rect class="ground" width="${layout.width}" height="${layout.height}" rx="8"/>`,
    text(28, 40, cut(titleOf(impact), 80), 'title'),
    ...headLines(picture).map(([line, style], index) => text(28, 64 + index * 22, cut(line, columns), style)),
    ...layout.columns.map(({ x, steps }) => text(x, SIZE.header + extra - 8, columnText(steps), 'faint')),
    ...layout.bands.map(({ box }) => rect(box, 'band', 10)),
    ...edges(layout),
    ...layout.bands.flatMap(({ group, box, moreAt }) => [
      text(box.x + 14, box.y + 20, cut(group.name, Math.floor((box.width - 28) / MONO)), 'name mono'),
      ...(group.more > 0 ? [text(box.x + 14, moreAt, `and ${plural(group.more, 'more file')}`, 'faint')] : []),
    ]),
    ...[...layout.cards.values()].flatMap(({ file, box }) => card(file, box)),
    rect(layout.subject, 'subject', 10),
    text(layout.subject.x + 14, layout.subject.y + 28, cut(subject.name, 30), 'name mono'),
    text(layout.subject.x + 14, layout.subject.y + 46, cutFront(printable(`${subject.path}:${subject.line}`), 33), 'mono small faint'),
    text(layout.subject.x + 14, layout.subject.y + 63, subject.kind, 'small faint'),
    ...picture.ownEntryPoints.map((entry, index) =>
      entryLine(entry, layout.subject.x + 14, layout.subject.y + 82 + index * SIZE.card.line, 33),
    ),
    ...footer.map((line, index) => text(28, layout.footerAt + index * 20, line, 'faint')),
  ];
  const size = `width="${layout.width}" height="${layout.height}" viewBox="0 0 ${layout.width} ${layout.height}"`;
  return `<svg xmlns="http://www.w3.org/2000/svg" ${size} role="img" aria-labelledby="brakeline-title brakeline-desc">
  <title id="brakeline-title">${escaped(`${titleOf(impact)} of ${subject.path}`)}</title>
  <desc id="brakeline-desc">${escaped(describe(picture))}</desc>
  <style>${STYLES}
  </style>
  <defs>
    <marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path class="tip" d="M0 0 L8 4 L0 8 z"/></marker>
  </defs>
  ${body.join('\n  ')}
</svg>
`;
}

/** Lines of a head that has all of them. */
const HEAD_LINES = 4;

/** How far it reaches, what no test reaches, what comes in, and how that was found. */
function headLines({ impact }: Picture): readonly (readonly [string, string])[] {
  const untested = untestedLine(impact);
  const entries = entriesLine(impact);
  return [
    [impactLine(impact), 'number'],
    ...elsewhereLines(impact).map((line) => [line, ''] as const),
    ...(untested === '' ? [] : [[`${STATE_SIGN.untested} ${untested}`, 'say-untested'] as const]),
    ...(entries === '' ? [] : [[`▸ ${entries}`, 'entry'] as const]),
    ...(ownLine(impact) === '' ? [] : [[ownLine(impact), 'faint'] as const]),
    [
      [inTurnLine(impact), testsLine(impact), methodLine(impact), `tree ${shortTree(impact.tree)}`]
        .filter((part) => part !== '')
        .join(' · '),
      'faint',
    ],
  ];
}

function columnText(steps: number): string {
  if (steps === 1) return 'depend on it';
  return steps === 2 ? 'depend on these in turn' : `in turn, ${steps - 1} steps away`;
}

function edges({ subject, cards }: Layout): readonly string[] {
  return [...cards.values()].flatMap(({ file, box }) =>
    file.steps === 1
      ? [curve(box, subject, 'edge')]
      : file.through.flatMap((id) => {
          const nearer = id === 's' ? subject : cards.get(id)?.box;
          return nearer === undefined ? [] : [curve(box, nearer, file.atMost ? 'edge far maybe' : 'edge far')];
        }),
  );
}

/** From the left side of one box to the right side of another. */
function curve(from: Box, to: Box, style: string): string {
  const [x1, y1] = [from.x, from.y + SIZE.card.height / 2];
  const [x2, y2] = [to.x + to.width, to.y + SIZE.card.height / 2];
  const bend = Math.max(24, (x1 - x2) / 2);
  return `<path class="${style}" marker-end="url(#tip)" d="M${x1} ${y1} C${x1 - bend} ${y1} ${x2 + bend} ${y2} ${x2} ${y2}"/>`;
}

function card(file: PictureFile, box: Box): readonly string[] {
  const state = `${STATE_SIGN[file.state]} ${STATE_WORD[file.state]}`;
  const stateWidth = displayWidth(state) * SANS;
  const room = Math.floor((box.width - 36 - stateWidth) / MONO);
  return [
    rect(box, file.state === 'untested' || file.state === 'unknown' ? `card ${file.state}` : 'card', 7),
    text(box.x + 12, box.y + 21, cutFront(printable(file.label), room), 'mono name'),
    `<text x="${box.x + box.width - 12}" y="${box.y + 21}" text-anchor="end" class="small say-${file.state}">${escaped(state)}</text>`,
    text(box.x + 12, box.y + 40, farText(file, Math.floor((box.width - 24) / (SANS * 0.93))), 'small faint'),
    ...file.entryPoints.map((entry, index) => entryLine(entry, box.x + 12, box.y + 59 + index * SIZE.card.line, 42)),
    ...(file.moreEntryPoints > 0
      ? [
          text(
            box.x + 12,
            box.y + 59 + file.entryPoints.length * SIZE.card.line,
            `and ${plural(file.moreEntryPoints, 'more entry point')}`,
            'small faint',
          ),
        ]
      : []),
  ];
}

/** What a file does, in so many columns; of a path on the way the end says most. */
function farText(file: PictureFile, columns: number): string {
  const [nearest = '', ...others] = file.nearer;
  const room = columns - displayWidth(fileText({ ...file, nearer: ['', ...others] }));
  return cut(
    fileText(room > 8 && file.steps > 1 && nearest !== '' ? { ...file, nearer: [cutFront(nearest, room), ...others] } : file),
    columns,
  );
}

/** Where the outside world comes in: a sign, what it is, and its name. */
function entryLine(entry: ReachedEntry, x: number, y: number, most: number): string {
  const word = ENTRY_WORD[entry.kind];
  const behind = entry.atMost ? ' (at most)' : '';
  const name = cut(entry.name, most - word.length - 3 - behind.length);
  return `<text x="${x}" y="${y}" class="entry small">▸ ${word} <tspan class="mono">${escaped(name)}</tspan>${behind}</text>`;
}

function footerLines(picture: Picture): readonly string[] {
  const { owners, moreOwners, impact } = picture;
  const states = [...new Set(picture.groups.flatMap(({ files }) => files.map(({ state }) => state)))];
  const legend = LEGEND.filter(([state]) => states.includes(state)).map(
    ([state, meaning]) => `${STATE_SIGN[state]} ${STATE_WORD[state]}: ${meaning}`,
  );
  const named = owners.map(({ name, files }) => `${name} (${plural(files, 'file')})`);
  const unowned = impact.unowned ?? 0;
  const owning = [
    ...named,
    ...(moreOwners > 0 ? [`and ${moreOwners} more`] : []),
    ...(unowned > 0 ? [`nobody (${plural(unowned, 'file')})`] : []),
  ];
  const left = leftOut(picture);
  const others = picture.otherEntryPoints.map(entryText);
  return [
    ...(others.length === 0 ? [] : [`Also reached from: ${others.join(', ')}`]),
    ...(owning.length === 0 ? [] : [`Owners: ${owning.join(', ')}`]),
    ...(left.length === 0 ? [] : [`Not shown: ${left.join('; ')}`]),
    ...(legend.length === 0 ? [] : [legend.join(' · ')]),
    ...linesLegend(picture),
  ];
}

/** What the kinds of lines mean, where there is more than one. */
function linesLegend({ groups }: Picture): readonly string[] {
  const far = groups.flatMap(({ files }) => files).filter(({ steps }) => steps > 1);
  if (far.length === 0) return [];
  const kinds = [
    'line: depends on it',
    ...(far.some(({ atMost }) => !atMost) ? ['dashed: in turn, by names'] : []),
    ...(far.some(({ atMost }) => atMost) ? ['dotted: at most in turn, by what it loads'] : []),
  ];
  return [kinds.join(' · ')];
}

const LEGEND: readonly (readonly [TestState, string])[] = [
  ['untested', 'no test reaches the file by imports'],
  ['tested', 'a test reaches the file by imports'],
  ['test', 'a test itself'],
  ['unknown', 'the imports of its language are not followed'],
];

/** The whole picture in words, for whoever does not see it. */
function describe({ impact, groups }: Picture): string {
  const packages = groups.map(({ name, files, more }) => {
    const untested = files.filter(({ state }) => state === 'untested').length;
    return `${name}: ${plural(files.length + more, 'file')}${untested > 0 ? `, ${untested} of those shown untested` : ''}`;
  });
  const parts = [
    `${impactLine(impact)}, ${methodLine(impact)}`,
    untestedLine(impact),
    entriesLine(impact),
    inTurnLine(impact),
    ...packages,
  ];
  return `${parts.filter((part) => part !== '').join('. ')}.`;
}

function rect({ x, y, width, height }: Box, style: string, radius: number): string {
  return `<rect class="${style}" x="${x}" y="${y}" width="${width}" height="${height}" rx="${radius}"/>`;
}

function text(x: number, y: number, content: string, style: string): string {
  return `<text x="${x}" y="${y}" class="${style}">${escaped(content)}</text>`;
}

function cut(content: string, most: number): string {
  return cutTo(printable(content), Math.max(4, most));
}

/** Text of XML. Control characters are told by their code points before (`printable`); lone surrogates are no characters at all. */
function escaped(content: string): string {
  return printable(content)
    .replace(/\p{Surrogate}/gu, '\ufffd')
    .replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
