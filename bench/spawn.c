/*
 * Runs a schedule of measured process starts and prints what each one cost, one JSON line apiece.
 *
 * It exists so that the cost of measuring stays outside of the measurement: nothing but posix_spawn (which the C
 * library does as a vfork) and wait4 happens between the two readings of the clock. What a program reads is in its
 * pipe before it starts, and what it writes is read after it ended. This program knows nothing of CNI beyond
 * putting the result of an ADD into the configuration of the DEL that follows, as a runtime does.
 *
 * usage: spawn SCHEDULE
 *
 * A schedule has one directive on each line, fields separated by tabs:
 *
 *   netns PATH                    make a network namespace and hold it at PATH
 *   shell TAG COMMAND             run a command, not measured
 *   pause MILLISECONDS            sleep
 *   op TAG STDIN PREV SAVE ARGC ARG... VARIABLE...
 *                                 queue a process: STDIN is a file or "-", PREV a slot whose content is given as
 *                                 "prevResult" (alone when there is no STDIN) or "-", SAVE the slot that keeps its
 *                                 output or "-"; ARG 0 is the program, the VARIABLEs are its whole environment
 *   go TAG                        start all that is queued at once and wait for all of it
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MAX_OPS = 256, MAX_FIELDS = 64, MAX_SLOTS = 4096, PIPE_ROOM = 60000, LIMIT_SECONDS = 60 };

struct op {
    char *line, *fields[MAX_FIELDS], *save;
    char **argv, **env;
    int in, out, err;
    pid_t pid;
    double startMs, endMs, cpuMs;
    long maxRssKb;
    int status;
};

struct reaped {
    pid_t pid;
    double endMs;
    int status;
    struct rusage usage;
};

static struct op ops[MAX_OPS];
static volatile int opCount;
static struct reaped reaped[MAX_OPS];
static sem_t started;
static struct { char *name, *text; } slots[MAX_SLOTS];
static int slotCount;

static void fail(const char *format, ...) {
    va_list args;
    va_start(args, format);
    fputs("spawn: ", stderr);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    va_end(args);
    exit(1);
}

static double nowMs(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1e3 + t.tv_nsec / 1e6;
}

/* As process 1 of its namespace this program gets no default signal actions. */
static void onSignal(int number) { _exit(128 + number); }

static void onAlarm(int number) {
    (void)number;
    for (int i = 0; i < opCount; i++)
        if (ops[i].pid > 0) kill(ops[i].pid, SIGKILL);
}

static void printJson(const char *text) {
    putchar('"');
    for (const unsigned char *c = (const unsigned char *)text; *c; c++) {
        if (*c == '"' || *c == '\\') printf("\\%c", *c);
        else if (*c < 0x20 || *c > 0x7e) printf("\\u%04x", *c);
        else putchar(*c);
    }
    putchar('"');
}

/* A reader that went away ends the run. */
static void endLine(void) {
    puts("}");
    if (fflush(stdout) != 0) exit(1);
}

static char *slot(const char *name) {
    for (int i = 0; i < slotCount; i++)
        if (strcmp(slots[i].name, name) == 0) return slots[i].text;
    return NULL;
}

static void keep(const char *name, const char *text) {
    for (int i = 0; i < slotCount; i++)
        if (strcmp(slots[i].name, name) == 0) {
            free(slots[i].text);
            slots[i].text = strdup(text);
            return;
        }
    if (slotCount == MAX_SLOTS) fail("more than %d slots", MAX_SLOTS);
    slots[slotCount].name = strdup(name);
    slots[slotCount++].text = strdup(text);
}

static size_t readAll(int fd, char *into, size_t room) {
    size_t used = 0;
    ssize_t n;
    while (used < room && (n = read(fd, into + used, room - used)) > 0) used += n;
    into[used] = 0;
    return used;
}

/* The configuration, with the earlier result as its "prevResult": what libcni passes to CHECK and DEL. */
static size_t composeInput(struct op *op, char *into) {
    const char *file = op->fields[2], *previous = op->fields[3];
    const char *result = strcmp(previous, "-") ? slot(previous) : NULL;
    size_t used = 0;
    if (strcmp(file, "-")) {
        int fd = open(file, O_RDONLY | O_CLOEXEC);
        if (fd < 0) fail("%s: %s", file, strerror(errno));
        used = readAll(fd, into, PIPE_ROOM / 2);
        close(fd);
        if (!result) return used;
        while (used && into[used - 1] != '}') used--;
        if (used == 0 || strlen(result) > PIPE_ROOM / 2 - 32) fail("cannot put a result into %s", file);
        return used - 1 + sprintf(into + used - 1, ",\"prevResult\":%s}", result);
    }
    return result ? (size_t)snprintf(into, PIPE_ROOM, "%s", result) : 0;
}

