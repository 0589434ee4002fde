/**
 * The first character of a text that could steer a terminal, reorder a line or hide in it, as `U+202E`; undefined where there is none.
 * Tabs are none, and a line may end in `\r\n`: `isLine` allows for that end.
 */
export function hiddenCharacter(text: string, isLine = false): string | undefined {
  const shown = isLine ? text.replace(/\r?\n$/, '').replace(/\r$/, '') : text;
  for (const character of shown) {
    const code = character.codePointAt(0) ?? 0;
    if (character !== '\t' && isHidden(code)) return `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
  }
  return undefined;
}

function isHidden(code: number): boolean {
  const control = code < 0x20 || (code >= 0x7f && code <= 0x9f);
  const separator = code === 0x2028 || code === 0x2029;
  const reorders =
    (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069) || code === 0x200e || code === 0x200f || code === 0x061c;
  const invisible = code === 0x200b || code === 0x2060 || (code >= 0xe0000 && code <= 0xe007f);
  const half = code >= 0xd800 && code <= 0xdfff;
  return control || separator || reorders || invisible || half;
}
