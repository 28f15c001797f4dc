/** An event that happens once and that others can wait for. */
export type Gate = {readonly opened: Promise<void>; open(): void};

export function openingGate(): Gate {
  let open = () => {};
  const opened = new Promise<void>(resolve => {
    open = resolve;
  });
  return {opened, open: () => open()};
}
