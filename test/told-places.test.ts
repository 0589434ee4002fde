import { describe, expect, test } from 'vitest';
import type { RepoPath } from '../server/src/core/model/tree.ts';
import { changeOf, check } from './support/check.ts';

/** What is said of a file that loses lines. */
async function saidOf(path: string, before: string, after: string): Promise<readonly string[]> {
  const side = (text: string) => new Map([[path as RepoPath, text]]);
  const { hunks } = await check(changeOf({ before: side(before), after: side(after) }));
  return hunks.flatMap(({ findings }) => findings.map(({ message }) => message));
}

function lines(...all: readonly string[]): string {
  return `${all.join('\n')}\n`;
}

const REFUSAL = "  if (req.user.role !== 'admin') return res.sendStatus(403);";

describe('a function without a name is told by what it answers', () => {
  test('handed to a route in place', async () => {
    const around = (...body: string[]) => lines("app.post('/purges', async (req, res) => {", ...body, '  await purge();', '});');
    expect(await saidOf('src/a.ts', around(REFUSAL), around())).toEqual([
      "`req.user.role !== 'admin'` no longer stops the handler of `POST /purges`",
    ]);
  });

  test('wrapped on its way there', async () => {
    const around = (...body: string[]) => lines("app.put('/purges', wrap(async (req, res) => {", ...body, '  await purge();', '}));');
    expect(await saidOf('src/a.ts', around(REFUSAL), around())).toEqual([
      "`req.user.role !== 'admin'` no longer stops the handler of `PUT /purges`",
    ]);
  });

  test('in Go, where the method is part of the address', async () => {
    const around = (...body: string[]) =>
      lines(
        'package main',
        'func main() {',
        '\tmux.HandleFunc("POST /purges", func(w http.ResponseWriter, r *http.Request) {',
        ...body,
        '\t\tpurge()',
        '\t})',
        '}',
      );
    const said = await saidOf('a.go', around('\t\tif !isAdmin(r) { http.Error(w, "no", 403); return }'), around());
    expect(said).toEqual(['`!isAdmin(r)` no longer stops the handler of `POST /purges`']);
  });

  test('a long address is cut, and the message stays within its length', async () => {
    const around = (...body: string[]) =>
      lines("app.delete('/organisations/:organisation/bookings/:booking', async (req, res) => {", ...body, '  await purge();', '});');
    const [said = ''] = await saidOf('src/a.ts', around(REFUSAL), around());
    expect(said).toMatch(/^`req.user.role !== '…` no longer stops the handler of `DELETE \/organisations\/\S*…`$/);
    expect(said.length).toBeLessThanOrEqual(80);
  });
});

test('where nothing has a name it is told to be here', async () => {
  const around = (...body: string[]) =>
    lines('import requests', 'for row in rows:', '    answer = requests.get(row.url)', ...body, '    store(answer.json())');
  expect(await saidOf('b.py', around('    answer.raise_for_status()'), around())).toEqual([
    '`answer.raise_for_status` is no longer asked here',
  ]);
});

test('a map that is asked with get is no route, and a call with a word no handler', async () => {
  const around = (...body: string[]) => lines('export function purge(req, res) {', ...body, "  table.get('key');", '}');
  expect(await saidOf('src/a.ts', around(REFUSAL), around())).toEqual(["`req.user.role !== 'admin'` no longer stops `purge`"]);
});
