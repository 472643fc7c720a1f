/** How many seconds of difference to a server's clock are worth a word; at 900 S3 refuses. */
const skewed = 60;

/**
 * What is wrong with this machine's clock, if much is: a server said that it was `there`, in milliseconds and no more
 * exact than `unit`, after it was `asked` and before now.
 */
export function findSkew(asked: number, there: number, unit = 0): string | undefined {
  const seconds = Math.max(0, asked - there - unit, there - Date.now()) / 1000;
  if (seconds <= skewed) return undefined;
  return `this machine's clock differs from the server's by ${seconds.toFixed(0)} s; set the clock`;
}
