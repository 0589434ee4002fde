import fc from 'fast-check';
import { expect, it } from 'vitest';
import { readFacts } from '../../server/src/core/facts/read-facts.ts';
import type { SourceFacts } from '../../server/src/core/model/facts.ts';
import type { RepoPath } from '../../server/src/core/model/tree.ts';
import { mutatedText } from '../support/mutated-text.ts';

const SCHEMA = `syntax = "proto3"; // the wire
package shop.v1;
import "google/protobuf/timestamp.proto";
option go_package = "example.com/shop;shop";
/* One order. */
message Order {
  reserved 2, 9 to 11, "note";
  string id = 1 [deprecated = true, json_name = "orderId"];
  repeated Line lines = 3; map<string, int32> tags = 4;
  oneof payer { string card = 5; int64 account = 6; }
  message Line { bool gift = 1; }
  enum State { option allow_alias = true; UNSPECIFIED = 0; LOST = -1; }
}
service Orders {
  rpc Get(GetRequest) returns (stream Order);
  rpc Put(stream .shop.v1.Order) returns (Order) { option deprecated = true; }
}
`;

it('reads what a file declares with its place', () => {
  const { resources, blindSpots } = read(SCHEMA);
  expect(blindSpots).toEqual([]);
  expect(resources.map((resource) => `${resource.type} ${resource.name}`)).toEqual([
    'package shop.v1',
    'message Order',
    'reserved Order.2 to 2',
    'reserved Order.9 to 11',
    'reserved Order.note',
    'field Order.id',
    'field Order.lines',
    'field Order.tags',
    'field Order.card',
    'field Order.account',
    'message Order.Line',
    'field Order.Line.gift',
    'enum Order.State',
    'value Order.State.UNSPECIFIED',
    'value Order.State.LOST',
    'service Orders',
    'rpc Orders.Get',
    'rpc Orders.Put',
  ]);
  expect(resources[5]?.range).toEqual({ start: { line: 8, character: 2 }, end: { line: 8, character: 58 } });
  expect(resources[6]?.range.end).toEqual({ line: 9, character: 25 });
});

it('says of a field all that its bytes depend on', () => {
  const { settings } = read(SCHEMA);
  const said = (name: string): Record<string, unknown> =>
    Object.fromEntries(
      settings.filter((setting) => setting.resource.includes(` ${name} `)).map((setting) => [setting.path[0], setting.value]),
    );
  expect(said('Order.id')).toEqual({
    package: 'shop.v1',
    number: 1,
    type: 'string',
    label: '',
    oneof: '',
    deprecated: true,
    json: 'orderId',
  });
  expect(said('Order.tags')).toMatchObject({ number: 4, type: 'map<string, int32>' });
  expect(said('Order.account')).toMatchObject({ oneof: 'payer' });
  expect(said('Order.State.LOST')).toMatchObject({ number: -1 });
  expect(said('Orders.Put')).toMatchObject({ request: 'stream .shop.v1.Order', response: 'Order', deprecated: true });
});

it('has equal tokens for another layout, and others for another number', () => {
  const tokens = (text: string): readonly string[] => read(text).tokens.map((token) => token.text);
  expect(tokens('message A { string b = 1; }\n')).toEqual(tokens('message A {\n  // b\n  string b = 1;\n}\n'));
  expect(tokens('message A { string b = 1; }\n')).not.toEqual(tokens('message A { string b = 2; }\n'));
});

it('takes words of the language as names of fields', () => {
  const { resources, blindSpots } = read(
    'message A { string message = 1; bool option = 2; int32 reserved = 3; string service = 4; repeated string to = 5; }\n',
  );
  expect(blindSpots).toEqual([]);
  expect(resources.filter((resource) => resource.type === 'field')).toHaveLength(5);
});

it('names what it cannot parse and still sees the rest', () => {
  const { resources, blindSpots, tokens } = read('message A { string b = ; int32 c = 2; }\nmessage D { string e = 1; }\n');
  expect(resources.map((resource) => resource.name)).toEqual(['A', 'A.c', 'D', 'D.e']);
  expect(blindSpots).toEqual([{ reason: 'parse-error', detail: 'line 1' }]);
  expect(tokens).toEqual([]);
});

it('never throws for mutated text', () => {
  fc.assert(
    fc.property(
      mutatedText(SCHEMA, ['{', '}', '"', "'", '/*', '//', ';', '=', '[', ']', '<', 'rpc', 'reserved', 'max', 'é', '\\', '\r\n']),
      (text) => {
        expect(() => read(text)).not.toThrow();
      },
    ),
    { numRuns: 300 },
  );
});

function read(text: string): SourceFacts {
  const facts = readFacts('api/shop.proto' as RepoPath, text);
  if (facts === undefined) throw new Error('expected a language for protobuf, found none');
  return facts;
}
