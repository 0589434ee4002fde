/** Takes apart what language servers write: `Content-Length: N`, an empty line, N bytes of JSON. */
export function readFramed(onMessage: (message: unknown) => void): (chunk: Buffer) => void {
  let pending: Buffer = Buffer.alloc(0);
  return (chunk) => {
    pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
    for (;;) {
      const head = pending.indexOf('\r\n\r\n');
      if (head < 0) return;
      const length = Number(/Content-Length: (\d+)/i.exec(pending.toString('latin1', 0, head))?.[1] ?? 0);
      const end = head + 4 + length;
      if (pending.length < end) return;
      const body = pending.toString('utf8', head + 4, end);
      pending = pending.subarray(end);
      onMessage(JSON.parse(body));
    }
  };
}
