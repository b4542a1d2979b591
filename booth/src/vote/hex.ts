/** Small hexadecimal digits and unpadded base 64, as the archive writes hashes. Public values only. */

const HEX = '0123456789abcdef';
const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** Small digits of any number of bytes. */
export function encode(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += HEX.charAt(byte >> 4) + HEX.charAt(byte & 15);
  return text;
}

/** Exactly `length` bytes from small digits; null for anything else. */
export function decode(text: string, length: number): Uint8Array | null {
  if (text.length !== 2 * length || !/^[0-9a-f]*$/.test(text)) return null;
  return Uint8Array.from({ length }, (_, at) => Number.parseInt(text.slice(2 * at, 2 * at + 2), 16));
}

/** Base 64 without padding: 43 characters for 32 bytes. */
export function base64(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 3) {
    const left = Math.min(3, bytes.length - at);
    const group = ((bytes[at] ?? 0) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
    for (let place = 0; place <= left; place++) text += BASE64.charAt((group >> (18 - 6 * place)) & 63);
  }
  return text;
}

/** The same with the two digits that may stand in an address: `-` and `_`. */
export function base64url(bytes: Uint8Array): string {
  return base64(bytes).replaceAll('+', '-').replaceAll('/', '_');
}

/** Reads {@link base64url}; null for anything that it would not have written. */
export function fromBase64url(text: string): Uint8Array | null {
  const bytes: number[] = [];
  let group = 0;
  let bits = 0;
  for (const digit of text.replaceAll('-', '+').replaceAll('_', '/')) {
    const value = BASE64.indexOf(digit);
    if (value < 0) return null;
    group = ((group << 6) | value) & 0xffff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes.push((group >> bits) & 255);
    }
  }
  const read = Uint8Array.from(bytes);
  return base64url(read) === text ? read : null;
}

/** Whether two texts of bytes are the same. Public values only. */
export function same(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, at) => byte === other[at]);
}
