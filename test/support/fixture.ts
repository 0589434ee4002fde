// The picture that teams write their fixtures in too; it ships.
export {
  drawExpectation,
  type Expectation,
  expectationOf,
  type Fixture,
  parseFixture,
  sameExpectation,
} from '../../server/src/host/team-rules/fixture.ts';
