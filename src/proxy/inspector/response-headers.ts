const always = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
};

const html = {...always, 'content-type': 'text/html; charset=utf-8'};

/** Scripts, styles and requests of retake alone, no script or style in the page itself, and no frame of another page around it. */
export const pageHeaders = {
  ...html,
  vary: 'accept',
  'content-security-policy': [
    `default-src 'none'`,
    `script-src 'self'`,
    `style-src 'self'`,
    'img-src data:',
    `connect-src 'self'`,
    `frame-src 'self'`,
    `frame-ancestors 'none'`,
    `base-uri 'none'`,
    `form-action 'none'`,
  ].join('; '),
};

/** A part of the page. Opened by itself, it may load nothing. */
export const fragmentHeaders = {
  ...html,
  'content-security-policy': `default-src 'none'; img-src data:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'`,
};

/** The page of a review brings its own policy, which allows its style and its script by their digests. */
export const reviewHeaders = {...html, 'content-security-policy': `frame-ancestors 'self'`};

export const assetHeaders = (mediaType: string) => ({
  ...always,
  'content-type': `${mediaType}; charset=utf-8`,
});
