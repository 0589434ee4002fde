import { expect, test } from 'vitest';
import type { RepoPath } from '../../server/src/core/model/tree.ts';
import { changeOf, check } from '../support/check.ts';

const SERVER = "import { app, routes } from './app';\napp.listen(80);\nroutes(app);\n";

/** How many depend on what the findings of `src/app.ts` stand in; null where nobody was counted. */
async function countsOf(before: string, after: string): Promise<readonly (number | null)[]> {
  const side = (text: string) =>
    new Map([
      ['src/app.ts' as RepoPath, text],
      ['src/server.ts' as RepoPath, SERVER],
    ]);
  const { hunks } = await check(changeOf({ before: side(before), after: side(after) }));
  return hunks.flatMap(({ findings }) => findings.map(({ blastRadius }) => blastRadius?.references ?? null));
}

const CHECK = "    if (req.user.role !== 'admin') return res.sendStatus(403);\n";
const HANDLER = (check: string) => `  app.post('/purges', async (req, res) => {\n${check}    await purge();\n  });\n`;

test('who uses the application does not depend on a handler that is handed to it in place', async () => {
  const file = (check: string) => `export const app = express();\nexport function routes() {}\n${HANDLER(check)}`;
  expect(await countsOf(file(CHECK), file(''))).toEqual([null]);
});

test('who calls the function around such a handler does', async () => {
  const file = (check: string) => `export const app = express();\nexport function routes(app) {\n${HANDLER(check)}}\n`;
  expect(await countsOf(file(CHECK), file(''))).toEqual([2]);
});
