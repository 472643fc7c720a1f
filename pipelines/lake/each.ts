/**
 * Does `work` on each item, at most `most` at once; the results are in the order of the items. After a failure nothing
 * more is begun, and it is thrown when what was begun has ended.
 */
export async function eachOf<T, R>(
  items: readonly T[],
  most: number,
  work: (item: T, n: number) => Promise<R>
): Promise<R[]> {
  const results = new Array<R>(items.length);
  const failures: unknown[] = [];
  let next = 0;
  const worker = async () => {
    while (next < items.length && !failures.length) {
      const n = next++;
      try {
        results[n] = await work(items[n]!, n);
      } catch (error) {
        failures.push(error);
      }
    }
  };
  await Promise.all(Array.from({length: Math.min(most, items.length)}, worker));
  if (failures.length) throw failures[0];
  return results;
}
