/**
 * Says every 20 s that something long is still going on.
 * @template T
 * @param {(line: string) => void} log
 * @param {string} what
 * @param {() => Promise<T>} work
 */
export async function alive(log, what, work) {
  const started = Date.now();
  const timer = setInterval(
    () => log(`${what}, still running (${Math.round((Date.now() - started) / 1000)} s)`),
    20_000,
  );
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}
