/** The time for which a piece of work keeps a processor, in milliseconds: on a busy machine it waits for longer. */
export async function busyFor(work: () => unknown): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}
