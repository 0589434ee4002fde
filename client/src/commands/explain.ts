import { EXPLAIN, type Explanation } from '../../../server/src/protocol.ts';
import { hunkOrPlace, noHunkHere } from './hunk-argument.ts';
import type { CommandContext } from './register.ts';

/** Shows the evidence and the rule's page, offline. */
export async function explain({ connection, pages }: CommandContext, argument: unknown): Promise<void> {
  const explanation = await connection.request<Explanation | null>(EXPLAIN, hunkOrPlace(argument));
  if (explanation === null) throw noHunkHere();
  await pages.show(explanation.title, explanation.markdown);
}
