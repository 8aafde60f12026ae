/** Reading what may not be readable: the rest is told all the same. */
import type { Unreadable } from "./description.ts";

export class Sources {
  readonly #failures = new Map<string, string[]>();

  /** What `read` gives, or `otherwise` and a note. @param source what is read, for people: "nf_tables" */
  read<T>(source: string, otherwise: T, read: () => T): T {
    try {
      return read();
    } catch (error) {
      const reasons = this.#failures.get(source) ?? [];
      this.#failures.set(source, [...reasons, error instanceof Error ? error.message : String(error)]);
      return otherwise;
    }
  }

  /** Each source once: a hundred namespaces that may not be entered have one reason. */
  get unreadable(): Unreadable[] {
    return [...this.#failures].map(([source, [first = "", ...more]]) => {
      const reason = more.length === 0 ? first : `${first} (and ${more.length} more)`;
      return { source, reason };
    });
  }
}
