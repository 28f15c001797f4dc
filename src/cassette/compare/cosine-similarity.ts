/** The cosine of the angle between two vectors of one length: 1 if they point the same way. Two zero vectors are the same. */
export function cosineSimilarity(one: readonly number[], other: readonly number[]): number {
  const product = dot(one, other);
  const lengths = Math.sqrt(dot(one, one)) * Math.sqrt(dot(other, other));
  if (lengths > 0) return product / lengths;
  return dot(one, one) === dot(other, other) ? 1 : 0;
}

function dot(one: readonly number[], other: readonly number[]): number {
  return one.reduce((sum, value, index) => sum + value * (other[index] ?? 0), 0);
}
