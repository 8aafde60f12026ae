/** Bytes that do not have the declared form; `path` leads to the place ("linkInfo.data.protocol"). */
export class DecodeError extends Error {
  override readonly name = "DecodeError";
  readonly reason: string;
  readonly path: readonly string[];

  constructor(reason: string, path: readonly string[] = []) {
    super(path.length === 0 ? reason : `${path.join(".")}: ${reason}`);
    this.reason = reason;
    this.path = path;
  }

  /** The same fault seen from one level further out. */
  within(name: string): DecodeError {
    return new DecodeError(this.reason, [name, ...this.path]);
  }
}
