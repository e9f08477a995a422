/** The smallest picture there is, as base64 and as bytes. */
export const pixel = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
export const pixelPng: Uint8Array = Buffer.from(pixel, 'base64');
