/*
 * daprd, the launcher of a virtual sidecar: asks the node's Jitney daemon to open a tenant with this process's
 * arguments, environment and working directory, then stays in the foreground as that tenant's face: prints its log,
 * passes signals on, exits with its code. Where no daemon listens it becomes a private daemon itself (exec, same pid).
 *
 * One of these runs per app, so it is kept tiny: no heap, no threads, no stdio, buffers of a few kilobytes. It reads
 * no flag: what they mean is the daemon's business alone. The protocol is described in
 * daemon/src/main/java/io/jitney/daemon/control/package-info.java; src/main/perl/daprd.pl is the same program for
 * machines without a C compiler, and both must behave alike (LauncherCases runs over both).
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/un.h>
#include <unistd.h>

extern char **environ;

enum {
  MAX_FRAME = 4 * 1024 * 1024, /* what the daemon accepts; it is told nothing longer */
  CHUNK = 4096                 /* PIPE_BUF: poll() promises that this much can be written without blocking */
};

static char socket_path[PATH_MAX];
static int socket_is_explicit;
static int daemon_fd = -1;
static int wakeup[2];
static volatile sig_atomic_t stop_signals;

/* ---- messages -------------------------------------------------------------------------------------------------- */

static void say_part(const char *text) {
  size_t left = strlen(text);
  while (left > 0) {
    ssize_t n = write(STDERR_FILENO, text, left);
    if (n < 0) {
      if (errno == EINTR) continue;
      if (errno == EAGAIN) {
        struct pollfd p = {.fd = STDERR_FILENO, .events = POLLOUT};
        poll(&p, 1, 1000);
        if (p.revents & POLLOUT) continue;
      }
      return; /* nobody can be told */
    }
    text += n;
    left -= (size_t)n;
  }
}

static void say(const char *a, const char *b, const char *c, const char *d) {
  say_part("jitney: ");
  say_part(a);
  say_part(b);
  say_part(c);
  say_part(d);
  say_part("\n");
}

/* The value of --app-id, for one message only. */
static const char *app_id(char **args) {
  const char *found = "";
  for (; *args != NULL; args++) {
    const char *a = *args;
    if (*a != '-') continue;
    a += a[1] == '-' ? 2 : 1;
    if (strncmp(a, "app-id", 6) != 0) continue;
    if (a[6] == '=') found = a + 7;
    else if (a[6] == '\0' && args[1] != NULL) found = args[1];
  }
  return found;
}

static _Noreturn void daemon_ended(char **args) {
  const char *id = app_id(args);
  say_part("jitney: the daemon at ");
  say_part(socket_path);
  say_part(" ended; ");
  say_part(*id ? "app " : "its app");
  say_part(id);
  say_part(" is no longer served\n");
  exit(1);
}

/* ---- the way to the daemon ------------------------------------------------------------------------------------- */

static void decimal(char *to, unsigned long number) {
  char digits[24];
  int n = 0;
  do {
    digits[n++] = (char)('0' + number % 10);
    number /= 10;
  } while (number > 0);
  while (n > 0) *to++ = digits[--n];
  *to = '\0';
}

static int append(const char *text) {
  size_t used = strlen(socket_path), more = strlen(text);
  if (used + more >= sizeof socket_path) return 0;
  memcpy(socket_path + used, text, more + 1);
  return 1;
}

/* The same rule as ControlPath.java: JITNEY_SOCKET, else one per user in the run-time folder. */
static int find_socket_path(void) {
  const char *explicit = getenv("JITNEY_SOCKET");
  if (explicit != NULL && *explicit != '\0') {
    socket_is_explicit = 1;
    return append(explicit);
  }
  const char *runtime = getenv("XDG_RUNTIME_DIR");
  if (runtime != NULL && *runtime == '/') return append(runtime) && append("/jitney/daemon.sock");
  char uid[24];
  decimal(uid, (unsigned long)geteuid());
  return append("/tmp/jitney-") && append(uid) && append("/daemon.sock");
}

/* Whoever listens gets this process's environment, secrets included: only our own daemon, or root's, may. A root
 * launcher that was pointed at a user's daemon on purpose may use it. */
static int peer_is_trusted(int fd) {
  uid_t peer;
#ifdef SO_PEERCRED
  struct ucred credentials;
  socklen_t size = sizeof credentials;
  if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &credentials, &size) != 0) return 0;
  peer = credentials.uid;
#else
  gid_t group;
  if (getpeereid(fd, &peer, &group) != 0) return 0;
#endif
  return peer == geteuid() || peer == 0 || (geteuid() == 0 && socket_is_explicit);
}

/* A connection, or -1 for "become a private daemon". A socket that was named explicitly but cannot be used is an
 * error: a silent private daemon would hide it. */
