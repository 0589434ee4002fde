import type { Picture, PictureFile, PictureGroup } from '../../core/reach/picture.ts';

/** Pixels. The symbol stands on the left, then a column for each step away from it. */
export const SIZE = {
  margin: 28,
  header: 168,
  subject: { width: 260, height: 76 },
  card: { width: 330, height: 52, gap: 10, line: 18 },
  band: { head: 32, pad: 14, gap: 18, more: 22 },
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
  /** Where each column of files starts, and the steps of what stands in it. */
  readonly columns: readonly { readonly x: number; readonly steps: number }[];
  readonly bands: readonly { readonly group: PictureGroup; readonly box: Box; readonly moreAt: number }[];
  readonly cards: ReadonlyMap<string, { readonly file: PictureFile; readonly box: Box }>;
  readonly footerAt: number;
}

/**
 * Places everything; `footerLines` lines of text stand below, and the head is higher by `extra` than it is at most. The same picture
 * gives the same layout.
 */
export function layOut(picture: Picture, footerLines: number, extra: number): Layout {
  const { margin, between, card, band } = SIZE;
  const header = SIZE.header + extra;
  const steps = [...new Set(picture.groups.flatMap(({ files }) => files.map(columnStep)))].sort((a, b) => a - b);
  const firstColumn = margin + SIZE.subject.width + between + band.pad;
  const columns = Math.max(1, steps.length);
  const bandWidth = columns * card.width + (columns - 1) * between + 2 * band.pad;

  const cards = new Map<string, { readonly file: PictureFile; readonly box: Box }>();
  let y: number = header;
  const bands = picture.groups.map((group) => {
    const used = new Array<number>(columns).fill(0);
    for (const file of group.files) {
      const column = Math.max(0, steps.indexOf(columnStep(file)));
      const height = card.height + entryLines(file) * card.line;
      const top = used[column] ?? 0;
      used[column] = top + height + card.gap;
      const x = firstColumn + column * (card.width + between);
      cards.set(file.id, { file, box: { x, y: y + band.head + top, width: card.width, height } });
    }
    const body = Math.max(card.gap, ...used);
    const moreAt = y + band.head + body + 10;
    const height = band.head + body - card.gap + band.pad + (group.more > 0 ? band.more : 0);
    const box: Box = { x: firstColumn - band.pad, y, width: bandWidth, height };
    y += height + band.gap;
    return { group, box, moreAt };
  });
  const subjectHeight = SIZE.subject.height + picture.ownEntryPoints.length * card.line;
  const bodyEnd = Math.max(y - band.gap, header + subjectHeight);
  const footerAt = bodyEnd + 34;
  return {
    width: Math.max(760, firstColumn + bandWidth - band.pad + margin),
    height: footerAt + Math.max(1, footerLines) * SIZE.footerLine + margin - 20,
    subject: { x: margin, y: Math.round((header + bodyEnd - subjectHeight) / 2), width: SIZE.subject.width, height: subjectHeight },
    columns: steps.map((step, index) => ({ x: firstColumn + index * (card.width + between), steps: step })),
    bands,
    cards,
    footerAt,
  };
}

/** What asks for the symbol's own file stands beside what uses the symbol, so that its line crosses no card. */
function columnStep({ steps, through }: PictureFile): number {
  return through.includes('s') ? 1 : steps;
}

/** Lines that the entry points of a file take in its card. */
export function entryLines({ entryPoints, moreEntryPoints }: PictureFile): number {
  return entryPoints.length + (moreEntryPoints > 0 ? 1 : 0);
}
