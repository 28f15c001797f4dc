/** The members that are given. Absent and undefined are one on the wire; the neutral request only knows absent. */
export function present<Members extends object>(members: Members): Present<Members> {
  return Object.fromEntries(
    Object.entries(members).filter(([, member]) => member !== undefined),
  ) as Present<Members>;
}

type Present<Members> = {[Name in keyof Members]?: Exclude<Members[Name], undefined>};
