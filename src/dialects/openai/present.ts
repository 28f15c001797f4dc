type Present<Members> = {[Name in keyof Members]?: Exclude<Members[Name], undefined>};

/** The members that say something: neither absent nor an empty object or list. */
export function present<Members extends object>(members: Members): Present<Members> {
  const entries = Object.entries(members).filter(([, value]) => saysSomething(value));
  return Object.fromEntries(entries) as Present<Members>;
}

function saysSomething(value: unknown): boolean {
  if (typeof value === 'object' && value !== null) return Object.keys(value).length > 0;
  return value !== undefined;
}
