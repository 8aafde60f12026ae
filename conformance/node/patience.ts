/** How much longer than on an ordinary machine things may take: the lab's is emulated (docs/lab.md). */
export const patience = process.env["TRESTLE_LAB"] === "inside" ? 5 : 1;
