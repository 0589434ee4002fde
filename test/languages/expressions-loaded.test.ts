import { afterAll, expect, it } from 'vitest';
import { runCli } from '../support/cli.ts';
import { makeRepository } from '../support/git.ts';

const repository = makeRepository();
afterAll(() => repository.dispose());

const schema = (pattern: string): string => `openapi: 3.1.0
components:
  schemas:
    Parcel:
      properties:
        code: { type: string, pattern: '${pattern}' }
`;

/** Rules that a review of the working tree names for the document, in a process of its own. */
function told(): readonly string[] {
  const { stdout, stderr } = runCli(repository.dir, ['review', '--format', 'json']);
  const { hunks } = JSON.parse(
    stdout === '' ? `{"hunks": [{"path": "api.yaml", "findings": [{"rule": ${JSON.stringify(stderr)}}]}]}` : stdout,
  );
  return hunks
    .filter(({ path }: { path: string }) => path === 'api.yaml')
    .flatMap(({ findings }: { findings: readonly { rule: string }[] }) => findings.map(({ rule }) => rule));
}

it('an expression of a document is judged alike, whatever else changed', () => {
  repository.write('api.yaml', schema('^[A-Z]{4}$'));
  repository.write('src/code.ts', 'export const size = 1;\n');
  repository.commit();
  repository.write('api.yaml', schema('^([A-Z]+)+$'));
  const alone = told();
  repository.write('src/code.ts', 'export const size = 2;\n');
  expect(alone).toContain('runtime/regex-backtracking');
  expect(told()).toEqual(alone);
});
