/*
 * The floor: an ADD and a DEL of bridge + host-local made of nothing but the kernel calls that the job needs.
 *
 * No configuration is parsed, nothing is validated, nothing is undone; one statically linked process. What a plugin
 * costs above this is its own. The job itself is whole: the lease appears complete or not at all and names its
 * owner, the container can reach its gateway and the world when the program ends, the masquerade element names its
 * owner, and DEL takes away only what belongs to the container.
 *
 * usage: floor add NETNS CONTAINER_ID BRIDGE DATA_DIR MASQ GATEWAY4 [GATEWAY6]
 *        floor del CONTAINER_ID DATA_DIR MASQ      (the result of the ADD on stdin, as a runtime passes prevResult)
 *        floor version
 *
 * MASQ is 1 or 0. The subnets are a /24 and a /64. Beforehand there must be: the bridge, the data folder, and for
 * MASQ the table `inet trestle_floor` with the sets `leases4` and `leases6`. The interface is always eth0.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/ip.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <net/if.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <unistd.h>

struct address {
    int family, bytes, prefix;
    uint8_t own[16], gateway[16];
    char text[INET6_ADDRSTRLEN], gatewayText[INET6_ADDRSTRLEN];
};

struct link {
    int index, peer;
    uint8_t mac[6];
};

static char owner[300], hostName[IFNAMSIZ];
static uint8_t containerMac[6];

static void fail(const char *what) {
    fprintf(stderr, "floor: %s: %s\n", what, strerror(errno));
    exit(1);
}

/* Names follow from the container id, so that DEL finds them without any state. */
static void nameOwner(const char *containerId) {
    uint32_t hash = 2166136261u;
    for (const char *c = containerId; *c; c++) hash = (hash ^ (uint8_t)*c) * 16777619u;
    snprintf(owner, sizeof owner, "%s\r\neth0", containerId);
    snprintf(hostName, sizeof hostName, "fl%08x", hash);
    containerMac[0] = 0x02;
    memcpy(containerMac + 2, &hash, 4);
}

/* ---- netlink: many messages in one send ---- */

static struct {
    _Alignas(4) char bytes[4096];
    size_t length;
    struct nlmsghdr *message;
    uint32_t awaited;
} batch;

static void *put(const void *data, size_t size) {
    void *at = batch.bytes + batch.length;
    memcpy(at, data, size);
    memset((char *)at + size, 0, NLMSG_ALIGN(size) - size);
    batch.length += NLMSG_ALIGN(size);
    if (batch.message) batch.message->nlmsg_len = batch.bytes + batch.length - (char *)batch.message;
    return at;
}

static void message(int type, int flags, const void *header, size_t size) {
    static uint32_t sequence;
    struct nlmsghdr h = {.nlmsg_type = type, .nlmsg_flags = NLM_F_REQUEST | flags, .nlmsg_seq = ++sequence};
    if (flags & NLM_F_ACK || type == RTM_GETLINK) batch.awaited = sequence;
    batch.message = NULL;
    batch.message = put(&h, sizeof h);
    put(header, size);
}

static void attribute(int type, const void *data, size_t size) {
    struct nlattr a = {.nla_len = NLA_HDRLEN + size, .nla_type = type};
    put(&a, sizeof a);
    put(data, size);
}

static void number(int type, uint32_t value) { attribute(type, &value, sizeof value); }
static void text(int type, const char *value) { attribute(type, value, strlen(value) + 1); }

static struct nlattr *nest(int type) {
    struct nlattr a = {.nla_type = type | NLA_F_NESTED};
    return put(&a, sizeof a);
}

static void close_(struct nlattr *nest) { nest->nla_len = batch.bytes + batch.length - (char *)nest; }

