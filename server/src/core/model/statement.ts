/** The SSHSIG namespace of an acknowledgement. A signature of a git commit has the namespace `git`, so neither passes as the other. */
export const NAMESPACE = 'brakeline-ack';

/** In-toto Statement v1 (in-toto/attestation, spec/v1/statement.md): binds a predicate to subjects by digest. */
export interface Statement {
  readonly _type: 'https://in-toto.io/Statement/v1';
  readonly subject: readonly { readonly name: string; readonly digest: Readonly<Record<string, string>> }[];
  readonly predicateType: string;
  readonly predicate: unknown;
}

/** DSSE v1.0 envelope. `sshsig` is an extra field that DSSE readers ignore: an armoured SSHSIG over the same PAE bytes. */
export interface Envelope {
  readonly payloadType: string;
  /** Base64 of the statement's bytes as they were signed. */
  readonly payload: string;
  readonly signatures: readonly { readonly keyid?: string; readonly sig: string }[];
  readonly sshsig?: string;
}

/** What a signer gave for the PAE bytes: at least one of the two. */
export interface Signature {
  /** Raw signature over the PAE bytes, base64. */
  readonly raw?: string;
  readonly sshsig?: string;
}

/** Makes signatures. Implemented in host/signers; only the doors that a person drives may hold one (law 6). */
export interface Signer {
  /** What a person is told: `git signing key ~/.ssh/id_ed25519.pub`. */
  readonly label: string;
  /** One line in OpenSSH public key format, `ssh-ed25519 AAAA…`. */
  readonly publicKey: string;
  /** The human presence that the signer proves; a file key proves none. */
  readonly presence: 'none' | 'touch' | 'verified';
  sign(pae: Uint8Array): Promise<Signature>;
}
