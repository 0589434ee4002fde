import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';
import { readFacts } from '../../server/src/core/facts/read-facts.ts';
import { prepareLanguages } from '../../server/src/core/languages/prepare.ts';
import type { SourceFacts } from '../../server/src/core/model/facts.ts';
import type { RepoPath } from '../../server/src/core/model/tree.ts';
import { assetFile } from '../../server/src/host/assets.ts';
import { mutatedText } from '../support/mutated-text.ts';

const PATH = 'src/main/java/shop/Orders.java' as RepoPath;
const { resolve } = createRequire(import.meta.url);

beforeAll(async () => {
  await prepareLanguages([PATH], async (name) => readFileSync(assetFile(name, resolve)));
});

const ORDERS = `package shop;

@RestController("orders")
public class Orders extends Base implements Store<Order> {
  private static final int CAP = 200;
  public Orders(Ledger ledger, String... tags) { super(ledger); }

  @PreAuthorize("hasRole('STAFF')")
  @Transactional(timeout = 5)
  public synchronized <R> List<R> refund(@Valid @RequestBody final Refund refund) throws IOException {
    if (refund == null) throw new IllegalArgumentException("refund");
    Objects.requireNonNull(refund.id());
    for (int i = 0; i < CAP; i++) { ledger.<Row>book(i); }
    try (var row = open()) { row.read(); } catch (IOException | StoreException e) { } finally { close(); }
    synchronized (lock) { count++; }
    var sql = """
      DELETE FROM orders
      """;
    jdbc.update("DELETE FROM lines WHERE id = " + refund.id());
    HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
    future.exceptionally(e -> null);
    return rows.stream().map(row -> { return row.next(); }).toList();
  }
  protected abstract void audit();
  public enum State { OPEN, PAID }
  public record Line(String sku, int count) { public Line { if (count < 0) throw new IllegalStateException(); } }
  public interface Gateway { void charge(Order order); default void refund(Order order) {} }
}
`;

it('reads calls, objects that are made, and annotations with what they stand before', () => {
  const { calls } = read(ORDERS);
  const said = calls.map((call) => `${call.kind} ${call.callee}(${call.args.join(', ')}) ${call.scope}`);
  expect(said).toContain("decorator RestController('orders') Orders");
  expect(said).toContain('decorator PreAuthorize("hasRole(\'STAFF\')") Orders.refund');
  expect(said).toContain('decorator Valid() Orders.refund');
  expect(said).toContain("new IllegalArgumentException('refund') Orders.refund");
  expect(said).toContain('call ledger.book(i) Orders.refund');
  expect(said).toContain('call synchronized(lock) Orders.refund');
  expect(said).toContain('decorator synchronized() Orders.refund');
  expect(calls.find((call) => call.callee === 'ledger.book')?.use).toBe('discarded');
});

it('keeps the lock and the annotation beside it apart', () => {
  const keys = (text: string): readonly string[] =>
    read(text)
      .calls.filter((call) => call.callee === 'synchronized')
      .map((call) => call.key);
  expect(keys('class A { @B public synchronized void c() {} }')).toEqual(keys('class A { public synchronized void c() {} }'));
});

it('reads guards, handlers and loops', () => {
  const { guards, handlers, loops } = read(ORDERS);
  expect(guards.map((guard) => `${guard.test} ${guard.exit}`)).toEqual(['refund == null throw', '!(refund.id()) throw', 'count < 0 throw']);
  expect(handlers.map(({ outcome, guarded, catches }) => ({ outcome, guarded, catches }))).toEqual([
    { outcome: 'swallows', guarded: ['open', 'row.read'], catches: ['IOException', 'StoreException'] },
    { outcome: 'swallows', guarded: [], catches: undefined },
  ]);
  expect(loops.map((loop) => loop.kind)).toEqual(['for', 'each']);
});

it('reads constants, elements of annotations and what a builder is given', () => {
  const { options } = read(ORDERS);
  expect(options.map((option) => `${option.callee} ${option.name}=${option.value}`)).toEqual(
    expect.arrayContaining([' CAP=200', 'Transactional timeout=5', 'HttpClient.newBuilder connectTimeout=Duration.ofSeconds(5)']),
  );
});

it('reads SQL in text blocks and in what is put together', () => {
  const { statements } = read(ORDERS);
  expect(
    statements.map((statement) => `${statement.verb} ${statement.targets.join()} ${statement.where} ${statement.range.start.line}`),
  ).toEqual(['delete orders none 17', 'delete lines present 19']);
});

it('reads symbols, open ones by the words of the language', () => {
  const { symbols } = read(ORDERS);
  const said = symbols.map(
    (symbol) =>
      `${symbol.exported ? 'open ' : ''}${symbol.abstract === true ? 'abstract ' : ''}${symbol.kind} ${symbol.name}: ${symbol.type}`,
  );
  expect(said).toEqual([
    'open class Orders: extends Base implements Store<Order>',
    'property Orders.CAP: int',
    'open method Orders.constructor: ',
    'open method Orders.refund: List<R>',
    'open abstract method Orders.audit: void',
    'open enum Orders.State: ',
    'open property Orders.State.OPEN: 0',
    'open property Orders.State.PAID: 1',
    'open class Orders.Line: ',
    'open method Orders.Line.constructor: ',
    'open property Orders.Line.sku: String',
    'open property Orders.Line.count: int',
    'open interface Orders.Gateway: ',
    'open abstract method Orders.Gateway.charge: void',
    'open method Orders.Gateway.refund: void',
  ]);
  expect(symbols[2]?.parameters).toEqual([
    { name: 'ledger', type: 'Ledger', optional: false },
    { name: 'tags', type: 'String...', optional: true },
  ]);
});

it('has equal tokens for another layout and other remarks', () => {
  const tokens = (text: string): readonly string[] => read(text).tokens.map((token) => token.text);
  expect(tokens('class A { int b = 1; }')).toEqual(tokens('/** A. */\nclass A {\n  int b = 1; // one\n}\n'));
  expect(tokens('class A { int b = 1; }')).not.toEqual(tokens('class A { int b = 2; }'));
});

it('never throws for mutated text', () => {
  fc.assert(
    fc.property(mutatedText(ORDERS, ['{', '}', '(', ')', '"', '"""', '@', '->', ';', '<', '>', 'new ', 'try ', 'é', '\r\n']), (text) => {
      expect(() => read(text)).not.toThrow();
    }),
    { numRuns: 150 },
  );
});

function read(text: string): SourceFacts {
  const facts = readFacts(PATH, text);
  if (facts === undefined) throw new Error('expected a language for Java, found none');
  return facts;
}
