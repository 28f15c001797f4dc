/** What stands for the credential of a request where a server repeats it. */
export const credentialPlaceholder = '<redacted:credential:1>';

/** A shorter value could be a part of a word by chance, and protects nothing. */
export const shortestCredential = 8;
