import fc from 'fast-check';
import { expect, it } from 'vitest';
import { readFacts } from '../../server/src/core/facts/read-facts.ts';
import type { SourceFacts } from '../../server/src/core/model/facts.ts';
import type { RepoPath } from '../../server/src/core/model/tree.ts';
import { mutatedText } from '../support/mutated-text.ts';

const SCHEMA = `namespace java shop # the wire
include "common.thrift"
typedef i64 Cents (unit = "cents")
const map<string, list<i32>> SIZES = { "a": [1, 2], 'b': [3] }
enum State { OPEN, PAID = 4; LOST }
/* One order. */
struct Order {
  1: required string id (api.path = "id"),
  2: optional list<map<string, byte>> tags = [];
  // 3: optional i32 weight
  State state
}
service Orders extends common.Base {
  Order find(1: string id, 2: bool fresh = 0) throws (1: common.Missing missing),
  oneway void ping()
}
`;

it('reads what a file declares', () => {
  const { resources, blindSpots } = read(SCHEMA);
  expect(blindSpots).toEqual([]);
  expect(resources.map((resource) => `${resource.type} ${resource.name}`)).toEqual([
    'enum State',
    'value State.OPEN',
    'value State.PAID',
    'value State.LOST',
    'message Order',
    'field Order.id',
    'field Order.tags',
    'field Order.state',
    'service Orders',
    'rpc Orders.find',
    'rpc Orders.ping',
    'reserved Order.3 to 3',
  ]);
});

it('says of a field and a value all that the bytes depend on', () => {
  const { settings } = read(SCHEMA);
  const said = (name: string, word: string): unknown =>
    settings.find((setting) => setting.resource.includes(` ${name} `) && setting.path[0] === word)?.value;
  expect([said('Order.tags', 'number'), said('Order.tags', 'type')]).toEqual([2, 'list<map<string, i8>>']);
  expect([said('Order.state', 'number'), said('State.LOST', 'number')]).toEqual([-1, 5]);
  expect(said('Orders.find', 'request')).toBe('1: string, 2: bool');
});

it('says where it stopped and goes on', () => {
  expect(read('struct A { 1: string }\nstruct B { 1: string b }').resources.map(({ name }) => name)).toContain('B.b');
  expect(read('struct A { 1: string }').blindSpots).toHaveLength(1);
  expect(read('struct A { 1: string a = "x').blindSpots).toHaveLength(1);
  expect(read('service S { void a(1: i32 }').blindSpots).toHaveLength(1);
});

it('throws for no text, and ends', () => {
  fc.assert(
    fc.property(
      mutatedText(SCHEMA, [
        '{',
        '}',
        '(',
        ')',
        '"',
        "'",
        '/*',
        '//',
        '#',
        ';',
        ',',
        '=',
        '<',
        '1:',
        'throws',
        'struct X',
        'é',
        '\\',
        '\r\n',
      ]),
      (text) => {
        expect(() => read(text)).not.toThrow();
      },
    ),
    { numRuns: 300 },
  );
});

function read(text: string): SourceFacts {
  const facts = readFacts('idl/shop.thrift' as RepoPath, text);
  if (facts === undefined) throw new Error('expected a language for Thrift, found none');
  return facts;
}
