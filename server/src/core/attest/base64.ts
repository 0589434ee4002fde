/**
 * The bytes of a base64 text, or undefined where it is none. Standard and URL-safe letters are both read, as DSSE v1.0.2 asks
 * of a verifier, but not mixed in one text; padding may be left out; bits beyond the last byte must be zero.
 */
export function decodeBase64(text: string): Buffer | undefined {
  const urlSafe = /[-_]/.test(text);
  const body = text.replace(/={1,2}$/, '');
  if (body.length !== text.length && text.length % 4 !== 0) return undefined;
  const bytes = Buffer.from(body, urlSafe ? 'base64url' : 'base64');
  const canonical = bytes.toString(urlSafe ? 'base64url' : 'base64').replace(/(?<!=)=+$/, '');
  return canonical === body ? bytes : undefined;
}
