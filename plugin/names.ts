/** Names that the executable is installed under, besides its own. Kept apart so that nothing else loads with it. */
export const pluginNames = ["bridge", "host-local", "loopback", "macvlan", "ptp", "tap", "vlan"] as const;
