/** How a run tells what it does: one line a step, live on a terminal, plain elsewhere. */
export type Progress = {
  begin: (name: string) => {update: (text: string) => void; end: (done: Done) => void; fail: () => void};
  note: (text: string) => void;
};

/** What is said of a finished step. */
export type Done = {rows: number; seconds: number; reused: boolean};

/**
 * Writes to `stream`; on a terminal the line of the running step counts its seconds. A step that is reused leaves no
 * line: what is told at the end counts them.
 */
export function openProgress(stream: NodeJS.WriteStream = process.stderr): Progress {
  const isLive = stream.isTTY === true;
  return {
    begin(name) {
      const began = performance.now();
      let state = "";
      const draw = () =>
        stream.write(`\r\x1b[K… ${name}  ${state}  ${seconds((performance.now() - began) / 1000)}`);
      const timer = isLive ? setInterval(draw, 200) : undefined;
      const finish = (line: string | null) => {
        clearInterval(timer);
        stream.write(`${isLive ? "\r\x1b[K" : ""}${line === null ? "" : `${line}\n`}`);
      };
      return {
        update: (text) => void (state = text),
        end: (done) => finish(done.reused ? null : describeDone(name, done)),
        fail: () => finish(`✗ ${name}`)
      };
    },
    note: (text) => void stream.write(`${isLive ? "\r\x1b[K" : ""}${text}\n`)
  };
}

/** A progress that says nothing. */
export const silent: Progress = {begin: () => ({update() {}, end() {}, fail() {}}), note() {}};

function describeDone(name: string, {rows, seconds: spent}: Done): string {
  const rate = rows > 1000 && spent > 0.05 ? `  ${Math.round(rows / spent).toLocaleString("en")} rows/s` : "";
  const count = rows ? `${rows.toLocaleString("en")} rows` : "";
  return `✓ ${name.padEnd(36)} ${count.padStart(18)}  ${seconds(spent)}${rate}`;
}

function seconds(value: number): string {
  return `${value.toFixed(1)} s`;
}
