import { words } from '../code/call-names.ts';

/** Whom rows belong to, in any trade: who pays, who owns, who keeps, and the house or the firm that they sit in. */
const HOLDER =
  /\b(?:tenant|tenancy|account|acct|organi[sz]ation|organi[sz]er|org|workspace|team|owner|customer|company|user|member|membership|shop|store|project|merchant|seller|vendor|supplier|client|clinic|practice|hospital|ward|school|district|university|campus|faculty|hotel|venue|restaurant|household|family|farm|estate|ranch|club|league|studio|agency|franchise|franchisee|branch|office|department|division|unit|business|subscriber|subscription|partner|reseller|publisher|landlord|property|building|namespace|realm|space|domain owner|dealer|dealership|fleet|depot|operator|provider|keeper|holder|author|creator|buyer|teacher|student|pupil|driver|rider|guest|patient|principal|employee|employer|manager|museum|library|parish|church|community|group|guild|insurer|insured|policy ?holder|broker|lender|borrower|exhibitor|contractor|carrier|courier|garage|pharmacy|lab|laboratory|nursery|cinema|theat(?:er|re)|gallery|airline|retailer|wholesaler|distributor|applicant|candidate|recruiter|tutor|instructor|coach|trainer|therapist|doctor|physician|dentist|carer|resident|lessee|lessor|renter|advertiser|affiliate|association|federation|foundation|cooperative|coop|co op|collective|society|congregation|diocese|charter|consortium|syndicate|partnership|squad|troop|crew|orchestra|choir|theater company|dairy|vineyard|orchard|cellar|apiary|shelter|investor|trader|trustee|beneficiary|brand|site|firm|chain|kennel|stable|marina|harbou?r|port|plant|factory|warehouse|house|lodge|camp|garden|bakery|brewery|winery|gym|bank|fund|charity|council|municipality|region|county|created by|owned by|belongs to|assigned to)$/;

/** Those of them that a bare column means as well; `port` and `site` are a thing's own place more often. */
const BARE =
  /^(?:(?:\w+ )?(?:tenant|tenancy|account|organi[sz]ation|org|workspace|team|owner|customer|company|user|member|shop|store|project)|merchant|seller|vendor|client|clinic|practice|school|hospital|farm|household|subscriber|keeper|landlord|agency|franchise|club|guild|holder|created by|owned by|belongs to)$/;

/** What a key of them is called beside its holder. */
const KEY = / (?:id|ids|uuid|guid|key|slug|ref|code|no|number|pk|uid|name|handle|sub)$/;

/** True for the name of a column or a key by which rows belong to somebody: `tenant_id`, `ownerId`, `owning_account_id`. */
export function isHolder(name: string): boolean {
  const text = words(name.split('.').at(-1) ?? name);
  const bare = text.replace(KEY, '');
  return (
    !name.includes('::') &&
    text.split(' ').length <= 4 &&
    (bare === text ? BARE : HOLDER).test(bare) &&
    !/^(?:is|has|no|max|min|show|by|with|last|next|num|count|total)\b/.test(bare)
  );
}
