/** journal: a chained plugin that notes the addresses of an attachment in <dataDir>/<network>/<container>:<interface>. */
import { constants, existsSync, promises as fs } from "node:fs";
import { dirname } from "node:path";
import * as cni from "trestle";

const schema = cni.object({ dataDir: cni.optional(cni.text, "/var/lib/cni/journal") });
const folderOf = ({ configuration: c }: cni.Request) => `${cni.decodeWith(schema, c.json).dataDir}/${c.name}`;
const keyOf = ({ containerId, ifname }: cni.Attachment) => `${containerId}:${ifname}`;
const noteOf = (request: cni.Request) => `${folderOf(request)}/${keyOf(request)}`;
const addressesOf = ({ ips }: cni.Result) => ips.map((ip) => `${cni.formatPrefix(ip.address)}\n`).join("");
const existing = (folder: string): string => (existsSync(folder) ? folder : existing(dirname(folder)));

const journal: cni.Plugin = {
  add: (request) =>
    cni.withUndo(request.log, async (undo) => {
      const result = cni.demandPreviousResult(request);
      await fs.mkdir(folderOf(request), { recursive: true });
      undo("remove the note", () => fs.rm(noteOf(request), { force: true }));
      await fs.writeFile(noteOf(request), addressesOf(result));
      return result;
    }),
  async check(request) {
    const noted = await fs.readFile(noteOf(request), "utf8").catch(() => undefined);
    if (noted === addressesOf(cni.demandPreviousResult(request))) return;
    throw new cni.CniError(cni.errorCodes.checkFailed, `${noteOf(request)} does not hold these addresses`);
  },
  del: (request) => fs.rm(noteOf(request), { force: true }),
  async gc(request) {
    const folder = folderOf(request);
    const valid = cni.readValidAttachments(request.configuration.json)?.map(keyOf);
    if (valid === undefined || !existsSync(folder)) return;
    const stale = (await fs.readdir(folder)).filter((key) => key.includes(":") && !valid.includes(key));
    await cni.attemptAll(stale, (key) => fs.rm(`${folder}/${key}`));
  },
  status: (request) =>
    fs.access(`${existing(folderOf(request))}/.`, constants.W_OK).catch((cause: Error) => {
      throw new cni.CniError(cni.errorCodes.notAvailable, `cannot keep notes: ${cause.message}`, { cause });
    }),
};
await cni.runPlugin(journal, { name: "journal", version: "1.0.0" });
