package io.jitney.daemon.wake;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.jitney.daemon.telemetry.InstanceLog;
import io.jitney.tenancy.TenantId;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Runs the commands that wake apps: one of an app at a time, {@value #MOST_AT_ONCE} on the node,
 * for whose places the others wait up to a minute; each within its time and then killed with all
 * that it started. What it prints goes to the app's log, up to a bound.
 *
 * <p>A command runs with the rights of whoever owns the App's file. So nobody else may be able to
 * write that file or to put another in its place; a file of somebody else's is refused unless the
 * daemon is root and can run the command as its owner.
 */
final class WakeCommand {
  static final int MOST_AT_ONCE = 16;
  private static final String SCOPE = "jitney.wake";
  private static final String PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
  private static final Path SETPRIV = Path.of("/usr/bin/setpriv");
  private static final int STICKY = 0x200;
  private static final int MOST_LINES = 100;
  private static final int MOST_BYTES = 16 * 1024;
  private static final long LAST_WORDS_MILLIS = 300;

  /** Longer than that, and the app is told why nothing happens. */
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final int most;
  private final Duration patience;
  private final Semaphore places;

  WakeCommand() {
    this(MOST_AT_ONCE, PATIENCE);
  }

  /**
   * @param most commands at once
   * @param patience how long one waits for another to end
   */
  WakeCommand(int most, Duration patience) {
    this.most = most;
    this.patience = patience;
    places = new Semaphore(most, true);
  }

  /** A command that did not do what it should; the message is free of secrets. */
  static sealed class Failed extends Exception {
    private static final long serialVersionUID = 1L;

    Failed(String message) {
      super(message, null, false, false);
    }
  }

  /** It was not run, because of the other apps' commands: no fault of its own. */
  static final class NoPlace extends Failed {
    private static final long serialVersionUID = 1L;

    NoPlace(String message) {
      super(message);
    }
  }

  /**
   * One call of it.
   *
   * @param file the App's
   * @param environment the daemon's
   * @param why it is called
   * @param log the app's
   */
  record Call(
      WakeRule.Command command,
      Path file,
      Map<String, String> environment,
      TenantId app,
      String why,
      InstanceLog log) {
    @Override
    public String toString() {
      return "Call[" + app + "]"; // the environment may hold secrets
    }
  }

  /** Runs it to its end. Blocks, for a virtual thread; an interrupt kills it. */
  void run(Call call) throws Failed, InterruptedException {
    if (!places.tryAcquire(patience.toMillis(), TimeUnit.MILLISECONDS)) {
      throw new NoPlace(
          "its command was not run: "
              + most
              + " wake commands of other apps, the most at once on a node, left no place within "
              + patience.toSeconds()
              + " s");
    }
    try {
      execute(call);
    } catch (IOException failure) {
      throw new Failed(
          "cannot run " + call.command().argv().getFirst() + ": " + failure.getMessage());
    } finally {
      places.release();
    }
  }

  private static void execute(Call call) throws Failed, IOException, InterruptedException {
    WakeRule.Command command = call.command();
    ProcessBuilder builder = new ProcessBuilder(asOwner(command.argv(), call.file()));
    builder.directory(command.folder().toFile());
    Map<String, String> seen = builder.environment();
    seen.clear();
    seen.put("PATH", PATH);
    for (String name : command.environment()) {
      String value = call.environment().get(name);
      if (value != null) {
        seen.put(name, value);
      }
    }
    seen.put("JITNEY_WAKE_APP_ID", call.app().appId());
    seen.put("JITNEY_WAKE_NAMESPACE", call.app().namespace());
    seen.put("JITNEY_WAKE_REASON", call.why());
    builder.redirectErrorStream(true);
    builder.redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")));
    Process process = builder.start();
    Thread reader = Thread.ofVirtual().name("wake-output").start(() -> relay(process, call.log()));
    try {
      if (!process.waitFor(command.timeoutSeconds(), TimeUnit.SECONDS)) {
        throw new Failed("took longer than " + command.timeoutSeconds() + " s and was killed");
      }
      if (process.exitValue() != 0) {
        throw new Failed("ended with exit code " + process.exitValue());
      }
    } finally {
      if (process.isAlive()) {
        kill(process);
      }
      // What it started in the background may hold the other end for ever.
      reader.join(Duration.ofMillis(LAST_WORDS_MILLIS));
      process.getInputStream().close();
    }
  }

  private static void kill(Process process) {
    List<ProcessHandle> children = process.descendants().toList();
    process.destroyForcibly();
    children.forEach(ProcessHandle::destroyForcibly);
  }

  /** The first lines are logged, the rest is read and dropped: a full pipe would stop it. */
  private static void relay(Process process, InstanceLog log) {
    byte[] read = new byte[4096];
    StringBuilder text = new StringBuilder();
    int left = MOST_BYTES;
    try {
      InputStream output = process.getInputStream();
      for (int count = output.read(read); count >= 0; count = output.read(read)) {
        int kept = Math.min(count, left);
        text.append(new String(read, 0, kept, UTF_8));
        left -= kept;
      }
    } catch (IOException closed) {
      // the process has ended
    }
    List<String> lines = text.toString().lines().limit(MOST_LINES).toList();
    lines.forEach(line -> log.info(SCOPE, "wake command: " + printable(line)));
    if (left == 0 || lines.size() == MOST_LINES) {
      log.info(SCOPE, "wake command: its further output is left out");
    }
  }

  private static String printable(String line) {
    return line.chars()
        .map(c -> Character.isISOControl(c) ? '?' : c)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }

  private static List<String> asOwner(List<String> argv, Path file) throws Failed, IOException {
    Path real = file.toRealPath();
    long self = uid(Path.of("/proc/self"));
    long owner = uid(real);
    for (Path part = real; part != null; part = part.getParent()) {
      check(part, owner, file);
    }
    if (owner == self || owner == 0) {
      return argv;
    }
    if (self != 0) {
      throw new Failed(
          file + " belongs to another user than the daemon runs as: its command is not run");
    }
    if (!Files.isExecutable(SETPRIV)) {
      throw new Failed(file + " belongs to another user, and there is no " + SETPRIV);
    }
    List<String> all = new ArrayList<>();
    all.add(SETPRIV.toString());
    all.add("--reuid=" + owner);
    all.add("--regid=" + gid(real));
    all.add("--clear-groups");
    all.add("--no-new-privs");
    all.add("--");
    all.addAll(argv);
    return all;
  }

  /** A folder with the sticky bit, as /tmp, lets nobody replace what is another's. */
  private static void check(Path part, long owner, Path file) throws Failed, IOException {
    long holder = uid(part);
    if (holder != owner && holder != 0) {
      throw new Failed(
          "its command is not run: " + part + " belongs to somebody else than " + file);
    }
    Set<PosixFilePermission> rights = Files.getPosixFilePermissions(part);
    boolean open =
        rights.contains(PosixFilePermission.GROUP_WRITE)
            || rights.contains(PosixFilePermission.OTHERS_WRITE);
    if (open && !(Files.isDirectory(part) && sticky(part))) {
      throw new Failed(
          "its command is not run: group or others may write " + part + ", and with it the App");
    }
  }

  private static boolean sticky(Path folder) throws IOException {
    return ((Integer) Files.getAttribute(folder, "unix:mode") & STICKY) != 0;
  }

  private static long uid(Path path) throws IOException {
    return Integer.toUnsignedLong(
        (Integer) Files.getAttribute(path, "unix:uid", LinkOption.NOFOLLOW_LINKS));
  }

  private static long gid(Path path) throws IOException {
    return Integer.toUnsignedLong((Integer) Files.getAttribute(path, "unix:gid"));
  }
}
