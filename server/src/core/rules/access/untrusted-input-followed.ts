import type { FindingDraft } from '../../model/finding.ts';
import { defineRule } from '../define.ts';
import { fitMessage } from '../quote.ts';
import { lostAddressChecks } from '../vocabulary/access/lost-address-checks.ts';
import { lostHeaders } from '../vocabulary/access/lost-headers.ts';
import { openFields } from '../vocabulary/access/open-fields.ts';
import { openParsers } from '../vocabulary/access/open-parsers.ts';
import { rawMarkup } from '../vocabulary/access/raw-markup.ts';
import { requestTargets } from '../vocabulary/access/request-targets.ts';
import { lastName, shorten } from '../vocabulary/code/call-names.ts';

/**
 * ## What it sees
 * A value that a page shows as text and takes as markup now (`dangerouslySetInnerHTML`, `innerHTML`, `mark_safe`, `template.HTML`,
 * escaping that is off), a redirect or a call to another server whose whole address the request says, where the code said it or a
 * function looked at it first, and a list of the fields that may be set which holds all of them now (`permit!`, `__all__`, fields that were
 * only read). A check of an address that is gone (`assertPublicHost`), a reader of XML that follows entities (`disallow-doctype-decl`,
 * `resolve_entities`, `defusedxml`), and the headers by which a browser refuses foreign frames and scripts (`helmet`).
 *
 * ## Why it matters
 * What one person writes runs in the browser of everybody who reads it, and a server that fetches any address fetches the credentials of
 * its own cloud: Capital One lost the data of a hundred million people that way.
 *
 * ## When it is fine
 * Markup that something cleans on that line, texts of the code, styles and icons, an address with a host of the program's own in front.
 * These are not flagged.
 *
 * ## What it misses
 * Markup that is cleaned in a function which the change takes the cleaning out of, and an address that a proxy checks.
 */
export default defineRule({
  id: 'access/untrusted-input-followed',
  version: '1.0.0',
  severity: 'high',
  confidence: 'medium',
  title: 'What somebody sends is taken as it comes',
  reads: ['calls', 'options', 'tokens'],
  evidence: [
    { title: 'CWE-79: cross-site scripting', url: 'https://cwe.mitre.org/data/definitions/79.html' },
    { title: 'CWE-601: open redirect', url: 'https://cwe.mitre.org/data/definitions/601.html' },
    { title: 'CWE-915: mass assignment', url: 'https://cwe.mitre.org/data/definitions/915.html' },
    { title: 'CWE-611: XML external entities', url: 'https://cwe.mitre.org/data/definitions/611.html' },
    { title: 'CWE-918: server-side request forgery', url: 'https://cwe.mitre.org/data/definitions/918.html' },
  ],
  *check(input): Iterable<FindingDraft> {
    for (const { range, by } of rawMarkup(input))
      yield { side: 'after', range, message: fitMessage(`\`${shorten(by, 30)}\`: what somebody writes is taken as markup`) };
    for (const { side, range, what } of openFields(input)) yield { side, range, message: fitMessage(what) };
    for (const call of requestTargets(input))
      yield { side: 'after', range: call.range, message: fitMessage(`\`${shorten(call.callee, 26)}\` goes wherever the request says`) };
    for (const call of lostAddressChecks(input))
      yield {
        side: 'before',
        range: call.range,
        message: fitMessage(
          `\`${shorten(call.callee, 30)}\` no longer looks at the address that \`${shorten(lastName(call.scope), 24)}\` asks`,
        ),
      };
    for (const { side, range, lost } of openParsers(input))
      yield { side, range, message: fitMessage(`XML may name files and servers to read without \`${lost}\``) };
    for (const { side, range, by } of lostHeaders(input))
      yield {
        side,
        range,
        severity: 'medium',
        message: fitMessage(`\`${shorten(by, 30)}\` no longer tells browsers what to refuse`),
      };
  },
});
