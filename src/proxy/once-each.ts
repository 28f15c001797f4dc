/** Bounds memory in a server that clients send many names to. */
const most = 100;

/** Reports each different message once, and a hundred of them at most. */
export function onceEach(report: ((message: string) => void) | undefined): (message: string) => void {
  const told = new Set<string>();
  return message => {
    if (told.has(message) || told.size >= most) return;
    told.add(message);
    report?.(message);
  };
}
