import type { FindingDraft } from '../../model/finding.ts';
import { defineRule } from '../define.ts';
import { fitMessage } from '../quote.ts';
import { loggedSecrets, loggerName } from '../vocabulary/access/logged-secrets.ts';
import { shownSecrets } from '../vocabulary/access/shown-secrets.ts';
import { wholeReturns } from '../vocabulary/access/whole-returns.ts';
import { shorten } from '../vocabulary/code/call-names.ts';

/**
 * ## What it sees
 * A password, a token, a key, the number of a card or all headers of a request that a log, a console or a tracker of errors is given
 * now; all of what holds one: the body of a request that signs somebody in, whatever its name is here, a parameter of such a type, an
 * object that the same function reads a secret out of; and what kept such a field out of an answer or a log and is gone: `omit`, `exclude`, `@JsonIgnore`, `json:"-"`, a list of what is
 * masked.
 *
 * ## Why it matters
 * Logs are read by more people than the database, are copied to other companies and kept for years. Twitter and GitHub asked
 * people for new passwords because a log had them.
 *
 * ## When it is fine
 * A masked, hashed or counted secret, whether there is one, its id or its kind, words in a message, and tools that a person runs. These
 * are not flagged.
 *
 * ## What it misses
 * A secret under a name that does not say so, one inside an object whose type and uses say nothing of it, and what the format of a logger asks
 * for by a name of its own.
 */
export default defineRule({
  id: 'access/secret-exposed',
  version: '1.0.0',
  severity: 'high',
  confidence: 'medium',
  title: 'A secret is written to a log or an answer',
  reads: ['calls', 'options', 'tokens'],
  evidence: [
    { title: 'CWE-532: insertion of sensitive information into log file', url: 'https://cwe.mitre.org/data/definitions/532.html' },
    { title: 'CWE-200: exposure of sensitive information', url: 'https://cwe.mitre.org/data/definitions/200.html' },
  ],
  *check(input): Iterable<FindingDraft> {
    for (const { call, secret } of loggedSecrets(input))
      yield {
        side: 'after',
        range: call.range,
        message: fitMessage(`\`${shorten(loggerName(call.callee), 24)}\` writes \`${shorten(secret, 34)}\``),
      };
    for (const { range, record, secret } of wholeReturns(input))
      yield {
        side: 'after',
        range,
        severity: 'medium',
        message: fitMessage(`all of \`${shorten(record, 24)}\` is given back, \`${shorten(secret, 28)}\` with it`),
      };
    for (const { side, range, secret } of shownSecrets(input))
      yield { side, range, message: fitMessage(`\`${shorten(secret, 34)}\` is no longer kept out of what is shown`) };
  },
});