static void readLink(const struct nlmsghdr *m, struct link *link) {
    const struct ifinfomsg *info = NLMSG_DATA(m);
    int room = IFLA_PAYLOAD(m);
    link->index = info->ifi_index;
    for (struct rtattr *a = IFLA_RTA(info); RTA_OK(a, room); a = RTA_NEXT(a, room)) {
        if (a->rta_type == IFLA_LINK) memcpy(&link->peer, RTA_DATA(a), 4);
        if (a->rta_type == IFLA_ADDRESS && RTA_PAYLOAD(a) == 6) memcpy(link->mac, RTA_DATA(a), 6);
    }
}

/* Sends the batch and reads up to its last expected answer (errors come unasked). What the first `present` messages make may exist. */
static void transact(int socket, int present, struct link *link, const char *what) {
    static _Alignas(4) char answer[32768];
    uint32_t first = ((struct nlmsghdr *)batch.bytes)->nlmsg_seq;
    if (send(socket, batch.bytes, batch.length, 0) < 0) fail(what);
    batch.length = 0;
    for (int done = 0; !done;) {
        ssize_t size = recv(socket, answer, sizeof answer, 0);
        if (size < 0) fail(what);
        for (struct nlmsghdr *m = (void *)answer; NLMSG_OK(m, size); m = NLMSG_NEXT(m, size)) {
            const struct nlmsgerr *e = NLMSG_DATA(m);
            errno = m->nlmsg_type == NLMSG_ERROR ? -e->error : 0;
            if (errno && !(errno == EEXIST && m->nlmsg_seq < first + present)) fail(what);
            if (m->nlmsg_type == RTM_NEWLINK && link) readLink(m, link);
            done |= m->nlmsg_seq == batch.awaited;
        }
    }
}

static int openSocket(int protocol) {
    int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol);
    if (fd < 0) fail("socket");
    return fd;
}

/* ---- leases: the files of host-local ---- */

static int lockLeases(const char *folder) {
    char path[4096];
    snprintf(path, sizeof path, "%s/lock", folder);
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0 || flock(fd, LOCK_EX) < 0) fail(path);
    return fd;
}

/* The file appears under its name whole or not at all. 0: the address is taken. */
static int writeLease(int folder, const char *name) {
    int fd = openat(folder, ".", O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600);
    if (fd < 0 || write(fd, owner, strlen(owner)) < 0) fail("lease");
    int taken = linkat(fd, "", folder, name, AT_EMPTY_PATH);
    if (taken < 0 && errno != EEXIST) fail(name);
    close(fd);
    return taken == 0;
}

static void lease(int folder, int set, const char *gateway, struct address *a) {
    char last[] = "last_reserved_ip.0", previous[INET6_ADDRSTRLEN] = "";
    last[sizeof last - 2] += set;
    a->family = strchr(gateway, ':') ? AF_INET6 : AF_INET;
    a->bytes = a->family == AF_INET6 ? 16 : 4;
    a->prefix = a->family == AF_INET6 ? 64 : 24;
    inet_pton(a->family, gateway, a->gateway);
    inet_ntop(a->family, a->gateway, a->gatewayText, sizeof a->gatewayText);
    memcpy(a->own, a->gateway, 16);
    int fd = openat(folder, last, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0) fail(last);
    if (read(fd, previous, sizeof previous - 1) > 0) inet_pton(a->family, previous, a->own);
    for (int tries = 0; tries < 254; tries++) {
        uint8_t *host = &a->own[a->bytes - 1];
        *host = *host >= 254 ? 2 : *host + 1;
        if (*host == a->gateway[a->bytes - 1]) continue;
        inet_ntop(a->family, a->own, a->text, sizeof a->text);
        if (!writeLease(folder, a->text)) continue;
        if (ftruncate(fd, 0) < 0 || pwrite(fd, a->text, strlen(a->text), 0) < 0) fail(last);
        close(fd);
        return;
    }
    errno = ENOSPC;
    fail("lease");
}

