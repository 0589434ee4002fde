import type { ProtoToken } from '../proto/tokens.ts';

export interface ThriftTokens {
  readonly tokens: readonly ProtoToken[];
  /** Remarks as written, in file order: a field that was taken out of use stands in one. */
  readonly remarks: readonly ProtoToken[];
  /** Offset of a string or a remark without an end; undefined where all were read. */
  readonly stoppedAt: number | undefined;
}

/** Cuts a file into words, numbers, strings and signs (https://thrift.apache.org/docs/idl). */
export function thriftTokens(text: string): ThriftTokens {
  const tokens: ProtoToken[] = [];
  const remarks: ProtoToken[] = [];
  for (let at = 0; at < text.length; ) {
    const sign = text.charAt(at);
    if (/\s/.test(sign)) {
      at += 1;
      continue;
    }
    const isRemark = sign === '#' || text.startsWith('//', at) || text.startsWith('/*', at);
    const end = isRemark ? endOfRemark(text, at) : endOfToken(text, at);
    if (end === undefined) return { tokens, remarks, stoppedAt: at };
    (isRemark ? remarks : tokens).push({ text: text.slice(at, end), start: at, end });
    at = end;
  }
  return { tokens, remarks, stoppedAt: undefined };
}

function endOfRemark(text: string, start: number): number | undefined {
  if (text.startsWith('/*', start)) {
    const end = text.indexOf('*/', start + 2);
    return end < 0 ? undefined : end + 2;
  }
  const end = text.indexOf('\n', start);
  return end < 0 ? text.length : end;
}

function endOfToken(text: string, start: number): number | undefined {
  const sign = text.charAt(start);
  let at = start + 1;
  if (sign === '"' || sign === "'") {
    while (at < text.length && text.charAt(at) !== sign) at += text.charAt(at) === '\\' ? 2 : 1;
    return at < text.length ? at + 1 : undefined;
  }
  const isSigned = /[-+]/.test(sign) && /\d/.test(text.charAt(at));
  if (/\w/.test(sign) || isSigned) while (at < text.length && /[\w.]/.test(text.charAt(at))) at += 1;
  return at;
}
