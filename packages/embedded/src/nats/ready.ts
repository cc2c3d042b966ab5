import { connect } from "node:net";

export interface NatsLogin {
  readonly port: number;
  readonly user: string;
  readonly password: string;
  /** The server's name: tells whether it is ours. */
  readonly name: string;
}

const ANSWER_TIMEOUT_MS = 2_000;

/**
 * Speaks as much of the NATS protocol as it takes to know that this is our server and that its JetStream answers: reads the
 * INFO line, logs in, and asks for the account's JetStream.
 */
export async function askJetStream(login: NatsLogin): Promise<"ready" | "not-yet" | "not-ours"> {
  return new Promise((resolve) => {
    const socket = connect({ host: "127.0.0.1", port: login.port });
    let received = "";
    const finish = (answer: "ready" | "not-yet" | "not-ours") => {
      clearTimeout(timer);
      socket.destroy();
      resolve(answer);
    };
    const timer = setTimeout(() => finish("not-yet"), ANSWER_TIMEOUT_MS);
    let greeted = false;
    socket.setEncoding("utf8");
    socket.on("error", () => finish("not-yet"));
    socket.on("close", () => finish("not-yet"));
    socket.on("data", (text: string) => {
      received += text;
      if (!greeted) {
        const info = /^INFO (\{.*\})\s*\r\n/.exec(received)?.[1];
        // A server of another protocol that greets in its own way, or endlessly.
        if (info === undefined)
          return received.includes("\n") || received.length > 65_536 ? finish("not-ours") : undefined;
        if (serverName(info) !== login.name) return finish("not-ours");
        greeted = true;
        const hello = { user: login.user, pass: login.password, verbose: false, pedantic: false, name: "uws-embedded" };
        const inbox = "_INBOX.uws.embedded";
        socket.write(
          `CONNECT ${JSON.stringify(hello)}\r\nSUB ${inbox} 1\r\nPUB $JS.API.INFO ${inbox} 0\r\n\r\nPING\r\n`,
        );
      }
      if (received.includes("account_info_response")) finish(received.includes('"error"') ? "not-yet" : "ready");
      else if (/^-ERR 'Authorization/m.test(received)) finish("not-ours");
    });
  });
}

function serverName(info: string): unknown {
  try {
    const value: unknown = JSON.parse(info);
    return typeof value === "object" && value !== null && "server_name" in value ? value.server_name : undefined;
  } catch {
    return undefined;
  }
}
