/** The outside host's service: tells whoever connects which address it sees them come from. */
import { createServer } from "node:net";

const [port] = process.argv.slice(2).map(Number);

const server = createServer((connection) => {
  const seen = (connection.remoteAddress ?? "nobody").replace(/^::ffff:/, "");
  process.stdout.write(`connection from ${seen}\n`);
  connection.on("error", () => undefined);
  connection.end(`${seen}\n`);
});

server.listen(port, "::", () => process.stdout.write("listening\n"));
