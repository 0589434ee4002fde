/**
 * What a test runner runs, and what only its tests use. Narrower than the place in which a mistake weighs little (facts/
 * path-context.ts): a mock, a story or a benchmark proves nothing of what it imports.
 */
const TEST =
  /(^|\/)(specs?|__tests__|testdata|[a-z]+Tests?|([^/]*[-_])?(tests?|e2e)([-_](app(lication)?s?|suites?|cases?|packages?))?)\/|[._-](test|tests|spec|specs|e2e|cy|it|integration)\.[cm]?[jt]sx?$|(^|\/)(test_[^/]+|[^/]+_tests?|tests?|conftest)\.(py|go|rs|rb)$|(^|\/)[^/]+_spec\.rb$|(Test|Tests|IT|Spec)\.(java|kt|scala|cs)$/;
const NO_PROOF =
  /(^|\/)(__mocks__|mocks?|stubs?|__fixtures__|fixtures?|testdata|snapshots|__snapshots__)\/|[._-](stories|bench|mock|fixture)s?\.[cm]?[jt]sx?$/;

/** True for a file that is a test, or part of one: every count of tests, in whatever language, asks here. */
export function isTestFile(path: string): boolean {
  return TEST.test(path) && !NO_PROOF.test(path);
}
