/** What a plugin answered: reading its error object, and putting it into a sentence. */
import { isJsonObject, type JsonObject } from "../../cni/json-object.ts";
import { claim, show } from "./claim.ts";
import type { RecordedCall } from "./report.ts";

/** A finished call. */
export interface Ended extends RecordedCall {
  /** Standard output as one JSON value; undefined where it is anything else. */
  readonly json: unknown;
}

/** An error object; specification section 5, "Error". */
export interface PrintedError extends JsonObject {
  readonly code: number;
  readonly msg: string;
}

/** What must be true of an error. */
export interface ErrorClaim {
  /** One of these codes; any but 0 when left out. */
  readonly code?: number | readonly number[];
  /** Texts that `msg` or `details` must hold. */
  readonly naming?: readonly string[];
}

/** The error object of a call that failed. @throws Fault */
export function readError(ended: Ended, { code, naming = [] }: ErrorClaim = {}): PrintedError {
  const { json } = ended;
  claim(isJsonObject(json), `a failure must print one error object on standard output, found ${said(ended)}`);
  claim(
    typeof json["code"] === "number" && typeof json["msg"] === "string",
    `an error object must have a number "code" and a text "msg", found ${said(ended)}`,
  );
  const error = { ...json, code: json["code"], msg: json["msg"] };
  if (code !== undefined) {
    const codes = typeof code === "number" ? [code] : code;
    claim(codes.includes(error.code), `the error's code must be ${codes.join(" or ")}, found ${said(ended)}`);
  }
  const text = `${error.msg} ${show(json["details"])}`;
  for (const name of naming) claim(text.includes(name), `the error must name ${name}, found ${said(ended)}`);
  return error;
}

/** What a call said, shortened for a sentence. */
export function said({ stdout, stderr }: Pick<Ended, "stdout" | "stderr">): string {
  const out = stdout === "" ? "nothing on standard output" : shorten(stdout);
  return stderr === "" ? out : `${out}, standard error ${shorten(stderr)}`;
}

function shorten(text: string): string {
  const line = parsed(text) === undefined ? show(text) : JSON.stringify(parsed(text));
  return line.length > 400 ? `${line.slice(0, 400)}…` : line;
}

/** Text as one JSON value; undefined where it is anything else. */
export function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
