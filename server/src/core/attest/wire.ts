/** Reads SSH wire data (RFC 4251, section 5). Every reader gives undefined where the data is too short or not in its one form. */
export interface WireReader {
  byte(): number | undefined;
  uint32(): number | undefined;
  string(): Buffer | undefined;
  /** A positive number as its bytes without the sign byte. */
  positive(): Buffer | undefined;
  take(length: number): Buffer | undefined;
  /** True where everything was read: trailing bytes would be bytes that nobody looked at. */
  isDone(): boolean;
}

export function readWire(bytes: Uint8Array): WireReader {
  const data = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let offset = 0;
  const take = (length: number): Buffer | undefined => {
    if (length > data.length - offset) return undefined;
    offset += length;
    return data.subarray(offset - length, offset);
  };
  const uint32 = (): number | undefined => take(4)?.readUInt32BE(0);
  const string = (): Buffer | undefined => {
    const length = uint32();
    return length === undefined ? undefined : take(length);
  };
  return {
    byte: () => take(1)?.readUInt8(0),
    uint32,
    string,
    positive: () => {
      const number = string();
      return number === undefined ? undefined : withoutSign(number);
    },
    take,
    isDone: () => offset === data.length,
  };
}

export function wireString(value: string | Uint8Array): Buffer {
  const bytes = typeof value === 'string' ? Buffer.from(value, 'utf8') : value;
  return Buffer.concat([wireUint32(bytes.length), bytes]);
}

export function wireUint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** A positive number from its big-endian bytes, leading zeros or not. */
export function wirePositive(bytes: Uint8Array): Buffer {
  let start = 0;
  while (start < bytes.length && bytes[start] === 0) start += 1;
  const digits = bytes.subarray(start);
  return wireString((digits[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.of(0), digits]) : digits);
}

/** Negative, zero and padded numbers are refused: each positive number has one form. */
function withoutSign(number: Buffer): Buffer | undefined {
  const first = number[0];
  if (first === undefined || first >= 0x80) return undefined;
  if (first !== 0) return number;
  return (number[1] ?? 0) >= 0x80 ? number.subarray(1) : undefined;
}
