import { IMPACT, type ImpactReport } from '../../../server/src/protocol.ts';
import { noSymbolHere } from '../views/impact.ts';
import { hunkOrPlace } from './hunk-argument.ts';
import type { CommandContext } from './register.ts';

/** Lists who depends on what a hunk changes, or on the symbol at the cursor. */
export async function showImpact({ connection, impact }: CommandContext, argument: unknown): Promise<void> {
  const report = await connection.request<ImpactReport | null>(IMPACT, hunkOrPlace(argument));
  if (report === null) throw noSymbolHere();
  await impact.show(report);
}
