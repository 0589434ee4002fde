import { shorten } from '../code/call-names.ts';
import { demandOf, highestOf, roleLevel, rolesIn } from './role-lattice.ts';

/** What a check of access does now that it did not, as a person would say it: `asks for less`, `also takes editor`. `all` where each of its roles must hold. */
export function compareChecks(before: string, after: string, all: boolean): string | undefined {
  const demand = all ? highestOf : demandOf;
  const old = demand(before);
  const now = demand(after);
  if (old !== undefined && now !== undefined && now < old) return 'asks for less';
  const was = rolesIn(before);
  const is = rolesIn(after);
  // A class of the project's own asks for more than that somebody is signed in.
  const isOwn = (role: string): boolean => roleLevel(role) === undefined && /^(Is|Has|Can|May|Must|Only|Requires?)[A-Z]/.test(role);
  if (all && was.some((role) => isOwn(role) && !is.includes(role)) && is.length > 0 && is.every((role) => (roleLevel(role) ?? 9) <= 1))
    return 'asks for less';
  if (was.length === 0 || (old !== undefined && now !== undefined && now > old)) return undefined;
  // `s3:*` took `s3:GetObject` already.
  const gained = is.filter((role) => !was.includes(role) && !before.includes(`${role.split(':')[0]}:*`));
  const lost = was.filter((role) => !is.includes(role));
  if (all && gained.length > 0 && gained.every(isCommon) && lost.some((role) => isOwn(role) && !isCommon(role))) return 'asks for less';
  if (all) return lost.length > 0 && gained.length === 0 && is.length > 0 ? `no longer asks for ${shorten(lost[0] ?? '', 18)}` : undefined;
  return gained.length > 0 && lost.length === 0 ? `also takes ${shorten(gained[0] ?? '', 18)}` : undefined;
}

/** What nearly everybody who is there at all is: `IsClubMember`, `HasAccountUser`. */
function isCommon(role: string): boolean {
  return /(?:Member|User|Customer|Viewer|Reader|Guest|Participant|Subscriber|Visitor|SignedIn|LoggedIn|Authenticated)$/.test(role);
}

/** Lists whose entries must all hold: scopes, permission classes, guards of a framework. */
export function isConjunction(name: string): boolean {
  return /scope|\ball|permissions?$|permission_?classes|guards?$|middlewares?$/i.test(name) && !/any|has|roles?$/i.test(name);
}
