import type { Assessment } from '../../core/model/assessment.ts';
import type { TeamRule } from '../../core/model/team-rule.ts';
import { RULES } from '../../core/rules/index.ts';
import type { Coverage } from '../../core/verify/coverage.ts';
import { AppError } from '../../host/app-error.ts';
import { readAssetsFrom } from '../../host/assets.ts';
import type { Repository } from '../../host/repository.ts';
import { readRulePages } from '../../host/rule-pages.ts';
import type { ReviewRequest } from '../../host/session.ts';
import { type ComposedRequest, composeRequest } from '../../host/signoff/compose-request.ts';
import { type HunkSides, sidesOf } from '../../host/signoff/request-sides.ts';
import { readAnswer, takeAnswer } from '../../host/signoff/take-answer.ts';
import { type SeenRequest, seeRequest } from '../../host/signoff/view-request.ts';
import { chooseVerifyBase, type VerifyBase } from '../../host/verify-base.ts';
import type { SignoffRange, SignoffReport } from '../../protocol.ts';
import { byRisk } from '../reporters/review-report.ts';
import { isTeamRule, renderRuleMarkdown, renderTeamRuleMarkdown } from '../reporters/rule-page.ts';
import { renderTaken } from '../reporters/signoff-taken.ts';
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
  readonly 'signoff-view': SeenRequest;
  readonly 'signoff-sides': HunkSides;
  readonly 'signoff-request': ComposedRequest;
  readonly 'signoff-import': SignoffReport;
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
    case 'signoff-view':
      return withTypes(types, () => seeRequest(session, question.text));
    case 'signoff-sides': {
      const asked = question.view.hunks.find(({ hunk }) => hunk.id === question.hunkId);
      if (asked === undefined) throw new AppError('bad-usage', 'expected a hunk of the opened request, found none');
      return sidesOf(session, question.view, asked);
    }
    case 'signoff-request': {
      const asked = rangeOf(session.repository, question.range);
      const review = await withTypes(types, () => session.review(asked));
      return composeRequest(session, asked, review, byRisk);
    }
    case 'signoff-import': {
      const lines = await readAnswer(question.file, question.file);
      const asked = rangeOf(session.repository, question.range);
      const review = await withTypes(types, () => session.review(asked));
      return renderTaken(await takeAnswer(session, asked, review, lines, question.file), question.file);
    }
  }
}

/** As `brakeline signoff` would be asked. The base of commits is the one that a verification in this editor has. */
function rangeOf(repository: Repository, range: SignoffRange): ReviewRequest {
  if (range.kind === 'commits') return { base: chooseBase(repository, range.base).revision, head: 'HEAD' };
  return range.kind === 'staged' ? { staged: true } : {};
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
