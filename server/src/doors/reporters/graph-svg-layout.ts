import type { EntryPoint } from '../../core/reach/entry-points/entry-point.ts';
import type { Picture, PictureFile, PictureGroup } from '../../core/reach/picture.ts';

/** Pixels. The symbol stands on the left, then a column for each step away from it, then where the outside world comes in. */
export const SIZE = {
  margin: 28,
  header: 92,
  subject: { width: 250, height: 74 },
  card: { width: 310, height: 52, gap: 10 },
  band: { head: 30, pad: 14, gap: 18, more: 22 },
  entry: { width: 270, height: 36, gap: 10 },
  between: 72,
  footerLine: 20,
} as const;

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly subject: Box;
  readonly bands: readonly { readonly group: PictureGroup; readonly box: Box; readonly moreAt: number }[];
  readonly cards: ReadonlyMap<string, { readonly file: PictureFile; readonly box: Box }>;
  readonly entries: readonly { readonly entry: EntryPoint; readonly box: Box; readonly into: Box }[];
  readonly footerAt: number;
}

/** Places everything; `footerLines` lines of text stand below. The same picture gives the same layout. */
export function layOut(picture: Picture, footerLines: number): Layout {
  const { margin, header, between, card, band } = SIZE;
  const steps = [...new Set(picture.groups.flatMap(({ files }) => files.map((file) => file.steps)))].sort((a, b) => a - b);
  const firstColumn = margin + SIZE.subject.width + between;
  const columnOf = (file: PictureFile): number => Math.max(0, steps.indexOf(file.steps));
  const columnAt = (column: number): number => firstColumn + column * (card.width + between);
  const columns = Math.max(1, steps.length);
  const bandWidth = columns * card.width + (columns - 1) * between + 2 * band.pad;

  const cards = new Map<string, { readonly file: PictureFile; readonly box: Box }>();
  let y: number = header;
  const bands = picture.groups.map((group) => {
    const used = new Array<number>(columns).fill(0);
    for (const file of group.files) {
      const column = columnOf(file);
      const row = used[column] ?? 0;
      used[column] = row + 1;
      const top = y + band.head + row * (card.height + card.gap);
      cards.set(file.id, { file, box: { x: columnAt(column), y: top, width: card.width, height: card.height } });
    }
    const rows = Math.max(...used);
    const moreAt = y + band.head + rows * (card.height + card.gap) + 12;
    const height = band.head + rows * (card.height + card.gap) - card.gap + band.pad + (group.more > 0 ? band.more : 0);
    const box: Box = { x: firstColumn - band.pad, y, width: bandWidth, height };
    y += height + band.gap;
    return { group, box, moreAt };
  });
  const bodyEnd = Math.max(y - band.gap, header + SIZE.subject.height);
  const subject: Box = { x: margin, y: Math.round((header + bodyEnd - SIZE.subject.height) / 2), ...SIZE.subject };

  const entries = placeEntries(picture, cards, subject, columnAt(columns - 1) + card.width + between);
  const entriesEnd = Math.max(0, ...entries.map(({ box }) => box.y + box.height));
  const footerAt = Math.max(bodyEnd, entriesEnd) + 34;
  const right = entries.length > 0 ? columnAt(columns - 1) + card.width + between + SIZE.entry.width : firstColumn + bandWidth - band.pad;
  return {
    width: Math.max(760, right + margin),
    height: footerAt + footerLines * SIZE.footerLine + margin - 14,
    subject,
    bands,
    cards,
    entries,
    footerAt,
  };
}

/** Each beside the file that it enters, as far as there is room: in the order of those files, so that lines do not cross. */
function placeEntries({ entryPoints }: Picture, cards: Layout['cards'], subject: Box, x: number): Layout['entries'] {
  const boxes = new Map([...cards.values()].map(({ file, box }) => [file.path, box]));
  const wanted = entryPoints.map((entry) => ({ entry, into: boxes.get(entry.path) ?? subject })).sort((a, b) => a.into.y - b.into.y);
  let free: number = SIZE.header;
  return wanted.map(({ entry, into }) => {
    const y = Math.max(free, into === subject ? free : into.y + (into.height - SIZE.entry.height) / 2);
    free = y + SIZE.entry.height + SIZE.entry.gap;
    return { entry, into, box: { x, y, width: SIZE.entry.width, height: SIZE.entry.height } };
  });
}
