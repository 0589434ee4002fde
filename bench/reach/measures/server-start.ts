import path from 'node:path';
import type { Measure } from '../context.ts';
import { atMost } from '../figure.ts';
import { startLanguageServer } from '../peers/language-server.ts';
import { inTurns, spreadOf } from '../spread.ts';

/** From the start of the process to the answer to `initialize`, beside a server that does nothing else. */
export const serverStart: Measure = async ({ project, root, bundles, options }) => {
  const start = async (file: string): Promise<number> => {
    const server = await startLanguageServer(process.execPath, [file, '--stdio'], project.dir);
    await server.stop();
    return server.initialized;
  };
  const [own = [], bare = []] = await inTurns(options.runs * 3, [
    () => start(path.join(root, 'dist', 'server.js')),
    () => start(path.join(bundles, 'bare-server.js')),
  ]);
  const [ours, floor] = [spreadOf(own), spreadOf(bare)];
  return [
    {
      measure: 'server start to initialize / minimal server',
      of: project.name,
      goal: atMost(1.2),
      value: ours.p50 / floor.p50,
      sides: { 'server ms': ours, 'minimal ms': floor },
    },
  ];
};