/* 1 when the file exists and names this container. */
static int ownsLease(int folder, const char *name) {
    char content[300];
    int fd = openat(folder, name, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return 0;
    ssize_t size = read(fd, content, sizeof content);
    close(fd);
    return size == (ssize_t)strlen(owner) && memcmp(content, owner, size) == 0;
}

/* ---- links ---- */

static void askLink(const char *name) {
    struct ifinfomsg info = {.ifi_family = AF_UNSPEC};
    message(RTM_GETLINK, 0, &info, sizeof info);
    text(IFLA_IFNAME, name);
    number(IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS);
}

static void addAddress(int index, const struct address *a, const uint8_t *value, int flags) {
    struct ifaddrmsg m = {.ifa_family = a->family, .ifa_prefixlen = a->prefix, .ifa_index = index};
    if (a->family == AF_INET6) m.ifa_flags = IFA_F_NODAD;
    message(RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL | flags, &m, sizeof m);
    attribute(IFA_LOCAL, value, a->bytes);
    attribute(IFA_ADDRESS, value, a->bytes);
    if (a->family == AF_INET6) return;
    uint8_t broadcast[4] = {value[0], value[1], value[2], 255};
    attribute(IFA_BROADCAST, broadcast, 4);
}

/* One queue at both ends, as veth has by default on one CPU: more of them cost the kernel an RCU wait. */
static void addVeth(int bridge, int netns) {
    struct ifinfomsg up = {.ifi_flags = IFF_UP, .ifi_change = IFF_UP}, peer = {0};
    message(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, &up, sizeof up);
    text(IFLA_IFNAME, hostName);
    number(IFLA_MASTER, bridge);
    number(IFLA_NUM_TX_QUEUES, 1);
    number(IFLA_NUM_RX_QUEUES, 1);
    struct nlattr *info = nest(IFLA_LINKINFO);
    text(IFLA_INFO_KIND, "veth");
    struct nlattr *data = nest(IFLA_INFO_DATA), *end = nest(VETH_INFO_PEER);
    put(&peer, sizeof peer);
    text(IFLA_IFNAME, "eth0");
    attribute(IFLA_ADDRESS, containerMac, 6);
    number(IFLA_NET_NS_FD, netns);
    number(IFLA_NUM_TX_QUEUES, 1);
    number(IFLA_NUM_RX_QUEUES, 1);
    close_(end);
    close_(data);
    close_(info);
}

/* With arp_notify the kernel announces the addresses when the link comes up, so they are added before. */
static void announceOnUp(int index) {
    struct ifinfomsg info = {.ifi_index = index};
    message(RTM_SETLINK, 0, &info, sizeof info);
    struct nlattr *spec = nest(IFLA_AF_SPEC), *inet = nest(AF_INET), *conf = nest(IFLA_INET_CONF);
    number(IPV4_DEVCONF_ARP_NOTIFY, 1);
    close_(conf);
    close_(inet);
    close_(spec);
}

static void setUp(int index) {
    struct ifinfomsg info = {.ifi_index = index, .ifi_flags = IFF_UP, .ifi_change = IFF_UP};
    message(RTM_SETLINK, 0, &info, sizeof info);
}

static void addDefaultRoute(int index, const struct address *a, int flags) {
    struct rtmsg m = {.rtm_family = a->family, .rtm_table = RT_TABLE_MAIN, .rtm_protocol = RTPROT_BOOT,
                      .rtm_scope = RT_SCOPE_UNIVERSE, .rtm_type = RTN_UNICAST};
    message(RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL | flags, &m, sizeof m);
    attribute(RTA_GATEWAY, a->gateway, a->bytes);
    number(RTA_OIF, index);
}

static int socketInside(int netns) {
    int self = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
    if (self < 0 || setns(netns, CLONE_NEWNET) < 0) fail("setns");
    int fd = openSocket(NETLINK_ROUTE);
    if (setns(self, CLONE_NEWNET) < 0) fail("setns");
    return fd;
}

static void configureInside(int netns, int index, const struct address *addresses, int count) {
    int inside = socketInside(netns);
    announceOnUp(index);
    for (int i = 0; i < count; i++) addAddress(index, &addresses[i], addresses[i].own, 0);
    setUp(index);
    for (int i = 0; i < count; i++) addDefaultRoute(index, &addresses[i], i == count - 1 ? NLM_F_ACK : 0);
    transact(inside, 0, NULL, "configure eth0");
}

/* ---- host: forwarding and masquerade ---- */

static void checkForwarding(const char *path) {
    char value = 0;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || read(fd, &value, 1) != 1 || value != '1') fail(path);
    close(fd);
}