static int connect_to_daemon(void) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  const char *why;
  if (!find_socket_path() || strlen(socket_path) >= sizeof address.sun_path) {
    why = "the path is too long for a Unix socket";
  } else {
    memcpy(address.sun_path, socket_path, strlen(socket_path) + 1);
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    if (fd < 0) {
      why = strerror(errno);
    } else {
      fcntl(fd, F_SETFD, FD_CLOEXEC);
      int rc;
      do rc = connect(fd, (struct sockaddr *)&address, sizeof address);
      while (rc != 0 && errno == EINTR);
      if (rc == 0 && peer_is_trusted(fd)) return fd;
      int failed = errno;
      close(fd);
      if (rc == 0) why = "the daemon there belongs to another user";
      else if (failed == ENOENT || failed == ECONNREFUSED || failed == ENOTDIR) return -1;
      else why = strerror(failed);
    }
  }
  say("cannot use the daemon's socket ", socket_path, ": ", why);
  if (socket_is_explicit) exit(1);
  return -1;
}

/* ---- private daemon -------------------------------------------------------------------------------------------- */

/* This binary lives in daemon/target/launcher/, the start script in daemon/bin/. */
static _Noreturn void become_private_daemon(char **argv, int argc) {
  char self[PATH_MAX], script[PATH_MAX];
  ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
  if (n > 0) self[n] = '\0';
  else if (strlen(argv[0]) < sizeof self) strcpy(self, argv[0]);
  else self[0] = '\0';
  char *slash = strrchr(self, '/');
  static const char tail[] = "/../../bin/jitney";
  if (slash == NULL || (size_t)(slash - self) + sizeof tail > sizeof script) {
    say("cannot find the start script beside ", self, "", "");
    exit(1);
  }
  memcpy(script, self, (size_t)(slash - self));
  memcpy(script + (slash - self), tail, sizeof tail);

  char *command[argc + 3]; /* on the stack, as the arguments themselves are: no larger than the kernel allowed them */
  command[0] = "/bin/sh";
  command[1] = script;
  command[2] = "__daprd";
  for (int i = 1; i <= argc; i++) command[i + 2] = argv[i]; /* with the closing NULL */
  /* A shell's background job inherits SIGINT ignored, and a JVM keeps that; daprd stops on it all the same. */
  signal(SIGINT, SIG_DFL);
  execv(command[0], command);
  say("cannot start a private daemon with ", script, ": ", strerror(errno));
  exit(1);
}

/* ---- to the daemon --------------------------------------------------------------------------------------------- */

static char out[CHUNK];
static size_t out_used;
static int out_broken; /* the daemon closed: what it said before is still to be read, and may say why */

static void send_out(void) {
  size_t sent = 0;
  while (sent < out_used && !out_broken) {
    ssize_t n = write(daemon_fd, out + sent, out_used - sent);
    if (n >= 0) sent += (size_t)n;
    else if (errno != EINTR) out_broken = 1;
  }
  out_used = 0;
}

static void put(const void *bytes, size_t size) {
  const char *from = bytes;
  while (size > 0) {
    size_t part = CHUNK - out_used < size ? CHUNK - out_used : size;
    memcpy(out + out_used, from, part);
    out_used += part;
    from += part;
    size -= part;
    if (out_used == CHUNK) send_out();
  }
}

static void put_string(const char *text) { put(text, strlen(text) + 1); }

static void put_header(char type, size_t payload) {
  uint32_t size = (uint32_t)payload + 1;
  char header[5] = {(char)(size >> 24), (char)(size >> 16), (char)(size >> 8), (char)size, type};
  put(header, sizeof header);
}

static size_t measure(char **strings, int *count) {
  size_t size = 0;
  for (*count = 0; strings[*count] != NULL; (*count)++) size += strlen(strings[*count]) + 1;
  return size;
}

static void open_sidecar(char **args) {
  char directory[PATH_MAX], argc[24], envc[24];
  if (getcwd(directory, sizeof directory) == NULL || *directory != '/') strcpy(directory, "/"); /* it was deleted */
  int arg_count, env_count;
  size_t size = measure(args, &arg_count) + measure(environ, &env_count);
  decimal(argc, (unsigned long)arg_count);
  decimal(envc, (unsigned long)env_count);
  size += 2 + strlen(directory) + 1 + strlen(argc) + 1 + strlen(envc) + 1;
  if (size + 1 > MAX_FRAME) {
    say("arguments and environment together are larger than 4 MiB, the most that the daemon takes", "", "", "");
    exit(1);
  }
  put_header('O', size);
  put_string("1");
  put_string(directory);
  put_string(argc);
  for (char **a = args; *a != NULL; a++) put_string(*a);
  put_string(envc);
  for (char **e = environ; *e != NULL; e++) put_string(*e);
  send_out();
}

static void send_signal(char which) {
  const char *name = which == SIGTERM ? "TERM" : which == SIGINT ? "INT" : "HUP";
  size_t length = strlen(name);
  char frame[9] = {0, 0, 0, (char)(length + 1), 'S'};
  memcpy(frame + 5, name, length);
  ssize_t n;
  do n = write(daemon_fd, frame, 5 + length);
  while (n < 0 && errno == EINTR); /* any other failure: the daemon is gone, and the next read says so */
}

/* ---- signals --------------------------------------------------------------------------------------------------- */

