/** How many run at the same time. */
const bound = 16;

/** Runs all of them, {@link bound} at once. @returns the results in the order of the items */
export async function inParallel<T, R>(items: readonly T[], run: (item: T) => Promise<R>): Promise<R[]> {
  const results = new Map<number, R>();
  const queue = items.entries();
  const worker = async (): Promise<void> => {
    for (const [index, item] of queue) {
      results.set(index, await run(item));
    }
  };
  await Promise.all(Array.from({ length: bound }, worker));
  return items.flatMap((_, index) => {
    const result = results.get(index);
    return result === undefined ? [] : [result];
  });
}
