/** Removing as much as can be: DEL and GC carry on past failures and report them together. */
import { CniError } from "../cni/error.ts";
import { toCniError } from "./fault.ts";

export class Failures {
  readonly #errors: CniError[] = [];

  /** Runs a step and keeps its failure. @returns true when it succeeded */
  async attempt(step: () => void | Promise<void>): Promise<boolean> {
    try {
      await step();
      return true;
    } catch (error) {
      this.#errors.push(toCniError(error));
      return false;
    }
  }

  get messages(): readonly string[] {
    return this.#errors.map((failure) => failure.message);
  }

  /** @throws CniError with the code of the first failure and the messages of all */
  throwTogether(): void {
    const [first, ...others] = this.#errors;
    if (first === undefined) return;
    if (others.length === 0) throw first;
    const message = this.messages.join("; ");
    throw new CniError(first.code, message, { details: first.details, cause: first });
  }
}
