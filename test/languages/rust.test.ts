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

const PATH = 'src/ledger.rs' as RepoPath;
const { resolve } = createRequire(import.meta.url);

beforeAll(async () => {
  await prepareLanguages([PATH], async (name) => readFileSync(assetFile(name, resolve)));
});

const LEDGER = `use std::sync::Mutex;
pub const CAP: usize = 10;
static mut TOTAL: u64 = 0;
#[derive(Debug)]
pub struct Ledger<T> { pub rows: Vec<T>, lock: Mutex<u64> }
#[repr(u8)]
pub enum State { Open, Held = 4, Paid }
pub trait Store { fn get(&self, id: &str) -> Option<Row>; fn all(&self) -> Vec<Row> { vec![] } }
impl<T> Store for Ledger<T> { fn get(&self, id: &str) -> Option<Row> { None } }
impl<T> Ledger<T> {
    #[tracing::instrument(skip(self))]
    pub async fn book(&self, n: usize) -> Result<(), Error> {
        if n > CAP { return Err(Error::TooMany); }
        ensure!(n > 0, "empty");
        let Some(row) = self.find(n) else { return Ok(()); };
        if let Err(e) = self.save(row).await { error!("save {}", e); }
        let _ = self.audit(n);
        self.flush().ok();
        match self.close() { Ok(v) => done(v), Err(_) => {} }
        self.sync()?;
        loop { if self.idle() { break; } }
        unsafe { TOTAL += 1; self.rows.get_unchecked(n); }
        let client = Client::builder().danger_accept_invalid_certs(true).timeout(Duration::from_secs(5)).build()?;
        let config = Config { retries: 3, ..Default::default() };
        sqlx::query(&format!("DELETE FROM rows WHERE id = {}", n)).execute(&pool).await?;
        tokio::spawn(async move { send().await });
        Ok(())
    }
}
#[cfg(test)]
mod tests {
    #[test]
    fn books() { Ledger::new().book(1).unwrap(); }
}
`;

it('reads calls, macros, attributes and unsafe blocks', () => {
  const { calls } = read(LEDGER);
  const said = calls.map((call) => `${call.kind} ${call.callee}(${call.args.join(', ')}) ${call.scope}`);
  expect(said).toContain('decorator derive(Debug) Ledger');
  expect(said).toContain('decorator tracing::instrument(skip(self)) Ledger.book');
  expect(said).toContain("call ensure!(n > 0, 'empty') Ledger.book");
  expect(said).toContain('call unsafe() Ledger.book');
  expect(said).toContain('call Client::builder().danger_accept_invalid_certs(true) Ledger.book');
  const use = (callee: string): unknown => calls.find((call) => call.callee === callee)?.use;
  expect([use('self.audit'), use('self.save'), use('self.sync'), use('self.flush().ok')]).toEqual([
    'discarded',
    'awaited',
    'used',
    'discarded',
  ]);
  expect(calls.find((call) => call.callee === 'tokio::spawn')?.runs).toBe('beside');
});

it('reads guards, handlers and loops', () => {
  const { guards, handlers, loops } = read(LEDGER);
  expect(guards.map((guard) => `${guard.test} ${guard.exit}`)).toEqual([
    'n > CAP throw',
    '!(n > 0) throw',
    '!(self.find(n)) return',
    'self.idle() break',
  ]);
  expect(handlers.map((handler) => `${handler.outcome} ${handler.guarded.join()}`)).toEqual([
    'reports self.save',
    'swallows self.audit',
    'swallows self.flush',
    'swallows self.close',
  ]);
  expect(loops).toMatchObject([{ kind: 'while', endless: true }]);
});

it('reads constants, fields of struct literals and what a builder is given', () => {
  const { options } = read(LEDGER);
  expect(options.map((option) => `${option.callee} ${option.name}=${option.value}`)).toEqual(
    expect.arrayContaining([' CAP=10', ' TOTAL=0', 'Client::builder timeout=Duration::from_secs(5)', 'Config retries=3']),
  );
});

it('reads SQL in what is put together', () => {
  expect(read(LEDGER).statements.map((statement) => `${statement.verb} ${statement.targets.join()} ${statement.where}`)).toEqual([
    'delete rows present',
  ]);
});

it('reads symbols; methods belong to their type', () => {
  const said = read(LEDGER).symbols.map(
    (symbol) =>
      `${symbol.exported ? 'pub ' : ''}${symbol.abstract === true ? 'abstract ' : ''}${symbol.async ? 'async ' : ''}${symbol.kind} ${symbol.name}: ${symbol.type}`,
  );
  expect(said).toEqual([
    'pub variable CAP: usize',
    'variable TOTAL: static mut u64',
    'pub class Ledger: ',
    'pub property Ledger.rows: Vec<T>',
    'property Ledger.lock: Mutex<u64>',
    'pub enum State: ',
    'pub property State.Open: 0',
    'pub property State.Held: 4',
    'pub property State.Paid: 5',
    'pub interface Store: ',
    'pub abstract method Store.get: Option<Row>',
    'pub method Store.all: Vec<Row>',
    'pub method Ledger.get: Option<Row>',
    'pub async method Ledger.book: Result<(), Error>',
    'function tests.books: ',
  ]);
});

it('knows tests inside a file that is none', () => {
  expect(read(LEDGER).scopes.filter((scope) => scope.isTest === true)).toMatchObject([
    { name: 'tests', startLine: 31, endLine: 34 },
    { name: 'tests.books' },
  ]);
  expect(read('#[cfg(feature = "fast")]\nmod fast { fn a() {} }\n').scopes.some((scope) => scope.isTest === true)).toBe(false);
});

it.each([
  ['test', true],
  ['all(test, feature = "slow")', true],
  ['any(test, test)', true],
  ['any(test, all(test, unix))', true],
  ['any(test, feature = "default")', false],
  ['any(test, not(test))', false],
  ['not(test)', false],
  ['feature = "test"', false],
])('takes #[cfg(%s)] for a test: %s', (condition, expected) => {
  const { scopes } = read(`#[cfg(${condition})]\nmod real { fn a() {} }\n`);
  expect(scopes.some((scope) => scope.isTest === true)).toBe(expected);
});

it('has equal tokens for another layout and other remarks', () => {
  const tokens = (text: string): readonly string[] => read(text).tokens.map((token) => token.text);
  expect(tokens('fn a() { b(1); }')).toEqual(tokens('/// A.\nfn a() {\n    b(1,); // one\n}\n'));
  expect(tokens('fn a() { b(1); }')).not.toEqual(tokens('fn a() { b(1) }'));
});

it('never throws for mutated text', () => {
  fc.assert(
    fc.property(
      mutatedText(LEDGER, ['{', '}', '(', ')', '"', 'r#"', '#[', ']', '!', '::<', '|', '?', 'match ', 'é', "'", '\r\n']),
      (text) => {
        expect(() => read(text)).not.toThrow();
      },
    ),
    { numRuns: 150 },
  );
});

function read(text: string): SourceFacts {
  const facts = readFacts(PATH, text);
  if (facts === undefined) throw new Error('expected a language for Rust, found none');
  return facts;
}
