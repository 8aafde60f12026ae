import { join } from "node:path";
import { Client, type ServiceDefinition, credentials } from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";
import type { RuntimeService } from "./cri-messages.ts";

const definition = loadSync(join(import.meta.dirname, "cri.proto"), {
  longs: Number,
  enums: String,
  defaults: true,
  arrays: true,
  objects: true,
});
const service = definition["runtime.v1.RuntimeService"] as ServiceDefinition;

/** A client of the Kubernetes Container Runtime Interface on a unix socket, with typed messages. */
export class CriClient {
  readonly #client: Client;

  /** The socket's path must be absolute. */
  constructor(socket: string) {
    // Without it the socket's path becomes the HTTP/2 authority, which servers refuse.
    const options = { "grpc.default_authority": "localhost" };
    this.#client = new Client(`unix://${socket}`, credentials.createInsecure(), options);
  }

  /** Waits until the server answers. @throws Error when it does not in time. */
  async ready(timeoutMs: number): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#client.waitForReady(Date.now() + timeoutMs, (error) =>
        error === undefined ? resolve() : reject(error),
      );
    });
  }

  /**
   * Calls a method.
   *
   * @throws ServiceError with the server's words in `details`, also when no answer comes in half a minute.
   */
  async call<M extends keyof RuntimeService>(
    method: M,
    request: RuntimeService[M]["request"],
  ): Promise<RuntimeService[M]["response"]> {
    const described = service[method];
    if (described === undefined) {
      throw new Error(`cri.proto has no method ${method}`);
    }
    return new Promise((resolve, reject) => {
      this.#client.makeUnaryRequest<RuntimeService[M]["request"], RuntimeService[M]["response"]>(
        described.path,
        described.requestSerialize,
        described.responseDeserialize,
        request,
        { deadline: Date.now() + 30_000 },
        (error, response) =>
          response === undefined ? reject(error ?? new Error("no response")) : resolve(response),
      );
    });
  }

  /** Ends the connection. */
  close(): void {
    this.#client.close();
  }
}
