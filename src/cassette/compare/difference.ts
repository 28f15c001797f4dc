/** One component in which two requests differ, for the reader, and how much it sets them apart. */
export type Difference = {readonly sentence: string; readonly weight: number};
