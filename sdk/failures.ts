/** Removing as much as can be: DEL and GC carry on past failures and report them together. */
import { CniError } from "../cni/error.ts";
import { toCniError } from "./fault.ts";

/** Failures of several steps of which each shall be tried. */
export class Failures {
  readonly #errors: CniError[] = [];
  readonly #toCniError: (error: unknown) => CniError;

  /** @param convert gives an error its code; a plugin with errors of its own has a function of its own */
  constructor(convert: (error: unknown) => CniError = toCniError) {
    this.#toCniError = convert;
  }

  /** Runs a step and keeps its failure. @returns true when it succeeded */
  async attempt(step: () => void | Promise<void>): Promise<boolean> {
    try {
      await step();
      return true;
    } catch (error) {
      this.#errors.push(this.#toCniError(error));
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

/** Runs a step for each item, past failures. @throws CniError with the code of the first failure and the messages of all */
export async function attemptAll<T>(
  items: Iterable<T>,
  step: (item: T) => void | Promise<void>,
): Promise<void> {
  const failures = new Failures();
  for (const item of items) await failures.attempt(() => step(item));
  failures.throwTogether();
}