static void openPipes(struct op *op, posix_spawn_file_actions_t *actions, int ends[3]) {
    static char input[PIPE_ROOM + 1];
    int in[2], out[2], err[2];
    if (pipe2(in, O_CLOEXEC) || pipe2(out, O_CLOEXEC) || pipe2(err, O_CLOEXEC)) fail("pipe: %s", strerror(errno));
    size_t length = composeInput(op, input);
    if (write(in[1], input, length) != (ssize_t)length) fail("cannot fill the pipe of %s", op->fields[1]);
    close(in[1]);
    posix_spawn_file_actions_init(actions);
    posix_spawn_file_actions_adddup2(actions, ends[0] = in[0], 0);
    posix_spawn_file_actions_adddup2(actions, ends[1] = out[1], 1);
    posix_spawn_file_actions_adddup2(actions, ends[2] = err[1], 2);
    op->out = out[0];
    op->err = err[0];
    fcntl(op->out, F_SETFL, O_NONBLOCK);
    fcntl(op->err, F_SETFL, O_NONBLOCK);
}

static void reapOne(int index) {
    struct reaped *r = &reaped[index];
    do r->pid = wait4(-1, &r->status, 0, &r->usage);
    while (r->pid < 0 && errno == EINTR);
    r->endMs = nowMs();
    if (r->pid < 0) fail("wait4: %s", strerror(errno));
}

static void *reapAll(void *argument) {
    (void)argument;
    for (int i = 0; i < opCount; i++) {
        sem_wait(&started);
        reapOne(i);
    }
    return NULL;
}

static int match(const struct reaped *r) {
    for (int i = 0; i < opCount; i++) {
        if (ops[i].pid != r->pid) continue;
        ops[i].endMs = r->endMs;
        ops[i].status = r->status;
        ops[i].maxRssKb = r->usage.ru_maxrss;
        ops[i].cpuMs = (r->usage.ru_utime.tv_sec + r->usage.ru_stime.tv_sec) * 1e3 +
                       (r->usage.ru_utime.tv_usec + r->usage.ru_stime.tv_usec) / 1e3;
        return 1;
    }
    return 0;
}

static void report(struct op *op) {
    static char out[PIPE_ROOM + 1], err[PIPE_ROOM + 1];
    readAll(op->out, out, PIPE_ROOM);
    readAll(op->err, err, PIPE_ROOM);
    close(op->out);
    close(op->err);
    int status = WIFEXITED(op->status) ? WEXITSTATUS(op->status) : 128 + WTERMSIG(op->status);
    if (strcmp(op->fields[4], "-")) keep(op->fields[4], out);
    printf("{\"op\":");
    printJson(op->fields[1]);
    printf(",\"ms\":%.4f,\"cpuMs\":%.3f,\"maxRssKb\":%ld,\"status\":%d", op->endMs - op->startMs, op->cpuMs,
           op->maxRssKb, status);
    if (status != 0) {
        printf(",\"out\":");
        printJson(out);
        printf(",\"err\":");
        printJson(err);
    }
    endLine();
    free(op->line);
}

/* A process that a plugin started and left running was adopted by this one; name the group that it came from. */
static void reapLate(const char *tag) {
    int count = 0;
    while (waitpid(-1, NULL, WNOHANG) > 0) count++;
    if (count == 0) return;
    printf("{\"late\":");
    printJson(tag);
    printf(",\"leftBehind\":%d", count);
    endLine();
}

