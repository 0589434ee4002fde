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

const PATH = 'app/models/berth.rb' as RepoPath;
const { resolve } = createRequire(import.meta.url);

beforeAll(async () => {
  await prepareLanguages([PATH], async (name) => readFileSync(assetFile(name, resolve)));
});

const BERTH = `# Harbour.delete_all is no call here
class Harbour::Berth < ApplicationRecord
  LIMIT = 20
  before_action :require_keeper
  def vacate(reason = nil)
    Stay.where(berth: self)&.delete_all
    self.free = true
    notes << "Stay.destroy_all #{reason}"
    connection.execute <<~SQL
      DELETE FROM stays
    SQL
    stays.each do |stay| stay.close(at: Time.now) end
  end
end
`;

it('reads what is called, in which method, with what', () => {
  const { calls, blindSpots } = read(BERTH);
  expect(blindSpots).toEqual([]);
  expect(calls.map(({ callee, scope }) => `${scope}: ${callee}`)).toEqual([
    'Harbour.Berth: before_action',
    'Harbour.Berth.vacate: Stay.where(berth: self).delete_all',
    'Harbour.Berth.vacate: Stay.where',
    'Harbour.Berth.vacate: connection.execute',
    'Harbour.Berth.vacate: stays.each',
    'Harbour.Berth.vacate: stay.close',
    'Harbour.Berth.vacate: Time.now',
  ]);
});

it('reads what is told and what stands in strings', () => {
  const { options, statements, symbols } = read(BERTH);
  expect(options.map(({ name, value }) => `${name} = ${value}`)).toContain('LIMIT = 20');
  expect(options.map(({ name, value }) => `${name} = ${value}`)).toContain('free = true');
  expect(statements.map(({ verb, targets, where }) => `${verb} ${targets.join()} ${where}`)).toEqual(['delete stays none']);
  // Nothing says who asks for a name of Ruby.
  expect(symbols.some(({ exported }) => exported)).toBe(false);
});

it('throws for no text', () => {
  fc.assert(
    fc.property(mutatedText(BERTH, ['do', 'end', '{', '}', '<<~SQL', '"', "'", '%w[', '#{', '=begin\n', '|', ':', 'é', '\r\n']), (text) => {
      expect(() => read(text)).not.toThrow();
    }),
    { numRuns: 100 },
  );
});

function read(text: string): SourceFacts {
  const facts = readFacts(PATH, text);
  if (facts === undefined) throw new Error('expected a language for Ruby, found none');
  return facts;
}
