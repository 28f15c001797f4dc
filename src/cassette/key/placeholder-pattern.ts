/** The expression, which also finds, and steps over, what stands for something else. */
export function beyondMarks({source, flags}: RegExp): RegExp {
  return new RegExp(`${mark}|(?:${source})`, flags);
}

export function isMark(match: string): boolean {
  return wholeMark.test(match);
}

const mark = '<redacted:[a-z0-9-]+:\\d+>|<ignored>';
const wholeMark = new RegExp(`^(?:${mark})$`);
