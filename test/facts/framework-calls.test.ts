import { beforeAll, expect, it } from 'vitest';
import { readFacts } from '../../server/src/core/facts/read-facts.ts';
import { prepareLanguages } from '../../server/src/core/languages/prepare.ts';
import type { RepoPath } from '../../server/src/core/model/tree.ts';
import { frameworkCalls } from '../../server/src/core/rules/vocabulary/code/framework-calls.ts';
import { readAsset } from '../support/check.ts';

beforeAll(async () => {
  await prepareLanguages(['a.py', 'a.ts'] as RepoPath[], readAsset);
});

it('FastAPI asks what a parameter, the name of its type or the router depends on', () => {
  const text = [
    'router = APIRouter(dependencies=[Depends(known)])',
    'Paging = Annotated[Page, Depends(page_of)]',
    '@router.get("")',
    'def all(page: Paging, user=Depends(rights.reader)):',
    '    return find(page)',
    'def plain(page: Other):',
    '    return find(page)',
    '',
  ].join('\n');
  expect(asked('a.py', text)).toEqual(['all: rights.reader', 'all: known', 'all: page_of'].sort());
});

it('Express runs the handlers in front of a route, of its chain and of its router', () => {
  const text = [
    "app.get('/before', (req, res) => res.end());",
    'app.use(log);',
    "app.get('/own', member, limit(4), (req, res) => res.end());",
    "app.route('/chain').all(member).get((req, res) => res.end()).put(owner, (req, res) => res.end());",
    '',
  ].join('\n');
  expect(asked('a.ts', text)).toEqual(
    [
      "app.get('/own'): log",
      "app.get('/own'): member",
      "app.get('/own'): limit",
      "app.get('/chain'): log",
      "app.get('/chain'): member",
      "app.put('/chain'): log",
      "app.put('/chain'): member",
      "app.put('/chain'): owner",
    ].sort(),
  );
});

function asked(path: string, text: string): readonly string[] {
  const facts = readFacts(path as RepoPath, text);
  return facts === undefined
    ? []
    : frameworkCalls(facts)
        .map(({ scope, callee }) => `${scope}: ${callee}`)
        .sort();
}
