package io.jitney.daemon.control;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where the control socket is. The launchers follow the same rule in C and Perl.
 *
 * @param path absolute path of the socket
 * @param explicit true when {@value #VARIABLE} named it: then a socket that cannot be used is an
 *     error, where an unusable default means "no daemon"
 */
public record ControlPath(Path path, boolean explicit) {
  /** The environment variable that names the socket's path. */
  public static final String VARIABLE = "JITNEY_SOCKET";

  public ControlPath {
    path = path.toAbsolutePath();
  }

  /**
   * {@value #VARIABLE} if it is set; else {@code $XDG_RUNTIME_DIR/jitney/daemon.sock} if that
   * variable is an absolute path; else {@code /tmp/jitney-UID/daemon.sock}.
   */
  public static ControlPath of(Map<String, String> environment) throws IOException {
    return of(environment, ProcessOwner.current().uid());
  }

  static ControlPath of(Map<String, String> environment, long uid) {
    @Nullable String named = environment.get(VARIABLE);
    if (named != null && !named.isEmpty()) {
      return new ControlPath(Path.of(named), true);
    }
    @Nullable String runtime = environment.get("XDG_RUNTIME_DIR");
    if (runtime != null && runtime.startsWith("/")) {
      return new ControlPath(Path.of(runtime, "jitney", "daemon.sock"), false);
    }
    return new ControlPath(Path.of("/tmp", "jitney-" + uid, "daemon.sock"), false);
  }

  @Override
  public String toString() {
    return path.toString();
  }
}