/* Starts all queued processes; a second thread takes their ends while the first still starts others. */
static void go(const char *tag) {
    posix_spawn_file_actions_t actions[MAX_OPS];
    static char *last;
    int ends[MAX_OPS][3], strangers = 0;
    pthread_t reaper;
    if (last) reapLate(last);
    free(last);
    last = strdup(tag);
    for (int i = 0; i < opCount; i++) openPipes(&ops[i], &actions[i], ends[i]);
    if (opCount > 1) pthread_create(&reaper, NULL, reapAll, NULL);
    alarm(LIMIT_SECONDS);
    double begin = nowMs();
    for (int i = 0; i < opCount; i++) {
        ops[i].startMs = nowMs();
        int error = posix_spawn(&ops[i].pid, ops[i].argv[0], &actions[i], NULL, ops[i].argv, ops[i].env);
        if (error) fail("%s: %s", ops[i].argv[0], strerror(error));
        if (opCount > 1) sem_post(&started);
    }
    if (opCount > 1) pthread_join(reaper, NULL);
    else reapOne(0);
    int matched = 0;
    for (int i = 0; i < opCount; i++) matched += match(&reaped[i]);
    /* What a plugin left behind can have ended first, and was then counted in the place of a queued one. */
    for (strangers = opCount - matched; matched < opCount; matched += match(&reaped[0])) reapOne(0);
    double end = begin;
    for (int i = 0; i < opCount; i++)
        if (ops[i].endMs > end) end = ops[i].endMs;
    alarm(0);
    for (int i = 0; i < opCount; i++) {
        for (int j = 0; j < 3; j++) close(ends[i][j]);
        posix_spawn_file_actions_destroy(&actions[i]);
        report(&ops[i]);
    }
    printf("{\"group\":");
    printJson(tag);
    printf(",\"size\":%d,\"ms\":%.4f,\"leftBehind\":%d", opCount, end - begin, strangers);
    endLine();
    memset(ops, 0, sizeof ops[0] * opCount);
    opCount = 0;
}

static void queue(char *line, char **fields, int count) {
    if (count < 7 || opCount == MAX_OPS) fail("bad op: %s", line);
    struct op *op = &ops[opCount];
    int argc = atoi(fields[5]);
    if (argc < 1 || 6 + argc > count || count + 2 > MAX_FIELDS) fail("bad op %s: %s arguments", fields[1], fields[5]);
    op->line = line;
    memcpy(op->fields, fields, 6 * sizeof *fields);
    op->argv = calloc(argc + 1, sizeof *fields);
    op->env = calloc(count - 6 - argc + 1, sizeof *fields);
    memcpy(op->argv, fields + 6, argc * sizeof *fields);
    memcpy(op->env, fields + 6 + argc, (count - 6 - argc) * sizeof *fields);
    opCount++;
}

static void makeNetns(const char *path) {
    int self = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
    int file = open(path, O_CREAT | O_EXCL | O_CLOEXEC, 0444);
    if (self < 0 || file < 0 || unshare(CLONE_NEWNET) < 0) fail("netns %s: %s", path, strerror(errno));
    close(file);
    if (mount("/proc/self/ns/net", path, NULL, MS_BIND, NULL) < 0) fail("mount %s: %s", path, strerror(errno));
    if (setns(self, CLONE_NEWNET) < 0) fail("setns: %s", strerror(errno));
    close(self);
}

static void shell(const char *tag, const char *command) {
    static char text[PIPE_ROOM + 1];
    fflush(stdout);
    FILE *pipe = popen(command, "re");
    if (!pipe) fail("popen: %s", strerror(errno));
    size_t length = fread(text, 1, PIPE_ROOM, pipe);
    text[length] = 0;
    int status = pclose(pipe);
    printf("{\"shell\":");
    printJson(tag);
    printf(",\"status\":%d,\"out\":", WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
    printJson(text);
    endLine();
}

int main(int argc, char **argv) {
    if (argc != 2) fail("usage: spawn SCHEDULE");
    FILE *schedule = fopen(argv[1], "re");
    if (!schedule) fail("%s: %s", argv[1], strerror(errno));
    signal(SIGINT, onSignal);
    signal(SIGTERM, onSignal);
    signal(SIGALRM, onAlarm);
    sem_init(&started, 0, 0);
    /* Inherited by all that is measured: other work on the machine gets in the way less often. */
    setpriority(PRIO_PROCESS, 0, -20);
    char *line = NULL;
    size_t room = 0;
    ssize_t length;
    while ((length = getline(&line, &room, schedule)) > 0) {
        char *fields[MAX_FIELDS] = {NULL}, *rest = line;
        int count = 0;
        if (line[length - 1] == '\n') line[length - 1] = 0;
        while (rest && count < MAX_FIELDS) fields[count++] = strsep(&rest, "\t");
        if (strcmp(fields[0], "op") == 0) {
            queue(line, fields, count);
            line = NULL;
            room = 0;
        } else if (strcmp(fields[0], "go") == 0 && count == 2 && opCount > 0) go(fields[1]);
        else if (strcmp(fields[0], "netns") == 0 && count == 2) makeNetns(fields[1]);
        else if (strcmp(fields[0], "pause") == 0 && count == 2) usleep(atof(fields[1]) * 1000);
        else if (strcmp(fields[0], "shell") == 0 && count == 3) shell(fields[1], fields[2]);
        else fail("unknown directive: %s", fields[0]);
    }
    return 0;
}
