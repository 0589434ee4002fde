import type { Call } from '../../../model/facts.ts';
import { lastName, receiver, words } from '../code/call-names.ts';

/** A call that proves where a text comes from: a signature, a token or a webhook's seal is verified, or two digests are compared. */
export function isVerification(call: Call): boolean {
  const name = lastName(call.callee);
  if (name.toLowerCase() === 'verify')
    return /\b(ed25519|rsa|ecdsa|public key|signing|oidc|jwt|jws|jose|token|jsonwebtoken|webhooks?|wh|svix|crypto|signer|verifier|hmac|signature|client)\b/.test(
      words(receiver(call.callee)),
    );
  if ((name === 'Equal' && receiver(call.callee) === 'hmac') || (name === 'isEqual' && receiver(call.callee) === 'MessageDigest'))
    return true;
  if (
    /^(timingSafeEqual|constructEvent|construct_event|ConstructEvent\w*|ValidatePayload\w*|ConstantTimeCompare|constant_time_compare|safe_str_cmp|verify_oauth2_token|verify_id_token|verify_firebase_token|is_valid_request|VerifyPKCS1v15|VerifyPSS|VerifyASN1|verify_slices_are_equal|ct_eq|constant_time_eq|fixed_time_eq|secure_compare|fixed_length_secure_compare|verify_jwt_in_request|compareDigest|compare_digest|jwtVerify|jwtVerifyAsync|safeCompare|verifyAsync)$/.test(
      name,
    )
  )
    return true;
  if (
    /^(verify|validate|check|assert)\w*(signature|webhook|hmac|jwt|idtoken|checksum)\w*$/i.test(name) ||
    /^(?:verify|validate|check|assert|ensure|confirm|authenticate|require)(?: \w+){0,3} (?:signature|signatures|sig|sigs|signed|mac|jws|seal|stamp|digest|attestation|provenance|integrity|authenticity|tampering|fingerprint|notarization|cosign|certificate)\b/.test(
      words(name).replace(/\b(?:time stamp|signed in)\b/g, ''),
    ) ||
    /^(seal|stamp|signature|sig|hmac|mac|digest|checksum)_?(matches|match|valid|ok|is_?valid)$/i.test(name) ||
    /^(is\w*(authentic|genuine|tampered|signed by\w*)|signature\w*(matches|valid|ok)|has\w*valid\w*signature)$/i.test(name)
  )
    return true;
  // A check that is handed a key or a signature checks by it.
  return (
    /^(verify|authenticate|check|validate|open)(_?[A-Z]?\w*)?$/.test(name) &&
    call.args.some((argument) =>
      /\b((public|verify|verifying|signing|release|trusted|root|webhook) (key|secret)|signature|hmac|sig)\b/.test(words(argument)),
    )
  );
}
