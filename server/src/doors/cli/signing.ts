import { AppError } from '../../host/app-error.ts';
import type { Repository } from '../../host/repository.ts';
import type { ReviewRequest } from '../../host/session.ts';
import type { SigningPlace } from '../../host/sign-session.ts';
import { textOption } from './arguments.ts';
import type { Arguments, CommandContext } from './command.ts';

/** What an export takes: the staged change, or with a base or a head the commits between them. */
export function exportRequest(args: Arguments): ReviewRequest & { readonly isRange: boolean } {
  const asked = reviewRequest(args);
  const isRange = asked.staged !== true && (asked.base !== undefined || asked.head !== undefined);
  return isRange ? { ...asked, head: asked.head ?? 'HEAD', isRange } : { ...asked, staged: true, isRange };
}

/** What the options of ack, undo and export ask to compare. Errors: `bad-usage` where they ask for two things. */
export function reviewRequest(args: Arguments): ReviewRequest {
  const [base, head] = [textOption(args, 'base'), textOption(args, 'head')];
  const staged = args.options.staged === true;
  if (staged && head !== undefined) throw new AppError('bad-usage', 'expected one of --head --staged, found both');
  return { ...(base === undefined ? {} : { base }), ...(head === undefined ? {} : { head }), ...(staged ? { staged } : {}) };
}

/** Where a decision is signed. Errors: `bad-usage` in a bare repository, where nobody works. */
export function signingPlace(repository: Repository, context: CommandContext): SigningPlace {
  if (repository.root === undefined)
    throw new AppError('no-working-tree', `expected a working tree, found the bare repository ${repository.gitDir}`);
  return { root: repository.root, commonDir: repository.commonDir, env: context.env };
}
