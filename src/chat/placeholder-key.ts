/** Takes the place of a real API key: a local model needs none, and an application cannot leak a key that it does not have. */
export const placeholderKey = 'retake-placeholder';