static void on_signal(int which) {
  int saved = errno;
  /* daprd gives up waiting at the second request to stop. The closed socket tells the daemon. */
  if (which != SIGHUP && ++stop_signals > 1) _exit(1);
  char byte = (char)which;
  ssize_t ignored = write(wakeup[1], &byte, 1); /* full pipe: the same news is already in it */
  (void)ignored;
  errno = saved;
}

static void on_quit(int which) {
  (void)which;
  _exit(2);
}

static void catch_signals(void) {
  if (pipe(wakeup) != 0) {
    say("cannot make a pipe: ", strerror(errno), "", "");
    exit(1);
  }
  for (int i = 0; i < 2; i++) {
    fcntl(wakeup[i], F_SETFD, FD_CLOEXEC);
    fcntl(wakeup[i], F_SETFL, O_NONBLOCK);
  }
  struct sigaction action = {.sa_handler = on_signal}; /* no SA_RESTART: a write to a full terminal must let go */
  sigset_t wanted;
  sigemptyset(&wanted);
  static const int signals[] = {SIGTERM, SIGINT, SIGHUP};
  for (int i = 0; i < 3; i++) {
    sigaction(signals[i], &action, NULL);
    sigaddset(&wanted, signals[i]);
  }
  /* As a Go program has it: SIGQUIT ends it with code 2, signals of the user mean nothing. */
  signal(SIGQUIT, on_quit);
  signal(SIGUSR1, SIG_IGN);
  signal(SIGUSR2, SIG_IGN);
  signal(SIGPIPE, SIG_IGN); /* a log that nobody reads must not end the tenant */
  sigprocmask(SIG_UNBLOCK, &wanted, NULL);
}

/* ---- from the daemon ------------------------------------------------------------------------------------------- */

static char in[CHUNK];
static size_t in_start, in_end; /* received and not yet used: in[in_start, in_end) */
static unsigned char head[5];
static size_t head_used;
static uint32_t payload_left;
static int dead[3]; /* output streams that failed: what is meant for them is thrown away */

/* The stream that the bytes at in_start are for, or -1 when more must be received first. */
static int next_output(void) {
  while (in_start < in_end) {
    if (head_used < sizeof head) {
      head[head_used++] = (unsigned char)in[in_start++];
      if (head_used < sizeof head) continue;
      payload_left = (uint32_t)head[0] << 24 | (uint32_t)head[1] << 16 | (uint32_t)head[2] << 8 | head[3];
      payload_left = payload_left > 0 ? payload_left - 1 : 0;
    } else if (head[4] == 'X') {
      exit((unsigned char)in[in_start]);
    } else {
      int stream = head[4] == 'L' ? STDOUT_FILENO : head[4] == 'E' ? STDERR_FILENO : -1;
      if (stream > 0 && !dead[stream]) return stream;
      size_t skip = in_end - in_start < payload_left ? in_end - in_start : payload_left;
      in_start += skip;
      payload_left -= (uint32_t)skip;
    }
    if (payload_left == 0) head_used = 0;
  }
  return -1;
}

static void write_some(int stream) {
  size_t size = in_end - in_start < payload_left ? in_end - in_start : payload_left;
  ssize_t n = write(stream, in + in_start, size);
  if (n < 0) {
    if (errno != EINTR && errno != EAGAIN) dead[stream] = 1; /* closed, full disk: drain on without it */
    return;
  }
  in_start += (size_t)n;
  payload_left -= (uint32_t)n;
  if (payload_left == 0) head_used = 0;
}

static void receive(char **args) {
  ssize_t n = read(daemon_fd, in, sizeof in);
  if (n < 0 && (errno == EINTR || errno == EAGAIN)) return;
  if (n <= 0) daemon_ended(args);
  in_start = 0;
  in_end = (size_t)n;
}

static void pass_signals_on(void) {
  char which[16];
  ssize_t n = read(wakeup[0], which, sizeof which);
  for (ssize_t i = 0; i < n; i++) send_signal(which[i]);
}

static _Noreturn void serve(char **args) {
  for (;;) {
    int stream = next_output();
    struct pollfd fds[2] = {{.fd = wakeup[0], .events = POLLIN}, {.fd = daemon_fd, .events = POLLIN}};
    if (stream >= 0) {
      fds[1].fd = stream;
      fds[1].events = POLLOUT;
    }
    if (poll(fds, 2, -1) < 0) continue; /* EINTR: the pipe holds the signal */
    if (fds[0].revents != 0) pass_signals_on();
    if (fds[1].revents == 0) continue;
    if (stream >= 0) write_some(stream);
    else receive(args);
  }
}

int main(int argc, char **argv) {
  /* A supervisor may start us with closed streams; the socket must not become one of them. */
  for (int fd = 0; fd < 3; fd++) {
    if (fcntl(fd, F_GETFD) < 0 && errno == EBADF && open("/dev/null", O_RDWR) < 0) return 1;
  }
  if (argc < 1) return 1;
  daemon_fd = connect_to_daemon();
  if (daemon_fd < 0) become_private_daemon(argv, argc);
  catch_signals();
  open_sidecar(argv + 1);
  serve(argv + 1);
}
