import type { RepoPath } from '../../../model/tree.ts';

/** Files that say what a coding agent may do without asking. */
const SETTINGS =
  /(^|\/)\.(claude|cursor|gemini|codex|amazonq|kiro|windsurf|codeium|continue|roo|cline|aider|qwen|opencode|goose|zed|junie|trae|augment|crush|amp)(\/|[\w.-]*\.(json|jsonc|ya?ml|toml|conf\.yml)$)|(^|\/)\.vscode\/[\w.-]*settings[\w.-]*\.json$|(^|\/)\.vscode\/mcp\.json$|\.code-workspace$|(^|\/)\.?mcp\.json$|(^|\/)(agents?|assistants?|copilot|claude|codex|gemini|opencode|crush)([\w.-]*[._-])?(settings|config|permissions|policy)[\w.-]*\.(json|jsonc|ya?ml|toml)$|(^|\/)(opencode|crush|managed-settings|claude_desktop_config)\.jsonc?$|(^|\/)\.github\/copilot[\w./-]*\.(json|ya?ml)$|(^|\/)\.devcontainer\/[\w.-]+\.json$/i;
const NOTES = /\.(md|mdc|mdx)$|rules$|hints$/i;

export function isAgentSettings(path: RepoPath): boolean {
  return SETTINGS.test(path);
}

export function isAgentNotes(path: RepoPath): boolean {
  return NOTES.test(path) && !isAgentSettingsFile(path);
}

function isAgentSettingsFile(path: RepoPath): boolean {
  return /\.(json|jsonc|ya?ml|toml)$/i.test(path);
}

/** Options of agents' command lines that take every question away. */
const BYPASS =
  /(^|[\s"'=`[,(])(--dangerously-skip-permissions|--dangerously-bypass-approvals-and-sandbox|--allow-dangerously-skip-permissions|--dangerously-allow-all|--yolo|--trust-all-tools|--allow-all-tools|--allow-all-paths|--yes-always|--auto-approve-all|--skip-permissions|--no-confirm-tools|--approval-mode[= ](yolo|auto)|--permission-mode[= ](bypassPermissions|dontAsk)|--ask-for-approval[= ]never|--sandbox[= ]danger-full-access|--full-auto)(?=$|[\s"'`\],;)])/;

/** The option in a text that is run; undefined where there is none. */
export function bypassFlag(text: string): string | undefined {
  return BYPASS.exec(text)?.[2];
}

/** `Bash(*)`, `Bash`, `*`, `mcp__*`, `shell(*)`: a tool without a limit. */
const UNLIMITED =
  /^(\*|all|any|Bash|Bash\(\s*((\*|:\*|\*:\*|\.\*)\s*)?\)|(Shell|shell|run_shell_command|execute_bash|run_command|terminal|Terminal|exec)(\(\s*((\*|:\*|\.\*)\s*)?\))?|(Write|Edit|MultiEdit|WebFetch|Read|Task)\(\s*((\*|\/\*\*|\/\/\*\*|~\/\*\*|domain:\*)\s*)?\)|mcp__\*|mcp__\w+__\*|\/?\.\*\/?|@?builtin|Computer|computer)$/;
/** Programs with which a wildcard behind them is as good as none. */
const DANGEROUS =
  /^(?:Bash|Shell|shell|run_shell_command|execute_bash)\(\s*(sudo|rm|rm -rf?|rm -fr|sh|bash|zsh|env|eval|exec|xargs|python3?|node|perl|ruby|curl|wget|ssh|scp|dd|chmod|chown|kill|aws|gcloud|az|kubectl|helm|terraform|tofu|pulumi|cdk|docker|podman|psql|mysql|mongosh?|redis-cli|git push|git reset|git clean|git|gh|npx|su|systemctl|crontab|nc|find|dropdb|prisma|vercel|railway|fly|flyctl|heroku)\s*(:\*|\*| \*|:.*\*)\s*\)$/;

export function isUnlimited(value: string): boolean {
  return UNLIMITED.test(value.trim());
}

export function isDangerous(value: string): boolean {
  return DANGEROUS.test(value.trim());
}

/** Programs that delete, deploy or run anything as anybody. */
export function isDestructive(value: string): boolean {
  return /\b(sudo|rm|sh|bash|eval|dd|aws|gcloud|az|kubectl|helm|terraform|tofu|pulumi|cdk|psql|mysql|mongosh?|dropdb|railway|heroku)\b/.test(
    value.replace(/^(Bash|Shell)\(/i, ''),
  );
}