/* All elements in one batch, which the kernel applies as a whole or not at all. */
static void changeElements(int type, const struct address *addresses, int count) {
    struct nfgenmsg edge = {.res_id = htons(NFNL_SUBSYS_NFTABLES)}, inet = {.nfgen_family = NFPROTO_INET};
    message(NFNL_MSG_BATCH_BEGIN, 0, &edge, sizeof edge);
    for (int i = 0; i < count; i++) {
        int flags = (type == NFT_MSG_NEWSETELEM ? NLM_F_CREATE | NLM_F_EXCL : 0) | (i == count - 1 ? NLM_F_ACK : 0);
        message(NFNL_SUBSYS_NFTABLES << 8 | type, flags, &inet, sizeof inet);
        text(NFTA_SET_ELEM_LIST_TABLE, "trestle_floor");
        text(NFTA_SET_ELEM_LIST_SET, addresses[i].family == AF_INET6 ? "leases6" : "leases4");
        struct nlattr *list = nest(NFTA_SET_ELEM_LIST_ELEMENTS), *element = nest(NFTA_LIST_ELEM);
        struct nlattr *key = nest(NFTA_SET_ELEM_KEY);
        attribute(NFTA_DATA_VALUE, addresses[i].own, addresses[i].bytes);
        close_(key);
        if (type == NFT_MSG_NEWSETELEM) attribute(NFTA_SET_ELEM_USERDATA, owner, strlen(owner));
        close_(element);
        close_(list);
    }
    message(NFNL_MSG_BATCH_END, 0, &edge, sizeof edge);
    transact(openSocket(NETLINK_NETFILTER), 0, NULL, "set elements");
}

/* ---- the two commands ---- */

static char *macText(const uint8_t *m, char into[18]) {
    sprintf(into, "%02x:%02x:%02x:%02x:%02x:%02x", m[0], m[1], m[2], m[3], m[4], m[5]);
    return into;
}

static void printResult(const char *netns, const char *bridge, const struct link *bridgeLink,
                        const struct link *host, const struct address *addresses, int count) {
    char out[4096], b[18], h[18], c[18];
    int n = sprintf(out,
                    "{\"cniVersion\":\"1.0.0\",\"interfaces\":[{\"name\":\"%s\",\"mac\":\"%s\"},"
                    "{\"name\":\"%s\",\"mac\":\"%s\"},{\"name\":\"eth0\",\"mac\":\"%s\",\"sandbox\":\"%s\"}],\"ips\":[",
                    bridge, macText(bridgeLink->mac, b), hostName, macText(host->mac, h), macText(containerMac, c),
                    netns);
    for (int i = 0; i < count; i++)
        n += sprintf(out + n, "%s{\"interface\":2,\"address\":\"%s/%d\",\"gateway\":\"%s\"}", i ? "," : "",
                     addresses[i].text, addresses[i].prefix, addresses[i].gatewayText);
    n += sprintf(out + n, "],\"routes\":[");
    for (int i = 0; i < count; i++)
        n += sprintf(out + n, "%s{\"dst\":\"%s\",\"gw\":\"%s\"}", i ? "," : "",
                     addresses[i].family == AF_INET6 ? "::/0" : "0.0.0.0/0", addresses[i].gatewayText);
    n += sprintf(out + n, "],\"dns\":{}}");
    if (write(1, out, n) != n) fail("stdout");
}

