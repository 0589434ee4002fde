import type { SourceFacts } from '../model/facts.ts';
import type { FindingDraft } from '../model/finding.ts';
import type { Range } from '../model/range.ts';
import { MESSAGE_LENGTH } from './quote.ts';
import { lastName, literal } from './vocabulary/code/call-names.ts';
import { scopeAtLine } from './vocabulary/code/code-text.ts';

/**
 * What a rule says, with the functions that have no name called by what they answer. A rule quotes the function that it speaks of; one
 * that is handed over in place goes by the call that takes it, `app.post('/x')`, or by nothing at all, and a person looks for neither.
 * It becomes `the handler of POST /x`, or `here` where nothing is known. `facts` are those of the draft's side
 * (test/told-places.test.ts).
 */
export function tellPlaces(draft: FindingDraft, facts: SourceFacts | undefined): FindingDraft {
  if (!QUOTED.some((mark) => draft.message.includes(mark))) return draft;
  const scope = scopeAtLine(facts, draft.range.start.line);
  const message = draft.message.replace(/( in )?`([^`]*)`/g, (whole: string, before: string | undefined, text: string) => {
    const address = handled(text, scope);
    if (address !== undefined) return `${before ?? ''}the handler of \`${address}\``;
    if (/^the (?:routes|script|service|views)$/.test(text)) return `${before ?? ''}${text}`;
    if (text !== '' && text !== 'the module') return whole;
    const around = addressAround(facts, draft.range);
    if (around !== undefined) return `${before ?? ''}the handler of \`${around}\``;
    return before === undefined ? 'the code here' : ' here';
  });
  return message === draft.message ? draft : { ...draft, message: fitAddress(message) };
}

/** What a message holds where it may have to be told otherwise: few do. */
const QUOTED = ["('", '``', '`the '];

const METHODS = /^(?:get|post|put|patch|delete|del|head|options|all|route|handle|handlefunc)$/i;
const LISTENS = /^(?:on|once|addEventListener|subscribe|consume)$/;

/** What a call that takes a handler listens to: `POST /x`, `order`. */
function addressOf(callee: string, first: string): string | undefined {
  const name = lastName(callee);
  if (LISTENS.test(name) && /^[\w.:/-]+$/.test(first)) return first;
  if (!METHODS.test(name) || !/^(?:[A-Z]+ )?\//.test(first)) return undefined;
  return first.startsWith('/') && !/^(?:all|route|handle|handlefunc)$/i.test(name) ? `${methodOf(name)} ${first}` : first;
}

function methodOf(name: string): string {
  return name === 'del' ? 'DELETE' : name.toUpperCase();
}

/** The address in `app.post('/x')`, which may be cut: then it is read of the scope that it begins. */
function handled(text: string, scope: string): string | undefined {
  const isCut = text.endsWith('…') && text.includes("('") && scope.startsWith(text.slice(0, -1));
  const parts = /(?:^|\.)([\w$]+)\('([^']*)'\)$/.exec(isCut ? scope : text);
  return parts === null ? undefined : addressOf(parts[1] ?? '', parts[2] ?? '');
}

/** The address of the innermost call that takes the function around a range, wrapped as it may be. */
function addressAround(facts: SourceFacts | undefined, range: Range): string | undefined {
  const around = (facts?.calls ?? []).filter(
    (call) =>
      call.range.start.line <= range.start.line && call.range.end.line >= range.end.line && call.range.start.line < call.range.end.line,
  );
  return around
    .toSorted((a, b) => a.range.end.line - a.range.start.line - (b.range.end.line - b.range.start.line))
    .map((call) => addressOf(call.callee, literal(call.args[0]) ?? ''))
    .find((address) => address !== undefined);
}

/** Characters that are left of other code in a message before the address itself is cut. */
const LEAST_QUOTED = 20;

/** A message that the address has made too long, cut where least is lost: what else it quotes first, then the address. */
function fitAddress(message: string): string {
  const shorter = cutQuoted(message, /(^|[^f] )`([^`]*)`/, LEAST_QUOTED);
  const fitting = cutQuoted(shorter, /(the handler of )`([^`]*)`/, 2);
  return fitting.length <= MESSAGE_LENGTH ? fitting : `${fitting.slice(0, MESSAGE_LENGTH - 1)}…`;
}

/** The code that a pattern finds in a message, cut by as much as the message is too long, and to no less than `least` characters. */
function cutQuoted(message: string, pattern: RegExp, least: number): string {
  const over = message.length - MESSAGE_LENGTH;
  if (over <= 0) return message;
  return message.replace(pattern, (whole: string, head: string, text: string) => {
    const kept = Math.max(least, text.replace(/…$/, '').length - over) - 1;
    return kept + 1 >= text.length ? whole : `${head}\`${text.slice(0, kept)}…\``;
  });
}
