import type { Assessment } from '../../core/model/assessment.ts';
import type { TeamRule } from '../../core/model/team-rule.ts';
import { RULES } from '../../core/rules/index.ts';
import type { Coverage } from '../../core/verify/coverage.ts';
import { AppError } from '../../host/app-error.ts';
import { readAssetsFrom } from '../../host/assets.ts';
import type { Repository } from '../../host/repository.ts';
import { readRulePages } from '../../host/rule-pages.ts';
import { chooseVerifyBase, type VerifyBase } from '../../host/verify-base.ts';
import { isTeamRule, renderRuleMarkdown, renderTeamRuleMarkdown } from '../reporters/rule-page.ts';
import { renderVerificationMarkdown } from '../reporters/verification-text.ts';
import type { Analysis } from './analysis.ts';
import { answerImpact, type ImpactAnswer } from './impact-answer.ts';
import { type TypesLink, withTypes } from './types-link.ts';
import type { Question } from './worker-messages.ts';

/** What each question is answered with. */
export interface Answers {
  readonly before: { readonly text: string | undefined; readonly baseline: string };
  readonly staged: { readonly assessment: Assessment; readonly coverage: Coverage };
  readonly verify: { readonly passed: boolean; readonly report: string };
  /** The manual pages of rules, one after another. */
  readonly rules: string;
  readonly impact: ImpactAnswer | null;
}

/** Answers what the main thread asks beside analyses; plain data. Errors: those of the session. */
export async function answerQuestion(analysis: Analysis, question: Question, types: TypesLink): Promise<Answers[keyof Answers]> {
  const { session, before } = analysis;
  switch (question.kind) {
    case 'before':
      return before(question.file);
    case 'staged': {
      const { assessment, coverage } = await withTypes(types, () => session.review({ staged: true }));
      return { assessment, coverage };
    }
    case 'verify': {
      const chosen = chooseBase(session.repository, question.base);
      const head = question.head ?? 'HEAD';
      const result = await withTypes(types, () => session.verify({ base: chosen.revision, head }));
      const report = renderVerificationMarkdown({ result, base: chosen.oid, head: session.repository.resolveCommit(head) });
      return { passed: result.passed, report: chosen.reason === undefined ? report : `${report}\nThe base is ${chosen.reason}.\n` };
    }
    case 'rules':
      return rulePages(question.rules, question.rules.some(isTeamRule) ? (await session.teamRules()).rules : []);
    case 'impact':
      return answerImpact(analysis, question.of, types);
  }
}

/** An editor often has neither CI nor an upstream: then the last commit alone is verified, and the report says so. */
function chooseBase(repository: Repository, named: string | undefined): VerifyBase {
  try {
    return chooseVerifyBase(repository, process.env, named);
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'bad-usage') throw error;
    try {
      return {
        revision: 'HEAD^',
        oid: repository.resolveCommit('HEAD^'),
        reason: 'the parent of the last commit, because there is no upstream branch',
      };
    } catch (cause) {
      if (!(cause instanceof AppError) || cause.code !== 'bad-revision') throw cause;
      return { revision: repository.emptyTree, oid: repository.emptyTree, reason: 'the empty tree, because there is one commit alone' };
    }
  }
}

async function rulePages(ids: readonly string[], team: readonly TeamRule[]): Promise<string> {
  const pages = await readRulePages(readAssetsFrom(import.meta.dirname));
  const shipped = RULES.filter((rule) => ids.includes(rule.id)).map((rule) => renderRuleMarkdown(rule, pages.get(rule.id)));
  const own = team.filter((rule) => ids.includes(rule.id)).map(renderTeamRuleMarkdown);
  return [...shipped, ...own].join('\n---\n\n');
}
