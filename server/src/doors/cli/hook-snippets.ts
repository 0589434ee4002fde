/** What a person puts into the configuration of a tool that manages hooks. */
export const SNIPPETS: Readonly<Record<'plain' | 'husky' | 'lefthook' | 'pre-commit', string>> = {
  plain: `# a line of the hook pre-commit, and one of pre-push
brakeline hooks run pre-commit || exit 1
brakeline hooks run pre-push -- "$@" || exit 1
`,
  husky: `# .husky/pre-commit
brakeline hooks run pre-commit
# .husky/pre-push
brakeline hooks run pre-push -- "$@"
`,
  lefthook: `# lefthook.yml
pre-commit:
  jobs:
    - name: brakeline
      run: brakeline hooks run pre-commit
pre-push:
  jobs:
    - name: brakeline
      run: brakeline hooks run pre-push -- {1} {2}
      use_stdin: true
`,
  'pre-commit': `# .pre-commit-config.yaml
repos:
  - repo: https://github.com/brakeline/brakeline
    rev: COMMIT  # pinned to one commit of your copy
    hooks:
      - id: brakeline-pre-commit
      - id: brakeline-pre-push
`,
};
