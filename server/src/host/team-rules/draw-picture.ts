import type { Hunk } from '../../core/model/hunk.ts';
import type { Expectation } from './fixture.ts';

/** One hunk of a file, with the after side's lines around it. */
export interface Pictured {
  readonly hunk: Hunk;
  readonly after: string | undefined;
}

/** A fixture of one hunk with `context` lines around it, and what is expected under the lines it stands on. */
export function drawPicture({ hunk, after }: Pictured, context: number, expected: readonly Expectation[]): string {
  const all = linesOf(after ?? '');
  const from = hunk.after.lines === 0 ? hunk.after.start : hunk.after.start - 1;
  const above = all.slice(Math.max(0, from - context), from);
  const below = all.slice(from + hunk.after.lines, Math.min(all.length, from + hunk.after.lines + context));
  const drawn = [
    ...above.map((text) => ({ mark: ' ', text })),
    ...hunk.removed.map((text) => ({ mark: '-', text: withoutEnd(text) })),
    ...hunk.added.map((text) => ({ mark: '+', text: withoutEnd(text) })),
    ...below.map((text) => ({ mark: ' ', text })),
  ];
  const out = [`//- ${hunk.path}`];
  let [old, fresh] = [0, 0];
  for (const { mark, text } of drawn) {
    if (mark !== '+') old += 1;
    if (mark !== '-') fresh += 1;
    out.push(`${mark}${text}`);
    const here = expected.filter(({ side, line }) => (side === 'before' ? mark === '-' && line === old : mark !== '-' && line === fresh));
    for (const { start, end, text: said } of here) out.push(`~${' '.repeat(start)}${'^'.repeat(Math.max(1, end - start))} ${said}`);
  }
  return `${out.join('\n')}\n`;
}

function linesOf(text: string): readonly string[] {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines.map((line) => line.replace(/\r$/, ''));
}

function withoutEnd(line: string): string {
  return line.replace(/\r?\n$/, '');
}
