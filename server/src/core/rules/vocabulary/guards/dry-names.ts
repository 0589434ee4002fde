import { words } from '../code/call-names.ts';

/** A name that, while on, keeps an act from happening by itself: a dry run, a preview, a question asked first. */
export function isDryName(name: string): boolean {
  return DRY.test(words(name));
}

/** A name that, once on, makes an act happen for good: `force`, `apply`, `permanent`. */
export function isForceName(name: string): boolean {
  return FORCE.test(words(name));
}

/** A name that says nothing but that: of a setting `autoApprove`, not `chat.tools.autoApprove`, which is about something else. */
export function isBareForceName(name: string): boolean {
  return FORCE.exec(words(name))?.[0] === words(name);
}

const DRY =
  /\b(dry|dry run|dryrun|no op|noop|no act|rehearse|rehearsal|simulate|simulation|simulated|pretend|trial|trial run|what if|whatif|preview|(check|plan|print|list|report|log|show|verify|audit|scan|diff|read) only|only (print|list|report|log|show|preview|check|plan)|check mode|confirm|confirmation|ask|ask first|prompt|interactive|soft delete|safe mode|safe)\b/;

const FORCE =
  /\b(permanent|permanently|force|forced|hard|hard delete|destructive|purge|wipe|erase|prune|irreversible|skip confirmation|skip confirm|no confirm|no prompt|non interactive|unattended|yes|assume yes|auto approve|auto confirm|execute|perform|apply|commit changes|write changes|for real|really|live|live run|overwrite|delete|destroy|drop)\b/;
