/** The pattern `^https?://` in words. */
export const httpAddress = 'an address that begins with http:// or https://';
