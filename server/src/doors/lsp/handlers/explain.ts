import type { Explanation, HunkRef, PlaceRef } from '../../../protocol.ts';
import { renderHunkMarkdown } from '../../reporters/markdown.ts';
import { type Context, expectFolder } from '../context.ts';
import { findHunk, folderOf } from '../find-hunk.ts';

/** The evidence of a hunk and the pages of its rules; null where there is no such hunk. */
export async function explain({ loop }: Context, ref: HunkRef | PlaceRef): Promise<Explanation | null> {
  const folder = expectFolder(folderOf(loop.folders, ref.uri), ref.uri);
  const answer = folder.answer ?? (await folder.latest());
  const hunk = findHunk(answer, ref) ?? findHunk(await folder.latest(), ref);
  if (hunk === undefined) return null;
  const rules = [...new Set(hunk.findings.map((finding) => finding.rule))];
  const pages = await folder.question({ kind: 'rules', rules });
  return { title: rules[0] ?? 'brakeline', markdown: `${renderHunkMarkdown(hunk)}\n---\n\n${pages}` };
}
