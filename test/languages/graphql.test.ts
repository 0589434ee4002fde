import fc from 'fast-check';
import { expect, it } from 'vitest';
import { readFacts } from '../../server/src/core/facts/read-facts.ts';
import type { SourceFacts } from '../../server/src/core/model/facts.ts';
import type { RepoPath } from '../../server/src/core/model/tree.ts';
import { mutatedText } from '../support/mutated-text.ts';

const SCHEMA = `"""Everything to read."""
type Query {
  me: User! @auth(requires: ADMIN)
  orders(first: Int = 10, after: String): [Order!]! @deprecated
}
extend type Query { now: String }
input NewOrder { sku: ID! note: String = "x" }
enum State { OPEN PAID @deprecated }
union Thing = Order | User
schema { query: Query }
`;

it('reads what a schema declares with its place', () => {
  const { resources, scopes } = read(SCHEMA);
  expect(resources.map((resource) => `${resource.type} ${resource.name}`)).toEqual([
    'type Query',
    'field Query.me',
    'directive auth',
    'field Query.orders',
    'directive deprecated',
    'argument Query.orders(first)',
    'argument Query.orders(after)',
    'type Query',
    'field Query.now',
    'input NewOrder',
    'input-field NewOrder.sku',
    'input-field NewOrder.note',
    'enum State',
    'value State.OPEN',
    'value State.PAID',
    'directive deprecated',
    'union Thing',
    'member Thing.Order',
    'member Thing.User',
    'root query',
  ]);
  expect(resources[1]?.range).toEqual({ start: { line: 3, character: 2 }, end: { line: 3, character: 11 } });
  expect(resources[2]).toMatchObject({ scope: 'Query.me', key: 'graphql directive Query.me @auth(requires: ADMIN)' });
  expect(scopes[0]).toEqual({ name: 'Query', startLine: 1, endLine: 5 });
});

it('says types, defaults and deprecations', () => {
  const { settings } = read(SCHEMA);
  const said = (resource: string): readonly string[] =>
    settings
      .filter((setting) => setting.resource.startsWith(`graphql ${resource} `))
      .map((setting) => `${setting.path.join('/')}=${setting.value}`);
  expect(said('argument Query.orders(first)')).toEqual(['type=Int', 'default=10']);
  expect(said('value State.PAID')).toEqual(['deprecated=true']);
});

it('has equal tokens for other descriptions and remarks', () => {
  const tokens = (text: string): readonly string[] => read(text).tokens.map((token) => token.text);
  expect(tokens('type A { b: Int }\n')).toEqual(tokens('"""A."""\ntype A {\n  # b\n  b: Int\n}\n'));
  expect(tokens('type A { b: Int }\n')).not.toEqual(tokens('type A { b: Int! }\n'));
});

it('names what it cannot parse', () => {
  expect(read('type A {\n').blindSpots[0]).toMatchObject({ reason: 'parse-error', detail: expect.stringMatching(/^line \d+: /) });
});

it('never throws for mutated text', () => {
  fc.assert(
    fc.property(mutatedText(SCHEMA, ['{', '}', '"""', '"', '(', ')', '@', '!', '[', ']', ':', '=', '&', '|', 'é', '#', '$']), (text) => {
      expect(() => read(text)).not.toThrow();
    }),
    { numRuns: 300 },
  );
});

function read(text: string): SourceFacts {
  const facts = readFacts('api/schema.graphql' as RepoPath, text);
  if (facts === undefined) throw new Error('expected a language for GraphQL, found none');
  return facts;
}
