/** VERSION: asked so often that it is answered without the C library and without everything behind it. */
import { CniError, errorCodes, formatError } from "../cni/error.ts";
import { newestVersion } from "../cni/version.ts";
import { describeVersions, type VersionReply } from "../cni/version-reply.ts";
import type { InputLimits } from "./start.ts";

/** A runtime that leaves standard input open gets its answer all the same. */
const patienceMs = 1000;

/** Standard input as far as it comes in time. @throws Error of the runtime when it cannot be read */
async function readInput({ inputLimitBytes }: InputLimits): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  const readAll = async () => {
    for await (const chunk of Bun.file(0).stream()) {
      text += decoder.decode(chunk, { stream: true });
      if (text.length > inputLimitBytes) return;
    }
  };
  await Promise.race([readAll(), Bun.sleep(patienceMs)]);
  return text;
}

function failure(code: "ioFailure" | "decodeFailure", message: string): VersionReply {
  return { exitCode: 1, output: formatError(new CniError(errorCodes[code], message), newestVersion) };
}

async function reply(limits: InputLimits): Promise<VersionReply> {
  try {
    const input = await readInput(limits);
    if (input.length <= limits.inputLimitBytes) return describeVersions(input);
    return failure("decodeFailure", `standard input is longer than ${limits.inputLimitBytes} bytes`);
  } catch (error) {
    return failure("ioFailure", `cannot read standard input: ${(error as Error).message}`);
  }
}

/** @returns the exit code */
export async function answerVersion(limits: InputLimits): Promise<number> {
  const { exitCode, output } = await reply(limits);
  try {
    await Bun.write(Bun.stdout, output);
    return exitCode;
  } catch {
    return 1;
  }
}
