/** The version of the JSON lines; a file with a greater one was written by a newer retake. */
export const formatVersion = 1;
