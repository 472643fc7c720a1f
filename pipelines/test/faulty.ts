import {createServer, type IncomingMessage, request, type ServerResponse} from "node:http";
import type {AddressInfo} from "node:net";

/** What may happen to a request: refused, cut off, answered in part or slowly, or done with its answer lost. */
export const faults = ["500", "503", "429", "reset", "truncated", "slow", "lost"] as const;
export type Fault = (typeof faults)[number] | "mute" | "unconditional";

/** A proxy between a lake and its server that does to each request what `choose` says. */
export type Proxy = {
  endpoint: string;
  met: Record<string, number>;
  /** The requests so far, such as `GET /lake/shop/releases/current.json`, and the most that were open at once. */
  asked: string[];
  atOnce: number;
  stop: () => Promise<void>;
};

export async function startProxy(
  target: string,
  choose: (request: IncomingMessage) => Fault | undefined
): Promise<Proxy> {
  const met: Record<string, number> = {};
  let open = 0;
  const server = createServer((asked, answer) => {
    proxy.asked.push(`${asked.method} ${asked.url}`);
    proxy.atOnce = Math.max(proxy.atOnce, ++open);
    answer.on("close", () => open--);
    const fault = choose(asked);
    if (fault) met[fault] = (met[fault] ?? 0) + 1;
    if (fault === "mute") return;
    if (fault === "unconditional" && (asked.headers["if-match"] ?? asked.headers["if-none-match"])) {
      asked.resume();
      return void answer
        .writeHead(501)
        .end("<Error><Code>NotImplemented</Code><Message>no</Message></Error>");
    }
    if (fault === "reset") return void asked.socket.destroy();
    if (fault === "500" || fault === "503" || fault === "429") {
      asked.resume();
      return void answer.writeHead(Number(fault), {connection: "close"}).end();
    }
    forward(target, asked, answer, fault);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const {port} = server.address() as AddressInfo;
  const proxy: Proxy = {
    endpoint: `http://127.0.0.1:${port}`,
    met,
    asked: [],
    atOnce: 0,
    stop() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    }
  };
  return proxy;
}

function forward(target: string, asked: IncomingMessage, answer: ServerResponse, fault: Fault | undefined) {
  const {hostname, port} = new URL(target);
  const {method, url: path, headers} = asked;
  const passed = request({hostname, port, method, path, headers}, async (response) => {
    const parts: Buffer[] = [];
    for await (const part of response) parts.push(part as Buffer);
    const body = Buffer.concat(parts);
    if (fault === "lost") return void asked.socket.destroy();
    answer.writeHead(response.statusCode!, response.headers);
    if (fault === "truncated" && body.length > 1) {
      answer.write(body.subarray(0, body.length >> 1));
      return void setTimeout(() => asked.socket.destroy(), 20);
    }
    if (fault === "slow") await trickle(answer, body);
    answer.end(fault === "slow" ? undefined : body);
  });
  passed.on("error", () => asked.socket.destroy());
  asked.pipe(passed);
}

async function trickle(answer: ServerResponse, body: Buffer): Promise<void> {
  for (let part = 0; part < 5; part++) {
    const size = Math.ceil(body.length / 5);
    answer.write(body.subarray(part * size, (part + 1) * size));
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
}

/** Each request meets a fault with the probability `share`, the faults in turn; the same for the same seed. */
export function chance(seed: number, share: number): () => Fault | undefined {
  let state = seed;
  let turn = 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32 < share ? faults[turn++ % faults.length] : undefined;
  };
}
