import type { FindingDraft } from '../../../model/finding.ts';
import type { Range, Side } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { rangeOfLine, tokensOn } from '../code/code-text.ts';
import { changedSettings, placeOf } from '../settings/settings.ts';

/** Addresses and connection strings that asked for TLS and do not any more. */
export function* plainTexts(input: RuleInput): Generator<FindingDraft> {
  for (const change of changedSettings(input)) {
    const { before, after } = change;
    if (before === undefined || after === undefined || change.resourceIsNew) continue;
    const what = lost(String(before.value), String(after.value));
    if (what !== undefined) yield draft(placeOf(change), what);
  }
  if (input.before === undefined || input.after === undefined || input.after.settings.length > 0) return;
  const old = linesOf(input, 'before').filter(({ text }) => asksForTls(text));
  if (old.length === 0) return;
  for (const { text, line } of linesOf(input, 'after')) {
    for (const other of old) {
      const what = lost(other.text, text);
      if (what === undefined) continue;
      yield draft({ side: 'after', range: rangeOfLine(input, 'after', line) }, what);
      break;
    }
  }
}

function draft(place: { readonly side: Side; readonly range: Range }, what: string): FindingDraft {
  return { ...place, message: fitMessage(`${what}: it may send in the clear`) };
}

/** The code of the changed lines, those that hold a text. */
function linesOf({ before, after, hunk }: RuleInput, side: Side): readonly { readonly text: string; readonly line: number }[] {
  const { start, lines } = hunk[side];
  return Array.from({ length: Math.min(lines, 400) }, (_, at) => ({
    line: start + at,
    text: tokensOn(side === 'before' ? before : after, start + at, start + at)
      .map((token) => token.text)
      .join(' '),
  })).filter(({ text }) => /['"`]/.test(text));
}

const PARAMETER = /\b(sslmode|ssl-mode|useSSL|requireSSL|sslEnabled|ssl|tls|encrypt)=([A-Za-z\d][\w-]*)/gi;
const NOT_ASKED = /^(?:false|0|disabled?|prefer|preferred|allow|off|no|none|optional)$/i;
const SECURE =
  /\b(rediss|amqps|ldaps|mqtts|https|wss|smtps|ftps|natss|tls):\/\/(?!(?:[\w.-]+\.)?(?:w3\.org|json-schema\.org|xmlsoap\.org|example\.(?:com|org))\b)/gi;
const LOCAL = /localhost|127\.0\.0\.1|\[::1\]|0\.0\.0\.0|host\.docker\.internal|\.svc\b|\.local\b/;

function asksForTls(text: string): boolean {
  return [...text.matchAll(PARAMETER)].some(([, , value = '']) => !NOT_ASKED.test(value)) || text.search(SECURE) >= 0;
}

/** What an address no longer asks for, as it reads; undefined where it asks as before, or never leaves the machine. */
function lost(before: string, after: string): string | undefined {
  if (before.length > 2000 || after.length > 2000 || LOCAL.test(after)) return undefined;
  const asked = [...before.matchAll(PARAMETER)].filter(([, , value = '']) => !NOT_ASKED.test(value));
  const asks = [...after.matchAll(PARAMETER)];
  const refused = asks.find(([, , value = '']) => NOT_ASKED.test(value));
  if (asked.length > 0 && refused !== undefined && isLike(before, after)) return `\`${refused[0]}\``;
  if (asked.length > 0 && asks.length === 0 && bare(before) === bare(after)) return `\`${asked[0]?.[0]}\` is gone`;
  for (const [, scheme = ''] of before.matchAll(SECURE)) {
    const plain = PLAIN[scheme.toLowerCase()] ?? scheme.slice(0, -1);
    if (!after.includes(`${scheme}://`) && after.includes(`${plain}://`) && bare(before) === bare(after))
      return `\`${scheme}://\` became \`${plain}://\``;
  }
  return undefined;
}

const PLAIN: Readonly<Record<string, string>> = { natss: 'nats', tls: 'tcp' };

/** The address without what it says of TLS, and without the port, which goes with it. */
function bare(text: string): string {
  return text
    .replace(PARAMETER, '')
    .replace(/\b(redis|amqp|ldap|mqtt|http|ws|smtp|ftp|nats)s:\/\//gi, '$1://')
    .replace(/\btls:\/\//gi, 'tcp://')
    .replace(/:\d{2,5}\b/g, '')
    .replace(/(?<![?&;])[?&;]+(?=['"`\s]|$)/g, '')
    .replace(/([?&;])[&;]+/g, '$1')
    .replace(/\s+/g, ' ')
    .trim();
}

/** Two texts that speak of the same place: their first ten characters of an address, or the words beside it. */
function isLike(before: string, after: string): boolean {
  const place = (text: string): string => /(?:@|:\/\/)[^/?\s'"`]{1,80}/.exec(bare(text))?.[0] ?? /[\w.]+/.exec(bare(text))?.[0] ?? '';
  return place(before) === place(after);
}
