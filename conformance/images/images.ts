import { existsSync } from "node:fs";
import { join } from "node:path";
import { runCommand } from "../node/command.ts";
import { repository } from "../node/plugin-folder.ts";

/** An image that the tests run, as a docker-archive on the host. */
export interface Image {
  readonly name: string;
  readonly archive: string;
}

const folder = join(repository, "dist/images");

/** Stays for ever and does nothing: the first process of a pod. */
export const pauseImage: Image = { name: "localhost/trestle-pause:1", archive: join(folder, "pause.tar") };

/** A shell with `ip`, `ping` and `nc`; sleeps for an hour unless told otherwise. */
export const busyboxImage: Image = {
  name: "localhost/trestle-busybox:1",
  archive: join(folder, "busybox.tar"),
};

/** Builds what is not there yet; some 0.1 s. */
export async function buildImages(): Promise<void> {
  if (![pauseImage, busyboxImage].every(({ archive }) => existsSync(archive))) {
    await runCommand(["sh", join(import.meta.dirname, "build.sh"), folder]);
  }
}
