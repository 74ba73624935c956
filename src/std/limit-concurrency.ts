/** Runs jobs at most `limit` at a time, in order of the list; results come in that order. */
export async function limitConcurrency<Item, Result>(
  items: readonly Item[],
  limit: number,
  job: (item: Item) => Promise<Result>,
): Promise<readonly Result[]> {
  const results: Result[] = new Array(items.length);
  const pending = items.entries();
  const work = async () => {
    for (const [index, item] of pending) results[index] = await job(item);
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, work));
  return results;
}
