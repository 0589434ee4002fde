import type { Command } from '../../../model/facts.ts';
import type { Severity } from '../../../model/finding.ts';

/** What a command checks before a change goes on. */
export type GateKind = 'tests' | 'types' | 'security' | 'build' | 'plan' | 'lint';

const KINDS: readonly (readonly [GateKind, RegExp])[] = [
  [
    'security',
    /\b(audit|snyk|trivy|semgrep|gitleaks|trufflehog|bandit|safety check|pip-audit|cargo-audit|cargo audit|cargo deny|govulncheck|grype|osv-scanner|checkov|tfsec|kics|codeql|detect-secrets|dependency-review|zizmor|brakeman|npm audit|sonar-scanner|scan|cosign verify|slsa-verifier|terrascan|opa test|conftest|kubeconform|polaris|kube-score|kube-linter|license-check)\b/,
  ],
  [
    'tests',
    /\b(tests?|test:[\w:-]+|vitest|jest|mocha|ava|pytest|tox|nox|unittest|rspec|phpunit|go test|cargo test|cargo nextest|gotestsum|mvn( -\S+)* (test|verify)|gradlew?( -\S+)* (test|check)|playwright test|cypress run|e2e|smoke|unit|acceptance|regression|functional|integration|contract-tests?|ctest|bats|karma|nightwatch|newman|k6 run|verify|selftest|spec)\b/,
  ],
  [
    'types',
    /\b(tsc|typecheck|type-check|check-types|types|mypy|pyright|flow check|vue-tsc|svelte-check|cargo check|go vet|clippy|sorbet)\b/,
  ],
  [
    'plan',
    /\b(terraform (plan|validate)|tofu (plan|validate)|pulumi preview|cdk diff|helm (lint|template)|migrate (status|check)|makemigrations --check|squawk|kubectl diff|prisma migrate diff|schema:check|check)\b/,
  ],
  [
    'lint',
    /\b(lint|eslint|prettier|biome|ruff|flake8|black|isort|stylelint|markdownlint|golangci-lint|gofmt|rustfmt|cargo fmt|shellcheck|hadolint|yamllint|actionlint|commitlint|cspell|format|fmt)\b/,
  ],
  ['build', /\b(npm run build|yarn build|pnpm build|go build|cargo build|make build)\b/],
];

/** The kind of a check by its words; undefined for what checks nothing. */
export function gateKind(text: string): GateKind | undefined {
  if (
    /^(echo|printf|cat|grep|ls|cd|mkdir|rm|cp|mv|test|\[|\[\[|export|set|source|curl|wget|touch|apt-get|apt|apk|pip3? install|git|gh|docker (build|pull|rm|stop|push|tag|login)|kill|pkill|sleep)\b/.test(
      text,
    ) ||
    /^\[/.test(text)
  )
    return undefined;
  if (/^(npm|pnpm|yarn|bun) (ci|install|i|add)\b/.test(text)) return undefined;
  return gateOfName(text);
}

/** The kind of a check by the name of its job, step, script, task or action: `unit-tests`, `security_scan`, `contractTest`. */
export function gateOfName(name: string): GateKind | undefined {
  const text = `${name} ${name.replace(/[-_:/]+/g, ' ').replace(/(?<=[a-z])(?=[A-Z])/g, ' ')}`.toLowerCase();
  return KINDS.find(([, pattern]) => pattern.test(text))?.[0];
}

/** The kind of a command as it runs. */
export function gateOf(command: Command): GateKind | undefined {
  // An option may name what it is not: `--skip-tests`.
  const words = command.words.map((word) => word.text).filter((word) => !/^--?(skip|no|exclude|without|ignore)/.test(word));
  return gateKind(words.join(' '));
}

/** What only looks at style, or says so of itself, is a note. */
export function severityOfGate(kind: GateKind, text = ''): Severity {
  return kind === 'lint' || /\b(optional|experimental|nightly|canary|advisory|informational|non-?blocking|allowed)\b/i.test(text)
    ? 'low'
    : 'high';
}
