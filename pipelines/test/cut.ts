import {createServer, connect, type Socket} from "node:net";
import type {AddressInfo} from "node:net";

/** A TCP proxy that lets the server's bytes through until `limit`, if there is one, then cuts the connection or holds it for a while. */
export async function startCut(
  port: number,
  {limit = Infinity, hold, at = 0}: {limit?: number; hold?: number; at?: number}
): Promise<{port: number; stop: () => void}> {
  const open = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(port, "127.0.0.1");
    let [passed, isHeld] = [0, false];
    for (const socket of [client, upstream]) {
      open.add(socket);
      socket.on("error", () => {}).on("close", () => (client.destroy(), upstream.destroy()));
    }
    client.pipe(upstream);
    upstream.on("data", (bytes: Buffer) => {
      passed += bytes.length;
      client.write(bytes);
      if (passed < limit || isHeld) return;
      isHeld = true;
      if (hold === undefined) return void client.destroy();
      upstream.pause();
      setTimeout(() => upstream.resume(), hold);
    });
  });
  await new Promise<void>((resolve) => server.listen(at, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    stop() {
      for (const socket of open) socket.destroy();
      server.close();
    }
  };
}