static void add(char **args, int count) {
    const char *netns = args[0], *bridge = args[2], *folderPath = args[3];
    int masquerade = args[4][0] == '1', families = count - 5;
    struct address addresses[2] = {0};
    struct link bridgeLink = {0}, host = {0};

    nameOwner(args[1]);
    int ns = open(netns, O_RDONLY | O_CLOEXEC);
    if (ns < 0) fail(netns);
    int lock = lockLeases(folderPath);
    int folder = open(folderPath, O_DIRECTORY | O_RDONLY | O_CLOEXEC);
    if (folder < 0) fail(folderPath);
    for (int i = 0; i < families; i++) lease(folder, i, args[5 + i], &addresses[i]);
    close(lock);

    int route = openSocket(NETLINK_ROUTE);
    askLink(bridge);
    transact(route, 0, &bridgeLink, bridge);
    for (int i = 0; i < families; i++) addAddress(bridgeLink.index, &addresses[i], addresses[i].gateway, 0);
    addVeth(bridgeLink.index, ns);
    askLink(hostName);
    transact(route, families, &host, hostName);
    configureInside(ns, host.peer, addresses, families);
    askLink(hostName);
    transact(route, 0, &host, hostName);

    checkForwarding("/proc/sys/net/ipv4/ip_forward");
    if (families > 1) checkForwarding("/proc/sys/net/ipv6/conf/all/forwarding");
    if (masquerade) changeElements(NFT_MSG_NEWSETELEM, addresses, families);
    printResult(netns, bridge, &bridgeLink, &host, addresses, families);
}

static int readAddresses(struct address *addresses) {
    static char result[8192];
    int count = 0;
    if (read(0, result, sizeof result - 1) <= 0) fail("stdin");
    for (char *at = result; count < 2 && (at = strstr(at, "\"address\":\"")); count++) {
        struct address *a = &addresses[count];
        at += strlen("\"address\":\"");
        memcpy(a->text, at, strcspn(at, "/"));
        a->family = strchr(a->text, ':') ? AF_INET6 : AF_INET;
        a->bytes = a->family == AF_INET6 ? 16 : 4;
        inet_pton(a->family, a->text, a->own);
    }
    return count;
}

/* Keeps those whose lease names this container. Only under the lock does the answer hold. */
static int keepOwned(int folder, struct address *addresses, int count) {
    int owned = 0;
    for (int i = 0; i < count; i++)
        if (ownsLease(folder, addresses[i].text)) addresses[owned++] = addresses[i];
    return owned;
}

/*
 * Element, link, lease: an address is free when nothing uses it. The lock is not held while the link goes, which
 * takes the kernel an RCU barrier. The element goes first for speed too: closing the nf_tables socket waits for an
 * RCU grace period after a deletion (nft_rcv_nl_event), and this one passes during that barrier.
 */
static void del(char **args) {
    struct address addresses[2] = {0};
    struct ifinfomsg any = {0};
    nameOwner(args[0]);
    int count = readAddresses(addresses), lock = lockLeases(args[1]);
    int folder = open(args[1], O_DIRECTORY | O_RDONLY | O_CLOEXEC);
    int owned = keepOwned(folder, addresses, count);
    if (owned && args[2][0] == '1') changeElements(NFT_MSG_DELSETELEM, addresses, owned);
    close(lock);

    message(RTM_DELLINK, NLM_F_ACK, &any, sizeof any);
    text(IFLA_IFNAME, hostName);
    transact(openSocket(NETLINK_ROUTE), 0, NULL, hostName);

    lockLeases(args[1]);
    owned = keepOwned(folder, addresses, owned);
    for (int i = 0; i < owned; i++)
        if (unlinkat(folder, addresses[i].text, 0) < 0) fail(addresses[i].text);
}

int main(int argc, char **argv) {
    static const char versions[] = "{\"cniVersion\":\"1.0.0\",\"supportedVersions\":[\"1.0.0\"]}";
    const char *command = argc > 1 ? argv[1] : "";
    if (strcmp(command, "add") == 0 && (argc == 8 || argc == 9)) add(argv + 2, argc - 2);
    else if (strcmp(command, "del") == 0 && argc == 5) del(argv + 2);
    else if (strcmp(command, "version") == 0) return write(1, versions, sizeof versions - 1) < 0;
    else {
        errno = EINVAL;
        fail("usage: floor add|del|version");
    }
    return 0;
}
