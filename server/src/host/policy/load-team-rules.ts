import type { RepoPath, Tree } from '../../core/model/tree.ts';
import type { RuleSource } from '../../core/team-rules/prepare.ts';

export const TEAM_RULES_FOLDER = '.brakeline/rules/';
const RULE_FILE = /^\.brakeline\/rules\/[^/]+\.ya?ml$/;
/** More files than a team reads: what follows is named as not read. */
const MOST_FILES = 200;

/** The rule files of a tree, sorted by path; empty where it has none. Unreadable ones are among them, with the reason. */
export function loadTeamRules(tree: Tree): readonly RuleSource[] {
  const paths = ruleFiles(tree);
  return paths.map((path, index): RuleSource => {
    if (index >= MOST_FILES) return { kind: 'unread', path, why: `more than ${MOST_FILES} rule files` };
    const content = tree.read(path);
    if (content?.kind === 'text') return { kind: 'text', path, text: content.text };
    const detail = content?.detail === undefined ? '' : ` (${content.detail})`;
    return { kind: 'unread', path, why: content === undefined ? 'none' : `${content.reason}${detail}` };
  });
}

/** Paths of a tree are sorted by code unit, and asked for with every keystroke. */
function ruleFiles(tree: Tree): readonly RepoPath[] {
  const paths = tree.paths();
  let low = 0;
  let high = paths.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((paths[middle] ?? '') < TEAM_RULES_FOLDER) low = middle + 1;
    else high = middle;
  }
  const found: RepoPath[] = [];
  for (let at = low; at < paths.length && paths[at]?.startsWith(TEAM_RULES_FOLDER) === true; at += 1) {
    const path = paths[at];
    if (path !== undefined && RULE_FILE.test(path)) found.push(path);
  }
  return found;
}
