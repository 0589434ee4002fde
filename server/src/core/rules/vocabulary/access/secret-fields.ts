import { words } from '../code/call-names.ts';
import { OPEN_TOKEN } from './other-tokens.ts';
import { isCredentialName } from './secret-shapes.ts';

/** True for the name of a field that nobody may read in a log: a credential, the number of a card; never what is only known of one. */
export function isSecretField(own: string): boolean {
  if (CARD.test(words(own))) return true;
  return (
    isCredentialName(own) &&
    !/^(?:salt|[A-Z][a-zA-Z]*|\w*(?:Error|Exception|[tT]okenizer))$/.test(own) &&
    !OPEN_TOKEN.test(words(own)) &&
    !SAYS_ABOUT.test(words(own))
  );
}

const CARD = /^(card number|pan|cvv|cvc|cvv2|ssn|social security number|iban|card cvc|full pan)$/;
/** What is known of a secret, and no secret: `passwordExpired`, `tokenRevokedAt`, `needsPassword`. */
const SAYS_ABOUT =
  /^(?:is|has|had|was|needs|must|should|can|may|allow|allows|use|uses|with|without)\b|\b(?:expired|changed|updated|created|rotated|revoked|valid|invalid|verified|match|matches|matched|missing|present|at|on|by|ok|age|days|history|policy|rules|length|min length|max length|hint|label|placeholder|field|input|visible|status|state|result|errors)$/;
