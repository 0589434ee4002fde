import type { TeamLanguage } from '../model/team-rule.ts';
import type { RepoPath } from '../model/tree.ts';

/** What ast-grep must know of a language. */
export interface TeamGrammar {
  readonly asset: string;
  /** The other names that ast-grep knows it by, in lower case. */
  readonly aliases: readonly string[];
  readonly owns: RegExp;
  /** Stands for the `$` of a metavariable where the grammar has no identifier with one; as in ast-grep itself. */
  readonly expandoChar?: string;
}

export const TEAM_GRAMMARS: Readonly<Record<TeamLanguage, TeamGrammar>> = {
  bash: { asset: 'tree-sitter-bash.wasm', aliases: ['sh', 'shell'], owns: /\.(sh|bash|zsh|ksh|bats)$/i },
  go: { asset: 'tree-sitter-go.wasm', aliases: ['golang'], owns: /\.go$/, expandoChar: 'µ' },
  hcl: { asset: 'tree-sitter-terraform.wasm', aliases: ['terraform'], owns: /\.(tf|tofu|tfvars|hcl)$/i, expandoChar: 'µ' },
  java: { asset: 'tree-sitter-java.wasm', aliases: [], owns: /\.java$/ },
  javascript: { asset: 'tree-sitter-javascript.wasm', aliases: ['js', 'jsx'], owns: /\.([cm]?js|jsx)$/ },
  python: { asset: 'tree-sitter-python.wasm', aliases: ['py'], owns: /\.pyi?$/, expandoChar: 'µ' },
  rust: { asset: 'tree-sitter-rust.wasm', aliases: ['rs'], owns: /\.rs$/, expandoChar: 'µ' },
  tsx: { asset: 'tree-sitter-tsx.wasm', aliases: [], owns: /\.tsx$/ },
  typescript: { asset: 'tree-sitter-typescript.wasm', aliases: ['ts'], owns: /\.[cm]?ts$/ },
};

/** The language of a name as ast-grep's rules spell it: `Python`, `py`, `TypeScript`. */
export function teamLanguageNamed(name: string): TeamLanguage | undefined {
  const wanted = name.toLowerCase();
  return languages().find((language) => language === wanted || TEAM_GRAMMARS[language].aliases.includes(wanted));
}

/** The language whose rules are asked about a path; undefined where team rules cannot see it. */
export function teamLanguageOf(path: RepoPath): TeamLanguage | undefined {
  return languages().find((language) => TEAM_GRAMMARS[language].owns.test(path));
}

function languages(): readonly TeamLanguage[] {
  // The keys of a closed record.
  return Object.keys(TEAM_GRAMMARS) as TeamLanguage[];
}
