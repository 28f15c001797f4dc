import {diffArrays} from 'diff';

/** A run of neighbours that stayed, went or came. */
export type Run<Item> = {readonly kind: 'same' | 'removed' | 'added'; readonly items: readonly Item[]};

/** Beyond so many edits two sequences have too little in common for single edits to tell anything. */
const editLimit = 1000;

/** How one sequence becomes the other, what was removed before what was added in its place. */
export function sequenceDifferences<Item>(
  before: readonly Item[],
  after: readonly Item[],
): readonly Run<Item>[] {
  const changes = diffArrays([...before], [...after], {maxEditLength: editLimit});
  if (!changes) {
    return [
      {kind: 'removed', items: before},
      {kind: 'added', items: after},
    ];
  }
  return changes.map(({added, removed, value}) => ({
    kind: added ? 'added' : removed ? 'removed' : 'same',
    items: value,
  }));
}
